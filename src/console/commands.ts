import type { Asked } from './asked.ts';
import type { ExitCode, World } from './world.ts';

export interface Command {
  run(asked: Asked, world: World): Promise<ExitCode>;
}

/** What each verb needs to run: loaded when it is typed, so that `--help` starts fast. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: () => import('./commands/init.ts'),
  check: () => import('./commands/check.ts'),
  fmt: () => import('./commands/fmt.ts'),
  eval: () => import('./commands/eval.ts'),
  why: () => import('./commands/why.ts'),
  plan: () => import('./commands/plan.ts'),
  'plan diff': () => import('./commands/plan-diff.ts'),
  diff: () => import('./commands/diff.ts'),
  ask: () => import('./commands/ask.ts'),
  implies: () => import('./commands/implies.ts'),
  explain: () => import('./commands/explain.ts'),
  test: () => import('./commands/test.ts'),
  mutate: () => import('./commands/mutate.ts'),
  replay: () => import('./commands/replay.ts'),
  sim: () => import('./commands/sim.ts'),
  facts: () => import('./commands/facts.ts'),
  'capture pack': () => import('./commands/capture-pack.ts'),
  redact: () => import('./commands/redact.ts'),
  'capture show': () => import('./commands/capture-show.ts'),
  'corpus add': () => import('./commands/corpus-add.ts'),
  'corpus list': () => import('./commands/corpus-list.ts'),
  'corpus check': () => import('./commands/corpus-check.ts'),
  'corpus expire': () => import('./commands/corpus-expire.ts'),
  'log show': () => import('./commands/log-show.ts'),
  'log verify': () => import('./commands/log-verify.ts'),
  'log prove': () => import('./commands/log-prove.ts'),
  'log check-proof': () => import('./commands/log-check-proof.ts'),
  'log export': () => import('./commands/log-export.ts'),
  'log serve': () => import('./commands/log-serve.ts'),
  'log push': () => import('./commands/log-push.ts'),
  'config view': () => import('./commands/config-view.ts'),
  keygen: () => import('./commands/keygen.ts'),
  build: () => import('./commands/build.ts'),
  sign: () => import('./commands/sign.ts'),
  verify: () => import('./commands/verify.ts'),
  'trust init': () => import('./commands/trust-init.ts'),
  'trust rotate': () => import('./commands/trust-rotate.ts'),
  'trust show': () => import('./commands/trust-show.ts'),
  version: () => import('./commands/version.ts'),
  completion: () => import('./commands/completion.ts'),
  __complete: () => import('./commands/complete.ts'),
};

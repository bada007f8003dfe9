import { error, type Fault as LoadFault } from '../kernel/fault.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import { hintFor, listed } from '../source/suggest.ts';
import { faultForm } from './fault-kinds.ts';
import { targetsOf } from './faults.ts';
import { nextProfileOf } from './next-profile.ts';
import type { RunResult } from './run.ts';
import type { RunOptions } from './run-options.ts';
import { targetsOfRun } from './run-site.ts';
import { firstOf, type Shrunk } from './shrink.ts';
import { expectsNothing, type Story } from './story.ts';

/** Lines of a transcript that anybody reads. */
const linesMax = 5_000;

/** The run that a story tells. `nextProfile`: the one that the site gets when its profile changes. */
export function runOf(story: Story, profile: HeldProfile, nextProfile?: HeldProfile): RunOptions {
  return {
    seed: story.seed,
    workflow: story.workflow,
    profile,
    ...(nextProfile === undefined ? {} : { nextProfile: nextProfileOf(profile, nextProfile) }),
    site: story.site,
    faults: story.events,
    boundMs: story.boundMs,
    linesMax,
  };
}

/** What a story names that its site or its workflow does not have. Each at its place. */
export function unknownNames(story: Story, options: RunOptions): readonly LoadFault[] {
  const targets = targetsOfRun(options);
  return story.events.flatMap((fault, index): readonly LoadFault[] => {
    const at = story.eventsAt[index] ?? story.profile.at;
    const among = targetsOf(faultForm(fault.kind), targets);
    const { state, on } = fault;
    const wrongState =
      state === undefined || targets.states.includes(state) ? [] : [unknown(state, 'state', targets.states)];
    const wrongTarget = among.includes(on) ? [] : [unknown(on, faultForm(fault.kind).on, among)];
    return [...wrongState, ...wrongTarget].map(({ says, hint }) => error('SHAPE_INVALID', at, says, hint));
  });
}

function unknown(
  word: string,
  kind: string,
  known: readonly string[],
): { readonly says: string; readonly hint: string | undefined } {
  const there = known.length === 0 ? `there is no ${kind} here` : `there are ${listed(known, 'and')}`;
  return { says: `there is no ${kind} \`${word}\` in this site`, hint: hintFor(word, known, there) };
}

/** What a story expects and its run did not do, a sentence each; empty if all came as it says. */
export function unmet({ expect }: Story, result: RunResult): readonly string[] {
  const said: string[] = [];
  if (expect.end !== undefined && expect.end !== result.end) said.push(`ends ${result.end}, expected ${expect.end}`);
  let from = 0;
  for (const state of expect.passes) {
    const at = result.states.indexOf(state, from);
    if (at === -1) said.push(`never gets to ${state}${from === 0 ? '' : ' after that'}`);
    else from = at;
  }
  for (const state of expect.never) if (result.states.includes(state)) said.push(`gets to ${state}, which it must not`);
  const lines = result.transcript.map(({ who, what }) => `${who} ${what.trim()}`);
  let after = 0;
  for (const piece of expect.tells) {
    const at = lines.findIndex((line, index) => index >= after && line.includes(piece));
    if (at === -1) said.push(`never tells \`${piece}\`${after === 0 ? '' : ' after that'}`);
    else after = at;
  }
  for (const piece of expect.neverTells) {
    const line = lines.find((one) => one.includes(piece));
    if (line !== undefined) said.push(`tells \`${line}\`, which must not be`);
  }
  const broken = new Set(result.violations.map(({ law }) => law));
  for (const law of expect.breaks) if (!broken.has(law)) said.push(`does not break ${law}`);
  for (const { law, says } of result.violations) {
    if (!expect.breaks.some((one) => one === law)) said.push(`breaks ${law}: ${says}`);
  }
  return said;
}

/** A run that broke a law, as the story that shows it. The profile that it changes to is named if it does. */
export function storyOfRun(
  name: string,
  options: RunOptions,
  { faults, site, result }: Pick<Shrunk, 'faults' | 'site' | 'result'>,
  paths: { readonly profile: string; readonly nextProfile?: string },
): Story {
  const at = { file: '', line: 1, col: 1 };
  const changes = faults.some(({ kind }) => kind === 'profile-changes');
  const laws = result.violations.flatMap(({ law }) => (law === 'harm' || law === 'crash' ? [] : [law]));
  return {
    name,
    says: `breaks ${firstOf(result.violations)}`,
    profile: { path: paths.profile, at },
    ...(changes ? { nextProfile: { path: paths.nextProfile ?? paths.profile, at } } : {}),
    workflow: options.workflow,
    site,
    seed: Number(options.seed),
    boundMs: Math.ceil((result.simulatedMs + 60_000) / 60_000) * 60_000,
    events: faults,
    eventsAt: [],
    expect: { ...expectsNothing, breaks: [...new Set(laws)] },
  };
}

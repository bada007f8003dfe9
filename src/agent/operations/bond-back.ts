import type { Order } from '../../kernel/workflow.ts';
import { goBackFiles, standDown } from '../armed.ts';
import type { Operation } from '../instruction.ts';
import { ipBatch } from '../programs.ts';
import { kernelNotYet, lookAtArmed, lookAtBond, notYet } from './bond-look.ts';
import { done, failed, type Hands, type Result } from './result.ts';

/** What the host would do at its deadline, done now, and looked at: only then it is no longer armed. */
export function* revert(_order: Order, hands: Hands): Operation<Result> {
  const armed = yield* lookAtArmed();
  if (armed === 'none') return yield* disarmed('no change waits for its confirmation');
  if ('says' in armed) return failed(armed.says);
  const { before } = armed;
  for (const instruction of goBackFiles(armed)) {
    const answer = yield instruction;
    // A file that there was not, and is not, is as it was.
    if (answer.kind !== 'done' && answer.kind !== 'missing') return failed('a file could not be put back; still armed');
  }
  const now = yield* lookAtBond(hands);
  const isBack = typeof now !== 'string' && kernelNotYet(now, before.mode, before.members) === undefined;
  if (!isBack) yield ipBatch(armed.ipBatch);

  const after = isBack ? now : yield* lookAtBond(hands);
  if (typeof after === 'string') return failed(`${after} after going back; still armed`);
  const wrong =
    kernelNotYet(after, before.mode, before.members) ??
    Object.entries(armed.files)
      .filter(([path, held]) => (after.files.inUse.get(path) ?? null) !== held)
      .map(([path]) => `${path} is not as it was`)[0];
  if (wrong !== undefined) return failed(`${wrong}; still armed`);
  return yield* disarmed(`${after.name} is ${before.mode} again, and its files are what they were`);
}

/** The change stays. Kernel and files are looked at first: a host that would boot into something else than it runs must still
 *  go back. */
export function* confirm(_order: Order, hands: Hands): Operation<Result> {
  const armed = yield* lookAtArmed();
  if (armed !== 'none' && 'says' in armed) return failed(armed.says);
  const now = yield* lookAtBond(hands);
  if (typeof now === 'string') return failed(now);
  if (armed === 'none') {
    const apart = notYet(now, now.mode, now.mode, now.members);
    return apart === undefined
      ? yield* disarmed(`no change waits for its confirmation; ${now.name} is ${now.mode}`)
      : failed(`no change waits for its confirmation, and ${apart}`);
  }
  const wrong = notYet(now, armed.mode, armed.mode, armed.before.members);
  if (wrong !== undefined) return failed(`${wrong}; still armed`);
  return yield* disarmed(`${now.name} stays ${armed.mode}`);
}

/** Also where no file stands any more: whoever died between the two left a timer, which must not meet the next change. */
function* disarmed(why: string): Operation<Result> {
  for (const instruction of standDown) yield instruction;
  const left = yield* lookAtArmed();
  return left === 'none' ? done(why) : failed(`${why}, but it is still armed`);
}

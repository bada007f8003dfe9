import type { Order } from '../../kernel/workflow.ts';
import { type Armed, armedText, flipLines, isDevice, isMode, standDown } from '../armed.ts';
import { armedPath, type Operation } from '../instruction.ts';
import { changedFor } from '../network-files.ts';
import { ipBatch } from '../programs.ts';
import { lookAtArmed, lookAtBond, notYet } from './bond-look.ts';
import { lookAtDrbd } from './drbd-look.ts';
import { done, failed, type Hands, type Result } from './result.ts';

/** Armed before anything changes; then the files, so that a boot in the middle goes back from a known state; then the kernel, in
 *  one process. Whatever fails after the arming is left to go back: by the host at its deadline, or by `bond.revert`. */
export function* setMode(order: Order, hands: Hands): Operation<Result> {
  const { mode } = order.with;
  const { confirmWithinMs } = order;
  if (!isMode(mode)) return failed('no such mode of a bond');
  if (confirmWithinMs === undefined) return failed('a change of a bond needs a time within which it is confirmed');

  const now = yield* lookAtBond(hands);
  if (typeof now === 'string') return failed(now);
  const standing = yield* lookAtArmed();
  if (standing !== 'none' && 'says' in standing) return failed(standing.says);
  if (now.mode === mode && now.configuredMode === mode) return done(`${now.name} is ${mode} already`);
  if (standing !== 'none') return failed(`the change of step ${standing.step} still waits for its confirmation`);
  if (now.members.length === 0) return failed(`${now.name} has no members`);
  if (![now.name, ...now.members].every(isDevice)) return failed('an interface has a name that we do not write');
  const { node } = hands.senses.config;
  const changed = changedFor(node, now.name, mode, now.files.inUse);
  if (!changed.ok) return failed(changed.says);
  // What was staged was checked, and is what people saw: nothing else may take its place now.
  for (const [path, text] of changed.files) {
    if (now.files.staged.get(path) !== text) return failed(`${path} was not staged as it would have to be now`);
  }
  const attached = yield* stillReplicates();
  if (attached !== undefined) return failed(attached);

  const armed: Armed = {
    step: order.step,
    workflow: order.workflow,
    bond: now.name,
    mode,
    before: { mode: now.mode, configuredMode: now.configuredMode ?? 'unknown', members: now.members },
    files: Object.fromEntries([...changed.files.keys()].map((path) => [path, now.files.inUse.get(path) ?? null])),
    ipBatch: flipLines(now.name, now.members, now.mode),
  };
  const kept = yield { do: 'write', path: armedPath, text: armedText(armed) };
  const isArmed = kept.kind === 'done' && (yield { do: 'arm', afterMs: confirmWithinMs }).kind === 'done';
  if (!isArmed) {
    for (const instruction of standDown) yield instruction; // nothing was changed yet
    return failed('the host could not be made to go back by itself, so nothing was changed');
  }
  for (const [path, text] of changed.files) {
    const wrote = yield { do: 'write', path, text };
    if (wrote.kind !== 'done') return failed(`${path} could not be written; the host goes back`);
  }
  if (now.mode !== mode) yield ipBatch(flipLines(now.name, now.members, mode)); // its exit code proves nothing

  const after = yield* lookAtBond(hands);
  if (typeof after === 'string') return failed(`${after} after the change; the host goes back`);
  const wrong = notYet(after, mode, mode, now.members);
  return wrong === undefined
    ? done(`${now.name} is ${mode}, in the kernel and in the files, and waits for its confirmation`)
    : failed(`${wrong}; the host goes back`);
}

/** The last look before the link goes. A network that is torn down under an attached, connected device is how DRBD came to
 *  call different data the same (incident 2.1), so what is not known to be disconnected is taken for connected. */
function* stillReplicates(): Operation<string | undefined> {
  const drbd = yield* lookAtDrbd();
  if (drbd === undefined) return 'whether DRBD still replicates over it is not known';
  const connected = drbd.flatMap(({ name, connections }) =>
    connections
      .filter(({ state }) => state !== 'StandAlone' && state !== 'Connecting')
      .map(({ peer }) => `${name}:${peer}`),
  );
  return connected.length === 0 ? undefined : `DRBD still holds ${connected.slice(0, 3).join(', ')}`;
}

import type { Snapshot } from '../kernel/snapshot.ts';
import { subjectKinds } from '../kernel/subject.ts';
import { censusMaxAgeMs } from '../kernel/vocabulary.ts';
import { allIn, type FactRef, type Literal } from '../rules/condition.ts';
import type { Asked } from './asked.ts';
import type { Side } from './side.ts';

/** Every age limit that a side's rules have, by fact. */
export type Limits = ReadonlyMap<string, ReadonlySet<number>>;

export function limitsOf(side: Side, asked: Iterable<Asked>): Limits {
  const found = new Map<string, Set<number>>();
  const add = (ref: FactRef | Literal): void => {
    if (ref.kind !== 'fact' || ref.setTo !== undefined || !Number.isFinite(ref.maxAgeMs)) return;
    const limits = found.get(ref.name) ?? new Set();
    limits.add(ref.maxAgeMs);
    found.set(ref.name, limits);
  };
  const rules = [...asked].flatMap(({ ways }) => ways.flat().map(({ rule }) => rule.when));
  const phases = side.profile.packs.flatMap(({ rollup }) => rollup.map(({ when }) => when));
  for (const part of [...rules, ...phases].flatMap(allIn)) {
    if (part.kind === 'asks-unknown') add(part.read);
    if (part.kind === 'leaf') for (const ref of [part.read, part.against]) add(ref);
  }
  return found;
}

/** The instants after the snapshot's own at which something in it gets too old for somebody: just past each limit of each thing that
 *  was seen. Between two of them nothing that was only looked at can be decided otherwise. Ascending. */
export function instantsOf({ nowMs, columns, populations }: Snapshot, limits: readonly Limits[]): readonly number[] {
  const found = new Set<number>();
  const add = (seenAtMs: number, limitMs: number): void => {
    const instant = seenAtMs + limitMs + 1;
    if (Number.isFinite(instant) && instant > nowMs) found.add(instant);
  };
  for (const [name, { fact, cells }] of columns) {
    // What is computed from it is computed by the vocabulary's own limit.
    const all = new Set([fact.maxAgeMs, ...limits.flatMap((of) => [...(of.get(name) ?? [])])]);
    for (const cell of cells) if (cell.kind === 'present') for (const limit of all) add(cell.seenAtMs, limit);
  }
  for (const kind of subjectKinds) add(populations[kind].seenAtMs, censusMaxAgeMs[kind]);
  return [...found].sort((left, right) => left - right);
}

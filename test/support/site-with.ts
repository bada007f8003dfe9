import type { Absent, FactValue } from '../../src/kernel/fact.ts';
import type { Cell, Snapshot } from '../../src/kernel/snapshot.ts';
import type { Subject, SubjectKind } from '../../src/kernel/subject.ts';
import { type MadeList, type MadeSite, nobody, present, snapshotOf } from './made-site.ts';

export type Facts = Readonly<Record<string, Readonly<Record<string, FactValue | Cell>>>>;

/** A snapshot in one line: who there is, and what is known of whom, as `{'node.ready': {a: true}}`. */
export function siteWith(
  members: readonly Subject[],
  facts: Facts = {},
  lists: Partial<MadeSite['lists']> = {},
): Snapshot {
  const kinds = Object.keys(nobody) as SubjectKind[];
  const known = kinds.map((kind): [SubjectKind, MadeList] => {
    const those = members.filter((member) => member.kind === kind);
    return [kind, those.length === 0 ? nobody[kind] : { state: 'known', members: those }];
  });
  const cells = Object.entries(facts).flatMap(([fact, of]) =>
    Object.entries(of).map(([object, value]) => ({ fact, object, cell: isCell(value) ? value : present(value) })),
  );
  return snapshotOf({ lists: { ...(Object.fromEntries(known) as unknown as MadeSite['lists']), ...lists }, cells });
}

function isCell(value: FactValue | Cell): value is Cell {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

export const absent: Absent = { kind: 'absent', why: 'never-reported', says: 'never reported' };

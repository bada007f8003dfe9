import type { Place } from '../kernel/fault.ts';
import type { Condition } from '../rules/condition.ts';
import type { StructureChange, StructureKind } from './change.ts';
import { causeOf, type PartChange, partsChanged } from './parts.ts';

export function item(
  level: StructureChange['level'],
  kind: StructureKind,
  change: StructureChange['change'],
  name: string,
  says: string,
  oldAt: Place | null,
  newAt: Place | null,
): StructureChange {
  return { level, kind, change, name, says, oldAt, newAt };
}

/** Each part of a condition that is another one, where it stands. */
export function whenChanges(
  kind: StructureKind,
  name: string,
  was: { readonly when: Condition; readonly at: Place },
  is: { readonly when: Condition; readonly at: Place },
): readonly StructureChange[] {
  return partsChanged(was.when, is.when)
    .filter(isWritten)
    .map((change) => {
      const cause = causeOf(change, was.at, is.at);
      const says =
        cause.was === null
          ? `asks also: ${cause.is}`
          : cause.is === null
            ? `asks no more: ${cause.was}`
            : `${cause.was} → ${cause.is}`;
      return item('caution', kind, 'changed', name, says, cause.oldAt, cause.newAt);
    });
}

/** Not where a parameter alone is another value: that is told of the parameter. */
function isWritten({ old, new: fresh }: PartChange): boolean {
  if (old?.kind !== 'leaf' || fresh?.kind !== 'leaf' || old.says !== fresh.says) return true;
  const [was, is] = [old.against, fresh.against];
  if (was.kind !== 'literal' || is.kind !== 'literal' || was.name === undefined || was.name !== is.name) return true;
  return old.operator !== fresh.operator || JSON.stringify(old.read) !== JSON.stringify(fresh.read);
}

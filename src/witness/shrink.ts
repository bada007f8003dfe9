import type { SubjectKind } from '../kernel/subject.ts';
import type { Chosen } from './snapshot.ts';

/** Leaves out whatever can be left out while it still holds, one after the other: facts, then their ages and poor grades, then gaps in
 *  lists that a real site could close. What is left is the smallest in the sense that nothing more can go. */
export function shrunk(chosen: Chosen, bondsAreNamed: boolean, holds: (candidate: Chosen) => boolean): Chosen {
  let best = chosen;
  const attempt = (candidate: Chosen): boolean => {
    if (!holds(candidate)) return false;
    best = candidate;
    return true;
  };
  const without = <T>(list: readonly T[], one: T): readonly T[] => list.filter((other) => other !== one);
  for (const fact of chosen.facts) attempt({ ...best, facts: without(best.facts, fact) });
  for (const fact of chosen.frozen) attempt({ ...best, frozen: without(best.frozen, fact) });
  for (const fact of best.facts) {
    const instead = (plain: typeof fact): Chosen => ({
      ...best,
      facts: best.facts.map((other) => (other === fact ? plain : other)),
    });
    if (attempt(instead({ ...fact, ageMs: 0, grade: 'observed' }))) continue;
    if (!attempt(instead({ ...fact, ageMs: 0 }))) attempt(instead({ ...fact, grade: 'observed' }));
  }
  // A list that is not known is a fault of a site: only where it matters.
  const hasNodes = chosen.members.node.length > 0;
  const together: readonly (readonly SubjectKind[])[] = [
    ...(hasNodes ? [['node'] as const] : []),
    ...(hasNodes && bondsAreNamed ? [['node', 'bond'] as const] : []),
    ['volume'],
    ['replica', 'connection'],
    ['vm'],
  ];
  for (const kinds of together) attempt({ ...best, listed: new Set<SubjectKind>([...best.listed, ...kinds]) });
  return best;
}

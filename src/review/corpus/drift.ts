import { byText, type DecisionKind } from '../change.ts';
import type { Decided, Told } from './decided.ts';
import { type Group, type Kept, kindOfSection, quiet, sections } from './kept.ts';

/** One decision that is another one than when the capture was added, on all objects on which it is. */
export interface Drift {
  readonly kind: DecisionKind | 'objects';
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly was: readonly string[];
  readonly because: readonly string[];
  /** Sorted. None: how many objects there are. */
  readonly objects: readonly string[];
}

const notAsked: Group = { is: 'not asked', because: [] };
const notThere: Group = { is: 'not there', because: [] };

/** What is decided otherwise now, verdicts before reasons. */
export function driftsOf(kept: Kept, now: Decided): readonly Drift[] {
  const found: Drift[] = [];
  const put = ({ kind, name, object }: Pick<Told, 'kind' | 'name' | 'object'>, before: Group, after: Group): void => {
    if (before.is === after.is && sameList(before.because, after.because)) return;
    found.push({
      kind,
      name,
      from: before.is,
      to: after.is,
      was: before.because,
      because: after.because,
      objects: [object],
    });
  };
  const seen = new Set<string>();
  for (const told of now.told) {
    seen.add(keyOf(told)).add(`${told.kind} ${told.name}`);
    put(told, told.kind === 'phase' ? kept.phase : groupBefore(kept, told), told);
  }
  for (const section of sections) {
    const kind = kindOfSection[section];
    for (const [name, groups] of kept.sections[section]) {
      const isAsked = seen.has(`${kind} ${name}`);
      for (const group of groups) {
        const gone = (group.of ?? (isAsked ? [] : ['everybody'])).filter(
          (object) => !seen.has(keyOf({ kind, name, object })),
        );
        for (const object of gone) put({ kind, name, object }, group, isAsked ? notThere : notAsked);
      }
    }
  }
  return folded([...found, ...counted(kept, now)]);
}

function keyOf({ kind, name, object }: Pick<Told, 'kind' | 'name' | 'object'>): string {
  return JSON.stringify([kind, name, object]);
}

/** What was kept of one object; of what is not kept, what its absence says. */
function groupBefore({ sections: all }: Kept, { kind, name, object, is }: Told): Group {
  const section = sections.find((one) => kindOfSection[one] === kind);
  const groups = section === undefined ? undefined : all[section].get(name);
  const group = groups?.find(({ of }) => of === undefined || of.includes(object));
  if (group !== undefined) return group;
  const unsaid = quiet[kind];
  if (unsaid === undefined) return groups === undefined ? notAsked : notThere;
  // It was so, or nobody asked; that it is so now is no difference to either.
  return { is: is === unsaid || groups !== undefined ? unsaid : `${unsaid} or not asked`, because: [] };
}

function counted(kept: Kept, now: Decided): readonly Drift[] {
  return [...now.objects].flatMap(([kind, count]) => {
    const before = kept.objects.get(kind) ?? null;
    if (before === count) return [];
    const word = (of: number | null): string => (of === null ? 'unknown' : String(of));
    return [
      { kind: 'objects' as const, name: kind, from: word(before), to: word(count), was: [], because: [], objects: [] },
    ];
  });
}

function folded(drifts: readonly Drift[]): readonly Drift[] {
  const groups = Map.groupBy(drifts, driftKey);
  return [...groups]
    .sort(([left], [right]) => byText(left, right))
    .map(([, same]) => {
      const [first] = same;
      if (first === undefined) throw new Error('invariant broken: a group has a member');
      return { ...first, objects: same.flatMap(({ objects }) => objects).sort(byText) };
    });
}

const order: readonly Drift['kind'][] = ['objects', 'phase', 'gate', 'finding', 'workflow', 'guard', 'step'];

/** The same drift wherever it is, in the order in which it is told. */
export function driftKey({ kind, name, from, to, was, because }: Drift): string {
  return JSON.stringify([from === to ? 1 : 0, order.indexOf(kind), name, from, to, was, because]);
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, at) => word === right[at]);
}

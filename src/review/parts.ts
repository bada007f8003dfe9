import type { Place } from '../kernel/fault.ts';
import { allIn, type Condition, partsOf } from '../rules/condition.ts';
import { demandOf, meaningOf, textOf, wordingOf } from './meaning.ts';

/** One part of a condition that is not the same on both sides: changed, or there on one side only. */
export type PartChange =
  | { readonly old: Condition; readonly new: Condition }
  | { readonly old: Condition; readonly new?: undefined }
  | { readonly old?: undefined; readonly new: Condition };

/** The smallest parts in which two conditions differ, in the order in which they are written; none where they mean and say the
 *  same. What stands on one side only is told whole. */
export function partsChanged(old: Condition, fresh: Condition): readonly PartChange[] {
  if (wordingOf(old) === wordingOf(fresh)) return [];
  if (old.says !== fresh.says && meaningOf(old) === meaningOf(fresh)) return [{ old, new: fresh }];
  if (old.kind === 'named') return partsChanged(old.of, fresh);
  if (fresh.kind === 'named') return partsChanged(old, fresh.of);
  if (old.kind === 'not' && fresh.kind === 'not') return partsChanged(old.of, fresh.of);
  if (old.kind === 'quantified' && fresh.kind === 'quantified' && headOf(old) === headOf(fresh)) {
    return paired(partsOf(old), partsOf(fresh));
  }
  if ((old.kind === 'all' || old.kind === 'any') && fresh.kind === old.kind) return paired(old.of, fresh.of);
  // One part beside others now, or alone now: that part is not what changed.
  if (fresh.kind === 'all' || fresh.kind === 'any') {
    if (fresh.of.some((part) => meaningOf(part) === meaningOf(old))) return paired([old], fresh.of);
  }
  if (old.kind === 'all' || old.kind === 'any') {
    if (old.of.some((part) => meaningOf(part) === meaningOf(fresh))) return paired(old.of, [fresh]);
  }
  return [{ old, new: fresh }];
}

function headOf(condition: Condition & { readonly kind: 'quantified' }): string {
  const { quantifier, over, within, except, where, whenEmpty } = condition;
  return JSON.stringify([quantifier, over, [...within].sort(), except, where === undefined, whenEmpty]);
}

/** Equal ones go together first, then those that ask the most of the same. */
function paired(olds: readonly Condition[], fresh: readonly Condition[]): readonly PartChange[] {
  const partner = new Map<Condition, Condition>();
  const free = new Set(fresh);
  for (const equal of [wordingOf, meaningOf]) {
    for (const one of olds) {
      if (partner.has(one)) continue;
      const other = [...free].find((candidate) => equal(candidate) === equal(one));
      if (other === undefined) continue;
      partner.set(one, other);
      free.delete(other);
    }
  }
  for (const least of [3, 2, 1]) {
    for (const one of olds) {
      if (partner.has(one)) continue;
      const other = [...free].find((candidate) => likeness(one, candidate) >= least);
      if (other === undefined) continue;
      partner.set(one, other);
      free.delete(other);
    }
  }
  return [
    ...olds.flatMap((one): readonly PartChange[] => {
      const other = partner.get(one);
      return other === undefined ? [{ old: one }] : partsChanged(one, other);
    }),
    ...[...free].map((one): PartChange => ({ new: one })),
  ];
}

function likeness(left: Condition, right: Condition): number {
  const [one, other] = [bare(left), bare(right)];
  const sameName = left.kind === 'named' && right.kind === 'named' && left.name === right.name ? 2 : 0;
  if (one.kind !== other.kind) return sameName;
  if (one.kind === 'leaf' && other.kind === 'leaf') {
    return one.read.name === other.read.name ? (one.operator === other.operator ? 3 : 2) : sameName;
  }
  if (one.kind === 'quantified' && other.kind === 'quantified') {
    const shared = one.over === other.over ? 1 : 0;
    return sameName + shared + (meaningOf(one.satisfies) === meaningOf(other.satisfies) ? 1 : 0);
  }
  return sameName + 1;
}

function bare(condition: Condition): Condition {
  return condition.kind === 'named' ? bare(condition.of) : condition;
}

/** A part that made a decision another one: what it was and is, in words and by line. */
export interface Cause {
  /** Null: it was not there; `oldAt` is then where its rule stands, and `nowhere` if there was none. */
  readonly was: string | null;
  readonly is: string | null;
  readonly oldAt: Place;
  readonly newAt: Place;
}

/** A place for what stands in no file. */
export const nowhere: Place = { file: '', line: 0, col: 0 };

export function causeOf(change: PartChange, oldAt: Place, newAt: Place): Cause {
  const [was, is] = [change.old && textOf(change.old), change.new && textOf(change.new)];
  const [more, less] = [change.old && tail(change.old), change.new && tail(change.new)];
  const same = was === is;
  return {
    was: was === undefined ? null : same ? `${was}${more}` : was,
    is: is === undefined ? null : same ? `${is}${less}` : is,
    oldAt: change.old?.at ?? oldAt,
    newAt: change.new?.at ?? newAt,
  };
}

/** What tells two parts apart that read alike. */
function tail(condition: Condition): string {
  const demand = demandOf(condition);
  const says = condition.says === undefined ? '' : ` «${condition.says}»`;
  return `${demand === '' ? '' : ` (${demand})`}${says}`;
}

/** Whether a place stands in a part. */
export function placesIn(condition: Condition): ReadonlySet<string> {
  return new Set(allIn(condition).map(({ at }) => placeKey(at)));
}

export function placeKey({ file, line, col }: Place): string {
  return `${file}:${line}:${col}`;
}

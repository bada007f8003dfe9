import type { Snapshot } from '../kernel/snapshot.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import { TRUE } from '../kernel/verdict.ts';
import type { Condition, FactRef, Leaf, Literal, Quantified } from '../rules/condition.ts';
import { entered } from '../rules/scope.ts';
import { truthIn } from '../rules/truth-in.ts';
import type { Asked } from './asked.ts';
import { wordingOf } from './meaning.ts';

/** Two leaves at the same place, both asked of every subject of a kind that is looked at there. */
export interface LeafPair {
  readonly old: Leaf;
  readonly new: Leaf;
  readonly per: SubjectKind;
}

/** Where two sides ask the same but for some leaves, and nothing above these turns true into false: those leaves. Whatever is not open
 *  is so because of leaves that are not true. So where all of these are true of everybody, on both sides, both come to the same and for the
 *  same reasons: a look at a few leaves instead of at everything for everybody. Undefined: it is not so simple. */
export function leavesApart(old: Asked, fresh: Asked): readonly LeafPair[] | undefined {
  // A finding is told of when it is true.
  if (fresh.kind === 'finding' || old.per !== fresh.per || old.ways.length !== fresh.ways.length) return undefined;
  const pairs: LeafPair[] = [];
  for (const [at, way] of fresh.ways.entries()) {
    const before = old.ways[at] ?? [];
    if (before.length !== way.length) return undefined;
    for (const [place, { name, rule }] of way.entries()) {
      const was = before[place];
      if (was?.name !== name || !walk(was.rule.when, rule.when, fresh.per, pairs)) return undefined;
    }
  }
  return pairs;
}

/** Whether it holds of every one of these leaves, and all there are. */
export function allTrue(pairs: readonly LeafPair[], snapshot: Snapshot): boolean {
  return pairs.every(({ old, new: fresh, per }) => {
    const population = snapshot.populations[per];
    if (population.state !== 'known') return false;
    return population.members.every((_, index) => {
      const scope = entered(population, index);
      return truthIn(old, snapshot, scope) === TRUE && truthIn(fresh, snapshot, scope) === TRUE;
    });
  });
}

function walk(old: Condition, fresh: Condition, per: SubjectKind, pairs: LeafPair[]): boolean {
  if (wordingOf(old) === wordingOf(fresh)) return true;
  if (old.says !== fresh.says) return false;
  if (old.kind === 'leaf' && fresh.kind === 'leaf') {
    if (![old.read, old.against, fresh.read, fresh.against].every((side) => isOf(side, per))) return false;
    pairs.push({ old, new: fresh, per });
    return true;
  }
  if (old.kind === 'named' && fresh.kind === 'named') return walk(old.of, fresh.of, per, pairs);
  if ((old.kind === 'all' || old.kind === 'any') && fresh.kind === old.kind) {
    return (
      old.of.length === fresh.of.length && old.of.every((part, at) => walk(part, fresh.of[at] as Condition, per, pairs))
    );
  }
  if (old.kind === 'quantified' && fresh.kind === 'quantified') {
    return headOf(old) === headOf(fresh) && !turns(fresh) && walk(old.satisfies, fresh.satisfies, fresh.over, pairs);
  }
  return false;
}

/** Read of whoever is looked at, and not of somebody around it, who may be on no list. */
function isOf(side: FactRef | Literal, per: SubjectKind): boolean {
  return side.kind === 'literal' || side.setTo !== undefined || side.subject === per || side.subject === 'site';
}

function turns({ quantifier }: Quantified): boolean {
  return quantifier.kind === 'none' || quantifier.kind === 'atMost';
}

function headOf({ quantifier, over, within, except, where, whenEmpty }: Quantified): string {
  const counts = where === undefined ? null : wordingOf(where);
  return JSON.stringify([quantifier, over, within, except ?? null, counts, whenEmpty ?? null]);
}

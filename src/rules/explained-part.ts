import type { Snapshot } from '../kernel/snapshot.ts';
import type { ExplainedPart } from '../kernel/verdict.ts';
import type { AsksUnknown, Condition, Leaf, Quantified } from './condition.ts';
import { leafReading } from './reading.ts';
import { idIn, type Scope } from './scope.ts';
import type { Tally } from './tally.ts';
import { asksUnknownDetail, leafDetail, leafText, quantifierText, type Wanted } from './wording.ts';

/** What a part of a condition asked and found, for people: nothing of it is needed for its truth, so it is made when
 *  somebody reads it, and its words when somebody reads those. `tally`: of a quantifier whose list is known. */
export function partOf(
  condition: Condition,
  wanted: Wanted,
  snapshot: Snapshot,
  scope: Scope,
  tally: Tally | undefined,
): ExplainedPart {
  switch (condition.kind) {
    case 'leaf':
      return leafPart(condition, wanted, snapshot, scope);
    case 'asks-unknown':
      return asksUnknownPart(condition, snapshot, scope);
    case 'all':
    case 'any':
    case 'not':
      return { kind: condition.kind };
    case 'named':
      return { kind: 'named', name: condition.name };
    case 'quantified':
      return quantifierPart(condition, snapshot, scope, tally);
  }
}

function leafPart(leaf: Leaf, wanted: Wanted, snapshot: Snapshot, scope: Scope): ExplainedPart {
  const read = leafReading(leaf.read, snapshot, scope);
  const against = leaf.against.kind === 'fact' ? leafReading(leaf.against, snapshot, scope) : undefined;
  return {
    kind: 'leaf',
    fact: read.fact,
    object: read.object,
    read,
    ...(against === undefined ? {} : { against }),
    get text() {
      return leafText(leaf, wanted, read, against, snapshot.nowMs);
    },
    get detail() {
      return leafDetail(leaf, wanted, read, against, snapshot.nowMs);
    },
  };
}

function asksUnknownPart({ read: asks }: AsksUnknown, snapshot: Snapshot, scope: Scope): ExplainedPart {
  const read = leafReading(asks, snapshot, scope);
  const detail = asksUnknownDetail(asks, read, snapshot.nowMs);
  const { fact, object } = read;
  const text = read.usable === undefined ? `${fact} is unknown (${detail})` : `${fact} ${detail}`;
  return { kind: 'asks-unknown', fact, object, text, detail, read };
}

function quantifierPart(
  condition: Quantified,
  snapshot: Snapshot,
  scope: Scope,
  tally: Tally | undefined,
): ExplainedPart {
  const { quantifier, over, within, except } = condition;
  const object = idIn(scope, within.at(-1) ?? 'site');
  return {
    kind: 'quantifier',
    quantifier: quantifier.kind,
    over,
    object,
    counted: tally?.sure ?? 0,
    of: tally === undefined ? 0 : tally.surely + tally.perhaps,
    get text() {
      return quantifierText(condition, object, except === undefined ? '' : idIn(scope, except));
    },
    ...(tally === undefined ? { listUnknown: snapshot.populations[over].says } : tally.isEmpty ? { empty: true } : {}),
  };
}

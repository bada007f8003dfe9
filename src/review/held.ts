import type { Condition } from '../rules/condition.ts';
import type { Held } from '../witness/claim.ts';
import type { Asked, Way } from './asked.ts';
import { meaningOf } from './meaning.ts';

/** What a side asks, as part of a claim. */
export function heldOf({ ways }: Asked, is: Held['is']): Held {
  return { ways: ways.map(conditionsOf), is };
}

/** Two that mean the same come to the same on every site. */
export function meaningOfAsked({ ways }: Asked): string {
  const meanings = ways.map((way) => JSON.stringify(conditionsOf(way).map(meaningOf).sort()));
  return JSON.stringify([...new Set(meanings)].sort());
}

function conditionsOf(way: Way): readonly Condition[] {
  return way.map(({ rule }) => rule.when);
}

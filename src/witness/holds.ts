import type { Snapshot } from '../kernel/snapshot.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import { entered } from '../rules/scope.ts';
import { truthIn } from '../rules/truth-in.ts';
import type { Claim, Held } from './claim.ts';

/** Whether a claim is true of one object of a snapshot, by the evaluator that explains. */
export function holdsOn({ per, holds }: Claim, snapshot: Snapshot, object: string): boolean {
  const population = snapshot.populations[per];
  const index = population.indexOf.get(object);
  if (index === undefined || population.state !== 'known') return false;
  return holds.every((held) => isAs(held, truthOf(held, snapshot, index, per)));
}

/** What a rule comes to of one object. */
function truthOf({ ways }: Held, snapshot: Snapshot, index: number, per: Claim['per']): Truth {
  const scope = entered(snapshot.populations[per], index);
  const truths = ways.map((way) => leastOf(way.map((condition) => truthIn(condition, snapshot, scope))));
  return truths.reduce<Truth>((most, one) => (one > most ? one : most), FALSE);
}

function leastOf(truths: readonly Truth[]): Truth {
  return truths.reduce<Truth>((least, one) => (one < least ? one : least), TRUE);
}

function isAs({ is }: Held, truth: Truth): boolean {
  switch (is) {
    case 'open':
      return truth === TRUE;
    case 'not open':
      return truth !== TRUE;
    case 'closed':
      return truth === FALSE;
    case 'unknown':
      return truth === UNKNOWN;
  }
}

import type { SubjectKind } from '../kernel/subject.ts';
import type { Condition } from '../rules/condition.ts';

/** «There is a site, and on it one object of this kind, of which all of these hold.» Whoever asks hopes to hear that there is none. */
export interface Claim {
  readonly per: SubjectKind;
  readonly holds: readonly Held[];
}

/** What a rule comes to of the object. It comes to the largest of its ways, and a way to the smallest of its conditions; a way
 *  without conditions is open, and a rule without ways closed. */
export interface Held {
  readonly ways: readonly (readonly Condition[])[];
  readonly is: 'open' | 'not open' | 'closed' | 'unknown';
}

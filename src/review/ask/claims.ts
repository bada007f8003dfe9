import { error, type Loaded, type Place } from '../../kernel/fault.ts';
import type { SubjectKind } from '../../kernel/subject.ts';
import type { Condition } from '../../rules/condition.ts';
import type { Claim, Held } from '../../witness/claim.ts';
import type { Side } from '../side.ts';
import type { GateOf } from './gate-named.ts';

/** A gate, and what it is supposed to say. */
export interface GateIs extends GateOf {
  readonly is: Held['is'];
  /** Where it was named. */
  readonly at: Place;
}

/** Of whom several gates are asked at once: those per site are asked of the site that the object is on. */
export function perOf(gates: readonly GateIs[]): Loaded<SubjectKind> {
  const [first, ...others] = gates.filter(({ gate }) => gate.per !== 'site');
  if (first === undefined) return { ok: true, value: 'site', warnings: [] };
  const other = others.find(({ gate }) => gate.per !== first.gate.per);
  if (other === undefined) return { ok: true, value: first.gate.per, warnings: [] };
  const message = `\`${other.gate.name}\` is asked of a ${other.gate.per}, and \`${first.gate.name}\` of a ${first.gate.per}`;
  const hint = `ask gates together that are of a ${first.gate.per}, or of the site`;
  return { ok: false, faults: [error('PACK_OUT_OF_SCOPE', other.at, message, hint)] };
}

/** That they all say so of one object, and that a condition holds of it. */
export function claimOf(gates: readonly GateIs[], per: SubjectKind, condition: Condition | undefined): Claim {
  const held = gates.map(({ gate, is }): Held => ({ ways: [[gate.when]], is }));
  return { per, holds: condition === undefined ? held : [...held, { ways: [[condition]], is: 'open' }] };
}

/** A gate by the rules of one side. */
export interface Sided {
  readonly side: Side;
  readonly gate: GateIs;
}

/** What is asked of any site: that gates are like this while a condition holds. */
export interface Asking {
  readonly gates: readonly Sided[];
  readonly condition: Condition | undefined;
  readonly claim: Claim;
}

/** «Wherever the first is open, the second is»: asked is for a site on which it is not. */
export function implication(first: Sided, second: Sided): Loaded<Asking> {
  const gates = [first.gate, second.gate];
  const per = perOf(gates);
  if (!per.ok) return per;
  const claim = claimOf(gates, per.value, undefined);
  return { ok: true, value: { gates: [first, second], condition: undefined, claim }, warnings: [] };
}

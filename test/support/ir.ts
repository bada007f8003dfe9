import type { Grade } from '../../src/kernel/fact.ts';
import type { SubjectKind } from '../../src/kernel/subject.ts';
import type { Condition, FactRef, Leaf, Literal, Operator, Quantified, Quantifier } from '../../src/rules/condition.ts';
import type { Finding, Gate, RulePack } from '../../src/rules/pack.ts';
import { factOf } from './made-site.ts';

/** Conditions as the linker would make them, written by hand over the made vocabulary (`made-site.ts`). */
export const at = { file: 'made.yaml', line: 1, col: 1 };

export interface Standing {
  readonly maxAgeMs?: number;
  readonly grade?: Grade;
}

export function fact(name: string, { maxAgeMs, grade }: Standing = {}): FactRef {
  const { subject, type, maxAgeMs: usual } = factOf(name);
  return { kind: 'fact', name, subject, type, maxAgeMs: maxAgeMs ?? usual, grade: grade ?? 'observed' };
}

export function literal(of: string, value: Literal['value']): Literal {
  return { kind: 'literal', value, type: factOf(of).type };
}

/** `leaf('bond.mode', 'equal', 'active-backup')`; the value may be another fact. */
export function leaf(
  name: string,
  operator: Operator,
  value: Literal['value'] | FactRef,
  more: Standing & { says?: string } = {},
): Leaf {
  const { says, ...standing } = more;
  const against = isFact(value) ? value : literal(name, value);
  return { kind: 'leaf', at, read: fact(name, standing), operator, against, ...(says === undefined ? {} : { says }) };
}

function isFact(value: Literal['value'] | FactRef): value is FactRef {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

export function all(...of: [Condition, ...Condition[]]): Condition {
  return { kind: 'all', at, of };
}
export function any(...of: [Condition, ...Condition[]]): Condition {
  return { kind: 'any', at, of };
}
export function not(of: Condition): Condition {
  return { kind: 'not', at, of };
}
export function named(name: string, of: Condition): Condition {
  return { kind: 'named', at, name, of };
}
export function unknown(name: string, standing?: Standing): Condition {
  return { kind: 'asks-unknown', at, read: fact(name, standing) };
}
export function says(sentence: string, of: Condition): Condition {
  return { ...of, says: sentence };
}

type Range = Partial<Pick<Quantified, 'within' | 'except' | 'where' | 'whenEmpty'>>;

function over(quantifier: Quantifier, kind: SubjectKind, satisfies: Condition, range: Range): Condition {
  return { kind: 'quantified', at, quantifier, over: kind, within: [], satisfies, ...range };
}
export function every(kind: SubjectKind, satisfies: Condition, range: Range = {}): Condition {
  return over({ kind: 'every' }, kind, satisfies, range);
}
export function some(kind: SubjectKind, satisfies: Condition, range: Range = {}): Condition {
  return over({ kind: 'some' }, kind, satisfies, range);
}
export function none(kind: SubjectKind, satisfies: Condition, range: Range = {}): Condition {
  return over({ kind: 'none' }, kind, satisfies, range);
}
export function atLeast(count: number, kind: SubjectKind, satisfies: Condition, range: Range = {}): Condition {
  return over({ kind: 'atLeast', count }, kind, satisfies, range);
}
export function atMost(count: number, kind: SubjectKind, satisfies: Condition, range: Range = {}): Condition {
  return over({ kind: 'atMost', count }, kind, satisfies, range);
}

export function gate(per: SubjectKind, when: Condition, name = 'made'): Gate {
  return { kind: 'gate', name, says: 'a made gate', per, when, at };
}
export function finding(per: SubjectKind, when: Condition, name = 'made'): Finding {
  return { kind: 'finding', name, says: 'a made finding', per, when, severity: 'warning', at };
}

export function pack(rules: Partial<Pick<RulePack, 'gates' | 'findings' | 'rollup'>>): RulePack {
  const nothing = { requires: [], parameters: new Map(), gates: [], findings: [], rollup: [] };
  return { name: 'made', version: '1.0.0', digest: 'sha256:made', file: 'made.yaml', ...nothing, ...rules };
}

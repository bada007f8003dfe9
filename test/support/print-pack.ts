import type { FactValue } from '../../src/kernel/fact.ts';
import { type FactType, formatValue } from '../../src/kernel/value.ts';
import type { Condition, FactRef, Literal, Quantified } from '../../src/rules/condition.ts';
import type { RulePack } from '../../src/rules/pack.ts';

/** A linked pack as people would have written it, for the message of a failing property. */
export function printPack({ gates, findings, rollup }: RulePack): string {
  return [
    ...gates.map(({ name, per, when }) => `gate ${name} per ${per}:\n${printCondition(when, '  ')}`),
    ...findings.map(({ name, per, when }) => `finding ${name} per ${per}:\n${printCondition(when, '  ')}`),
    ...rollup.map(({ phase, when }) => `phase ${phase}:\n${printCondition(when, '  ')}`),
  ].join('\n');
}

export function printCondition(condition: Condition, indent = ''): string {
  const deeper = `${indent}  `;
  switch (condition.kind) {
    case 'leaf':
      return `${indent}${printRef(condition.read)} ${condition.operator} ${printSide(condition.against)}`;
    case 'asks-unknown':
      return `${indent}unknown: ${printRef(condition.read)}`;
    case 'all':
    case 'any':
      return [`${indent}${condition.kind}:`, ...condition.of.map((part) => printCondition(part, deeper))].join('\n');
    case 'not':
      return `${indent}not:\n${printCondition(condition.of, deeper)}`;
    case 'named':
      return `${indent}condition ${condition.name}:\n${printCondition(condition.of, deeper)}`;
    case 'quantified':
      return printQuantified(condition, indent);
  }
}

function printQuantified(asks: Quantified, indent: string): string {
  const { quantifier, over, within, except, where, satisfies, whenEmpty } = asks;
  const many = 'count' in quantifier ? `${quantifier.kind} ${quantifier.count} of` : quantifier.kind;
  const head = [`${many} ${over}`, `in ${within.join('+')}`];
  if (except !== undefined) head.push(`except ${except}`);
  if (whenEmpty !== undefined) head.push(`whenEmpty ${whenEmpty}`);
  const lines = [`${indent}${head.join(', ')}`];
  if (where !== undefined) lines.push(`${indent}where:`, printCondition(where, `${indent}  `));
  lines.push(`${indent}satisfies:`, printCondition(satisfies, `${indent}  `));
  return lines.join('\n');
}

function printRef({ name, maxAgeMs, grade }: FactRef): string {
  return `${name} (maxAge ${maxAgeMs}, ${grade})`;
}

function printSide(side: Literal | FactRef): string {
  return side.kind === 'fact' ? printRef(side) : printLiteral(side.type, side.value);
}

function printLiteral(type: FactType, value: Literal['value']): string {
  const isList = Array.isArray(value) && type.kind !== 'set';
  return isList
    ? `[${value.map((one) => formatValue(type, one as FactValue)).join(', ')}]`
    : formatValue(type, value as FactValue);
}

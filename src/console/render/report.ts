import type { Place } from '../../kernel/fault.ts';
import { harmless } from '../escape.ts';
import { message, physical, resultsMax, sarifOf, toolWith } from './sarif.ts';

/** What machines that show results to people take: one case for each thing that was looked at. `check`, `eval` and `test`
 *  make one of these, and the three forms are functions of it. */
export interface Report {
  readonly name: string;
  /** What was judged by what: digests, versions, `signature: unsigned`. */
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

export interface Case {
  /** Stable between runs: a fault's code, a gate's name, a test's name. */
  readonly rule: string;
  readonly group: string;
  readonly name: string;
  /** `held`: not known. It never shares a word with `failed`. */
  readonly state: 'ok' | 'failed' | 'held' | 'error' | 'warning' | 'note';
  /** In words; empty where all is well. */
  readonly says: string;
  readonly at: Place;
}

// --- JUnit ---

export function junit({ name, properties, cases }: Report): string {
  const count = (...states: readonly Case['state'][]): number =>
    cases.filter(({ state }) => states.includes(state)).length;
  const totals = `tests="${cases.length}" failures="${count('failed', 'held')}" errors="${count('error')}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nwctl" ${totals}>`,
    `  <testsuite name="${xml(name)}" ${totals}>`,
    '    <properties>',
    ...Object.entries(properties).map(([key, value]) => `      <property name="${xml(key)}" value="${xml(value)}"/>`),
    '    </properties>',
    ...cases.flatMap(junitCase),
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function junitCase({ group, name, state, says, at }: Case): readonly string[] {
  // `file` and `line` are in no schema, and shown by those who know them (GitLab, CircleCI).
  const place = at.line < 1 ? '' : ` file="${xml(at.file)}" line="${at.line}"`;
  const head = `    <testcase classname="${xml(group)}" name="${xml(name)}"${place}`;
  const text = xml(says);
  switch (state) {
    case 'ok':
      return [`${head}/>`];
    case 'warning':
    case 'note':
      return [`${head}>`, `      <system-out>${state}: ${text}</system-out>`, '    </testcase>'];
    case 'error':
      return [`${head}>`, `      <error type="error" message="${text}"/>`, '    </testcase>'];
    case 'failed':
    case 'held':
      return [`${head}>`, `      <failure type="${state}" message="${text}"/>`, '    </testcase>'];
  }
}

function xml(text: string): string {
  return harmless(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

// --- SARIF 2.1.0 ---

export function sarif({ name, properties, cases }: Report): string {
  const all = cases.filter(({ state }) => state !== 'ok');
  const results = all.slice(0, resultsMax);
  const rules = [...new Set(results.map(({ rule }) => rule))].sort();
  const cut = all.length - results.length;
  return sarifOf({
    tool: toolWith(rules.map((id) => ({ id }))),
    automationDetails: { id: `nwctl/${name}` },
    properties: { ...properties, ...(cut > 0 ? { resultsNotShown: cut } : {}) },
    results: results.map((one) => ({
      ruleId: one.rule,
      ruleIndex: rules.indexOf(one.rule),
      level: levelOf(one.state),
      message: message(one.says),
      locations: [
        {
          ...(one.at.line < 1 ? {} : { physicalLocation: physical(one.at) }),
          logicalLocations: [{ name: harmless(one.name), fullyQualifiedName: harmless(`${one.group}/${one.name}`) }],
        },
      ],
      partialFingerprints: { 'nwctl/v1': harmless(`${one.rule} ${one.group} ${one.name}`) },
    })),
  });
}

function levelOf(state: Case['state']): 'error' | 'warning' | 'note' {
  return state === 'held' || state === 'warning' ? 'warning' : state === 'note' ? 'note' : 'error';
}

// --- GitHub annotations ---

export function github({ name, properties, cases }: Report): string {
  const lines = cases
    .filter(({ state }) => state !== 'ok')
    .map(({ rule, state, says, at }) => {
      const level = { error: 'error', warning: 'warning', note: 'notice' }[levelOf(state)];
      const end = at.length === undefined ? '' : `,endColumn=${at.col + at.length}`;
      const place = at.line < 1 ? '' : `file=${field(at.file)},line=${at.line},col=${at.col}${end},`;
      return `::${level} ${place}title=${field(rule)}::${value(says)}`;
    });
  const told = Object.entries(properties)
    .map(([key, text]) => `${harmless(key)} ${harmless(text)}`)
    .join(', ');
  return `${[...lines, `${harmless(name)}: ${cases.length} looked at, ${lines.length} to look at (${told})`].join('\n')}\n`;
}

function value(text: string): string {
  return harmless(text).replaceAll('%', '%25');
}

function field(text: string): string {
  return value(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

export const reportForms = { junit, sarif, github } as const;

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DtdValidator, XmlDocument, XmlDtd } from 'libxml2-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { nwctl, type Ran } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\n';

/** A site with one pack of its own, whose lines are counted below, and one test of it. */
const pack = `${head}kind: RulePack
metadata: {name: small, version: 1.0.0}
spec:
  vocabulary: v1
  gates:
    both:
      says: the bond runs in its mode, and nothing waits
      per: bond
      when:
        all:
          - {fact: bond.mode, operator: equal, value: active-backup}
          - {fact: bond.peersReachable, operator: equal, value: true}
`;
const lineOfAll = 11;

function testOf(steps: string): string {
  return `${head}kind: RuleTest\nmetadata: {name: small}\nspec:\n  says: x\n  capture: ../calm.ndjson.gz\n  steps:\n${steps}`;
}

async function siteWith(steps: string): Promise<string> {
  const root = folderWith();
  const site = join(root, 'site');
  await nwctl(['init', site]);
  await nwctl(['capture', 'pack', 'captures/calm', '-o', join(site, 'calm.ndjson.gz')]);
  mkdirSync(join(site, 'tests'));
  writeFileSync(join(site, 'tests', 'small.yaml'), testOf(steps));
  mkdirSync(join(site, 'packs'), { recursive: true });
  writeFileSync(join(site, 'packs', 'small.yaml'), pack);
  const profile = readFileSync(join(site, 'profile.yaml'), 'utf8');
  writeFileSync(
    join(site, 'profile.yaml'),
    profile
      .replace(/ {2}parameters:\n(?: {4}.*\n)+/, '')
      .replace(/packs:\n(?: {4}-.*\n?)+/, 'packs:\n    - packs/small.yaml\n'),
  );
  return site;
}

const bond = 'of: node-b/bond1';
const allOpen = '    - expect: {gates: {both: open}}\n';
const modeFalse = `    - change: [{fact: bond.mode, ${bond}, value: balance-rr}]\n      expect: {gates: {both: {node-b/bond1: closed}}}\n`;

interface Seen {
  readonly kind: string;
  readonly text: string;
  readonly seen: readonly string[];
  readonly missing: readonly string[];
  readonly at: { readonly file: string; readonly line: number };
}

async function coveredBy(steps: string): Promise<readonly Seen[]> {
  const { out, code, err } = await nwctl(['test', await siteWith(steps), '--coverage-format', 'json']);
  expect([code, err]).toEqual([0, '']);
  validates('coverage', out);
  return (JSON.parse(out) as { covered: Seen[] }).covered;
}

describe('what is seen of a small pack', () => {
  test('while all is well, each leaf is true and alone decides', async () => {
    const covered = await coveredBy(allOpen);
    expect(covered.map(({ kind, at, seen }) => [kind, at.line, seen])).toEqual([
      ['all', lineOfAll, ['true', 'decided']],
      ['leaf', lineOfAll + 1, ['true', 'decided']],
      ['leaf', lineOfAll + 2, ['true', 'decided']],
    ]);
  });

  test('two that are false together decide nothing, neither of them alone', async () => {
    const both = `    - change: [{fact: bond.mode, of: node-a/bond1, value: balance-rr}, {fact: bond.peersReachable, of: node-a/bond1, value: false}, {fact: bond.mode, ${bond}, value: balance-rr}, {fact: bond.peersReachable, ${bond}, value: false}, {fact: bond.mode, of: node-c/bond1, value: balance-rr}, {fact: bond.peersReachable, of: node-c/bond1, value: false}]\n      expect: {gates: {both: closed}}\n`;
    const covered = await coveredBy(both);
    expect(covered.map(({ seen }) => seen)).toEqual([['false', 'decided'], ['false'], ['false']]);
  });

  test('what a later step changes is seen too, and unknown is a truth of its own', async () => {
    const covered = await coveredBy(
      `${allOpen}${modeFalse}    - change: [{fact: bond.mode, ${bond}, unknown: true}]\n      expect: {gates: {both: {node-b/bond1: unknown}}}\n`,
    );
    expect(covered.map(({ missing }) => missing)).toEqual([[], [], ['false', 'unknown']]);
  });
});

/** What coverage-04.dtd asks for: what may stand in an element, and what it must say of itself; `=` is what it says by default. */
const cobertura: Readonly<Record<string, readonly [content: string, ...attributes: string[]]>> = {
  coverage: [
    '(sources?, packages)',
    ...['line-rate', 'branch-rate', 'lines-covered', 'lines-valid', 'branches-covered', 'branches-valid'],
    ...['complexity', 'version', 'timestamp'],
  ],
  sources: ['(source*)'],
  source: ['(#PCDATA)'],
  packages: ['(package*)'],
  package: ['(classes)', 'name', 'line-rate', 'branch-rate', 'complexity'],
  classes: ['(class*)'],
  class: ['(methods, lines)', 'name', 'filename', 'line-rate', 'branch-rate', 'complexity'],
  methods: ['(method*)'],
  method: ['(lines)', 'name', 'signature', 'line-rate', 'branch-rate', 'complexity'],
  lines: ['(line*)'],
  line: ['(conditions*)', 'number', 'hits', 'branch=false', 'condition-coverage=100%'],
  conditions: ['(condition*)'],
  condition: ['EMPTY', 'number', 'type', 'coverage'],
};

function dtd(): XmlDtd {
  const lines = Object.entries(cobertura).flatMap(([element, [content, ...attributes]]) => [
    `<!ELEMENT ${element} ${content}>`,
    ...attributes.map((attribute) => {
      const [name, usual] = attribute.split('=');
      return `<!ATTLIST ${element} ${name} CDATA ${usual === undefined ? '#REQUIRED' : `"${usual}"`}>`;
    }),
  ]);
  return XmlDtd.fromString(lines.join('\n'));
}

describe('the forms', () => {
  let site = '';
  const asked = (...more: string[]): Promise<Ran> => nwctl(['test', site, ...more]);
  beforeAll(async () => {
    site = await siteWith(allOpen);
  });

  test('lcov: a record a file, whose sums are what its lines say', async () => {
    const { out, code } = await asked('--coverage-format', 'lcov');
    expect(code).toBe(0);
    expect(out.replaceAll(site, 'SITE')).toBe(
      [
        'TN:',
        `SF:SITE/packs/small.yaml`,
        ...['0,1', '1,0', '2,0', '3,1'].map((taken) => `BRDA:${lineOfAll},0,${taken}`),
        ...['0,1', '1,0', '2,0', '3,1'].map((taken) => `BRDA:${lineOfAll + 1},0,${taken}`),
        ...['0,1', '1,0', '2,0', '3,1'].map((taken) => `BRDA:${lineOfAll + 2},0,${taken}`),
        ...['BRF:12', 'BRH:6', `DA:${lineOfAll},1`, `DA:${lineOfAll + 1},1`, `DA:${lineOfAll + 2},1`, 'LF:3', 'LH:3'],
        'end_of_record',
        '',
      ].join('\n'),
    );
  });

  test('cobertura: valid by its DTD, and the same bytes twice', async () => {
    const { out } = await asked('--coverage-format', 'cobertura');
    const validator = new DtdValidator(dtd());
    validator.validate(XmlDocument.fromString(out));
    expect(() => validator.validate(XmlDocument.fromString(out.replace(' hits="1"', '')))).toThrow();
    expect(out).toContain(`<line number="${lineOfAll}" hits="1" branch="true" condition-coverage="50% (2/4)">`);
    expect(out).toContain('line-rate="1" branch-rate="0.5" lines-covered="3" lines-valid="3" branches-covered="6"');
    expect((await asked('--coverage-format', 'cobertura')).out).toBe(out);
  });

  test('text: the least covered first, with its place and what is missing', async () => {
    site = await siteWith(allOpen + modeFalse);
    const { out } = await asked('--coverage');
    const rows = out.split('\n').filter((line) => line.includes('small.yaml:'));
    expect(out).toContain('coverage 66.66 %: 8 of 12 seen, of 3 conditions, states and transitions');
    expect(rows.map((row) => /small\.yaml:(\d+)/.exec(row)?.[1])).toEqual(['13', '11', '12'].map(String));
    expect(rows[0]).toContain('false unknown');
    expect(rows[0]).toContain('bond.peersReachable equal (gate both)');
  });

  test('--min: exit 3 and what is missing by name; met, nothing is said', async () => {
    const below = await asked('--min', '66.7%');
    expect(below.code).toBe(3);
    expect(below.err).toContain('coverage is 66.66 %, and --min asks for 66.7 %: 4 are missing');
    expect(below.err).toContain('small.yaml:13');
    expect(await asked('--min', '66.6')).toMatchObject({ code: 0, err: '' });
    expect((await asked('--min', '100%', '--exit-zero')).code).toBe(0);
  });

  test.each([
    [['--min', '120%'], '--min is `120%`'],
    [['--min', 'much'], '--min is `much`'],
    [['--coverage-format', 'lcov', '-o', 'json'], 'do not go together'],
    [['--coverage-format', 'html'], 'html'],
  ] as const)('%j is refused', async (more, says) => {
    const { code, err, out } = await asked(...more);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });

  test('a failed test is told beside the document, and exits 3', async () => {
    site = await siteWith('    - expect: {gates: {both: closed}}\n');
    const { code, out, err } = await asked('--coverage-format', 'json');
    expect(code).toBe(3);
    validates('coverage', out);
    expect(err).toContain('expected closed');
  });
});

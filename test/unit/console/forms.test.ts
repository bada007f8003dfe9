import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { XmlDocument, type XmlElement, XsdValidator } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { harmless } from '../../../src/console/escape.ts';
import { type Case, junit, type Report, sarif } from '../../../src/console/render/report.ts';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { sarifFaults as faultsOf } from '../../support/sarif.ts';

const official = 'test/fixtures/forms';

const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\n';
const broken = folderWith({
  'twice.yaml': `${head}kind: RulePack\nkind: RulePack\n`,
  'a b#c?d%41:e.yaml': `${head}kind: RulePack\nspec:\n\tgates: {}\n`,
  'escape.yaml': `${head}kind: "Rule\\e[31m]]>\\0\\uFFFFPack"\n`,
});

/** A site whose one test fails, and one whose test passes. */
async function siteWithTest(verdict: 'closed' | 'open'): Promise<string> {
  const root = folderWith();
  await nwctl(['init', `${root}/site`]);
  await nwctl(['capture', 'pack', 'captures/one-side-flipped', '-o', `${root}/site/flipped.ndjson.gz`]);
  const steps = `    - says: '<&]]>" ends'\n      expect: {gates: {bond-in-mode: {node-b/bond1: ${verdict}}}}\n`;
  const text = `${head}kind: RuleTest\nmetadata: {name: a-test}\nspec:\n  says: x\n  capture: ../flipped.ndjson.gz\n  steps:\n${steps}`;
  const { mkdirSync, writeFileSync } = await import('node:fs');
  mkdirSync(`${root}/site/tests`);
  writeFileSync(`${root}/site/tests/a-test.yaml`, text);
  return `${root}/site`;
}

const asked: readonly (readonly [string, () => Promise<readonly string[]>, number])[] = [
  ['eval, all open', async () => evalOf('calm', '--gate', 'storage-network-agrees'), 0],
  ['eval, some closed', async () => evalOf('one-side-flipped'), 3],
  ['eval, some unknown', async () => evalOf('silent-node'), 3],
  ['eval, with findings', async () => evalOf('forgotten-suspend'), 3],
  ['eval, with a workflow that waits', async () => evalOf('flip-half-done'), 3],
  ['check, no fault', async () => ['check', 'profiles/three-node', 'captures/calm'], 0],
  ['check, faults in files with strange names', async () => ['check', broken], 2],
  ['test, passed', async () => ['test', await siteWithTest('closed')], 0],
  ['test, failed', async () => ['test', await siteWithTest('open')], 3],
];

function evalOf(capture: string, ...more: readonly string[]): readonly string[] {
  return ['eval', '-p', 'profiles/three-node', '-c', `captures/${capture}`, ...more];
}

/** Anything that somebody could have written into a name, a path or a sentence. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(']]>', '<!--', '&amp;', '\0', '\u001b[31m', '\ud800', '\ufffe', '\uffff', 'a:b', '%zz', '../\\x', ''),
);
const anyCase: fc.Arbitrary<Case> = fc.record({
  rule: anyText,
  group: anyText,
  name: anyText,
  state: fc.constantFrom('ok', 'failed', 'held', 'error', 'warning', 'note'),
  says: anyText,
  at: fc.record({ file: anyText, line: fc.nat(3), col: fc.nat(3) }),
});
const anyReport: fc.Arbitrary<Report> = fc.record({
  name: anyText,
  properties: fc.dictionary(anyText, anyText, { minKeys: 1, maxKeys: 2 }),
  cases: fc.array(anyCase, { maxLength: 4 }),
});

describe('SARIF is what the schema of SARIF 2.1.0 asks for', () => {
  test.each(asked)('%s', async (_, args, exit) => {
    const { code, out } = await nwctl([...(await args()), '-o', 'sarif']);
    expect(code).toBe(exit);
    expect(faultsOf(out)).toEqual([]);
  });

  test('whatever the names, paths and sentences are', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(faultsOf(sarif(report))).toEqual([]);
      }),
    );
  });

  test('a path is a path, never a scheme, and what has no place names none', () => {
    const placed = (file: string, line: number) => {
      const at = { file, line, col: 1 };
      const one: Case = { rule: 'R', group: 'g', name: 'n', state: 'error', says: 's', at };
      const { runs } = JSON.parse(sarif({ name: 'x', properties: {}, cases: [one] })) as {
        runs: { results: { locations: { physicalLocation?: { artifactLocation: { uri: string } } }[] }[] }[];
      };
      return runs[0]?.results[0]?.locations[0]?.physicalLocation?.artifactLocation.uri;
    };
    expect(placed('a b#c?d%41.yaml', 1)).toBe('a%20b%23c%3Fd%2541.yaml');
    expect(placed('c:x.yaml', 1)).toBe('./c:x.yaml');
    expect(placed('a/c:x.yaml', 1)).toBe('a/c:x.yaml');
    expect(placed('', 0)).toBeUndefined();
  });

  test('the schema is in force', () => {
    expect(faultsOf('{"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": [{}]}]}')).toEqual([
      "/runs/0/tool/driver must have required property 'name'",
      "/runs/0/results/0 must have required property 'message'",
    ]);
  });
});

describe('JUnit is XML, and what the schema of Jenkins asks for', () => {
  const xsd = XsdValidator.fromDoc(XmlDocument.fromString(readFileSync(`${official}/jenkins-junit.xsd`, 'utf8')));

  /** Validates and returns the cases. A case's `file` and `line` are the only words of ours that the schema does not
   *  have: GitLab, CircleCI and others show them, and readers that do not know them leave them. */
  function casesOf(text: string): readonly XmlElement[] {
    const document = XmlDocument.fromString(text);
    const cases = document.find('//testcase') as XmlElement[];
    const bare = XmlDocument.fromString(text.replaceAll(/(<testcase [^>]*) file="[^"]*" line="\d+"/g, '$1'));
    xsd.validate(bare);
    bare.dispose();
    return cases;
  }

  test.each(asked)('%s', async (_, args, exit) => {
    const { code, out } = await nwctl([...(await args()), '-o', 'junit']);
    expect(code).toBe(exit);
    expect(casesOf(out).length).toBeGreaterThan(0);
  });

  test('whatever the names, paths and sentences are, and a reader gets them back', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const cases = casesOf(junit(report));
        expect(cases.map((one) => one.attr('name')?.value)).toEqual(report.cases.map(({ name }) => harmless(name)));
        expect(cases.map((one) => one.attr('file')?.value)).toEqual(
          report.cases.map(({ at }) => (at.line < 1 ? undefined : harmless(at.file))),
        );
        expect(cases.map(saidBy)).toEqual(
          report.cases.map(({ state, says }) => {
            if (state === 'ok') return '';
            return state === 'warning' || state === 'note' ? `${state}: ${harmless(says)}` : harmless(says);
          }),
        );
      }),
    );
  });

  test('the schema is in force', () => {
    expect(() => casesOf('<testsuites><testsuite name="x"/></testsuites>')).toThrow(/'tests' is required/);
    expect(() => casesOf('<testsuites>\u0001</testsuites>')).toThrow(/invalid Char value 1/);
  });
});

function saidBy(one: XmlElement): string {
  const child = one.firstChild?.next as XmlElement | null | undefined;
  return child === null || child === undefined ? '' : (child.attr('message')?.value ?? child.content);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { canonical, type Json } from '../../src/kernel/digest.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { format } from '../../src/rules/format.ts';
import { loadPacks } from '../../src/rules/load-packs.ts';
import { operators } from '../../src/rules/operators.ts';
import { runs } from '../support/runs.ts';

const folder = join(import.meta.dirname, '..', 'fixtures', 'profiles', 'three-node', 'packs');
const texts = ['storage-safety.yaml', 'bond-flip.yaml'].map((file) => readFileSync(join(folder, file), 'utf8'));

/** What people and fuzzers put where something else stood. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    'true',
    0,
    -1,
    1.5,
    '10',
    2 ** 53,
    '',
    [],
    {},
    [[]],
    '__proto__',
    'constructor',
    '0644',
    '30s',
    '1m30s',
    '0KiB',
  ),
  fc.constantFrom(
    'node',
    'replica',
    'site',
    'open',
    'observed',
    'assumed',
    'param.heartbeat',
    'cohort.node.bootId',
    'live',
    'clean',
    ...operators,
  ),
  fc.constantFrom(...vocabulary.keys()),
  fc.constantFrom('\u001b[31m', 'a\nb', '\u202e', 'x'.repeat(3_000)),
  fc.record({
    fact: fc.constantFrom(...vocabulary.keys()),
    operator: fc.constantFrom(...operators),
    value: fc.constantFrom<unknown>(true, 1, 'a', [], ['a'], '30s'),
  }),
  fc.record({ condition: fc.constantFrom('live', 'clean', 'nobody') }),
  fc.record({ every: fc.constantFrom('node', 'vm', 'connection'), satisfies: fc.constant({ condition: 'live' }) }),
);
const keys = [
  'when',
  'says',
  'all',
  'any',
  'not',
  'every',
  'some',
  'none',
  'atLeast',
  'in',
  'where',
  'unknown',
  'gate',
  'fact',
  '__proto__',
  'grade',
  'maxAge',
  'whenEmpty',
];

type Step = {
  readonly pick: number;
  readonly act: 'delete' | 'replace' | 'rename' | 'repeat' | 'add';
  readonly key: string;
  readonly value: unknown;
};
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    pick: fc.nat(),
    act: fc.constantFrom('delete' as const, 'replace' as const, 'rename' as const, 'repeat' as const, 'add' as const),
    key: fc.constantFrom(...keys),
    value: strange,
  }),
  { minLength: 1, maxLength: 4 },
);

interface Spot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

function spotsIn(value: unknown): readonly Spot[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown> | unknown[];
  const own: Spot[] = Array.isArray(holder)
    ? holder.map((_, key) => ({ holder, key }))
    : Object.keys(holder).map((key) => ({ holder, key }));
  return own.flatMap((spot) => [spot, ...spotsIn((holder as Record<string | number, unknown>)[spot.key])]);
}

/** A pack with a few things taken out, put in or exchanged, still YAML. */
function mutated(text: string, changes: readonly Step[]): unknown {
  const document = parse(text) as unknown;
  for (const { pick, act, key, value } of changes) {
    const spots = spotsIn(document);
    const spot = spots[pick % spots.length];
    if (spot === undefined) break;
    const { holder } = spot;
    // Each place gets a value of its own, so that no later change reaches two places at once.
    const fresh = structuredClone(value);
    if (Array.isArray(holder)) {
      const at = Number(spot.key);
      if (act === 'delete') holder.splice(at, 1);
      else if (act === 'repeat') holder.splice(at, 0, structuredClone(holder[at]));
      else holder[at] = fresh;
      continue;
    }
    const own = holder[spot.key];
    if (act === 'delete' || act === 'rename') delete holder[spot.key];
    const target = act === 'rename' || act === 'add' ? key : String(spot.key);
    const content = act === 'rename' ? own : act === 'repeat' ? [own, structuredClone(own)] : fresh;
    if (act !== 'delete')
      Object.defineProperty(holder, target, { value: content, enumerable: true, writable: true, configurable: true });
  }
  return document;
}

function load(text: string) {
  return loadPacks([{ file: 'x.yaml', text }], { vocabulary, standIns: true, parameters: undefined });
}

/** Holds of every text whatever: loading answers, and formatting keeps what was loaded. */
function holdsOf(text: string): void {
  const loaded = load(text);
  if (!loaded.ok) {
    expect(loaded.faults.some(({ severity }) => severity === 'error')).toBe(true);
    for (const { at } of loaded.faults) expect(at.line >= 1 && at.col >= 1 && at.file === 'x.yaml').toBe(true);
  }
  const laidOut = format({ file: 'x.yaml', text });
  if (!laidOut.ok) {
    // What loads is plain enough to be laid out, unless its comments stand where no layout keeps them.
    if (loaded.ok) expect(laidOut.faults[0]?.code).toBe('FORMAT_UNSURE');
    return;
  }
  const again = format({ file: 'x.yaml', text: laidOut.value });
  expect(again.ok && again.value).toBe(laidOut.value);
  const reloaded = load(laidOut.value);
  expect(reloaded.ok).toBe(loaded.ok);
  if (loaded.ok && reloaded.ok) expect(reloaded.value[0]?.digest).toBe(loaded.value[0]?.digest);
}

describe('loading a pack', () => {
  test('answers whatever has been changed in it, and fmt keeps what it means', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), steps, fc.boolean(), (text, changes, flow) => {
        const document = mutated(text, changes);
        holdsOf(
          stringify(document, { collectionStyle: flow ? 'flow' : 'any', aliasDuplicateObjects: false, lineWidth: 0 }),
        );
      }),
      runs('LOADING', 100),
    );
  });

  test('answers whatever has been changed in its text, and fmt keeps what it means', () => {
    const bits = fc.constantFrom(
      ' ',
      '\n',
      '  ',
      '\t',
      '#',
      '# why\n',
      ':',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '&a ',
      '*a',
      '!x ',
      '|',
      '>',
      '~',
      '\u0000',
      '0',
      '---\n',
      '\ud83d\ude00',
      '\ud800',
    );
    const edit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 3 }), put: bits });
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        let changed = text;
        for (const { at, cut, put } of edits) {
          const where = at % changed.length;
          changed = changed.slice(0, where) + put + changed.slice(where + cut);
        }
        holdsOf(changed);
      }),
      runs('LOADING', 100),
    );
  });

  test('two documents that load have the same digest only if they are the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), steps, (text, changes) => {
        const document = mutated(text, changes);
        const loaded = load(stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }));
        const original = load(text);
        if (!loaded.ok || !original.ok) return; // most changes are mistakes; a few hundred draws leave enough that load
        const same = canonical(document as Json) === canonical(parse(text) as Json);
        expect(loaded.value[0]?.digest === original.value[0]?.digest).toBe(same);
      }),
      runs('LOADING', 400),
    );
  });
});

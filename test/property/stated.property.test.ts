import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureFromFolder } from '../../src/capture/folder.ts';
import { captureFromStream } from '../../src/capture/ndjson.ts';
import { capturePages } from '../../src/capture/pack.ts';
import { inOrder, type StatedSite } from '../../src/capture/stated.ts';
import { statedText } from '../../src/capture/stated-text.ts';
import { type FactValue, grades } from '../../src/kernel/fact.ts';
import { faultCodes } from '../../src/kernel/fault-codes.ts';
import type { FrozenFact, StatedFact, StatedList } from '../../src/kernel/raw.ts';
import { type SubjectKind, subjectKinds } from '../../src/kernel/subject.ts';
import type { FactType } from '../../src/kernel/value.ts';
import { type FactDeclaration, vocabulary } from '../../src/kernel/vocabulary.ts';
import { runs } from '../support/runs.ts';

/** Words that readers of YAML take for something else, and signs that end one. */
const odd = fc.constantFrom(
  'null',
  'true',
  'Yes',
  '~',
  '1',
  '1.5',
  '0x1',
  '.inf',
  '-',
  '#a',
  '{b',
  '"c',
  "d'",
  '*e',
  '&f',
  '!g',
  '%h',
);
const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,6}[a-z0-9])?$/),
  odd,
  fc.stringMatching(/^[!-.0-9;-?A-~]{1,4}$/),
);
const number = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 999_999_999 }).map((one) => `/${one}`),
);
const volume = fc.tuple(name, number).map((parts) => parts.join(''));
const replica = fc.tuple(volume, name).map(([of, node]) => `${of}@${node}`);
const idOf: Readonly<Record<SubjectKind, Arbitrary<string>>> = {
  site: fc.constant('site'),
  node: name,
  bond: fc.tuple(name, name).map((parts) => parts.join('/')),
  volume,
  replica,
  connection: fc.tuple(replica, name).map((parts) => parts.join(':')),
  vm: fc.tuple(name, name).map((parts) => parts.join('/')),
};

const ms = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.maxSafeNat(), fc.constant(0));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  odd,
  name,
  fc.constantFrom('a: b', 'a #b', ' ', '\u2028\ufeff\u0085', '\n- x'),
);

function aValueOf(type: FactType): Arbitrary<FactValue> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 'int':
      return fc.maxSafeInteger().filter((one) => one >= (type.atLeast ?? one) && one <= (type.atMost ?? one));
    case 'duration':
    case 'size':
      return ms;
    case 'version':
      return fc
        .tuple(fc.nat(9_999), fc.nat(99_999), fc.nat(99_999))
        .map(([major, minor, patch]) => (major * 100_000 + minor) * 100_000 + patch);
    case 'text':
      return type.optional === true ? fc.option(text) : text;
    case 'enum':
      return fc.constantFrom(...type.words);
    case 'set':
      return fc
        .uniqueArray(type.words === undefined ? text : fc.constantFrom(...type.words))
        .map((words) => words.sort());
  }
}

function saidOf({ name: fact, subject, type }: FactDeclaration): Arbitrary<FrozenFact> {
  return fc.record({ fact: fc.constant(fact), of: idOf[subject], value: aValueOf(type) });
}
const said = fc.constantFrom(...vocabulary.values()).chain(saidOf);
const fact: Arbitrary<StatedFact> = fc
  .tuple(said, fc.record({ ageMs: ms, grade: fc.constantFrom(...grades) }))
  .map(([one, seen]) => ({ ...one, ...seen }));
const list: Arbitrary<StatedList> = fc.constantFrom(...subjectKinds.filter((kind) => kind !== 'site')).chain((kind) =>
  fc.tuple(fc.uniqueArray(idOf[kind], { maxLength: 4 }), fc.option(ms, { nil: undefined })).map(([members, ageMs]) => ({
    kind,
    members,
    ...(ageMs === undefined ? {} : { ageMs }),
  })),
);
const of = <F extends FrozenFact>(one: Arbitrary<F>): Arbitrary<readonly F[]> =>
  fc.uniqueArray(one, { maxLength: 12, selector: (given) => `${given.fact} of ${given.of}` });
const site: Arbitrary<StatedSite> = fc.record(
  { lists: fc.uniqueArray(list, { selector: ({ kind }) => kind }), facts: of(fact), frozen: of(said) },
  { requiredKeys: ['lists', 'facts'] },
);

const read = (content: string | Uint8Array) =>
  captureFromFolder('made', [{ path: 'facts.yaml', bytes: Buffer.from(content as string) }]);

describe('a stated site', () => {
  test('is read as it was written, whatever it states', () => {
    fc.assert(
      fc.property(
        site,
        text.filter((one) => one !== ''),
        (made, says) => {
          const written = statedText(made, 'made', says);
          const capture = read(written);
          if (!capture.ok) throw new Error(`${capture.faults[0]?.message}\n${written}`);
          const { frozen, ...known } = inOrder(made);
          const kept = frozen.length === 0 ? known : { ...known, frozen };
          expect(capture.value.raws).toEqual([{ from: 'stated', at: 0, ...kept }]);
          const [raw] = capture.value.raws;
          expect(raw?.from === 'stated' ? statedText(raw, 'made', says) : '').toBe(written);
        },
      ),
      runs('STATED', 300),
    );
  });

  test('is the same in one file, and in whatever order it was', async () => {
    await fc.assert(
      fc.asyncProperty(site, async (made) => {
        const capture = read(statedText(made, 'made'));
        if (!capture.ok) throw new Error(capture.faults[0]?.message);
        const again = await captureFromStream('made.ndjson', pagesOf(capturePages(capture.value)), 'all');
        expect(again).toEqual({ ok: true, value: capture.value, warnings: [] });
        const { lists, facts, frozen = [] } = made;
        const backwards = { lists: lists.toReversed(), facts: facts.toReversed(), frozen: frozen.toReversed() };
        expect(statedText(backwards, 'made')).toBe(statedText(made, 'made'));
      }),
      runs('STATED_FILE', 100),
    );
  });
});

async function* pagesOf(pages: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pages;
}

describe('whatever stands in a facts.yaml', () => {
  const answers = (content: string | Uint8Array): void => {
    const loaded = read(content);
    for (const { code, at, message } of loaded.ok ? loaded.warnings : loaded.faults) {
      expect(Object.keys(faultCodes)).toContain(code);
      expect(at.file).toBe('facts.yaml');
      expect([at.line > 0, at.col > 0, message.length > 0]).toEqual([true, true, true]);
      expect(message).not.toMatch(/undefined|\[object |\n\s+at |invariant/);
    }
    expect(loaded.ok || loaded.faults.length > 0).toBe(true);
  };

  test('bytes and texts have an answer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string(), fc.string({ unit: 'binary' })), (one) => answers(one)),
      runs('STATED_TEXT', 200),
    );
  });

  test('a site with anything in the place of anything has an answer', () => {
    const spoiled = fc.tuple(
      site,
      fc.nat(),
      fc.nat(12),
      fc.oneof(fc.json(), odd, fc.string(), fc.constantFrom('[', '{', '- ', ': ', '&a ', '*a', '<<: ')),
    );
    fc.assert(
      fc.property(spoiled, ([made, at, length, put]) => {
        const written = statedText(made, 'made');
        const from = at % written.length;
        answers(written.slice(0, from) + put + written.slice(from + length));
      }),
      runs('STATED_SPOILED', 400),
    );
  });

  test('values of any form in any place have an answer', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const document = fc.record(
      {
        lists: fc.oneof(value, fc.dictionary(fc.constantFrom<string>(...subjectKinds), value)),
        facts: fc.oneof(
          value,
          fc.array(
            fc.record(
              { fact: fc.constantFrom(...vocabulary.keys()), of: value, is: value, age: value, grade: value },
              { requiredKeys: [] },
            ),
          ),
        ),
        frozen: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(document, (spec) =>
        answers(
          JSON.stringify({
            apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
            kind: 'Facts',
            metadata: { name: 'x' },
            spec,
          }),
        ),
      ),
      runs('STATED_VALUES', 300),
    );
  });
});

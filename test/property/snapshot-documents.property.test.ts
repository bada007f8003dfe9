import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStore } from '../../src/facts/store.ts';
import { digestOf, digestOfText, type Json } from '../../src/kernel/digest.ts';
import type { FactValue, Report, Unreadable } from '../../src/kernel/fact.ts';
import { heard, heardJson, sayable, sayableJson } from '../../src/kernel/sayable.ts';
import { readingAt, type Snapshot } from '../../src/kernel/snapshot.ts';
import { documentsOf, snapshotDigest } from '../../src/kernel/snapshot-document.ts';
import { documentsIn, snapshotFrom } from '../../src/kernel/snapshot-from.ts';
import { bond, connection, node, replica, type Subject, subjectKinds, vm, volume } from '../../src/kernel/subject.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { runs } from '../support/runs.ts';

/** Names as somebody outside may choose them: with our own separators, halves of characters, our own mark. */
const names = ['a', 'b', 'a@b', 'a/b:c', '\ud800', '\u0000"\\ud800"', '\u0000', '__proto__', 'ü\udc00ber'] as const;
const aName = fc.constantFrom(...names);
const aSubject: fc.Arbitrary<Subject> = fc.oneof(
  aName.map(node),
  fc.tuple(aName, aName).map(([of, name]) => bond(of, name)),
  fc.tuple(aName, fc.nat(1)).map(([name, number]) => volume(name, number)),
  fc.tuple(aName, fc.nat(1), aName).map(([name, number, on]) => replica(name, number, on)),
  fc.tuple(aName, fc.nat(1), aName, aName).map(([name, number, on, peer]) => connection(name, number, on, peer)),
  fc.tuple(aName, aName).map(([space, name]) => vm(space, name)),
);
const aFact = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...vocabulary.keys()) },
  { weight: 1, arbitrary: fc.constantFrom('no.such', 'node.\ud800', '__proto__') },
);
const aValue: fc.Arbitrary<FactValue | Unreadable> = fc.oneof(
  fc.boolean(),
  fc.constantFrom('UpToDate', 'Connected', 'balance-rr', 'active-backup', '\ud800', '\u0000x', ''),
  fc.constantFrom<FactValue>(null, 0, -0, 3, 1e21, Number.NaN),
  fc.constant({ unreadable: 'War\udc00ped' }),
  fc.constantFrom<FactValue>([], ['x', 'y'], ['\ud800']),
);
const aMoment = fc.constantFrom(0, -0, 1, 2, 3, 9_000, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const aReport: fc.Arbitrary<Report> = fc.record({
  reporter: fc.constantFrom('drbd', 'linstor', 'agent'),
  scope: fc.constantFrom('a', 'site'),
  seenAtMs: aMoment,
  observations: fc.array(
    fc.record({
      fact: aFact,
      subject: aSubject,
      value: aValue,
      seenAtMs: aMoment,
      grade: fc.constantFrom('observed', 'reported', 'assumed'),
      source: fc.constantFrom('here', '\udc00there', '\u0000'),
    }),
    { maxLength: 20 },
  ),
  censuses: fc.array(
    fc.tuple(fc.array(aSubject, { minLength: 1, maxLength: 8 }), aMoment).map(([subjects, seenAtMs]) => {
      const kind = subjects[0]?.kind ?? 'node';
      const members = subjects.filter((one) => one.kind === kind);
      return { kind, members, seenAtMs, source: 'a \ud800 list' };
    }),
    { maxLength: 8 },
  ),
});
const aSnapshot = fc.tuple(fc.array(aReport, { maxLength: 6 }), aMoment).map(([reports, nowMs]) => {
  const store = createStore(vocabulary);
  for (const report of reports) store.fold(report);
  return store.cut(nowMs);
});

function read(snapshot: Snapshot): Snapshot {
  const documents = new Map(documentsOf(snapshot).map(({ digest, text }) => [digest, text]));
  const index = documents.get(snapshotDigest(snapshot)) ?? '';
  const again = snapshotFrom(index, (digest) => documents.get(digest), vocabulary);
  if (!again.ok) throw new Error(`${again.fault}: ${again.says}`);
  return again.snapshot;
}

describe('the documents of a snapshot', () => {
  test('are the snapshot: whatever was reported, it is read again as it was', () => {
    fc.assert(
      fc.property(aSnapshot, (snapshot) => {
        const again = read(snapshot);
        expect(snapshotDigest(again)).toBe(snapshotDigest(snapshot));
        expect(shown(again.nowMs)).toBe(shown(snapshot.nowMs));
        for (const kind of subjectKinds) {
          const { seenAtMs: wasSeen, ...was } = snapshot.populations[kind];
          const { seenAtMs, ...is } = again.populations[kind];
          expect(is).toEqual(was);
          expect(shown(seenAtMs)).toBe(shown(wasSeen));
        }
        expect([...again.columns.keys()].sort()).toEqual([...snapshot.columns.keys()].sort());
        for (const [name, column] of snapshot.columns) {
          const other = again.columns.get(name);
          expect(shown({ ...other, cells: [], values: [] })).toBe(shown({ ...column, cells: [], values: [] }));
          column.cells.forEach((cell, index) => {
            expect(shown(readingAt(again, name, index))).toBe(shown(readingAt(snapshot, name, index)));
            expect(shown(other?.values[index])).toBe(shown('value' in cell ? cell.value : undefined));
          });
        }
      }),
      runs('SNAPSHOT', 300),
    );
  });

  test('bear their digests, and the first one the snapshot’s; the index names all others', () => {
    fc.assert(
      fc.property(aSnapshot, (snapshot) => {
        const [index, ...others] = documentsOf(snapshot);
        expect(index?.digest).toBe(snapshotDigest(snapshot));
        for (const { digest, text } of documentsOf(snapshot)) expect(digestOfText(text)).toBe(digest);
        for (const { text } of documentsOf(snapshot))
          expect(digestOf(JSON.parse(text) as Json)).toBe(digestOfText(text));
        const named = documentsIn(index?.text ?? '');
        expect([...(named?.keys() ?? [])].sort()).toEqual(others.map(({ digest }) => digest).sort());
      }),
      runs('SNAPSHOT', 100),
    );
  });

  test('without one of them there is no snapshot, and which one is said', () => {
    fc.assert(
      fc.property(aSnapshot, fc.nat(), (snapshot, pick) => {
        const [index, ...others] = documentsOf(snapshot);
        const missing = others[pick % others.length];
        if (missing === undefined) return;
        const documents = new Map(others.map(({ digest, text }) => [digest, text]));
        documents.delete(missing.digest);
        const again = snapshotFrom(index?.text ?? '', (digest) => documents.get(digest), vocabulary);
        expect(again).toMatchObject({ ok: false, fault: 'document', digest: missing.digest });
      }),
      runs('SNAPSHOT', 100),
    );
  });

  test('of any other bytes are refused, never believed in part and never thrown at anybody', () => {
    fc.assert(
      fc.property(aSnapshot, fc.nat(), fc.json(), (snapshot, pick, json) => {
        const all = documentsOf(snapshot);
        const [index] = all;
        const at = pick % all.length;
        const documents = new Map(all.map(({ digest, text }, which) => [digest, which === at ? json : text]));
        const text = at === 0 ? json : (index?.text ?? '');
        const again = snapshotFrom(text, (digest) => documents.get(digest), vocabulary);
        if (again.ok) expect(snapshotDigest(again.snapshot) === index?.digest).toBe(all[at]?.text === json);
        else expect(again.says).not.toBe('');
      }),
      runs('SNAPSHOT', 200),
    );
  });
});

test('what did not change between two moments is one document', () => {
  const store = createStore(vocabulary);
  const said = (seenAtMs: number, isReady: boolean): Report => ({
    reporter: 'kubernetes:nodes',
    scope: 'site',
    seenAtMs,
    observations: ['a', 'b'].flatMap((name) => [
      { fact: 'node.ready', subject: node(name), value: isReady, seenAtMs, grade: 'observed', source: 'v1/Node' },
      { fact: 'node.cordoned', subject: node(name), value: false, seenAtMs, grade: 'observed', source: 'v1/Node' },
    ]),
    censuses: [{ kind: 'node', members: [node('a'), node('b')], seenAtMs, source: 'v1/Node' }],
  });
  store.fold(said(1, true));
  const first = documentsOf(store.cut(1));
  store.fold(said(2, true));
  const later = documentsOf(store.cut(2));
  const fresh = (before: typeof first, now: typeof first): number =>
    now.filter(({ digest }) => !before.some((one) => one.digest === digest)).length;
  expect(fresh(first, later)).toBe(1); // the index
  store.fold(said(3, false));
  expect(fresh(later, documentsOf(store.cut(3)))).toBe(2);
});

test('a text that can be said is itself, and every other comes back', () => {
  const aText = fc.oneof(fc.string({ unit: 'binary' }), aName, fc.string());
  fc.assert(
    fc.property(aText, aText, (one, other) => {
      expect(sayable(one).isWellFormed()).toBe(true);
      expect(heard(sayable(one))).toBe(one);
      expect(sayable(one) === sayable(other)).toBe(one === other);
    }),
    runs('SNAPSHOT', 300),
  );
  expect(heard('\u0000nobody')).toBeUndefined();
  expect(heard('\u0000"plain"')).toBeUndefined();
});

test('a document of any texts comes back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), aName, (json, name) => {
      const document = { [name]: json as Json, list: [name] };
      expect(heardJson(sayableJson(document))).toEqual(document);
    }),
    runs('SNAPSHOT', 300),
  );
});

/** Moments that JSON has no number for are spelt; and no two zeros differ. */
function shown(value: unknown): string {
  return String(JSON.stringify(value, (_, one) => (typeof one === 'number' && !Number.isFinite(one) ? `${one}` : one)));
}

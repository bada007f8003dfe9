import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as subjects from '../../../src/kernel/subject.ts';

test.each<[subjects.Subject, string, subjects.Subject['of']]>([
  [subjects.site, 'site', {}],
  [subjects.node('node-a'), 'node-a', {}],
  [subjects.bond('node-a', 'bond1'), 'node-a/bond1', { node: 'node-a' }],
  [subjects.volume('pvc-7', 0), 'pvc-7', {}],
  [subjects.volume('pvc-7', 1), 'pvc-7/1', {}],
  [subjects.replica('pvc-7', 1, 'node-a'), 'pvc-7/1@node-a', { volume: 'pvc-7/1', node: 'node-a' }],
  [
    subjects.connection('pvc-7', 0, 'node-a', 'node-b'),
    'pvc-7@node-a:node-b',
    { volume: 'pvc-7', node: 'node-a', replica: 'pvc-7@node-a' },
  ],
  [subjects.vm('ns', 'web'), 'ns/web', {}],
])('%j is called %s', (subject, id, of) => {
  expect(subject.id).toBe(id);
  expect(subject.of).toEqual(of);
  expect(subjects.subjectFromId(subject.kind, id)).toEqual(subject);
});

test('an id names its subject, whatever its names are', () => {
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,8}[a-z0-9])?$/);
  const number = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 999_999_999 }));
  const subject = fc.oneof(
    fc.constant(subjects.site),
    name.map(subjects.node),
    fc.tuple(name, name).map((names) => subjects.bond(...names)),
    fc.tuple(name, number).map((names) => subjects.volume(...names)),
    fc.tuple(name, number, name).map((names) => subjects.replica(...names)),
    fc.tuple(name, number, name, name).map((names) => subjects.connection(...names)),
    fc.tuple(name, name).map((names) => subjects.vm(...names)),
  );
  fc.assert(
    fc.property(subject, (one) => {
      expect(subjects.subjectFromId(one.kind, one.id)).toEqual(one);
    }),
  );
});

test('whatever is read as an id is called by it', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z01/@:]{1,12}$/));
  fc.assert(
    fc.property(fc.constantFrom(...subjects.subjectKinds), text, (kind, id) => {
      const subject = subjects.subjectFromId(kind, id);
      if (subject !== undefined) expect(subject).toMatchObject({ kind, id });
    }),
    { numRuns: 2000 },
  );
});

test.each<[subjects.SubjectKind, string]>([
  ['site', 'place'],
  ['node', ''],
  ['node', 'pvc-7@node-a'],
  ['node', 'node-a/bond1'],
  ['bond', 'bond1'],
  ['bond', 'node-a/bond1/x'],
  ['volume', 'pvc-7/0'],
  ['volume', 'pvc-7/01'],
  ['volume', 'pvc-7@node-a'],
  ['replica', 'pvc-7'],
  ['replica', 'pvc-7@'],
  ['replica', 'pvc-7@node-a:node-b'],
  ['connection', 'pvc-7@node-a'],
  ['connection', 'pvc-7@node-a:'],
  ['vm', 'web'],
  ['vm', '/web'],
])('no %s is called %j', (kind, id) => expect(subjects.subjectFromId(kind, id)).toBeUndefined());

test.each<[subjects.SubjectKind, readonly subjects.SubjectKind[]]>([
  ['site', []],
  ['node', ['site']],
  ['bond', ['node', 'site']],
  ['replica', ['volume', 'site', 'node']],
  ['connection', ['replica', 'volume', 'site', 'node']],
  ['vm', ['site']],
])('a %s belongs to %j', (kind, ancestors) => expect(subjects.ancestorsOf(kind)).toEqual(ancestors));

test('owners come before those who belong to them', () => {
  for (const kind of subjects.subjectKinds) {
    for (const owner of subjects.ownersOf[kind])
      expect(subjects.subjectKinds.indexOf(owner)).toBeLessThan(subjects.subjectKinds.indexOf(kind));
  }
});

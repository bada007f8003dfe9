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
});

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

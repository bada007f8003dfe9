import { describe, expect, test } from 'vitest';
import { shortNames } from '../../../src/console/short.ts';
import type { Snapshot } from '../../../src/kernel/snapshot.ts';
import { replica, type Subject, volume } from '../../../src/kernel/subject.ts';

const first = 'pvc-2d418172-f4e5-49ba-9ca7-2866944b0d49';
const second = 'pvc-2d418172-f4e5-1111-9ca7-2866944b0d49';
const alone = 'pvc-3fb30b1d-1b43-4f0e-8d1f-0123456789ab';

function among(...volumes: readonly string[]) {
  return namesOf(
    volumes.map((name) => volume(name, 0)),
    [],
  );
}

function namesOf(volumes: readonly Subject[], replicas: readonly Subject[]) {
  const populations = { volume: { members: volumes }, replica: { members: replicas } };
  return shortNames({ populations } as unknown as Snapshot);
}

describe('a long name is shown as its shortest prefix that is nobody else’s', () => {
  test.each([
    ['alone', [alone], alone, 'pvc-3fb30b1d'],
    ['in the id of a connection', [alone], `${alone}@node-a:node-b`, 'pvc-3fb30b1d@node-a:node-b'],
    ['twice in a sentence', [alone], `${alone} and ${alone}`, 'pvc-3fb30b1d and pvc-3fb30b1d'],
    ['beside one that begins alike', [first, second], first, 'pvc-2d418172-f4e5-4'],
    ['beside one that is called like the prefix', [alone, 'pvc-3fb30b1d'], alone, 'pvc-3fb30b1d-1'],
    ['of no volume of this site', [alone], first, first],
    [
      'as part of a longer name',
      [alone],
      `${alone}-clone x-${alone} ${alone}.img`,
      `${alone}-clone x-${alone} ${alone}.img`,
    ],
    ['at the end of a sentence', [alone], `of ${alone}.`, 'of pvc-3fb30b1d.'],
    ['that no driver made', ['database'], 'database', 'database'],
  ])('%s', (_, volumes, text, expected) => {
    expect(among(...volumes).shorten(text)).toBe(expected);
  });

  test('when only its copies are known', () => {
    expect(namesOf([], [replica(alone, 1, 'node-a')]).shorten(alone)).toBe('pvc-3fb30b1d');
  });
});

describe('an object may be typed by such a prefix', () => {
  test.each([
    ['its own short form', [first, second, alone], 'pvc-3fb30b1d@node-a', [`${alone}@node-a`]],
    ['longer than need be', [alone], 'pvc-3fb30b1d-1b43@node-a:node-b', [`${alone}@node-a:node-b`]],
    ['with the number of a volume', [alone], 'pvc-3fb30b1d/1', [`${alone}/1`]],
    ['two begin so', [first, second], 'pvc-2d418172@node-a', [`${first}@node-a`, `${second}@node-a`]],
    ['nobody begins so', [alone], 'pvc-00000000', []],
    ['in full', [first, second], first, [first]],
    ['the name of another volume', [alone, 'pvc-3fb30b1d'], 'pvc-3fb30b1d', ['pvc-3fb30b1d']],
    ['too short to be safe', [alone], 'pvc-3fb3', ['pvc-3fb3']],
    ['another kind of object', [alone], 'node-a/bond1', ['node-a/bond1']],
  ])('%s', (_, volumes, typed, expected) => {
    expect(among(...volumes).meant(typed)).toEqual(expected);
  });
});

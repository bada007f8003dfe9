import { describe, expect, test } from 'vitest';
import { type Around, body, isQuiet, markerOf, notesOn, shortest } from '../../../ci/body.ts';
import { type Judged, type Level, sizes } from '../../../ci/judge.ts';
import { commentMax, summaryMax } from '../../../ci/result.ts';

const around: Around = { id: 'rules', base: 'aaaaaaaaaaaa', head: 'bbbbbbbbbbbb', run: 'https://host.example/runs/1' };
const characters = (text: string): number => text.length;
const bytes = (text: string): number => Buffer.byteLength(text);

/** A profile of which there is so much to tell, in the sizes that `nwctl` was asked for. */
function judged(path: string, level: Level, length: number, more: Partial<Judged> = {}): Judged {
  const told = sizes.map((size) => `${path} `.padEnd(Math.min(size, length), 'é'));
  const code = level === 'none' ? 0 : 5;
  return {
    path,
    is: 'compared',
    level,
    decisions: '1 of 2 differ',
    check: 'passed',
    test: 'passed',
    code,
    told: [...new Set(told)],
    ran: [],
    ...more,
  };
}

const many = (count: number, level: Level, length: number): readonly Judged[] =>
  [...Array(count).keys()].map((n) => judged(`profiles/site-${n}`, level, length));

describe('one comment for all profiles', () => {
  test.each([
    ['one that fits', many(1, 'danger', 60_000)],
    ['one that is as long as may be', many(1, 'danger', 65_536)],
    ['one of a million characters', many(1, 'danger', 1_000_000)],
    ['three long ones', many(3, 'danger', 1_000_000)],
    ['sixty long ones', many(60, 'caution', 1_000_000)],
    ['two thousand', many(2_000, 'danger', 10)],
    ['names that nobody could write', [judged('`|<b>@all\n'.repeat(9_000), 'danger', 10)]],
    ['none that differs', many(100, 'none', 0)],
  ])('%s: it is never longer than it may be, and begins with the mark', (_, all) => {
    for (const [most, sizeOf] of [
      [commentMax.github, characters],
      [commentMax.gitlab, characters],
      [summaryMax, bytes],
    ] as const) {
      const text = body(all, around, most, sizeOf);
      expect(sizeOf(text)).toBeLessThanOrEqual(most);
      expect(text.startsWith(`${markerOf('rules')}\n### Rules review: `)).toBe(true);
      expect(text).toContain('[the run, with everything](https://host.example/runs/1)');
    }
  });

  test('room is used: one profile is shown in its largest size that fits', () => {
    const [one] = many(1, 'danger', 60_000);
    expect(body([one as Judged], around, commentMax.github, characters)).toContain((one as Judged).told[0]);
    const [long] = many(1, 'danger', 1_000_000);
    const shown = body([long as Judged], around, commentMax.github, characters);
    expect(shown.length).toBeGreaterThan(64_000);
  });

  test('the worst comes first and has the most room, and each of the others is shown at least small', () => {
    const all = [
      judged('a', 'caution', 1_000_000),
      judged('b', 'danger', 1_000_000),
      judged('c', 'routine', 1_000_000),
    ];
    const text = body(all, around, commentMax.github, characters);
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.map((row) => row.slice(0, 6))).toEqual(['| `b` ', '| `a` ', '| `c` ']);
    const parts = text.split('\n---\n\n').slice(1);
    expect(parts.map((part) => part.slice(0, 2))).toEqual(['b ', 'a ', 'c ']);
    expect(parts[0]?.length).toBeGreaterThan(30_000);
    expect(text).not.toContain('Not shown here');
  });

  test('what is not shown is counted, and never called none', () => {
    const text = body(many(300, 'danger', 1_000_000), around, commentMax.github, characters);
    const parts = text.split('\n---\n\n').length - 1;
    expect(text).toContain(`Not shown here: what differs in ${300 - parts} of 300 profiles.`);
    expect(text).toContain('### Rules review: **DANGER**');
    const rows = text.split('\n').filter((line) => line.startsWith('| `')).length;
    const crowd = body(many(2_000, 'danger', 10), around, commentMax.github, characters);
    const shown = crowd.split('\n').filter((line) => line.startsWith('| `')).length;
    expect(crowd).toContain(`Not shown here: ${2_000 - shown} more profiles, none of them worse.`);
    expect(rows).toBe(300);
  });

  test('a name from outside is no markup, ends no cell and calls nobody', () => {
    const text = body([judged('x|`@all` <img src=y>', 'danger', 5)], around, commentMax.github, characters);
    expect(text).toContain('| ``x\\|`@all` <img src=y>`` | danger |');
  });

  test('the shortest has no name from outside, and says that it is not all', () => {
    const text = shortest([...many(3, 'danger', 10), ...many(2, 'none', 0)], around);
    expect(text).toContain('Profiles: 3 danger, 2 none. Not shown here: everything else.');
    expect(text.startsWith(markerOf('rules'))).toBe(true);
    expect(text).not.toContain('site-');
  });
});

test('what a host does not show of what it was given is said, with its number', () => {
  const lines = (kind: string, count: number) => [...Array(count).keys()].map((n) => `::${kind} file=a,line=${n}::x`);
  expect(notesOn(new Set([...lines('error', 10), ...lines('notice', 10)]), 0)).toBe('');
  expect(notesOn(new Set([...lines('error', 10), ...lines('warning', 11)]), 3)).toBe(
    '\n> 11 annotations are of kind warning; GitHub shows ten of a kind. The log has them all.\n\n> 3 profiles had no room in the SARIF file.\n',
  );
});

describe('nobody is told', () => {
  test.each<[string, Partial<Judged>, boolean]>([
    ['where nothing differs', {}, true],
    ['but of a routine change', { level: 'routine' }, false],
    ['but of a bound that was hit', { code: 6 }, false],
    ['but of a test that failed', { test: 'failed', code: 3 }, false],
    ['but of a capture that could not be judged', { code: 2 }, false],
    ['but of a profile that was not compared', { is: 'not compared' }, false],
    ['but of a new one', { is: 'new' }, false],
  ])('%s', (_, more, quiet) => {
    expect(isQuiet([judged('a', 'none', 0), judged('b', 'none', 0, more)])).toBe(quiet);
  });

  test.each<[Partial<Judged>, string]>([
    [{}, 'nothing differs'],
    [
      { is: 'not compared', check: 'failed', code: 2 },
      'no difference was found, 1 of 1 profiles failed or could not be compared',
    ],
    [{ code: 6 }, 'no difference was found, and a bound was hit'],
    [
      { code: 2, decisions: '1 captures could not be judged' },
      'no difference was found, 1 of 1 profiles failed or could not be compared',
    ],
    [{ level: 'caution', code: 5 }, '**CAUTION**'],
    [{ level: 'danger', code: 3 }, '**DANGER**'],
    [{ level: 'danger', code: 3, test: 'failed' }, '**DANGER**, 1 of 1 profiles failed or could not be compared'],
  ])('%o is told as it is', (more, says) => {
    const text = body([judged('a', 'none', 0, more)], around, commentMax.github, characters);
    expect(text.split('\n')[1]).toBe(`### Rules review: ${says}`);
  });
});

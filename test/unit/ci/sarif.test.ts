import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bytesMax, codeQuality, runsMax, together } from '../../../ci/sarif.ts';

const file = (profile: string, results: readonly object[] = []) => ({
  profile,
  text: JSON.stringify({ version: '2.1.0', runs: [{ automationDetails: { id: 'nwctl-diff/same/' }, results }] }),
});
const runsOf = (text: string) =>
  (JSON.parse(text) as { runs: { automationDetails: { id: string } }[] }).runs.map((run) => run.automationDetails.id);

test('runs of several profiles stand in one file, each called by its folder', () => {
  const { text, left } = together([file('b/x'), file('a/x')]);
  expect(runsOf(text)).toEqual(['nwctl-diff/b/x/', 'nwctl-diff/a/x/']);
  expect(left).toBe(0);
});

test('of more than a host takes the first are kept, and the others are counted', () => {
  const { text, left } = together([...Array(25).keys()].map((n) => file(`site-${n}`)));
  expect(runsOf(text)).toHaveLength(runsMax);
  expect(runsOf(text)[0]).toBe('nwctl-diff/site-0/');
  expect(left).toBe(5);
});

test('so of more bytes than it takes', () => {
  const noise = () => [{ message: { text: randomBytes(3_500_000).toString('base64') } }];
  const { text, left } = together([1, 2, 3].map((n) => file(`site-${n}`, noise())));
  expect(gzipSync(text).length).toBeLessThanOrEqual(bytesMax);
  expect([runsOf(text).length, left]).toEqual([2, 1]);
});

test('for GitLab each result with a place is an issue, once, with a fingerprint that does not change', () => {
  const at = (uri: string, startLine?: number) => [
    { physicalLocation: { artifactLocation: { uri }, region: { startLine } } },
  ];
  const results = [
    {
      ruleId: 'danger/gate',
      level: 'error',
      message: { text: 'one' },
      locations: at('./a%20b.yaml', 9),
      partialFingerprints: { x: '1' },
    },
    {
      ruleId: 'danger/gate',
      level: 'error',
      message: { text: 'one' },
      locations: at('./a%20b.yaml', 9),
      partialFingerprints: { x: '1' },
    },
    { ruleId: 'caution/finding', level: 'warning', message: { text: 'two' }, locations: at('b.yaml') },
    { ruleId: 'nowhere', level: 'note', message: { text: 'three' } },
  ];
  const text = codeQuality(together([file('p', results)]).text, (words) => `of ${words.length}`);
  expect(JSON.parse(text)).toEqual([
    {
      description: 'one',
      check_name: 'danger/gate',
      fingerprint: expect.stringMatching(/^of /),
      severity: 'critical',
      location: { path: 'a b.yaml', lines: { begin: 9 } },
    },
    {
      description: 'two',
      check_name: 'caution/finding',
      fingerprint: expect.stringMatching(/^of /),
      severity: 'major',
      location: { path: 'b.yaml', lines: { begin: 1 } },
    },
  ]);
});

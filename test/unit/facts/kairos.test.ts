import { expect, test } from 'vitest';
import { hostReports } from '../../../src/facts/host.ts';
import { kairosReport } from '../../../src/facts/kairos.ts';
import { failedText, hostText, saidBy } from './host-texts.ts';

const state = (boot: string): string =>
  `uuid: 6d950804-21db-5cc8-934c-6217e5981499\npersistent:\n  found: true\n  boot: recovery_boot\n${boot}kairos:\n  flavor: ubuntu\n`;
const said = (text: string): unknown =>
  saidBy(kairosReport('node-a', hostText('kairos-agent-state.yaml', text)))['node.bootState node-a'];

test.each([
  ['boot: active_boot\n', 'active'],
  ['boot: passive_boot\n', 'passive'],
  ['boot: recovery_boot\n', 'recovery'],
  ['boot: livecd_boot\n', 'livecd'],
  ['boot: autoreset_boot\n', 'autoreset'],
  ['boot: "active_boot"\n', 'active'],
  ["'boot':   passive_boot   # a fallback\r\n", 'passive'],
  ['boot: unknown\n', { unreadable: 'unknown' }],
  ['boot: active\n', { unreadable: 'active' }],
  ['boot: Active_Boot\n', { unreadable: 'Active_Boot' }],
  ['boot: "active_boot\n', { unreadable: '"active_boot' }],
  ['boot:\n  state: active_boot\n', { unreadable: '' }],
  ['boot: active_boot\nboot: passive_boot\n', { unreadable: 'boot stands twice' }],
  ['boot: __proto__\n', { unreadable: '__proto__' }],
  // Only the outermost key is meant, and a key of another name is not it.
  ['', undefined],
  ['booted: active_boot\n', undefined],
  ['#boot: active_boot\n', undefined],
])('%j → %j', (boot, value) => {
  expect(said(state(boot))).toEqual(value);
});

test('is a report of the reporter kairos', () => {
  const [report] = hostReports('node-a', [
    hostText('kairos-agent-state.yaml', state('boot: active_boot\n'), { at: 9 }),
  ]);
  expect(report).toMatchObject({ reporter: 'kairos', scope: 'node-a', seenAtMs: 9 });
  expect(report?.observations).toMatchObject([
    { subject: { kind: 'node', id: 'node-a' }, seenAtMs: 9, grade: 'observed', source: 'kairos-agent state on node-a' },
  ]);
});

test('what could not be fetched is no report; what cannot be read is one that says nothing', () => {
  expect(kairosReport('node-a', failedText('kairos-agent-state.yaml'))).toBeUndefined();
  expect(kairosReport('node-a', undefined)).toBeUndefined();
  expect(kairosReport('node-a', hostText('kairos-agent-state.yaml', 'kairos-agent: command not found'))).toMatchObject({
    observations: [],
  });
});

import { describe, expect, test } from 'vitest';
import { runOf, storyOfRun, unknownNames, unmet } from '../../../src/sim/play.ts';
import { type RunResult, simulate } from '../../../src/sim/run.ts';
import { loadStory, type Story } from '../../../src/sim/story.ts';
import { storyText } from '../../../src/sim/story-text.ts';
import { toyProfile } from '../../support/operator-site.ts';

const profile = toyProfile();
const storyWith = (events: string, expected = 'end: undone'): Story => {
  const text = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Story
metadata: {name: abort}
spec:
  says: somebody changes his mind
  profile: ../toy
  workflow: ReplicationUpgrade
  site: {nodes: 2, volumes: 1, vms: 0}
  bound: 20m
  events: [${events}]
  expect: {${expected}}
`;
  const loaded = loadStory({ file: 'story.yaml', text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.value;
};
const played = async (story: Story): Promise<readonly string[]> => unmet(story, await simulate(runOf(story, profile)));

test('the profile of a story that changes to itself, changes to a new version of it', () => {
  const { nextProfile } = runOf(storyWith(''), profile, profile);
  expect(nextProfile?.digest).not.toBe(profile.digest);
  expect(nextProfile?.machineOf('ReplicationUpgrade')).toBe(profile.machineOf('ReplicationUpgrade'));
  const other = { ...profile, digest: 'sha256:other' };
  expect(runOf(storyWith(''), profile, other).nextProfile).toBe(other);
});

describe('a story that is played', () => {
  test('comes as it says', async () => {
    const story = storyWith(
      '{fault: abort, in: Stage, after: 2s}',
      'end: undone, passes: [AcquireLock, Stage, RollingBack, Idle], never: [Complete]',
    );
    expect(await played(story)).toEqual([]);
  });
  test('or says what did not', async () => {
    const story = storyWith('', 'end: undone, passes: [Stage, AcquireLock], never: [Complete], breaks: [K3]');
    expect(await played(story)).toEqual([
      'ends complete, expected undone',
      'never gets to AcquireLock after that',
      'gets to Complete, which it must not',
      'does not break K3',
    ]);
  });
  test('is held to what it tells, in that order, and to what it must not tell', async () => {
    const expected = 'tells: [takes the site lock, "orders node-a: network.stage", asks for], neverTells: ["node-b: "]';
    const wrong = await played(storyWith('', expected));
    expect(wrong[0]).toBe('never tells `asks for` after that');
    expect(wrong[1]).toMatch(/^tells `.*node-b: .*`, which must not be$/);
    expect(wrong.length).toBe(2);
  });
  test.each([
    ['{fault: link-down, on: node-q, at: 1s}', 'there is no node `node-q` in this site'],
    ['{fault: abort, in: Stag}', 'there is no state `Stag` in this site'],
    ['{fault: vm-stops, on: vm-1, at: 1s}', 'there is no vm `vm-1` in this site'],
    ['{fault: partition, on: operator-1, at: 1s}', undefined],
  ])('that says %s is told what is not there', (event, says) => {
    const story = storyWith(event);
    const faults = unknownNames(story, runOf(story, profile));
    expect(faults.map(({ at, message }) => `${at.line}:${at.col} ${message}`)).toEqual(
      says === undefined ? [] : [`10:12 ${says}`],
    );
  });
  test('can be made of a run that broke a law, and read again', async () => {
    const options = runOf(storyWith('{fault: abort, in: Stage, after: 2s}'), profile);
    const result: RunResult = {
      ...(await simulate(options)),
      violations: [{ law: 'K7', atMs: 5, says: 'order 1 without the site lock' }],
    };
    const run = { faults: result.faults, site: options.site ?? {}, result };
    const made = storyOfRun('k7-1', options, run, { profile: '../toy' });
    expect(made.nextProfile).toBeUndefined();
    const again = loadStory({ file: 'k7-1.yaml', text: storyText(made) });
    if (!again.ok) throw new Error(JSON.stringify(again.faults));
    expect(again.value.events).toEqual(result.faults);
    expect(again.value.expect.breaks).toEqual(['K7']);
    expect(again.value.says).toBe('breaks K7: order 1 without the site lock');
  });
  test.each([
    [{ profile: '../toy' }, '../toy'],
    [{ profile: '../toy', nextProfile: '../other' }, '../other'],
  ])('made of a run in which its profile changed, it says to which', (paths, next) => {
    const options = runOf(storyWith(''), profile);
    const fault = { kind: 'profile-changes', afterMs: 0, forMs: 0, on: 'site', how: 0 } as const;
    const result = { violations: [], simulatedMs: 1 } as unknown as RunResult;
    const made = storyOfRun('k7-1', options, { faults: [fault], site: {}, result }, paths);
    expect(loadStory({ file: 'k7-1.yaml', text: storyText(made) })).toMatchObject({
      ok: true,
      value: { nextProfile: { path: next }, events: [fault] },
    });
  });
});

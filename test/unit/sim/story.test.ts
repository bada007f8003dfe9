import { describe, expect, test } from 'vitest';
import { coverageOf, coverageTable, joined, missed } from '../../../src/sim/coverage.ts';
import { atWork, fateOf, type Request } from '../../../src/sim/fates.ts';
import { type Fault, type FaultKind, faultForm, faultNames } from '../../../src/sim/fault-kinds.ts';
import { drawFaults, parseFaults, type Targets } from '../../../src/sim/faults.ts';
import { randomOf } from '../../../src/sim/random.ts';
import { loadStory } from '../../../src/sim/story.ts';
import { storyText } from '../../../src/sim/story-text.ts';

const text = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Story
metadata: {name: two-sides}
spec:
  says: "one side flips, the other does not: and nothing goes on"
  profile: ../../profiles/three-node
  nextProfile: ../other
  workflow: BondModeFlipPlan
  site: {nodes: 3, volumes: 2}
  seed: 7
  bound: 2h
  events:
    - {fault: agent-dies, on: node-b, in: FlipBonds, after: 1s500ms, for: 5s, how: 12}
    - {fault: abort, at: 3m}
    - {fault: link-down, on: node-c, in: FlipBonds, for: ever}
  expect:
    end: undone
    passes: [FlipBonds, RollingBack]
    never: [CommitBonds]
    tells: [order 6 failed]
    neverTells:
      - "orders node-c: bond.set-mode"
    breaks: [K1]
`;

function loaded(source: string): ReturnType<typeof loadStory> {
  return loadStory({ file: 'story.yaml', text: source });
}

describe('a story', () => {
  test('is read', () => {
    const story = loaded(text);
    if (!story.ok) throw new Error(JSON.stringify(story.faults));
    expect(story.value).toMatchObject({
      name: 'two-sides',
      profile: { path: '../../profiles/three-node', at: { line: 6, col: 12 } },
      nextProfile: { path: '../other' },
      workflow: 'BondModeFlipPlan',
      site: { nodes: 3, volumes: 2 },
      seed: 7,
      boundMs: 7_200_000,
      expect: {
        end: 'undone',
        passes: ['FlipBonds', 'RollingBack'],
        never: ['CommitBonds'],
        tells: ['order 6 failed'],
        neverTells: ['orders node-c: bond.set-mode'],
        breaks: ['K1'],
      },
    });
    expect(story.value.events).toEqual([
      { kind: 'agent-dies', state: 'FlipBonds', afterMs: 1_500, forMs: 5_000, on: 'node-b', how: 12 },
      { kind: 'abort', afterMs: 180_000, forMs: 0, on: 'site', how: 0 },
      { kind: 'link-down', state: 'FlipBonds', afterMs: 0, forMs: Number.POSITIVE_INFINITY, on: 'node-c', how: 0 },
    ]);
  });
  test('that was written out is read as the same', () => {
    const story = loaded(text);
    if (!story.ok) throw new Error('does not load');
    const again = loaded(storyText(story.value));
    if (!again.ok) throw new Error(JSON.stringify(again.faults));
    expect(storyText(again.value)).toBe(storyText(story.value));
    expect(again.value.events).toEqual(story.value.events);
    expect(again.value.says).toBe(story.value.says);
  });
  test.each([
    ['seed: 7', 'seed: -7', '10:9 SHAPE_INVALID `seed` must be a whole number from 0 to 9007199254740991'],
    ['bound: 2h', 'bound: 2', '11:10 SHAPE_INVALID `bound` is no duration'],
    ['says: "', 'sais: "', '5:3 SHAPE_INVALID `spec` has no `says`'],
    ['fault: abort', 'fault: abrot', '14:15 SHAPE_INVALID `fault` is no `abrot`'],
    ['at: 3m', 'at: 3m, in: Idle', '14:15 SHAPE_INVALID a fault begins `at` a moment or `in` a state'],
    ['at: 3m', 'at: 3m, for: 1m', '14:35 SHAPE_INVALID `abort` is over at once; it has no `for`'],
    ['on: node-b, ', '', '13:7 SHAPE_INVALID an entry of `events` has no `on`'],
    ['how: 12', 'hwo: 12', '13:79 SHAPE_UNKNOWN_FIELD an entry of `events` has no field `hwo`'],
    ['[K1]', '[K13]', '23:13 SHAPE_INVALID there is no law `K13`'],
    ['end: undone', 'end: done', '17:10 SHAPE_INVALID `end` is no `done`'],
    ['kind: Story', 'kind: Storey', '2:7 SHAPE_WRONG_KIND is no story'],
    ['nodes: 3', 'nodes: 99', '9:17 SHAPE_INVALID `nodes` must be a whole number from 1 to 16'],
    ['site: {nodes: 3, volumes: 2}', 'site: 3', '9:9 SHAPE_INVALID `site` must be a mapping'],
  ])('with `%s` as `%s` is told where it is wrong', (from, to, says) => {
    const story = loaded(text.replace(from, to));
    const faults = story.ok ? [] : story.faults;
    const lines = faults.map(({ at, code, message }) => `${at.line}:${at.col} ${code} ${message}`);
    expect(
      lines.some((line) => line.startsWith(says)),
      lines.join('\n'),
    ).toBe(true);
  });

  test('in which the profile changes says into which', () => {
    const changes = text.replace('fault: abort', 'fault: profile-changes');
    expect(loaded(changes).ok).toBe(true);
    const story = loaded(changes.replace(/ *nextProfile: .*\n/, ''));
    const says = story.ok ? [] : story.faults.map(({ at, message }) => `${at.line}:${at.col} ${message}`);
    expect(says).toEqual(['13:15 `profile-changes` needs a profile to change to']);
  });
});

const targets: Targets = {
  nodes: ['node-a', 'node-b'],
  volumes: ['pvc-1'],
  vms: [],
  processes: ['node-a', 'node-b', 'operator-1'],
  operators: ['operator-1'],
  states: ['Idle', 'FlipBonds'],
};

describe('drawn faults', () => {
  const draw = (seed: number, kinds: readonly FaultKind[] = faultNames): readonly Fault[] =>
    drawFaults(randomOf(seed), targets, { kinds, atMost: 8, withinMs: 600_000 });

  test('are the seed’s', () => {
    expect(draw(3)).toEqual(draw(3));
    expect(new Set(Array.from({ length: 30 }, (_, seed) => JSON.stringify(draw(seed)))).size).toBeGreaterThan(25);
  });
  test('all end, strike somebody who is there, and are of the chosen kinds', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 400; seed += 1) {
      for (const fault of draw(seed)) {
        const form = faultForm(fault.kind);
        seen.add(fault.kind);
        expect(Number.isFinite(fault.forMs)).toBe(true);
        expect(fault.forMs > 0).toBe(form.lasts !== 'moment');
        expect(
          form.on === 'site' ? fault.on === 'site' : targets.processes.includes(fault.on) || fault.on === 'pvc-1',
        ).toBe(true);
      }
      for (const { kind } of draw(seed, ['abort', 'partition'])) expect(['abort', 'partition']).toContain(kind);
    }
    // There is no VM here to strike.
    expect([...seen].sort()).toEqual(faultNames.filter((kind) => faultForm(kind).on !== 'vm'));
    expect(draw(1, [])).toEqual([]);
  });
  test('are chosen by kind and by family', () => {
    expect(parseFaults('none').kinds).toEqual([]);
    expect(parseFaults('all').kinds).toEqual(faultNames);
    expect(parseFaults('clock, abort')).toEqual({ kinds: ['abort', 'clock-drifts', 'clock-jumps'], unknown: [] });
    expect(parseFaults('abort,klock')).toEqual({ kinds: ['abort'], unknown: ['klock'] });
  });
});

describe('the fate of a request', () => {
  const ask: Request = { who: 'node-a', writes: true, to: 'api', patienceMs: 10_000 };
  const fates = (kind: FaultKind, on: string, request: Partial<Request> = {}): Set<string> => {
    const work = atWork();
    const fault: Fault = { kind, on, afterMs: 0, forMs: 1, how: 10 };
    work.begin(fault);
    const random = randomOf('fates');
    const seen = new Set<string>();
    for (let drawn = 0; drawn < 60; drawn += 1) {
      const fate = fateOf({ ...ask, ...request }, work, random);
      const late = fate.thereMs >= 10_000 ? 'late' : fate.thereMs > 100 || fate.backMs > 100 ? 'slow' : '';
      const { lost, refused, conflict, againMs, staleMs } = fate;
      seen.add(
        [lost, refused && 'refused', conflict && 'conflict', againMs && 'twice', staleMs && `old ${staleMs}`, late]
          .filter(Boolean)
          .join() || 'plain',
      );
    }
    work.end(fault);
    expect(fateOf({ ...ask, ...request }, work, random)).not.toHaveProperty('lost');
    return seen;
  };

  test.each<[FaultKind, string, Partial<Request>, string[]]>([
    ['api-away', 'site', {}, ['request']],
    ['partition', 'node-a', {}, ['request']],
    ['partition', 'node-b', {}, ['plain']],
    ['api-unwritten', 'site', {}, ['plain', 'request']],
    ['api-unheard', 'site', {}, ['answer', 'plain']],
    ['api-unheard', 'site', { writes: false }, ['plain']],
    ['api-late', 'site', {}, ['late', 'plain']],
    ['api-refuses', 'site', {}, ['plain', 'refused']],
    ['api-conflicts', 'site', {}, ['conflict', 'plain']],
    ['api-twice', 'site', {}, ['plain', 'twice']],
    ['api-stale', 'site', { writes: false }, ['old 1500']],
    ['api-stale', 'site', {}, ['plain']],
    ['linstor-away', 'site', { to: 'linstor' }, ['request']],
    ['linstor-away', 'site', {}, ['plain']],
    ['api-away', 'site', { to: 'linstor' }, ['plain']],
  ])('under %s on %s (%j) is one of %j', (kind, on, request, wanted) => {
    expect([...fates(kind, on, request)].sort()).toEqual(wanted);
  });
});

describe('coverage', () => {
  test('counts kinds by state, over all runs, and names what nobody tried', () => {
    const [one, other] = [coverageOf(['Idle', 'Flip']), coverageOf(['Idle', 'Flip'])];
    one.hit('Idle', 'abort');
    other.hit('Idle', 'abort');
    other.hit('Flip', 'partition');
    const all = joined([one, other], ['Idle', 'Flip']);
    expect(missed(all, ['abort', 'partition'])).toEqual([
      { state: 'Idle', kind: 'partition' },
      { state: 'Flip', kind: 'abort' },
    ]);
    expect(coverageTable(all, ['abort', 'partition'])).toMatchInlineSnapshot(`
      "              1   2
      abort         2   .
      partition     .   1

         1  Idle
         2  Flip
      "
    `);
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { look } from '../../../src/console/paint.ts';
import { simText } from '../../../src/console/render/sim.ts';
import { runSimulations, type SimAsked, type SimPorts } from '../../../src/console/sim-runs.ts';
import type { RunResult } from '../../../src/sim/run.ts';
import type { RunOptions } from '../../../src/sim/run-options.ts';
import { nwctl, type Ran } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const here = process.cwd();

/** A story in a folder of its own; its profile is named as seen from there. */
function storyWith(lines: readonly string[]): string {
  const root = folderWith();
  const text = [
    'apiVersion: nodewright.spectrocloud.com/v1alpha1',
    'kind: Story',
    'metadata: {name: a-story}',
    'spec:',
    '  says: "what is told \\e[31m"',
    `  profile: ${'../'.repeat(root.split('/').length - 1)}${here.slice(1)}/profiles/three-node`,
    '  workflow: BondModeFlipPlan',
    '  site: {nodes: 3, volumes: 1, vms: 0}',
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
  writeFileSync(join(root, 'story.yaml'), text);
  return join(root, 'story.yaml');
}

describe('replay', () => {
  // As long as nobody is asked to act, a site is simulated in no time.
  const short = ['seed: 3', 'bound: 20s'];
  const replayed = (path: string, ...args: readonly string[]): Promise<Ran> => nwctl(['replay', path, ...args]);

  test('tells the transcript, and that it came as told', async () => {
    const { code, out, err } = await replayed(storyWith([...short, 'expect: {end: bound}']));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^three-node [0-9.]+, signed by \w{12} \(root 1\), sha256:/);
    expect(out).toContain('a-story  BondModeFlipPlan/site, seed 3\n  what is told \\x1b[31m\n');
    expect(out).toMatch(/\nends bound after \d+s\n/);
    expect(out).toMatch(/\n✓ as the story tells it\n$/);
  });

  test('from standard input it is the same, and its profile is named as seen from here', async () => {
    const file = storyWith([...short, 'expect: {end: bound}']);
    const story = readFileSync(file, 'utf8').replace(/profile: .*/, 'profile: profiles/three-node');
    const piped = await nwctl(['replay', '-'], { stdin: Buffer.from(story) });
    expect(piped).toEqual(await replayed(file));
    const wrong = await nwctl(['replay', '-'], { stdin: Buffer.from(story.replace('seed: 3', 'seed: -3')) });
    expect(wrong).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^standard input:9:9: /) });
    expect(await nwctl(['replay', '-'])).toMatchObject({ code: 2, out: '' });
    const large = await nwctl(['replay', '-'], { stdin: new Uint8Array(2 ** 20 + 1).fill(32) });
    expect(large).toMatchObject({ code: 2, out: '', err: expect.stringContaining('1048576') });
  });

  test('its profile may stand anywhere: an absolute path is one', async () => {
    const file = storyWith(short);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/profile: .*/, `profile: ${here}/profiles/three-node`));
    expect(await replayed(file)).toMatchObject({ code: 0, err: '' });
  });

  test('a story that begins its workflow: moment, who, what; in wide the milliseconds too', async () => {
    const story = storyWith(['seed: 3', 'bound: 40s']);
    expect((await replayed(story)).out).toMatch(/\n {2}0:\d\d {2}operator-\d +Idle → PreconditionsCheck: /);
    const { out } = await replayed(story, '-o', 'wide');
    expect(out).toMatch(/\n0:\d\d\.\d{3} {2}operator-\d +Idle → PreconditionsCheck: /);
  });

  test.each([
    ['another end', 'expect: {end: complete}', 'ends bound, expected complete'],
    ['a state that it never was in', 'expect: {passes: [Halted]}', 'never gets to Halted'],
    ['a law that it does not break', 'expect: {breaks: [K7]}', 'does not break K7'],
  ])('%s: exit 3, and the first difference', async (_, expected, says) => {
    const { code, out } = await replayed(storyWith([...short, expected]));
    expect(code).toBe(3);
    expect(out).toContain(`✗ not as the story tells it: ${says}`);
    expect((await replayed(storyWith([...short, expected]), '--exit-zero')).code).toBe(0);
  });

  test.each([
    [
      'a fault that does not exist',
      'events: [{fault: agent-dyes, on: node-a, at: 1s}]',
      /:10:20: .*did you mean `agent-dies`\?/,
    ],
    [
      'a state that does not exist',
      'events: [{fault: agent-dies, on: node-a, in: FlipBnds}]',
      /:10:\d+: .*did you mean `FlipBonds`\?/,
    ],
    [
      'a node that does not exist',
      'events: [{fault: agent-dies, on: node-z, in: FlipBonds}]',
      /:10:\d+: there is no .*`node-z`/,
    ],
    ['an end that does not exist', 'expect: {end: fine}', /:10:17: /],
    ['a state that is passed nowhere', 'expect: {passes: [Idel]}', /:10:21: .*did you mean `Idle`\?/],
    ['a state that can never be', 'expect: {never: [Haltd]}', /:10:20: .*did you mean `Halted`\?/],
    ['one of them without a list', 'expect: {passes: Idel}', /:10:20: .*did you mean `Idle`\?/],
    ['a profile that changes into none', 'events: [{fault: profile-changes, at: 1s}]', /:10:20: .*`nextProfile: PATH`/],
    ['a field that does not exist', 'sed: 4', /:10:3: /],
  ])('%s: exit 2, at file, line and column', async (_, line, says) => {
    const path = storyWith(['seed: 3', line]);
    const { code, out, err } = await replayed(path);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(says) });
    expect(err).toContain(path);
  });

  test.each([
    ['no file', '/nowhere/story.yaml', 'does not exist'],
    ['no story', 'captures/calm/capture.yaml', 'is no story'],
  ])('%s: exit 2', async (_, path, says) => {
    expect(await replayed(path)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) });
  });

  test('the same bytes for the same story, as text and as data by its schema', async () => {
    const path = storyWith(['seed: 5', 'bound: 40s']);
    const [one, other] = [await replayed(path), await replayed(path)];
    expect(other.out).toBe(one.out);
    const json = await replayed(path, '-o', 'json');
    validates('replay', json.out);
    expect(JSON.parse(json.out)).toMatchObject({ asTold: true, end: 'bound', violations: [] });
  });
});

describe('sim', () => {
  const sim = (...args: readonly string[]): Promise<Ran> =>
    nwctl(['sim', '-p', 'profiles/three-node', '-w', 'BondModeFlipPlan', ...args]);

  test('the real thing, once, without a fault: ends, figures and what was begun', async () => {
    const { code, out, err } = await sim('--runs', '1', '--faults', 'none');
    expect(err).toBe('simulating BondModeFlipPlan: 1 run from seed 1, no faults\n');
    expect(out).toMatch(/\nBondModeFlipPlan: 1 run \(seeds 1 to 1\), [\d,]+ steps, \d+m\d+s of site time/);
    expect(out).toContain('✓ no law was broken');
    expect(code).toBe(0);
  });

  test.each([
    ['a new version of the same, if no other is named', []],
    ['the one that is named', ['--next-profile', 'profiles/two-node']],
  ])('a profile that changes, changes to %s', async (_, args) => {
    const { code, out } = await sim('--runs', '2', '--faults', 'profile-changes', ...args, '-o', 'json');
    validates('sim', out);
    const { asked, profile, coverage } = JSON.parse(out);
    const other = JSON.parse((await sim('-p', 'profiles/two-node', '--runs', '1', '--steps', '1', '-o', 'json')).out);
    expect(asked.nextProfile).not.toBe(profile.digest);
    expect(asked.nextProfile === other.profile.digest).toBe(args.length > 0);
    expect(coverage).toContainEqual(expect.objectContaining({ fault: 'profile-changes' }));
    expect(code).toBe(0);
  });

  test('a bound ends it: exit 6, saying which seeds were not run, as data by its schema', async () => {
    const { code, out } = await sim('--runs', '5', '--faults', 'api', '--steps', '1', '--seed', '7', '-o', 'json');
    expect(code).toBe(6);
    validates('sim', out);
    expect(JSON.parse(out)).toMatchObject({
      runs: 1,
      stopped: 'steps',
      asked: { seed: 7, runs: 5, steps: 1 },
      broken: null,
    });
  });

  test('Ctrl-C: exit 130, with what was found so far', async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const { code, out } = await nwctl(['sim', '-p', 'profiles/three-node', '--runs', '5'], {
      interrupted: interrupt.signal,
    });
    expect(out).toContain('stopped by you: seeds 1 to 5 were not run');
    expect(code).toBe(130);
  });

  test.each([
    ['a kind that does not exist', ['--faults', 'agent-dyes'], 'did you mean `agent-dies`?'],
    ['no kind at all', ['--faults', ','], 'there is no kind of fault'],
    ['a profile to change to that is not there', ['--next-profile', 'profiles/none'], 'profiles/none'],
    ['a seed that is none', ['--seed', 'x'], '--seed is `x`'],
    ['no run', ['--runs', '0'], '--runs is `0`'],
    ['a time that is none', ['--time', 'soon'], '--time is `soon`'],
    ['a workflow that nobody drives', ['-w', 'BondModeFilpPlan'], 'did you mean `BondModeFlipPlan`?'],
    ['a profile that drives none', ['-p', 'profiles/single-node'], 'drives no `BondModeFlipPlan`'],
  ])('%s: exit 2', async (_, args, says) => {
    expect(await sim(...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) });
  });
});

describe('many runs', () => {
  const asked: SimAsked = {
    workflow: 'BondModeFlipPlan',
    profile: { digest: '', shape: {} as never, machineOf: () => undefined },
    nextProfile: { digest: '', shape: {} as never, machineOf: () => undefined },
    seed: 10,
    runs: 3,
    kinds: ['agent-dies'],
    stepsMax: Number.POSITIVE_INFINITY,
    timeMaxMs: Number.POSITIVE_INFINITY,
  };
  const ports: SimPorts = {
    meterMs: () => 0,
    isInterrupted: () => false,
    breathe: () => Promise.resolve(),
    progress: () => undefined,
  };
  const fault = { kind: 'agent-dies', state: 'FlipBonds', afterMs: 0, forMs: 1_000, on: 'node-a', how: 0 } as const;
  const ran = (options: RunOptions, change: Partial<RunResult> = {}): RunResult => ({
    seed: options.seed,
    steps: 100,
    end: 'complete',
    because: '',
    violations: [],
    coverage: { hits: new Map() },
    deeds: new Map([['a conflict', 2]]),
    faults: [fault, { ...fault, on: 'node-b' }],
    begun: [fault, { ...fault, on: 'node-b' }],
    states: [],
    simulatedMs: 60_000,
    transcript: [],
    decidingMs: 0,
    ...change,
  });

  test('each has a seed of its own, and ends are counted', async () => {
    const seeds: (number | string)[] = [];
    const found = await runSimulations(asked, ports, async (options) => {
      seeds.push(options.seed);
      return ran(options, options.seed === 11 ? { end: 'undone', because: 'ops asked' } : {});
    });
    expect(seeds).toEqual([10, 11, 12]);
    expect([...found.ends]).toEqual([
      ['complete', 2],
      ['undone', 1],
    ]);
    expect([...found.because]).toEqual([['ops asked', 1]]);
    expect(found).toMatchObject({ runs: 3, steps: 300 });
    expect([...found.deeds]).toEqual([['a conflict', 6]]);
    expect(found.stopped).toBeUndefined();
  });

  test('the first that breaks a law ends them, and is made shorter as long as it breaks the same law', async () => {
    const found = await runSimulations(asked, ports, async (options) => {
      const faults = 'length' in options.faults ? options.faults : ran(options).faults;
      const breaks = options.seed === 11 && faults.some(({ on }) => on === 'node-b');
      const violations = breaks ? [{ law: 'K7' as const, atMs: 5, says: 'acted without the lock' }] : [];
      return ran(options, { faults, begun: faults, violations });
    });
    expect(found.runs).toBe(2);
    expect(found.broken?.seed).toBe(11);
    expect(found.broken?.shrunk.faults.map(({ on }) => on)).toEqual(['node-b']);
    const text = simText({ profile: profile(), asked, found, story: { path: 'story-11.yaml' } }, plain, 'nwctl');
    expect(text).toContain('✗ BROKEN  K7: acted without the lock\n  seed 11: 2 faults, shrunk to 1 fault in ');
    expect(text).toContain('  saved: story-11.yaml\nreplay: nwctl replay story-11.yaml\n');
  });

  test('a run that does not come to rest is said, with its seed', async () => {
    const found = await runSimulations(asked, ports, async (options) => ran(options, { end: 'bound' }));
    expect(found.restless).toEqual([10, 11, 12]);
    expect(simText({ profile: profile(), asked, found }, plain, 'nwctl')).toContain(
      '3 runs did not come to rest within the bound, so how they end was not explored: seeds 10, 11, 12',
    );
  });

  test.each([
    ['steps', { stepsMax: 150 }, {}, 2],
    ['time', { timeMaxMs: 30 }, {}, 3],
    ['interrupted', {}, { isInterrupted: () => true }, 0],
  ] as const)('stopped by %s', async (word, bounds, changed, runs) => {
    let now = 0;
    const meterMs = (): number => {
      now += 5;
      return now;
    };
    const many = { ...asked, runs: 100, ...bounds };
    const found = await runSimulations(many, { ...ports, meterMs, ...changed }, async (options) => ran(options));
    expect(found).toMatchObject({ stopped: word, runs });
  });

  const plain = look({ color: false, ascii: false, width: Number.POSITIVE_INFINITY, wide: false });
  const profile = () =>
    ({ name: 'p', version: '1', digest: `sha256:${'0'.repeat(64)}`, signed: { kind: 'unsigned' } }) as never;
});

test('a story is checked as it is replayed', async () => {
  const wrong = storyWith(['seed: x']);
  expect(await nwctl(['check', wrong])).toMatchObject({ code: 2, out: expect.stringContaining(`${wrong}:9:9`) });
  expect(await nwctl(['check', storyWith(['seed: 4'])])).toMatchObject({ code: 0 });
});

test('what is saved of a broken run, replay takes', async () => {
  const { storyOfRun } = await import('../../../src/sim/play.ts');
  const { storyText } = await import('../../../src/sim/story-text.ts');
  const { loadStory } = await import('../../../src/sim/story.ts');
  const options = { seed: 7, workflow: 'BondModeFlipPlan' } as RunOptions;
  const fault = {
    kind: 'agent-dies',
    state: 'FlipBonds',
    afterMs: 1_500,
    forMs: 60_000,
    on: 'node-b',
    how: 2,
  } as const;
  const result = {
    violations: [{ law: 'K7', atMs: 1, says: 'acted: without' }],
    simulatedMs: 60_000,
  } as unknown as RunResult;
  const story = storyOfRun(
    'seed-7',
    options,
    { faults: [fault], site: { volumes: 1 }, result },
    { profile: 'profiles/three-node' },
  );
  const loaded = loadStory({ file: 'story.yaml', text: storyText(story) } as never);
  expect(loaded).toMatchObject({ ok: true, value: { seed: 7, events: [fault], site: { volumes: 1 } } });
  expect(existsSync('story-BondModeFlipPlan-7.yaml')).toBe(false);
});

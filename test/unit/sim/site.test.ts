import { describe, expect, test } from 'vitest';
import type { Answer, Instruction } from '../../../src/agent/instruction.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { Fault, FaultKind } from '../../../src/sim/fault-kinds.ts';
import { randomOf } from '../../../src/sim/random.ts';
import type { Program } from '../../../src/sim/runner.ts';
import { type Site, siteOf } from '../../../src/sim/site.ts';
import { planFaults } from '../../../src/sim/strike.ts';
import { type Transcript, transcriptOf, transcriptText } from '../../../src/sim/transcript.ts';
import type { WorldPort } from '../../../src/sim/world-port.ts';

/** Two hosts with a disk each, and nothing else. */
class TwoHosts implements WorldPort {
  readonly revision = 0;
  readonly powers = new Map<string, ReturnType<WorldPort['power']>>([
    ['node-a', 'up'],
    ['node-b', 'up'],
  ]);
  readonly disks = new Map<string, Map<string, string>>([
    ['node-a', new Map()],
    ['node-b', new Map()],
  ]);
  nowMs = 0;
  events: { atMs: number; run: () => void }[] = [];
  changed: KubeObject[] = [];
  readonly seen: string[] = [];

  nodes(): readonly string[] {
    return [...this.powers.keys()];
  }
  power(node: string): ReturnType<WorldPort['power']> {
    return this.powers.get(node) ?? 'off';
  }
  uid(node: string): string {
    return node;
  }
  advance(nowMs: number): void {
    this.nowMs = nowMs;
    for (const { run } of this.events.filter(({ atMs }) => atMs <= nowMs)) run();
    this.events = this.events.filter(({ atMs }) => atMs > nowMs);
  }
  nextEventAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.events.map(({ atMs }) => atMs));
  }
  carryOut(node: string, instruction: Instruction): { answer: Answer; tookMs: number } {
    const disk = this.disks.get(node) ?? new Map<string, string>();
    if (instruction.do === 'append') {
      disk.set(instruction.path, `${disk.get(instruction.path) ?? ''}${instruction.line}\n`);
      return { answer: { kind: 'done' }, tookMs: 5 };
    }
    if (instruction.do === 'read') {
      const text = disk.get(instruction.path);
      return { answer: text === undefined ? { kind: 'missing' } : { kind: 'text', text }, tookMs: 1 };
    }
    return { answer: { kind: 'ran', code: 0, stdout: '', stderr: '' }, tookMs: 70 };
  }
  linstor(): Answer {
    return { kind: 'reply', status: 200, text: '[]' };
  }
  changedObjects(): readonly { object: KubeObject }[] {
    const changed = this.changed.map((object) => ({ object }));
    this.changed = [];
    return changed;
  }
  deleted(): void {}
  applied(object: KubeObject): void {
    this.seen.push(`${object.kind}/${object.metadata.name}`);
  }
}

const counter = 'v1/ConfigMap';

const body = { kind: 'decision', at: '2026-03-04T10:15:02.000Z' } as const;
const aRecord = { do: 'record', body, documents: () => [], workflow: 'one' } as const;

/** Writes a line on its disk, or a record, then counts one up in the API server; forever. What it does not hear it looks up. */
function* counting(heard: string[], name: string): Program {
  for (;;) {
    const line = yield name.startsWith('operator') ? aRecord : { do: 'append', path: '/journal', line: 'next' };
    const got = yield { do: 'api', call: { verb: 'get', kind: counter, name: 'count' } };
    const object = got.kind === 'object' ? got.object : undefined;
    const count = Number((object?.data as { n?: number } | undefined)?.n ?? 0);
    const wrote =
      object === undefined
        ? got
        : yield { do: 'api', call: { verb: 'update', object: { ...object, data: { n: count + 1 } } } };
    heard.push(`${name} ${line.kind} ${got.kind} ${wrote.kind}`);
    yield { do: 'sleep', ms: 1_000 };
  }
}

interface Made {
  readonly site: Site;
  readonly world: TwoHosts;
  readonly heard: string[];
  readonly transcript: Transcript;
}

function made(seed: number, faults: readonly Fault[] = []): Made {
  const world = new TwoHosts();
  const site = siteOf(1_000_000, randomOf(seed), world);
  const heard: string[] = [];
  const transcript = transcriptOf(1_000_000, 1_000);
  site.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'count' }, data: { n: 0 } });
  for (const node of world.nodes()) site.addAgent(node, () => counting(heard, node));
  for (const name of ['operator-1', 'operator-2']) site.addOperator(name, () => counting(heard, name));
  planFaults(
    {
      site,
      strike: () => {},
      relieve: () => {},
      objects: () => [],
      workflow: { kind: counter, name: 'count' },
      lock: undefined,
      operators: ['operator-1', 'operator-2'],
      changeProfile: () => {},
      transcript,
      begun: () => {},
      ended: () => {},
    },
    faults,
  );
  for (const node of world.nodes()) site.start(node);
  return { site, world, heard, transcript };
}

function run({ site }: Made, untilMs: number): void {
  while (site.time.nowMs < 1_000_000 + untilMs && site.step());
}

const count = ({ site }: Made): number =>
  Number((site.api.look(counter, 'count')?.data as { n?: number } | undefined)?.n);
const fault = (kind: FaultKind, on: string, more: Partial<Fault> = {}): Fault => ({
  kind,
  on,
  afterMs: 2_000,
  forMs: 20_000,
  how: 0,
  ...more,
});

describe('a site', () => {
  test('is the same for one seed, to the byte, and another for another', () => {
    const told = (seed: number): string => {
      const one = made(seed, [fault('api-conflicts', 'site'), fault('agent-dies', 'node-a', { how: 5 })]);
      run(one, 60_000);
      return JSON.stringify([one.heard, one.transcript.lines, one.site.steps, one.site.api.version]);
    };
    expect(told(1)).toBe(told(1));
    expect(told(1)).not.toBe(told(2));
  });
  test('lets each program go on by itself, and their writes meet in the API server', () => {
    const one = made(1);
    run(one, 30_000);
    const written = one.heard.filter((line) => line.endsWith('object')).length;
    expect(count(one)).toBe(written);
    expect(one.heard.filter((line) => line.startsWith('node-a')).length).toBeGreaterThan(20);
    expect(one.heard.filter((line) => line.startsWith('node-b')).length).toBeGreaterThan(20);
  });

  test.each<[FaultKind, string, (heard: readonly string[], writes: number, counted: number) => void]>([
    [
      'api-unheard',
      'done and lost',
      (heard, writes, counted) => {
        expect(heard.some((line) => line.endsWith('unheard'))).toBe(true);
        expect(counted).toBeGreaterThan(writes);
      },
    ],
    [
      'api-unwritten',
      'lost',
      (heard, writes, counted) => {
        expect(heard.some((line) => line.endsWith('unheard'))).toBe(true);
        expect(counted).toBe(writes);
      },
    ],
    [
      'api-conflicts',
      'refused as if somebody were quicker',
      (heard, writes, counted) => {
        expect(heard.some((line) => line.endsWith('object conflict'))).toBe(true);
        expect(counted).toBe(writes);
      },
    ],
    [
      'api-refuses',
      'refused',
      (heard, writes, counted) => {
        expect(heard.some((line) => line.includes('refused'))).toBe(true);
        expect(counted).toBe(writes);
      },
    ],
    ['api-twice', 'done twice, where the second is in conflict', (_, writes, counted) => expect(counted).toBe(writes)],
    [
      'api-stale',
      'made over an old copy, and in conflict',
      (heard, writes, counted) => {
        expect(heard.filter((line) => line.endsWith('object conflict')).length).toBeGreaterThan(5);
        expect(counted).toBe(writes);
      },
    ],
    ['api-away', 'lost', (heard) => expect(heard.some((line) => line.endsWith('done unheard unheard'))).toBe(true)],
  ])('under %s writes are %s', (kind, _, expects) => {
    const one = made(3, [fault(kind, 'site', { how: 40 })]);
    run(one, 40_000);
    expects(one.heard, one.heard.filter((line) => line.endsWith('object')).length, count(one));
  });

  test('with a partition cuts one process off and no other', () => {
    const one = made(1, [fault('partition', 'node-a')]);
    run(one, 20_000);
    const lost = one.heard.filter((line) => line.includes('unheard'));
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.every((line) => line.startsWith('node-a'))).toBe(true);
  });

  test.each(Array.from({ length: 8 }, (_, how) => [how]))(
    'kills an agent at boundary %i, and its disk keeps what was done before',
    (how) => {
      const one = made(1, [fault('agent-dies', 'node-a', { how, forMs: 5_000 })]);
      run(one, 30_000);
      const runner = one.site.runners.get('node-a');
      expect([runner?.running.incarnation, runner?.running.alive]).toEqual([2, true]);
      const lines = (one.world.disks.get('node-a')?.get('/journal') ?? '').split('\n').length - 1;
      const rounds = one.heard.filter((line) => line.startsWith('node-a')).length;
      // One round was cut off in the middle, after its line or before it.
      expect([0, 1, 2]).toContain(lines - rounds);
    },
  );

  test('restores an old copy: what was written since has never been', () => {
    const one = made(1, [fault('api-restored', 'site', { afterMs: 30_000, forMs: 0 })]);
    run(one, 29_000);
    const before = count(one);
    run(one, 31_500);
    expect(count(one)).toBeLessThan(before - 10);
    expect(transcriptText(one.transcript)).toContain('fault     the database is put back to an old copy');
  });

  test('suspends the leader while another leads, and then both go on', () => {
    const one = made(1, [fault('second-leader', 'site')]);
    one.site.start('operator-1');
    run(one, 60_000);
    const of = (name: string): number => one.heard.filter((line) => line.startsWith(name)).length;
    const clock = one.site.runners.get('operator-1')?.clock;
    expect(of('operator-1')).toBeLessThan(of('operator-2'));
    expect(of('operator-1')).toBeGreaterThan(20);
    // By its own clock no time went by meanwhile.
    expect(clock?.monotonicMs()).toBeLessThan(41_000);
  });

  test('starts what runs on a node again after the node', () => {
    const one = made(1);
    one.world.events.push({ atMs: 1_005_000, run: () => void one.world.powers.set('node-a', 'off') });
    one.world.events.push({ atMs: 1_015_000, run: () => void one.world.powers.set('node-a', 'up') });
    run(one, 10_000);
    expect(one.site.runners.get('node-a')?.running.alive).toBe(false);
    run(one, 30_000);
    const runner = one.site.runners.get('node-a');
    expect([runner?.running.alive, runner?.running.incarnation]).toEqual([true, 2]);
    expect(runner?.clock.monotonicMs()).toBeLessThan(30_000);
  });

  test('hands on what the world writes, and tells the world what others wrote', () => {
    const one = made(1);
    one.world.events.push({
      atMs: 1_003_000,
      run: () => void one.world.changed.push({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' } }),
    });
    const { watches } = one.site.runners.get('operator-1') ?? {};
    run(one, 5_000);
    expect(one.site.api.look('v1/Node', 'node-a')?.metadata.generation).toBe(1);
    expect(one.world.seen).toContain('ConfigMap/count');
    const told = watches?.take().map((event) => (event.kind === 'changed' ? event.object.kind : event.kind));
    expect(told).toContain('Node');
  });
});

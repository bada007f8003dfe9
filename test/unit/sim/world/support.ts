import type { Answer } from '../../../../src/agent/instruction.ts';
import { randomOf } from '../../../../src/sim/random.ts';
import type { WorldSpec } from '../../../../src/sim/world/make.ts';
import { makeWorld, type World } from '../../../../src/sim/world/world.ts';

export const startMs = Date.UTC(2026, 10, 21, 8, 4, 50);

/** Three nodes, two copies and a tie-breaker each, a VM on three of four volumes. */
export const threeNodes: WorldSpec = {
  nodes: 3,
  place: 2,
  bondMode: 'active-backup',
  startMs,
  legacy: true,
  volumes: [
    { name: 'pvc-1', on: ['node-a', 'node-b'], tieBreaker: 'node-c' },
    { name: 'pvc-2', on: ['node-b', 'node-c'], tieBreaker: 'node-a' },
    { name: 'pvc-3', on: ['node-a', 'node-c'], tieBreaker: 'node-b' },
    { name: 'pvc-4', on: ['node-a', 'node-b'], tieBreaker: 'node-c' },
  ],
  vms: [
    { name: 'vm-1', node: 'node-a', volume: 'pvc-1' },
    { name: 'vm-2', node: 'node-b', volume: 'pvc-2' },
    { name: 'vm-3', node: 'node-c', volume: 'pvc-3' },
  ],
};

/** As in the two-node transcripts: direct cables, no third node, and so no quorum. */
export const twoNodes: WorldSpec = {
  nodes: 2,
  place: 2,
  bondMode: 'active-backup',
  startMs,
  volumes: [{ name: 'r0', on: ['node-a', 'node-b'] }],
  vms: [{ name: 'vm-1', node: 'node-a', volume: 'r0' }],
};

/** Before its upgrade. */
export const singleCopies: WorldSpec = {
  nodes: 3,
  place: 1,
  bondMode: 'active-backup',
  startMs,
  volumes: [
    { name: 'pvc-1', on: ['node-a'] },
    { name: 'pvc-2', on: ['node-b'] },
  ],
  vms: [{ name: 'vm-1', node: 'node-a', volume: 'pvc-1' }],
};

/** What is typed on a host in some state of it, and how it is refused. */
export type Refusal = readonly [when: string, before: readonly string[], attempt: string, code: number, says: string];

/** A world, and its time. */
export class Lab {
  readonly world: World;
  nowMs = startMs;

  constructor(spec: WorldSpec, seed: number | string = 1) {
    this.world = makeWorld(spec, randomOf(seed));
  }

  run(node: string, argv: readonly string[], stdin?: string): Extract<Answer, { kind: 'ran' }> {
    const answer = this.try(node, argv, stdin);
    if (answer.kind !== 'ran') throw new Error(`${argv.join(' ')}: ${answer.kind}`);
    return answer;
  }

  try(node: string, argv: readonly string[], stdin?: string, timeoutMs = 40_000): Answer {
    const instruction = { do: 'run', argv, timeoutMs, ...(stdin === undefined ? {} : { stdin }) } as const;
    const { answer, tookMs } = this.world.carryOut(node, instruction, this.nowMs);
    this.nowMs += Math.ceil(tookMs);
    return answer;
  }

  shell(node: string, line: string, stdin?: string): Extract<Answer, { kind: 'ran' }> {
    return this.run(node, line.split(' '), stdin);
  }

  wait(ms: number): this {
    this.nowMs += ms;
    this.world.advance(this.nowMs);
    return this;
  }

  text(node: string, path: string): string | undefined {
    const { answer } = this.world.carryOut(node, { do: 'read', path }, this.nowMs);
    return answer.kind === 'text' ? answer.text : undefined;
  }

  write(node: string, path: string, text: string): Answer {
    return this.world.carryOut(node, { do: 'write', path, text }, this.nowMs).answer;
  }

  /** `Connected/Established/UpToDate/UpToDate`: connection, replication, own disk, the peer's. */
  seen(node: string, volume: string, peer: string): string {
    const status = JSON.parse(this.shell(node, 'drbdsetup status --json --statistics --verbose').stdout);
    const own = status.find((one: { name: string }) => one.name === volume);
    const link = own.connections.find((one: { name: string }) => one.name === peer);
    const [device] = link.peer_devices;
    const words = [
      link['connection-state'],
      device['replication-state'],
      own.devices[0]['disk-state'],
      device['peer-disk-state'],
    ];
    return words.join('/');
  }

  linstor(method: string, path: string, body?: unknown): { status: number; text: string; tookMs: number } {
    return this.world.linstor(method, path, body === undefined ? undefined : JSON.stringify(body), this.nowMs);
  }

  get harm(): readonly string[] {
    return this.world.harm().map(({ kind, object }) => `${kind} ${object}`);
  }

  get troubles(): readonly string[] {
    return [...this.world.site.troubles.keys()].sort();
  }
}

export const connected = 'Connected/Established/UpToDate/UpToDate';

export function flipLines(mode: string): string {
  return [
    'link set dev bond1 down',
    'link set dev eno3 nomaster',
    'link set dev eno4 nomaster',
    `link set dev bond1 type bond mode ${mode}`,
    'link set dev eno3 down',
    'link set dev eno4 down',
    'link set dev eno3 master bond1',
    'link set dev eno4 master bond1',
    'link set dev bond1 up',
    '',
  ].join('\n');
}

export function flip(lab: Lab, node: string, mode: string): void {
  const { code } = lab.shell(node, 'ip -batch -', flipLines(mode));
  if (code !== 0) throw new Error('the flip was refused');
}

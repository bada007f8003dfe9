import { goBack } from '../../src/agent/armed.ts';
import { type Answer, armedPath, type Instruction, journalPath, type Operation } from '../../src/agent/instruction.ts';
import { agentStatusKind, newAgentStatus } from '../../src/crd/agent-status.ts';
import { type KubeObject, kindOf } from '../../src/kernel/raw.ts';
import type { Order } from '../../src/kernel/workflow.ts';

export const netdev = '/etc/systemd/network/10-bond1.netdev';
export const netdevText =
  '[NetDev]\nName=bond1\nKind=bond\nMTUBytes=9000\n\n[Bond]\nMode=active-backup\nMIIMonitorSec=100ms\n';
export const procNames: Readonly<Record<string, string>> = {
  'active-backup': 'fault-tolerance (active-backup)',
  'balance-rr': 'load balancing (round-robin)',
};

interface Connection {
  readonly peer: string;
  state: string;
  replication: string;
}
export interface Resource {
  readonly connections: Connection[];
  suspended: boolean;
}
interface Snapshot {
  flags: string[];
  nodes: string[];
}

/** A host in memory that answers as transcripts 10, 30 and 32 do, for one agent; with the API server and LINSTOR it talks to. */
export class FakeHost {
  readonly files = new Map<string, string>([
    ['/proc/sys/kernel/random/boot_id', 'boot-1\n'],
    ['/proc/drbd', 'version: 9.2.14 (api:2/proto:86-122)\n'],
    [netdev, netdevText],
  ]);
  mode = 'active-backup';
  up = true;
  readonly slaves = new Set(['eno3', 'eno4']);
  readonly nicsUp = new Set(['eno3', 'eno4']);
  readonly resources = new Map<string, Resource>();
  armedMs: number | undefined;
  readonly objects = new Map<string, KubeObject>();
  version = 1;
  /** Everything that changed something, in words. */
  readonly did: string[] = [];
  nowMs = 0;
  /** Answers that come instead, by what is asked; the thing itself is not done. */
  instead: (instruction: Instruction) => Answer | undefined = () => undefined;
  /** Answers that are lost; the thing itself is done. */
  lost: (instruction: Instruction) => boolean = () => false;

  readonly properties: Record<string, string> = { 'DrbdOptions/AutoEvictAllowEviction': 'True' };
  readonly placed = new Map<string, string[]>();
  readonly groups: Record<string, number> = { rg1: 1 };
  readonly snapshots = new Map<string, Snapshot>();
  leaksSuspend = false;

  constructor() {
    for (const name of ['pvc-1', 'pvc-2']) {
      this.resources.set(name, {
        suspended: false,
        connections: ['node-b', 'node-c'].map((peer) => ({ peer, state: 'Connected', replication: 'Established' })),
      });
      this.placed.set(name, ['node-a', 'node-b']);
    }
    this.put(newAgentStatus('node-a'));
    this.put({
      apiVersion: 'kubevirt.io/v1',
      kind: 'KubeVirt',
      metadata: { name: 'kubevirt', namespace: 'kubevirt' },
      spec: { configuration: { migrations: { parallelMigrationsPerCluster: 5 } } },
    });
    this.put({ apiVersion: 'piraeus.io/v1', kind: 'LinstorCluster', metadata: { name: 'linstorcluster' }, spec: {} });
  }

  put(object: KubeObject): void {
    this.version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.version) };
    this.objects.set(`${kindOf(object)} ${object.metadata.name}`, { ...object, metadata });
  }

  get own(): KubeObject {
    return this.objects.get(`${agentStatusKind} node-a`) as KubeObject; // put there by the constructor
  }

  order(order: unknown): void {
    this.put({ ...this.own, spec: { node: 'node-a', order } });
  }

  said(fact: string): unknown {
    const status = this.own.status as { observations?: { fact: string; value: unknown }[] } | undefined;
    return status?.observations?.find((one) => one.fact === fact)?.value;
  }

  get journal(): string {
    return this.files.get(journalPath) ?? '';
  }

  /** The host's own watcher: at the deadline, with nobody else alive. */
  passDeadline(): void {
    if (this.armedMs === undefined) return;
    for (const instruction of goBack(this.files.get(armedPath) ?? '')) this.carryOut(instruction);
  }

  answer(instruction: Instruction): Answer {
    const other = this.instead(instruction);
    if (other !== undefined) return other;
    const answer = this.carryOut(instruction);
    return this.lost(instruction) ? { kind: 'unheard' } : answer;
  }

  carryOut(instruction: Instruction): Answer {
    switch (instruction.do) {
      case 'read': {
        const text = this.files.get(instruction.path) ?? this.#proc(instruction.path);
        return text === undefined ? { kind: 'missing' } : { kind: 'text', text };
      }
      case 'write':
        this.files.set(instruction.path, instruction.text);
        if (instruction.path !== journalPath) this.did.push(`write ${instruction.path}`);
        return { kind: 'done' };
      case 'append':
        this.files.set(instruction.path, `${this.files.get(instruction.path) ?? ''}${instruction.line}\n`);
        return { kind: 'done' };
      case 'remove':
        this.did.push(`remove ${instruction.path}`);
        return this.files.delete(instruction.path) ? { kind: 'done' } : { kind: 'missing' };
      case 'arm':
        this.armedMs = instruction.afterMs;
        this.did.push('arm');
        return { kind: 'done' };
      case 'disarm':
        this.armedMs = undefined;
        this.did.push('disarm');
        return { kind: 'done' };
      case 'sleep':
        this.nowMs += instruction.ms;
        return { kind: 'done' };
      case 'api':
        return this.#api(instruction.call);
      case 'linstor':
        return this.#linstor(instruction.method, instruction.path, instruction.body);
      case 'run':
        return this.#run(instruction.argv, instruction.stdin ?? '');
    }
  }

  #proc(path: string): string | undefined {
    if (path !== '/proc/net/bonding/bond1') return undefined;
    const slaves = [...this.slaves].map((name) => `\nSlave Interface: ${name}\nMII Status: up\n`);
    const head = `Ethernet Channel Bonding Driver: v6.1.0\n\nBonding Mode: ${procNames[this.mode]}\n`;
    return `${head}MII Status: up\nMII Polling Interval (ms): 100\n${slaves.join('')}`;
  }

  #api(call: Extract<Instruction, { do: 'api' }>['call']): Answer {
    if (call.verb === 'list') {
      return { kind: 'objects', objects: [...this.objects.values()].filter((object) => kindOf(object) === call.kind) };
    }
    if (call.verb === 'get') {
      const object = this.objects.get(`${call.kind} ${call.name}`);
      return object === undefined ? { kind: 'missing' } : { kind: 'object', object };
    }
    if (call.verb === 'delete') {
      this.did.push(`delete ${call.kind}`);
      return this.objects.delete(`${call.kind} ${call.name}`) ? { kind: 'done' } : { kind: 'missing' };
    }
    const key = `${kindOf(call.object)} ${call.object.metadata.name}`;
    const before = this.objects.get(key);
    if (call.verb === 'create') {
      if (before !== undefined) return { kind: 'conflict' };
      if (call.object.kind !== 'NodewrightAgentStatus') this.did.push(`create ${call.object.kind}`);
      this.put(call.object);
      return { kind: 'object', object: this.objects.get(key) as KubeObject };
    }
    if (before === undefined) return { kind: 'missing' };
    if (call.object.metadata.resourceVersion !== before.metadata.resourceVersion) return { kind: 'conflict' };
    if (call.verb === 'update') this.did.push(`update ${call.object.kind}`);
    this.put(call.verb === 'update-status' ? { ...before, status: call.object.status } : call.object);
    return { kind: 'object', object: this.objects.get(key) as KubeObject };
  }

  #run(argv: readonly string[], stdin: string): Answer {
    const ran = (code: number, stdout: string, stderr = ''): Answer => ({ kind: 'ran', code, stdout, stderr });
    const [program, verb = '', name = ''] = argv;
    if (program === 'find') {
      const roots = argv.slice(1, argv.indexOf('-not'));
      const found = [...this.files.keys()].filter((path) => roots.some((root) => path.startsWith(`${root}/`)));
      const gone = roots.filter((root) => !found.some((path) => path.startsWith(`${root}/`)));
      const says = gone.map((root) => `find: ‘${root}’: No such file or directory\n`).join('');
      return ran(gone.length > 0 ? 1 : 0, found.map((path) => `${path}\n`).join(''), says);
    }
    if (program === 'ping') return ran(0, '\n4 packets transmitted, 4 received, 0% packet loss, time 612ms\n');
    if (program === 'drbdsetup') return ran(0, this.#drbdStatus());
    if (program === 'drbdadm') return this.#drbdadm(verb, name);
    if (program === 'ip' && verb === '-d') return ran(0, this.#ipLink());
    if (program === 'ip' && verb === '-batch') {
      this.did.push(`batch ${/mode (\S+)/.exec(stdin)?.[1]}`);
      for (const line of stdin.split('\n').filter((one) => one !== '')) {
        const error = this.#ipSet(line.split(' ').slice(3));
        if (error !== undefined) return ran(1, '', `Error: ${error}\nCommand failed -:1\n`);
      }
      return ran(0, '');
    }
    return ran(127, '', 'command not found');
  }

  /** `link set dev NAME …` with the refusals of the host lab. */
  #ipSet([name = '', word, ...rest]: readonly string[]): string | undefined {
    if (name === 'bond1') {
      if (word === 'down') this.up = false;
      if (word === 'up') this.up = true;
      if (word === 'type') {
        if (this.slaves.size > 0) return 'unable to set option because the bond device has slaves.';
        if (this.up) return 'unable to set option because the bond is up.';
        this.mode = rest[2] ?? '';
      }
      return undefined;
    }
    if (word === 'nomaster') this.slaves.delete(name);
    if (word === 'down') this.nicsUp.delete(name);
    if (word === 'master') {
      if (this.nicsUp.has(name)) return 'Device can not be enslaved while up.';
      this.slaves.add(name);
      this.nicsUp.add(name);
    }
    return undefined;
  }

  #ipLink(): string {
    const nics = ['eno3', 'eno4'].map((ifname) => ({
      ifname,
      flags: ['UP'],
      ...(this.slaves.has(ifname)
        ? { master: 'bond1', linkinfo: { info_slave_kind: 'bond', info_slave_data: { mii_status: 'UP' } } }
        : {}),
    }));
    const bond = {
      ifname: 'bond1',
      flags: ['MASTER', ...(this.up ? ['UP'] : [])],
      mtu: 9000,
      linkinfo: { info_kind: 'bond', info_data: { mode: this.mode, miimon: 100, arp_interval: 0 } },
    };
    return JSON.stringify([{ ifname: 'lo' }, ...nics, bond]);
  }

  #drbdStatus(): string {
    return JSON.stringify(
      [...this.resources].map(([name, { connections, suspended }]) => ({
        name,
        role: 'Secondary',
        suspended,
        'suspended-user': suspended,
        'suspended-no-data': false,
        'suspended-fencing': false,
        'suspended-quorum': false,
        devices: [{ volume: 0, minor: 1, 'disk-state': 'UpToDate', quorum: true }],
        connections: connections.map(({ peer, state, replication }) => ({
          name: peer,
          'connection-state': state,
          peer_devices: [{ volume: 0, 'replication-state': replication, 'out-of-sync': 0, 'resync-suspended': 'no' }],
        })),
      })),
    );
  }

  #drbdadm(verb: string, name: string): Answer {
    this.did.push(`${verb} ${name}`);
    const resource = this.resources.get(name);
    if (resource === undefined) return { kind: 'ran', code: 10, stdout: '', stderr: `${name}: No such resource` };
    for (const connection of verb === 'resume-io' ? [] : resource.connections) {
      connection.state = verb === 'disconnect' ? 'StandAlone' : 'Connected';
      connection.replication = verb === 'disconnect' ? 'Off' : 'Established';
    }
    if (verb === 'resume-io') resource.suspended = false;
    return { kind: 'ran', code: 0, stdout: '', stderr: '' };
  }

  #linstor(method: string, path: string, body: string | undefined): Answer {
    const reply = (status: number, json: unknown): Answer => ({ kind: 'reply', status, text: JSON.stringify(json) });
    const ok = [{ ret_code: 1, message: 'done' }];
    if (method !== 'GET') this.did.push(`${method} ${path}`);
    const [bare = '', asked] = path.split('?resources=');
    const sent = JSON.parse(body ?? '{}') as {
      override_props?: Record<string, string>;
      delete_props?: string[];
      name?: string;
      select_filter?: { place_count: number };
    };
    const [, resource = '', what, name] = /^\/v1\/resource-definitions\/([^/]+)\/([a-z]+)(?:\/(.+))?$/.exec(bare) ?? [];
    const isAsked = (one: string): boolean => asked === undefined || asked === one;
    if (bare === '/v1/controller/properties') {
      if (method === 'GET') return reply(200, this.properties);
      Object.assign(this.properties, sent.override_props);
      for (const one of sent.delete_props ?? []) delete this.properties[one];
      return reply(201, ok);
    }
    if (bare === '/v1/view/resources') {
      const all = [...this.placed].filter(([one]) => isAsked(one));
      return reply(
        200,
        all.flatMap(([one, nodes]) =>
          nodes.map((node) => ({ name: one, node_name: node, volumes: [{ volume_number: 0 }] })),
        ),
      );
    }
    if (bare === '/v1/view/snapshots') {
      const all = [...this.snapshots].map(([key, { flags, nodes }]) => {
        const [one, of] = key.split(' ');
        return { name: of, resource_name: one, flags, nodes };
      });
      return reply(
        200,
        all.filter((one) => isAsked(one.resource_name ?? '')),
      );
    }
    if (bare === '/v1/resource-definitions') {
      return reply(
        200,
        [...this.placed.keys()].map((one) => ({ name: one, resource_group_name: 'rg1' })),
      );
    }
    if (bare === '/v1/resource-groups') {
      return reply(
        200,
        Object.entries(this.groups).map(([one, place_count]) => ({ name: one, select_filter: { place_count } })),
      );
    }
    if (method === 'PUT' && bare === '/v1/resource-groups/rg1') {
      this.groups.rg1 = sent.select_filter?.place_count ?? 0;
      return reply(200, ok);
    }
    if (what === 'snapshots' && method === 'POST') {
      const key = `${resource} ${sent.name}`;
      if (this.snapshots.has(key)) return reply(500, [{ ret_code: -1, message: 'already exists' }]);
      this.snapshots.set(key, { flags: ['SUCCESSFUL'], nodes: [...(this.placed.get(resource) ?? [])] });
      const own = this.resources.get(resource);
      if (this.leaksSuspend && own !== undefined) own.suspended = true;
      return reply(201, ok);
    }
    if (what === 'snapshots' && method === 'DELETE') {
      this.snapshots.delete(`${resource} ${name}`);
      return reply(200, ok);
    }
    if (what === 'autoplace') {
      const nodes = ['node-a', 'node-b', 'node-c'].slice(0, sent.select_filter?.place_count);
      this.placed.set(resource, nodes);
      return reply(201, ok);
    }
    return reply(404, [{ ret_code: -1, message: 'unknown path' }]);
  }
}

/** Carries out what an operation asks, until it returns, has asked `most` times (its death), or has slept so often. */
export function drive<T>(
  operation: Operation<T>,
  host: FakeHost,
  {
    most = 100_000,
    sleeps = Number.POSITIVE_INFINITY,
    watch,
  }: { most?: number; sleeps?: number; watch?: (i: Instruction) => void } = {},
): { readonly asked: number; readonly result: T | undefined } {
  let asked = 0;
  let slept = 0;
  let next = operation.next();
  while (!next.done && asked < most && slept < sleeps) {
    const instruction = next.value;
    if (instruction.do === 'sleep') slept += 1;
    const answer = host.answer(instruction);
    watch?.(instruction);
    asked += 1;
    if (asked >= most || slept >= sleeps) break; // it is never answered: the agent is dead, or we have seen enough
    next = operation.next(answer);
  }
  return { asked, result: next.done === true ? next.value : undefined };
}

export function anOrder(change: Partial<Order> = {}): Order {
  return {
    workflow: '0a1b2c3d-0000-4000-8000-000000000001',
    step: 1,
    epoch: 1,
    node: 'node-a',
    bootId: 'boot-1',
    object: 'node-a',
    command: 'network.unstage',
    with: {},
    dependsOn: [],
    givenAtMs: 0,
    ...change,
  };
}

export const config = {
  node: 'node-a',
  bond: 'bond1',
  peers: ['10.0.0.2', '10.0.0.3'],
  mtu: 9000,
  beatMs: 5_000,
} as const;

import type { KubeObject } from '../../kernel/raw.ts';
import type { Random } from '../random.ts';
import type { Fault } from './fault.ts';
import type { Timer, Timers } from './timers.ts';

/** Everything there is, changed in place by the files beside this one, and by nobody else. */
export interface Site {
  nowMs: number;
  readonly random: Random;
  readonly timers: Timers;
  readonly wiring: 'direct' | 'switched';
  readonly hosts: Map<string, Host>;
  readonly volumes: Map<string, Volume>;
  readonly vms: Map<string, Vm>;
  readonly linstor: Linstor;
  readonly kube: Kube;
  readonly faults: Map<string, Struck>;
  readonly troubles: Map<string, Trouble>;
  /** Told whenever something of a volume changed. */
  readonly watchers: ((volume: Volume) => void)[];
  /** One more with every change that can do harm or end it. */
  revision: number;
  /** How many generations of data there were. */
  generations: number;
  /** How many ids were given out. */
  ids: number;
}

export type Power = 'up' | 'hung' | 'off' | 'booting';

export interface Host {
  readonly name: string;
  /** From 1; the last number of its addresses. */
  readonly index: number;
  uid: string;
  bootId: string;
  boots: number;
  power: Power;
  /** What survives a boot. Paths with their leading slash. */
  readonly files: Map<string, string>;
  bond: Bond;
  armed: Timer | undefined;
  /** By what the host's own revert is set off: on disk, so that a boot carries it out. */
  isArmed: boolean;
  drbdHangs: boolean;
  /** `ip` answers 0 and changes nothing. */
  bondStuck: boolean;
  diskFull: boolean;
  kubeletSilent: boolean;
  clockOffsetMs: number;
  cordoned: boolean;
  readonly texts: Map<string, { readonly text: string; readonly untilMs: number }>;
}

export interface Bond {
  readonly name: string;
  mode: string;
  up: boolean;
  mtu: number;
  miimon: number;
  /** What networkd says of it. */
  setup: 'configured' | 'failed';
  active: string | undefined;
  readonly nics: readonly Nic[];
}

export interface Nic {
  readonly name: string;
  up: boolean;
  enslaved: boolean;
  cable: boolean;
  switchPort: boolean;
  failures: number;
}

/** A state of the data: everything that was written up to a change of who receives the writes. */
export interface Generation {
  readonly id: number;
  readonly parent: Generation | undefined;
}

export interface Volume {
  readonly name: string;
  readonly index: number;
  readonly sizeKib: number;
  readonly usedKib: number;
  policy: 'off' | 'majority';
  twoPrimaries: boolean;
  readonly replicas: Map<string, Replica>;
  readonly pairs: Pair[];
  /** The newest generation that a VM was told is written. */
  tip: Generation;
  /** Who receives the writes now; empty while nobody writes. */
  receivers: string;
  /** Incident 2.1 waits for the next careless reconnect. */
  willDiverge: boolean;
  resyncStalled: boolean;
}

export interface Replica {
  readonly node: string;
  readonly nodeId: number;
  kind: 'diskful' | 'tie-breaker' | 'client';
  /** The kernel runs it. */
  up: boolean;
  disk: 'UpToDate' | 'Outdated' | 'Inconsistent' | 'Consistent' | 'Diskless';
  role: 'Primary' | 'Secondary';
  open: boolean;
  quorum: boolean;
  readonly suspended: Set<string>;
  /** Since when its VM's I/O stands, and whether a fault had a hand in it. */
  frozen: { readonly sinceMs: number; readonly explained: boolean } | undefined;
  /** What DRBD believes it has, and what it has. */
  uuid: Generation | undefined;
  data: Generation | undefined;
  /** Generations of which it lacks writes although DRBD believes otherwise. */
  holes: readonly number[];
}

export interface Pair {
  readonly ends: readonly [Side, Side];
  resync: Resync | undefined;
  retry: Timer | undefined;
  /** It was lost while both were attached, and by nobody's fault but ours. Decides about incident 2.1. */
  torn: { readonly explained: boolean } | undefined;
}

/** A connection as one of its ends sees it. */
export interface Side {
  readonly node: string;
  readonly peer: string;
  /** It was connected once: before that DRBD does not count the peer for quorum. */
  seen: boolean;
  state: 'StandAlone' | 'Connecting' | 'Connected';
  replication: string;
  peerDisk: string;
  /** KiB that differ, up to `oosSinceMs`; from then on it grows with what is written. */
  oosKib: number;
  oosSinceMs: number | undefined;
  notice: Timer | undefined;
  givesUp: Timer | undefined;
}

export interface Resync {
  readonly source: string;
  readonly target: string;
  totalKib: number;
  leftKib: number;
  atMs: number;
  timer: Timer | undefined;
}

export interface Vm {
  readonly namespace: string;
  readonly name: string;
  readonly volume: string;
  readonly shared: boolean;
  wanted: boolean;
  node: string | undefined;
  since: number;
  starts: Timer | undefined;
  migration: Migration | undefined;
}

export interface Migration {
  readonly name: string;
  readonly vm: string;
  phase: 'Pending' | 'Scheduling' | 'Running' | 'Succeeded' | 'Failed';
  source: string | undefined;
  target: string | undefined;
  readonly lastsMs: number;
}

export interface Linstor {
  readonly properties: Map<string, string>;
  readonly nodes: Map<string, Satellite>;
  readonly groups: Map<string, Group>;
  readonly definitions: Map<string, Definition>;
  readonly snapshots: Map<string, Snapshot>;
  away: boolean;
  /** While it lies: path → what it keeps on saying. */
  frozen: Map<string, string> | undefined;
  leaks: boolean;
  readonly texts: Map<string, { readonly text: string; readonly untilMs: number }>;
  balance: Timer | undefined;
  balanceEveryMs: number;
}

export interface Satellite {
  readonly name: string;
  status: 'ONLINE' | 'OFFLINE';
  readonly flags: Set<string>;
  readonly props: Map<string, string>;
  evictAtMs: number | undefined;
  notice: Timer | undefined;
  evict: Timer | undefined;
  /** Something was stored for it that its kernel does not have yet. */
  owed: boolean;
  unreachable: boolean;
}

export interface Group {
  readonly name: string;
  placeCount: number;
  readonly props: Map<string, string>;
}

export interface Definition {
  readonly name: string;
  readonly group: string;
  readonly sizeKib: number;
  readonly props: Map<string, string>;
  readonly flags: Set<string>;
  readonly placed: Map<string, Placed>;
  nextId: number;
}

export interface Placed {
  readonly node: string;
  readonly nodeId: number;
  kind: 'diskful' | 'tie-breaker';
  readonly flags: Set<string>;
  readonly createdMs: number;
}

export interface Snapshot {
  readonly name: string;
  readonly resource: string;
  readonly nodes: readonly string[];
  readonly flag: string;
  readonly atMs: number;
}

export interface Kube {
  readonly objects: Map<string, KubeObject>;
  readonly changed: Set<string>;
  readonly gone: Map<string, Ref>;
  haRuns: boolean;
}

export interface Ref {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface Struck {
  readonly fault: Fault;
  readonly sinceMs: number;
  endedMs: number | undefined;
}

export interface Trouble {
  readonly kind: string;
  readonly object: string;
  readonly says: string;
  readonly sinceMs: number;
  readonly explained: boolean;
}

export function newGeneration(site: Site, parent: Generation | undefined): Generation {
  site.generations += 1;
  return { id: site.generations, parent };
}

/** How fast a VM writes, and a resync goes (DRBD's c-max-rate), KiB a millisecond. */
export const writeRate = 0.5;
export const resyncRate = 100;

/** A number for everybody, the same for the same name. */
export function uuidOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let at = 0; at < text.length; at += 1) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193);
    b = Math.imul(b ^ (a >>> 11), 0x85ebca6b);
  }
  const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
  const c = Math.imul(a ^ (b >>> 15), 0xc2b2ae35);
  const d = Math.imul(b ^ (c >>> 13), 0x27d4eb2f);
  const [w, x, y, z] = [hex(a), hex(b), hex(c), hex(d)];
  return `${w}-${x.slice(0, 4)}-5${x.slice(5)}-a${y.slice(1, 4)}-${y.slice(4)}${z}`;
}

export function isRunning(host: Host | undefined): boolean {
  return host?.power === 'up';
}

/** Where a host keeps what its DRBD says of one volume, as long as nothing of it changes. */
export function resourceKey({ name }: Volume): string {
  return `drbd ${name}`;
}

/** The text of a node's DRBD, or of its links, is made anew when it is next asked for. */
export function forget(host: Host | undefined, ...names: readonly string[]): void {
  for (const name of names) host?.texts.delete(name);
}

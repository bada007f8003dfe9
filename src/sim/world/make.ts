import type { Random } from '../random.ts';
import { promote } from './drbd.ts';
import { publish } from './kube.ts';
import {
  kubeVirt,
  linstorCluster,
  publishHa,
  publishHandler,
  publishNode,
  publishPiraeus,
  publishVm,
  publishVolume,
  storageClass,
} from './kube-objects.ts';
import { legacyMaps } from './legacy.ts';
import { define } from './linstor.ts';
import { addReplica, startBalancer } from './linstor-place.ts';
import { addressOf, chooseActive } from './network.ts';
import { bondOfFiles } from './networkd.ts';
import { pairUp } from './pairs.ts';
import { settle } from './settle.ts';
import { type Host, type Linstor, newGeneration, type Site, uuidOf, type Vm, type Volume } from './state.ts';
import { Timers } from './timers.ts';

/** A site in one glance. Everything that is left out is as on a site that nobody touched. */
export interface WorldSpec {
  readonly nodes: number | readonly string[];
  readonly volumes: readonly VolumeSpec[];
  readonly vms: readonly VmSpec[];
  readonly bondMode: string;
  /** Copies that the StorageClass and the resource group ask for. 1: the site before its upgrade. */
  readonly place: number;
  readonly startMs: number;
  readonly bond?: string;
  readonly members?: readonly string[];
  readonly mtu?: number;
  /** `direct` cables between two nodes, else through two switches, a member each. */
  readonly wiring?: 'direct' | 'switched';
  readonly balanceEveryMs?: number;
  /** The ConfigMaps of the old DaemonSet, at rest. */
  readonly legacy?: boolean;
}

export interface VolumeSpec {
  readonly name: string;
  readonly on: readonly string[];
  readonly tieBreaker?: string;
  readonly sizeKib?: number;
  readonly usedKib?: number;
}

export interface VmSpec {
  readonly name: string;
  readonly volume: string;
  /** Left out: stopped. */
  readonly node?: string;
  /** ReadWriteMany, so that it can migrate; true unless said. */
  readonly shared?: boolean;
}

const sizeKib = 20 * 1024 * 1024;
const usedKib = 3 * 1024 * 1024;

export function makeSite(spec: WorldSpec, random: Random): Site {
  const names =
    typeof spec.nodes === 'number'
      ? Array.from({ length: spec.nodes }, (_, at) => `node-${'abcdefghijklmnop'[at]}`)
      : spec.nodes;
  const site: Site = {
    nowMs: spec.startMs,
    random,
    timers: new Timers(),
    wiring: spec.wiring ?? (names.length === 2 ? 'direct' : 'switched'),
    hosts: new Map(),
    volumes: new Map(),
    vms: new Map(),
    linstor: newLinstor(spec),
    kube: { objects: new Map(), changed: new Set(), gone: new Map(), haRuns: true },
    faults: new Map(),
    troubles: new Map(),
    watchers: [],
    revision: 0,
    generations: 0,
    ids: 0,
  };
  for (const name of names) addHost(site, name, spec);
  publish(site, storageClass(spec.place));
  publish(site, kubeVirt());
  publish(site, linstorCluster(undefined, spec.startMs));
  publishHa(site, true);
  if (spec.legacy === true) for (const map of legacyMaps()) publish(site, map);
  for (const volume of spec.volumes) addVolume(site, volume.name, volume);
  for (const vm of spec.vms) runVm(site, addVm(site, vm.name, vm.volume, vm.shared ?? true), vm.node);
  startBalancer(site);
  return site;
}

function newLinstor(spec: WorldSpec): Linstor {
  const group = (
    name: string,
    placeCount: number,
  ): [string, { name: string; placeCount: number; props: Map<string, string> }] => [
    name,
    { name, placeCount, props: new Map(name === 'lvm' ? [['DrbdOptions/Resource/on-no-quorum', 'suspend-io']] : []) },
  ];
  return {
    properties: new Map([
      ['DrbdOptions/Resource/on-no-quorum', 'suspend-io'],
      ['DrbdOptions/auto-add-quorum-tiebreaker', 'True'],
      ['DrbdOptions/auto-quorum', 'suspend-io'],
    ]),
    nodes: new Map(),
    groups: new Map([group('DfltRscGrp', 2), group('lvm', spec.place)]),
    definitions: new Map(),
    snapshots: new Map(),
    away: false,
    frozen: undefined,
    leaks: false,
    texts: new Map(),
    balance: undefined,
    balanceEveryMs: spec.balanceEveryMs ?? 3_600_000,
  };
}

/** A node, with its Node, its satellite and its files. The first ones are described by the spec, later ones are like them. */
export function addHost(site: Site, name: string, spec?: WorldSpec): void {
  const [like] = site.hosts.values();
  const uid = uuidOf(`node ${name} ${site.ids}`);
  const nic = (of: string): Host['bond']['nics'][number] => ({
    name: of,
    up: true,
    enslaved: true,
    cable: true,
    switchPort: true,
    failures: 0,
  });
  const members = spec?.members ?? like?.bond.nics.map((one) => one.name) ?? ['eno3', 'eno4'];
  const host: Host = {
    name,
    index: site.hosts.size + 1,
    uid,
    bootId: uuidOf(`boot ${uid} 1`),
    boots: 1,
    power: 'up',
    files: new Map(),
    bond: {
      name: spec?.bond ?? like?.bond.name ?? 'bond1',
      mode: spec?.bondMode ?? like?.bond.mode ?? 'active-backup',
      up: true,
      mtu: spec?.mtu ?? like?.bond.mtu ?? 9000,
      miimon: 100,
      setup: 'configured',
      active: undefined,
      nics: members.map(nic),
    },
    armed: undefined,
    isArmed: false,
    drbdHangs: false,
    bondStuck: false,
    diskFull: false,
    kubeletSilent: false,
    clockOffsetMs: 0,
    cordoned: false,
    texts: new Map(),
  };
  for (const [path, text] of defaultFiles(host)) host.files.set(path, text);
  host.bond = bondOfFiles(host, host.bond);
  chooseActive(host.bond);
  site.hosts.set(name, host);
  site.linstor.nodes.set(name, {
    name,
    status: 'ONLINE',
    flags: new Set(),
    props: new Map(),
    evictAtMs: undefined,
    notice: undefined,
    evict: undefined,
    owed: false,
    unreachable: false,
  });
  site.linstor.texts.clear();
  publishNode(site, host, true);
  publishHandler(site, host);
  publishPiraeus(site);
  if (site.kube.haRuns && spec === undefined) publishHa(site, true);
}

/** The network files as the node was delivered with them. */
export function defaultFiles(host: Host): readonly (readonly [string, string])[] {
  const { name, mode, mtu, nics } = host.bond;
  const directory = '/etc/systemd/network';
  return [
    [
      `${directory}/10-${name}.netdev`,
      `[NetDev]\nName=${name}\nKind=bond\nMTUBytes=${mtu}\n\n[Bond]\nMode=${mode}\nMIIMonitorSec=100ms\n`,
    ],
    ...nics.map(
      (nic) =>
        [`${directory}/15-${nic.name}.network`, `[Match]\nName=${nic.name}\n\n[Network]\nBond=${name}\n`] as const,
    ),
    [`${directory}/20-${name}.network`, `[Match]\nName=${name}\n\n[Network]\nAddress=${addressOf(host)}/24\n`],
  ];
}

/** A volume that is there, and up to date everywhere. Without a spec: as the class asks for it, where there is room. */
export function addVolume(site: Site, name: string, spec?: VolumeSpec): void {
  if (site.volumes.has(name)) return;
  const place = site.linstor.groups.get('lvm')?.placeCount ?? 1;
  const names = [...site.hosts.keys()];
  const on = spec?.on ?? names.slice(0, place);
  const third = names.find((one) => !on.includes(one));
  const breaker = spec === undefined ? (on.length === 2 ? third : undefined) : spec.tieBreaker;
  const first = newGeneration(site, undefined);
  const volume: Volume = {
    name,
    index: site.volumes.size,
    sizeKib: spec?.sizeKib ?? sizeKib,
    usedKib: spec?.usedKib ?? usedKib,
    policy: on.length >= 3 || (on.length === 2 && breaker !== undefined) ? 'majority' : 'off',
    twoPrimaries: false,
    replicas: new Map(),
    pairs: [],
    tip: first,
    receivers: '',
    willDiverge: false,
    resyncStalled: false,
  };
  site.volumes.set(name, volume);
  const definition = define(site, name, 'lvm', volume.sizeKib);
  definition.props.set('DrbdOptions/Resource/quorum', volume.policy);
  for (const node of [...on, ...(breaker === undefined ? [] : [breaker])]) {
    const kind = node === breaker ? 'tie-breaker' : 'diskful';
    definition.placed.set(node, { node, nodeId: definition.nextId, kind, flags: new Set(), createdMs: site.nowMs });
    addReplica(volume, node, definition.nextId, kind, first);
    definition.nextId += 1;
  }
  pairUp(volume);
  for (const replica of volume.replicas.values()) replica.up = true;
  for (const { ends } of volume.pairs) {
    for (const side of ends) Object.assign(side, { state: 'Connected', replication: 'Established', seen: true });
  }
  publishVolume(site, volume, true);
  settle(site, volume);
}

export function addVm(site: Site, name: string, volume: string, shared: boolean): Vm {
  const vm: Vm = {
    namespace: 'vms',
    name,
    volume,
    shared,
    wanted: true,
    node: undefined,
    since: site.nowMs,
    starts: undefined,
    migration: undefined,
  };
  site.vms.set(`vms/${name}`, vm);
  const own = site.volumes.get(volume);
  if (own !== undefined) publishVolume(site, own, shared);
  return vm;
}

function runVm(site: Site, vm: Vm, node: string | undefined): void {
  const volume = site.volumes.get(vm.volume);
  vm.wanted = node !== undefined;
  vm.node = node;
  if (volume !== undefined && node !== undefined) promote(site, volume, node);
  publishVm(site, vm);
}

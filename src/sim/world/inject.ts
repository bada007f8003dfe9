import { connect, dropCut, networkChanged } from './drbd.ts';
import { type Fault, faultForms, faultId } from './fault.ts';
import { drbdComesBack } from './host.ts';
import { objectOf, publish } from './kube.ts';
import { editNode } from './kube-objects.ts';
import { satellitesChanged } from './linstor-place.ts';
import { linstorTouched } from './linstor-state.ts';
import { replyText } from './linstor-text.ts';
import { addHost, addVm, addVolume, defaultFiles } from './make.ts';
import { chooseActive } from './network.ts';
import { isIn } from './pairs.ts';
import { boot, crash, hang, heardChanged, shutDown, wake } from './power.ts';
import { leftOf, resumeResync } from './resync.ts';
import { settle } from './settle.ts';
import {
  forget,
  type Generation,
  type Host,
  newGeneration,
  type Replica,
  type Site,
  uuidOf,
  type Volume,
} from './state.ts';
import { trouble } from './trouble.ts';
import { endVm, migrate, startVm } from './vms.ts';

/** A fault begins. One that has already begun, or strikes who is not there, changes nothing. */
export function begin(site: Site, fault: Fault): void {
  const id = faultId(fault);
  if (site.faults.get(id)?.endedMs === undefined && site.faults.has(id)) return;
  site.faults.set(id, { fault, sinceMs: site.nowMs, endedMs: faultForms[fault.kind].ends ? undefined : site.nowMs });
  site.revision += 1;
  switchOver(site, fault, true);
}

/** It ends; what came of it does not end by itself. */
export function end(site: Site, fault: Fault): void {
  const struck = site.faults.get(faultId(fault));
  if (struck === undefined || struck.endedMs !== undefined) return;
  struck.endedMs = site.nowMs;
  site.revision += 1;
  switchOver(site, fault, false);
}

function switchOver(site: Site, fault: Fault, begins: boolean): void {
  if ('node' in fault) {
    const host = site.hosts.get(fault.node);
    if (host !== undefined) {
      strikeHost(site, host, fault, begins);
      return;
    }
    if (fault.kind === 'node-joins') addHost(site, fault.node);
    if (fault.kind === 'node-joins' || !('volume' in fault)) return;
  }
  if (fault.kind === 'volume-created') return void addVolume(site, fault.volume);
  if ('vm' in fault) {
    strikeVm(site, fault);
    return;
  }
  if ('volume' in fault) {
    const volume = site.volumes.get(fault.volume);
    if (volume !== undefined) strikeVolume(site, volume, fault, begins);
    return;
  }
  strikeLinstor(site, fault, begins);
}

function strikeHost(site: Site, host: Host, fault: Fault, begins: boolean): void {
  switch (fault.kind) {
    case 'node-crashes':
      if (begins) crash(site, host);
      else boot(site, host);
      return;
    case 'node-restarts':
      if (begins) shutDown(site, host);
      else boot(site, host);
      return;
    case 'node-hangs':
      if (begins) hang(site, host);
      else wake(site, host);
      return;
    case 'node-replaced':
      if (begins) {
        crash(site, host);
        return;
      }
      replace(site, host);
      boot(site, host);
      return;
    case 'link-down':
      for (const nic of host.bond.nics) pull(nic, 'cable', begins);
      rewired(site, host);
      return;
    case 'slave-down':
    case 'switch-port-off': {
      const nic = host.bond.nics[fault.nic];
      if (nic !== undefined) pull(nic, fault.kind === 'slave-down' ? 'cable' : 'switchPort', begins);
      rewired(site, host);
      return;
    }
    case 'agent-disk-full':
      host.diskFull = begins;
      return;
    case 'bond-stuck':
      host.bondStuck = begins;
      return;
    case 'drbd-hangs':
      if (begins) host.drbdHangs = true;
      else drbdComesBack(host);
      return;
    case 'satellite-offline': {
      const satellite = site.linstor.nodes.get(host.name);
      if (satellite !== undefined) satellite.unreachable = begins;
      satellitesChanged(site);
      return;
    }
    case 'cordon':
      cordon(site, host, fault.by ?? 'kubectl', begins);
      return;
    case 'clock-jumps':
      host.clockOffsetMs += fault.byMs;
      return;
    case 'kubelet-silent':
      host.kubeletSilent = begins;
      heardChanged(site, host);
      return;
    default: {
      const volume = 'volume' in fault ? site.volumes.get(fault.volume) : undefined;
      if (fault.kind === 'vm-created') strikeVm(site, fault);
      else if (volume !== undefined) strikeVolume(site, volume, fault, begins);
    }
  }
}

function pull(
  nic: { cable: boolean; switchPort: boolean; failures: number },
  what: 'cable' | 'switchPort',
  out: boolean,
): void {
  if (out && what === 'cable' && nic.cable) nic.failures += 1;
  nic[what] = !out;
}

function rewired(site: Site, host: Host): void {
  chooseActive(host.bond);
  forget(host, 'ip', 'proc', 'networkctl');
  networkChanged(site, host.name);
}

/** Another machine under the same name: nothing on its disks, and the network as it was delivered. */
function replace(site: Site, host: Host): void {
  site.ids += 1;
  host.uid = uuidOf(`node ${host.name} ${site.ids}`);
  host.boots = 0;
  host.power = 'off'; // whatever the old machine was about
  host.isArmed = false;
  host.files.clear();
  for (const [path, text] of defaultFiles(host)) host.files.set(path, text);
  for (const volume of site.volumes.values()) {
    const own = volume.replicas.get(host.name);
    if (own === undefined || own.kind !== 'diskful') continue;
    own.disk = 'Inconsistent';
    own.uuid = undefined;
    own.data = undefined;
    own.holes = [];
    forgetLost(site, volume, host.name);
    settle(site, volume);
  }
}

/** The only copy of the newest writes went with the machine: the fault lost them, and nobody else can. */
function forgetLost(site: Site, volume: Volume, node: string): void {
  const left = [...volume.replicas.values()].flatMap(({ data }) => data ?? []);
  const newest = left.reduce<Generation | undefined>(
    (best, one) => (best === undefined || one.id > best.id ? one : best),
    undefined,
  );
  if (newest === undefined || left.some((data) => isIn(volume.tip, data))) return;
  volume.tip = newest;
  trouble(site, 'lost-writes', volume.name, `the newest writes lay on ${node} alone`, true);
}

function cordon(site: Site, host: Host, by: string, begins: boolean): void {
  host.cordoned = begins;
  editNode(site, host.name, ({ unschedulable: _, ...rest }) => (begins ? { ...rest, unschedulable: true } : rest));
  const node = objectOf(site, 'v1/Node', host.name);
  if (node === undefined) return;
  const { managedFields: _, ...metadata } = node.metadata;
  const fields = [{ manager: by, operation: 'Update', fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } }];
  publish(site, { ...node, metadata: begins ? { ...metadata, managedFields: fields } : metadata });
}

function strikeVm(site: Site, fault: Fault & { readonly vm: string }): void {
  const vm = [...site.vms.values()].find(
    ({ name, namespace }) => name === fault.vm || `${namespace}/${name}` === fault.vm,
  );
  switch (fault.kind) {
    case 'vm-migrates':
      if (vm !== undefined) migrate(site, vm);
      return;
    case 'vm-starts':
      if (vm === undefined || vm.node !== undefined) return;
      vm.wanted = true;
      startVm(site, vm);
      return;
    case 'vm-stops':
      if (vm === undefined) return;
      vm.wanted = false;
      endVm(site, vm);
      return;
    case 'vm-created':
      if (vm === undefined && site.volumes.has(fault.volume))
        startVm(site, addVm(site, fault.vm, fault.volume, true), 1_000, fault.node);
  }
}

function strikeVolume(site: Site, volume: Volume, fault: Fault, begins: boolean): void {
  switch (fault.kind) {
    case 'connection-lost':
    case 'tie-breaker-lost':
      if (begins) dropCut(site, volume);
      networkChanged(site);
      return;
    case 'resync-stalls':
      for (const { resync } of volume.pairs) if (resync !== undefined) resync.leftKib = leftOf(site, volume, resync);
      volume.resyncStalled = begins;
      for (const pair of volume.pairs) resumeResync(site, volume, pair);
      settle(site, volume);
      return;
    case 'io-suspended': {
      const frozen = writerOrFirst(volume);
      if (begins) frozen?.suspended.add('user');
      else for (const replica of volume.replicas.values()) replica.suspended.delete('user');
      settle(site, volume);
      return;
    }
    case 'split-brain':
      if (begins) split(site, volume);
      else mend(site, volume);
      return;
    case 'diverges':
      volume.willDiverge = true;
      return;
    default:
  }
}

function writerOrFirst(volume: Volume): Replica | undefined {
  const all = [...volume.replicas.values()].filter(({ up }) => up);
  return all.find(({ role }) => role === 'Primary') ?? all[0];
}

const branches = new WeakMap<Replica, Generation>();

/** Each side has got writes of its own: they do not speak until a person decides. */
function split(site: Site, volume: Volume): void {
  const copies = [...volume.replicas.values()].filter(
    ({ kind, up, uuid }) => kind === 'diskful' && up && uuid !== undefined,
  );
  const victim = copies.length < 2 ? undefined : copies.find(({ role }) => role === 'Secondary');
  if (victim?.uuid === undefined) return;
  branches.set(victim, victim.uuid);
  for (const copy of copies) {
    copy.uuid = newGeneration(site, copy.uuid);
    if (copy !== victim) copy.data = copy.uuid;
  }
  for (const pair of volume.pairs) {
    const isBetween = pair.ends.every(({ node }) => volume.replicas.get(node)?.kind === 'diskful');
    if (!isBetween || pair.ends.every(({ node }) => node !== victim.node)) continue;
    for (const side of pair.ends) {
      side.state = 'StandAlone';
      side.replication = 'Off';
      side.peerDisk = 'DUnknown';
    }
  }
  settle(site, volume);
}

/** A person chose the writer's data: the other side gives its own up and is brought back. */
function mend(site: Site, volume: Volume): void {
  for (const replica of volume.replicas.values()) {
    const before = branches.get(replica);
    if (before === undefined) continue;
    branches.delete(replica);
    replica.uuid = before;
    connect(site, volume, replica.node);
  }
  for (const node of volume.replicas.keys()) connect(site, volume, node);
}

function strikeLinstor(site: Site, fault: Fault, begins: boolean): void {
  const { linstor } = site;
  switch (fault.kind) {
    case 'linstor-away':
      linstor.away = begins;
      if (begins) return;
      // A controller that has just started calls everybody OFFLINE until they are back.
      for (const satellite of linstor.nodes.values()) satellite.status = 'OFFLINE';
      linstorTouched(site);
      satellitesChanged(site, 7_000);
      return;
    case 'linstor-lies':
      linstor.frozen = begins
        ? new Map(['/v1/nodes', '/v1/view/resources'].map((path) => [path, replyText(site, path).text]))
        : undefined;
      return;
    case 'snapshot-leaks':
      linstor.leaks = begins;
      return;
    default:
  }
}

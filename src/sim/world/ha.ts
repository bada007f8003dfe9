import { whyNotPrimary } from './drbd.ts';
import { editNode, taintsOf, withTaints } from './kube-objects.ts';
import { pairsOf, sideOf } from './pairs.ts';
import { isRunning, type Replica, type Site, type Vm, type Volume } from './state.ts';
import type { Timer } from './timers.ts';
import { explained, trouble } from './trouble.ts';
import { endVm, startVm } from './vms.ts';

const failOverMs = 5_000;
const restartsMs = 15_000;
const taint = { key: 'drbd.linbit.com/lost-quorum', effect: 'NoSchedule' };

const pending = new WeakMap<Volume, Timer>();

/** Piraeus' HA controller (linstor.md §5): five seconds after a promotable copy lost sight of the node whose VM uses the
 *  volume, that node is tainted and the VM is started elsewhere. Called whenever something of the volume changed. */
export function watchFailOver(site: Site, volume: Volume): void {
  if (!site.kube.haRuns) return;
  const vm = [...site.vms.values()].find((one) => one.volume === volume.name && one.node !== undefined);
  if (vm === undefined || promotable(volume, vm) === undefined || pending.get(volume)?.off === false) return;
  const timer = site.timers.at(site.nowMs + failOverMs, () => {
    timer.off = true;
    const copy = promotable(volume, vm);
    if (site.kube.haRuns && copy !== undefined) failOver(site, volume, vm, copy);
  });
  pending.set(volume, timer);
}

/** Who may take over from a node that it does not see: it has quorum, and no Primary that it hears of. */
function promotable(volume: Volume, vm: Vm): Replica | undefined {
  const { node } = vm;
  if (node === undefined || volume.policy === 'off') return undefined;
  return [...volume.replicas.values()].find((copy) => {
    if (copy.node === node || !copy.up || copy.kind !== 'diskful' || copy.disk !== 'UpToDate' || !copy.quorum)
      return false;
    const lost = pairsOf(volume, copy.node).some((pair) => {
      const side = sideOf(pair, copy.node);
      return side.peer === node && side.state !== 'Connected';
    });
    return lost && copy.role === 'Secondary' && whyNotPrimary(volume, copy.node) === undefined;
  });
}

function failOver(site: Site, volume: Volume, vm: Vm, copy: Replica): void {
  const { node } = vm;
  if (node === undefined) return;
  const says = `the HA controller took ${vm.name} from ${node} and starts it on ${copy.node}`;
  trouble(site, 'vm-evicted', `${vm.namespace}/${vm.name}`, says, explained(site, volume));
  editNode(site, node, (spec) => {
    const others = taintsOf(spec).filter(({ key }) => key !== taint.key);
    return withTaints(spec, [...others, taint]);
  });
  endVm(site, vm);
  startVm(site, vm, restartsMs, copy.node);
}

/** A node's own taint goes when everything on it has quorum again, if its agent runs. */
export function liftTaints(site: Site): void {
  if (!site.kube.haRuns) return;
  for (const host of site.hosts.values()) {
    if (!isRunning(host)) continue;
    const own = [...site.volumes.values()].flatMap((volume) => volume.replicas.get(host.name) ?? []);
    if (!own.every(({ up, quorum }) => up && quorum)) continue;
    editNode(site, host.name, (spec) => {
      const taints = taintsOf(spec);
      const rest = taints.filter(({ key }) => key !== taint.key);
      return rest.length === taints.length ? spec : withTaints(spec, rest);
    });
  }
}

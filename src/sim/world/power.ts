import { bringUp, demote, networkChanged, takeDown } from './drbd.ts';
import { revert } from './host.ts';
import { publishHandler, publishNode } from './kube-objects.ts';
import { satellitesChanged } from './linstor-place.ts';
import { bondOfFiles } from './networkd.ts';
import { settle } from './settle.ts';
import { type Host, isRunning, type Site, uuidOf } from './state.ts';
import { endVm, failMigration, startVm } from './vms.ts';

/** From power on to a kernel that answers, and until Kubernetes gives a silent kubelet up. */
const bootsMs = 30_000;
const silentMs = 40_000;
const vmsRestartMs = 15_000;

/** The node is gone from one moment to the next, with all that its kernel knew. */
export function crash(site: Site, host: Host): void {
  stop(site, host, false);
}

/** It is shut down in order: its VMs move or stop, its replication says goodbye. */
export function shutDown(site: Site, host: Host): void {
  for (const vm of site.vms.values()) {
    if (vm.node !== host.name) continue;
    endVm(site, vm);
    startVm(site, vm);
  }
  stop(site, host, true);
}

function stop(site: Site, host: Host, gracefully: boolean): void {
  if (host.power === 'off') return;
  // A kernel that hangs says no goodbye.
  const says = gracefully && isRunning(host);
  for (const vm of site.vms.values())
    if (vm.node === host.name || vm.migration?.target === host.name) failMigration(site, vm);
  for (const volume of site.volumes.values()) takeDown(site, volume, host.name, says);
  host.power = 'off';
  if (host.armed !== undefined) host.armed.off = true;
  host.armed = undefined;
  host.drbdHangs = false;
  host.texts.clear();
  powerChanged(site, host);
}

/** It starts; what was armed goes back before anything reads the network's files. */
export function boot(site: Site, host: Host): void {
  if (host.power !== 'off') return;
  host.power = 'booting';
  host.boots += 1;
  host.bootId = uuidOf(`boot ${host.uid} ${host.boots}`);
  const boots = host.boots;
  site.timers.at(site.nowMs + bootsMs, () => {
    if (host.power !== 'booting' || host.boots !== boots) return;
    revert(site, host, false);
    host.bond = bondOfFiles(host, host.bond);
    host.power = 'up';
    host.texts.clear();
    for (const volume of site.volumes.values()) bringUp(site, volume, host.name);
    powerChanged(site, host);
    for (const vm of site.vms.values()) {
      if (vm.node !== host.name) continue;
      endVm(site, vm);
      startVm(site, vm, vmsRestartMs, host.name);
    }
  });
}

export function hang(site: Site, host: Host): void {
  if (host.power !== 'up') return;
  host.power = 'hung';
  powerChanged(site, host);
}

/** Everything goes on where it stood: also a deadline that passed meanwhile. */
export function wake(site: Site, host: Host): void {
  if (host.power !== 'hung') return;
  host.power = 'up';
  if (host.isArmed && host.armed === undefined) revert(site, host, true);
  for (const volume of site.volumes.values()) {
    const own = volume.replicas.get(host.name);
    const isUsed = [...site.vms.values()].some((vm) => vm.volume === volume.name && vm.node === host.name);
    // Its VM was started elsewhere: the kubelet ends what is left of it before anything else.
    if (own?.role === 'Primary' && !isUsed) demote(site, volume, host.name);
  }
  powerChanged(site, host);
}

function powerChanged(site: Site, host: Host): void {
  networkChanged(site, host.name);
  for (const volume of site.volumes.values()) if (volume.replicas.has(host.name)) settle(site, volume);
  satellitesChanged(site);
  heardChanged(site, host);
}

/** Whether the API server hears of the kubelet. */
export function heardChanged(site: Site, host: Host): void {
  const hears = (): boolean => isRunning(host) && !host.kubeletSilent;
  if (hears()) {
    publishNode(site, host, true);
    publishHandler(site, host);
    return;
  }
  site.timers.at(site.nowMs + silentMs, () => {
    if (hears() || !site.hosts.has(host.name)) return;
    publishNode(site, host, false);
    publishHandler(site, host);
  });
}

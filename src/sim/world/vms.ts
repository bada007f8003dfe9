import { demote, promote, whyNotPrimary } from './drbd.ts';
import { objectOf, withdraw } from './kube.ts';
import { publishMigration, publishVm } from './kube-objects.ts';
import { isRunning, type Migration, type Site, type Vm, type Volume } from './state.ts';

/** From scheduled to running, and until a start that failed is tried again. */
const startsAfterMs = 8_000;
const triesAgainMs = 10_000;
const scheduledAfterMs = 2_000;

/** A VM that should run is started where a copy lies that may be written. */
export function startVm(site: Site, vm: Vm, afterMs = startsAfterMs, prefers?: string): void {
  if (vm.starts !== undefined) vm.starts.off = true;
  vm.starts = site.timers.at(site.nowMs + afterMs, () => {
    vm.starts = undefined;
    if (!vm.wanted || vm.node !== undefined) return;
    const volume = site.volumes.get(vm.volume);
    const node = volume && placeFor(site, volume, prefers);
    if (volume === undefined || node === undefined) return startVm(site, vm, triesAgainMs, prefers);
    vm.node = node;
    vm.since = site.nowMs;
    promote(site, volume, node);
    publishVm(site, vm);
  });
  publishVm(site, vm);
}

function placeFor(site: Site, volume: Volume, prefers: string | undefined): string | undefined {
  const fit = [...volume.replicas.values()].filter(({ node, kind }) => {
    const host = site.hosts.get(node);
    return (
      kind === 'diskful' && isRunning(host) && host?.cordoned === false && whyNotPrimary(volume, node) === undefined
    );
  });
  return fit.find(({ node }) => node === prefers)?.node ?? fit[0]?.node;
}

/** Its process is gone: killed, stopped, or dead with its node. */
export function endVm(site: Site, vm: Vm): void {
  const { node } = vm;
  failMigration(site, vm);
  vm.node = undefined;
  const volume = site.volumes.get(vm.volume);
  if (volume !== undefined && node !== undefined && isRunning(site.hosts.get(node))) demote(site, volume, node);
  publishVm(site, vm);
}

export function isOngoing(migration: Migration | undefined): boolean {
  return migration !== undefined && ['Pending', 'Scheduling', 'Running'].includes(migration.phase);
}

/** Somebody asks for a live migration: it waits until KubeVirt may run one more. */
export function migrate(site: Site, vm: Vm, name?: string): void {
  if (vm.node === undefined || isOngoing(vm.migration)) return;
  if (vm.migration !== undefined) withdrawMigration(site, vm);
  site.ids += 1;
  vm.migration = {
    name: name ?? `${vm.name}-${site.ids}`,
    vm: vm.name,
    phase: 'Pending',
    source: vm.node,
    target: undefined,
    lastsMs: site.random.between(8_000, 30_000),
  };
  publishMigration(site, vm);
  scheduleMigrations(site);
}

function withdrawMigration(site: Site, { migration, namespace }: Vm): void {
  if (migration === undefined) return;
  withdraw(site, { kind: 'kubevirt.io/v1/VirtualMachineInstanceMigration', name: migration.name, namespace });
}

/** As many at a time as the KubeVirt object says; 0 parks the new ones and lets the running ones end. */
export function scheduleMigrations(site: Site): void {
  const all = [...site.vms.values()].filter(({ migration }) => isOngoing(migration));
  let running = all.filter(({ migration }) => migration?.phase !== 'Pending').length;
  for (const vm of all) {
    if (vm.migration?.phase !== 'Pending' || running >= parallel(site)) continue;
    running += 1;
    begin(site, vm, vm.migration);
  }
}

function parallel(site: Site): number {
  const spec = objectOf(site, 'kubevirt.io/v1/KubeVirt', 'kubevirt', 'kubevirt')?.spec as
    | { readonly configuration?: { readonly migrations?: { readonly parallelMigrationsPerCluster?: unknown } } }
    | undefined;
  const count = spec?.configuration?.migrations?.parallelMigrationsPerCluster;
  return typeof count === 'number' ? count : 5;
}

function begin(site: Site, vm: Vm, migration: Migration): void {
  const volume = site.volumes.get(vm.volume);
  const target =
    volume &&
    [...volume.replicas.values()].find(
      ({ node, kind, disk }) =>
        kind === 'diskful' && disk === 'UpToDate' && node !== vm.node && site.hosts.get(node)?.cordoned === false,
    )?.node;
  if (!vm.shared || target === undefined) {
    end(site, vm, migration, 'Failed');
    return;
  }
  migration.phase = 'Scheduling';
  migration.target = target;
  publishVm(site, vm);
  publishMigration(site, vm);
  site.timers.at(site.nowMs + scheduledAfterMs, () => run(site, vm, migration));
}

function run(site: Site, vm: Vm, migration: Migration): void {
  const volume = site.volumes.get(vm.volume);
  const { target } = migration;
  if (migration.phase !== 'Scheduling' || volume === undefined || target === undefined) return;
  allowTwo(site, volume, true);
  if (!isRunning(site.hosts.get(target)) || promote(site, volume, target) !== undefined) {
    end(site, vm, migration, 'Failed');
    return;
  }
  migration.phase = 'Running';
  publishVm(site, vm);
  publishMigration(site, vm);
  site.timers.at(site.nowMs + migration.lastsMs, () => arrive(site, vm, migration));
}

function arrive(site: Site, vm: Vm, migration: Migration): void {
  const volume = site.volumes.get(vm.volume);
  const { source, target } = migration;
  if (migration.phase !== 'Running' || volume === undefined || source === undefined || target === undefined) return;
  const stands = volume.replicas.get(target);
  if (!isRunning(site.hosts.get(target)) || stands?.disk !== 'UpToDate' || stands.suspended.size > 0) {
    end(site, vm, migration, 'Failed');
    return;
  }
  vm.node = target;
  demote(site, volume, source);
  end(site, vm, migration, 'Succeeded');
}

function end(site: Site, vm: Vm, migration: Migration, phase: 'Succeeded' | 'Failed'): void {
  migration.phase = phase;
  const volume = site.volumes.get(vm.volume);
  if (volume !== undefined) {
    allowTwo(site, volume, false);
    if (phase === 'Failed' && migration.target !== undefined && migration.target !== vm.node) {
      if (volume.replicas.get(migration.target)?.role === 'Primary') demote(site, volume, migration.target);
    }
  }
  publishVm(site, vm);
  publishMigration(site, vm);
  scheduleMigrations(site);
}

export function failMigration(site: Site, vm: Vm): void {
  if (vm.migration !== undefined && isOngoing(vm.migration)) end(site, vm, vm.migration, 'Failed');
}

/** linstor-csi allows two writers only while a KubeVirt migration needs them. */
function allowTwo(site: Site, volume: Volume, allowed: boolean): void {
  volume.twoPrimaries = allowed;
  const props = site.linstor.definitions.get(volume.name)?.props;
  if (allowed) props?.set('DrbdOptions/Net/allow-two-primaries', 'yes');
  else props?.delete('DrbdOptions/Net/allow-two-primaries');
  site.linstor.texts.clear();
}

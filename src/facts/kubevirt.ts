import type { Census, Observation, Report } from '../kernel/fact.ts';
import { site, vm } from '../kernel/subject.ts';
import {
  at,
  type Cluster,
  conditionOf,
  isMap,
  labelOf,
  type SeenObject,
  sayCondition,
  sayText,
  single,
  textAt,
} from './kube.ts';
import { type Found, say, unreadable } from './say.ts';

const machines = 'kubevirt.io/v1/VirtualMachine';
const instances = 'kubevirt.io/v1/VirtualMachineInstance';
const migrations = 'kubevirt.io/v1/VirtualMachineInstanceMigration';
const kubevirts = 'kubevirt.io/v1/KubeVirt';
const pods = 'v1/Pod';

/** VMs, their instances and their migrations → who the VMs are and how each lives. KubeVirt's CRDs check no word at all,
 *  so every word is matched against the whole list that KubeVirt 1.9 has. */
export function kubevirtReport(cluster: Cluster): Report | undefined {
  const seenAtMs = cluster.newestAt(machines, instances, migrations, kubevirts);
  if (seenAtMs === undefined) return undefined;
  const guests = guestsOf(cluster);
  const concerning = migrationsBy(cluster);
  return {
    reporter: 'kubernetes:kubevirt',
    scope: site.id,
    seenAtMs,
    observations: [...suspended(cluster), ...guests.flatMap((guest) => factsOf(guest, cluster, concerning(guest)))],
    censuses: [censusOf(cluster, guests, seenAtMs)],
  };
}

/** A VM with its instance, if it has one. An instance without a VM is a guest all the same. */
interface Guest {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly machine?: SeenObject;
  readonly instance?: SeenObject;
}

function guestsOf(cluster: Cluster): readonly Guest[] {
  const guests = new Map<string, Guest>();
  for (const machine of cluster.kind(machines).all) guests.set(machine.id, { ...nameOf(machine), machine });
  for (const instance of cluster.kind(instances).all) {
    guests.set(instance.id, { ...nameOf(instance), ...guests.get(instance.id), instance });
  }
  return [...guests.values()];
}

function nameOf({ object, id }: SeenObject): { id: string; namespace: string; name: string } {
  return { id, namespace: textAt(object, 'metadata', 'namespace') ?? '', name: object.metadata.name };
}

/** An instance may be there without a machine, so that it takes both lists. Right after a CRD was deleted the API server answers 200 with an empty list: empty is no proof that nobody is there.
 *  A launcher Pod that lives, of a guest that no list has, gives the lie to the list. */
function censusOf(cluster: Cluster, guests: readonly Guest[], seenAtMs: number): Census {
  const listings = [cluster.kind(machines).listing, cluster.kind(instances).listing];
  const seenAt = Math.min(...listings.map((listing) => listing.at ?? seenAtMs));
  const census = { kind: 'vm', seenAtMs: seenAt, source: `lists of ${machines} and ${instances}` } as const;
  const failure = listings.find((listing) => !listing.had);
  if (failure !== undefined && !failure.had) return { ...census, members: { failed: failure.why } };
  const ids = new Set(guests.map(({ id }) => id));
  const orphan = cluster.kind(pods).clean.find((pod) => isAlive(pod) && !ids.has(guestOfLauncher(pod) ?? ''));
  if (orphan !== undefined) return { ...census, members: { failed: `no list has the guest of Pod ${orphan.id}` } };
  return { ...census, members: guests.map(({ namespace, name }) => vm(namespace, name)) };
}

function isAlive({ object }: SeenObject): boolean {
  const phase = textAt(object, 'status', 'phase');
  return labelOf(object, 'kubevirt.io') === 'virt-launcher' && phase === 'Running';
}

function guestOfLauncher({ object }: SeenObject): string | undefined {
  const name = labelOf(object, 'vm.kubevirt.io/name') ?? labelOf(object, 'kubevirt.io/domain');
  return name === undefined ? undefined : `${textAt(object, 'metadata', 'namespace') ?? ''}/${name}`;
}

function factsOf(guest: Guest, cluster: Cluster, moves: readonly SeenObject[]): readonly Observation[] {
  const subject = vm(guest.namespace, guest.name);
  const { instance, machine } = guest;
  const { listing } = cluster.kind(instances);
  const strategy = evictionStrategy(guest, cluster);
  const common = [
    ...sayMigrating(guest, cluster, moves),
    ...say('vm.evictionStrategy', subject, strategy, {
      at: (instance ?? machine)?.at ?? 0,
      source: `${instance === undefined ? 'VirtualMachine' : 'VirtualMachineInstance'} ${guest.id}, else KubeVirt`,
    }),
  ];
  if (instance?.torn) return common;
  if (instance === undefined) {
    // Only a list that was had can say that there is no instance.
    if (!listing.had) return common;
    const none = { at: Math.min(listing.at, machine?.at ?? listing.at), source: `list of ${instances}` };
    const lie = signOfLife(guest, cluster);
    return [
      ...common,
      ...say('vm.phase', subject, lie ?? 'Stopped', none),
      ...say('vm.node', subject, lie ?? null, none),
      ...say('vm.activePods', subject, lie ?? 0, none),
      ...say('vm.pausedBy', subject, lie ?? null, none),
    ];
  }
  const { object } = instance;
  const seen = { at: instance.at, source: `VirtualMachineInstance ${guest.id}` };
  const phase = sayText(object, 'status', 'phase');
  return [
    ...common,
    // `Stopped` is our word for having no instance; from an instance it would be a word that KubeVirt does not have.
    ...say('vm.phase', subject, phase === 'Stopped' ? unreadable(phase) : phase, seen),
    ...say('vm.node', subject, nodeOf(object), seen),
    ...say('vm.activePods', subject, activePods(object), seen),
    ...say('vm.pausedBy', subject, pausedBy(object), seen),
    ...say('vm.migratable', subject, sayCondition(object, 'LiveMigratable'), seen),
  ];
}

/** A list without the guest's instance does not make it stopped while its machine, or a launcher Pod, says that it runs. */
function signOfLife({ id, machine }: Guest, cluster: Cluster): { readonly unreadable: string } | undefined {
  const isCreated = ['created', 'ready'].some((word) => (at(machine?.object, 'status', word) ?? false) !== false);
  if (machine?.torn) return unreadable(`VirtualMachine ${id} in two forms`);
  if (isCreated) return unreadable('no instance is listed, and its VirtualMachine says that there is one');
  const pod = cluster.kind(pods).clean.find((seen) => isAlive(seen) && guestOfLauncher(seen) === id);
  return pod && unreadable(`no instance is listed, and its Pod ${pod.id} runs`);
}

/** Before it is scheduled an instance is nowhere. After its end it keeps the name of its last node, and so do we: a guest
 *  that KubeVirt gave up for failed may still run on a node that nobody hears of. */
function nodeOf(object: unknown): Found<string | null> {
  const name = sayText(object, 'status', 'nodeName');
  const phase = textAt(object, 'status', 'phase');
  if (name === undefined || name === '') return phase === 'Pending' || phase === 'Scheduling' ? null : undefined;
  return name;
}

function activePods(object: unknown): Found<number> {
  const found = at(object, 'status', 'activePods');
  return found === undefined ? undefined : isMap(found) ? Object.keys(found).length : unreadable(found);
}

/** KubeVirt takes the condition away when the guest runs again, so its absence from conditions that are there says: not
 *  paused. A guest whose I/O hangs is not paused either; that is asked of DRBD. */
function pausedBy(object: unknown): Found<string | null> {
  const paused = conditionOf(object, 'Paused');
  if (paused === undefined) return Array.isArray(at(object, 'status', 'conditions')) ? null : undefined;
  if ('unreadable' in paused) return paused;
  if (paused.status === 'False') return null;
  return paused.status === 'True' && paused.reason !== undefined && paused.reason !== ''
    ? paused.reason
    : unreadable(paused.status === 'True' ? 'paused, without a reason' : 'Unknown');
}

const migrationEnded = ['Succeeded', 'Failed'];
const migrationGoesOn = [
  'Pending',
  'Scheduling',
  'Scheduled',
  'PreparingTarget',
  'TargetReady',
  'Running',
  'WaitingForSync',
  'Synchronizing',
];

/** The migrations that concern a guest: those that name it, and those of its namespace that do not say whom they move. */
function migrationsBy(cluster: Cluster): (guest: Guest) => readonly SeenObject[] {
  const key = (namespace: string, name: string | undefined): string => JSON.stringify([namespace, name ?? null]);
  const byGuest = Map.groupBy(cluster.kind(migrations).all, ({ object, torn }) =>
    key(textAt(object, 'metadata', 'namespace') ?? '', torn ? undefined : textAt(object, 'spec', 'vmiName')),
  );
  return ({ namespace, name }) => [
    ...(byGuest.get(key(namespace, name)) ?? []),
    ...(byGuest.get(key(namespace, undefined)) ?? []),
  ];
}

/** The list of migrations decides, and without it nothing is known. A migration that waits counts as one that goes on:
 *  it may start at any moment. Where the list says «ended» and the instance says that it still moves, nobody knows. */
function sayMigrating(guest: Guest, cluster: Cluster, concerning: readonly SeenObject[]): readonly Observation[] {
  const { listing } = cluster.kind(migrations);
  if (!listing.had) return [];
  const subject = vm(guest.namespace, guest.name);
  const answers = concerning.map((seen) => goesOn(seen));
  const odd = answers.find((answer) => typeof answer !== 'boolean');
  const still = guest.instance !== undefined && stillMoves(guest.instance);
  const ended = still ? unreadable('its migrations have ended, its instance still moves') : false;
  // Without the list of instances nobody can say that none of them contradicts.
  const known = ended !== false || cluster.kind(instances).listing.had;
  const value = answers.includes(true) ? true : (odd ?? (known ? ended : undefined));
  const source =
    concerning.length === 0
      ? `list of ${migrations}`
      : `VirtualMachineInstanceMigration ${concerning.map(({ id }) => id).join(', ')}`;
  return say('vm.migrating', subject, value, { at: listing.at, source });
}

function goesOn({ object, torn, id }: SeenObject): Found<boolean> {
  if (torn) return unreadable(`${id} in two forms`);
  const phase = at(object, 'status', 'phase');
  const ended = typeof phase === 'string' && migrationEnded.includes(phase);
  // One that names no guest could be anybody's.
  if (textAt(object, 'spec', 'vmiName') === undefined) return ended ? false : unreadable(`${id} names no guest`);
  if (ended) return false;
  if (phase === undefined || phase === '') return true; // created, not looked at yet
  return typeof phase === 'string' && migrationGoesOn.includes(phase) ? true : unreadable(phase);
}

function stillMoves({ object }: SeenObject): boolean {
  const state = at(object, 'status', 'migrationState');
  if (state === undefined) return false;
  const over = at(state, 'completed') === true || at(state, 'failed') === true;
  return !over && at(state, 'endTimestamp') === undefined;
}

/** What a drain does to the guest: its instance's own word, else what KubeVirt was told for all, else nothing (KubeVirt's
 *  documented meaning of leaving it out). */
function evictionStrategy({ machine, instance }: Guest, cluster: Cluster): Found<string> {
  const from = instance ?? machine;
  if (from === undefined || from.torn) return undefined;
  const path = instance === undefined ? ['spec', 'template', 'spec'] : ['spec'];
  if (!isMap(at(from.object, ...path))) return undefined;
  const own = sayText(from.object, ...path, 'evictionStrategy');
  if (own !== undefined) return own;
  const kubevirt = single(cluster.kind(kubevirts), 'KubeVirt');
  if (kubevirt === undefined || 'unreadable' in kubevirt) return kubevirt;
  if (!isMap(at(kubevirt.object, 'spec'))) return undefined;
  return sayText(kubevirt.object, 'spec', 'configuration', 'evictionStrategy') ?? 'None';
}

/** No new migration starts while KubeVirt may run none at once. Left out it is five, KubeVirt's own number; the CRD takes
 *  −1 too, which KubeVirt itself cannot read. */
function suspended(cluster: Cluster): readonly Observation[] {
  const kubevirt = single(cluster.kind(kubevirts), 'KubeVirt');
  if (kubevirt === undefined) return [];
  if ('unreadable' in kubevirt) {
    const seenAt = cluster.newestAt(kubevirts) ?? 0;
    return say('site.migrationsSuspended', site, kubevirt, { at: seenAt, source: `list of ${kubevirts}` });
  }
  const { object, at: seenAt, id } = kubevirt;
  if (!isMap(at(object, 'spec'))) return [];
  const parallel = at(object, 'spec', 'configuration', 'migrations', 'parallelMigrationsPerCluster');
  const value =
    parallel === undefined
      ? false
      : Number.isSafeInteger(parallel) && (parallel as number) >= 0
        ? parallel === 0
        : unreadable(parallel);
  return say('site.migrationsSuspended', site, value, { at: seenAt, source: `KubeVirt ${id}` });
}

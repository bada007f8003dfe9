import type { Observation } from '../kernel/fact.ts';
import { type Subject, volume } from '../kernel/subject.ts';
import { at, sayText, textAt } from './kube.ts';
import {
  flagsOf,
  from,
  type Held,
  type LinstorReplies,
  listOf,
  paths,
  propertiesOf,
  switchOf,
} from './linstor-reply.ts';
import type { Placed, Resource } from './linstor-resource.ts';
import { type Found, say, unreadable } from './say.ts';
import type { Requested } from './volume.ts';

/** What LINSTOR says of the volumes that it defines or places. */
export function volumeFacts(replies: LinstorReplies, placed: Placed, requested: Requested): readonly Observation[] {
  const inherited = inheritanceOf(replies, placed);
  const snapshots = snapshotsOf(replies);
  const groups = groupsOf(replies, placed);
  return placed.volumes.flatMap(({ resource, number }) => {
    const subject = volume(resource, number);
    return [
      ...(placed.view.ok ? say('volume.place', subject, placeOf(placed.of(resource)), from(placed.view)) : []),
      ...groups(resource, subject),
      ...pendingDelete(placed, resource, subject),
      ...inherited('volume.quorumPolicy', subject, resource, 'DrbdOptions/Resource/quorum', quorumOf),
      ...inherited('volume.migrationTwoPrimaries', subject, resource, 'DrbdOptions/Net/allow-two-primaries', (text) =>
        text === undefined ? false : switchOf({ text }, 'text'),
      ),
      ...snapshotRunning(snapshots, resource, subject, requested),
      ...bookend(snapshots, resource, subject),
    ];
  });
}

/** DRBD also takes a number of votes here, which is none of our words. Left out everywhere it is off. */
function quorumOf(text: string | undefined): Found<string> {
  return text ?? 'off';
}

function placeOf(resources: readonly Resource[]): Found<number> {
  const strange = resources.find(({ kind }) => typeof kind !== 'string');
  if (strange !== undefined) return strange.kind as { unreadable: string };
  return resources.filter(({ kind, leaving, inactive }) => kind === 'diskful' && !leaving && !inactive).length;
}

/** Only of a group that says a number: what the balancer makes of one that does not is not documented. */
function groupsOf(
  replies: LinstorReplies,
  { definitions, definitionOf }: Placed,
): (resource: string, subject: Subject) => readonly Observation[] {
  const groups = listOf(replies.get(paths.groups));
  if (!groups.ok || !definitions.ok) return () => [];
  const byName = new Map(groups.value.map((entry) => [textAt(entry, 'name'), entry]));
  return (resource, subject) => {
    const name = textAt(definitionOf(resource), 'resource_group_name');
    const count = name === undefined ? undefined : at(byName.get(name), 'select_filter', 'place_count');
    if (count === undefined || count === null) return [];
    const isCount = Number.isSafeInteger(count) && (count as number) >= 0;
    return say('volume.groupPlace', subject, isCount ? (count as number) : unreadable(count), {
      at: Math.min(groups.at, definitions.at),
      source: `LINSTOR GET ${paths.groups} and ${paths.definitions}`,
    });
  };
}

/** One flag is enough to know it; that there is none takes both lists. */
function pendingDelete(placed: Placed, resource: string, subject: Subject): readonly Observation[] {
  const { view, definitions } = placed;
  const own = placed.definitionOf(resource);
  const flags = [...placed.of(resource).map((one) => one.flags), ...(own === undefined ? [] : [flagsOf(own)])];
  const waiting = flags.some((set) => Array.isArray(set) && (set.includes('DELETE') || set.includes('DRBD_DELETE')));
  const odd = flags.find((set) => !Array.isArray(set)) as { unreadable: string } | undefined;
  const value = waiting ? true : (odd ?? (view.ok && definitions.ok ? false : undefined));
  return say('volume.pendingDelete', subject, value, {
    at: Math.min(...[view, definitions].filter(({ ok }) => ok).map((list) => list.at)),
    source: `LINSTOR GET ${paths.view} and ${paths.definitions}`,
  });
}

type Inherited = (
  fact: string,
  subject: Subject,
  resource: string,
  property: string,
  read: (text: string | undefined) => Found<string | boolean>,
) => readonly Observation[];

/** A property of a definition, else of its group (a StorageClass may set it there for good), else of the controller. That
 *  it stands nowhere can be said only when all three were had. */
function inheritanceOf(replies: LinstorReplies, { definitions, definitionOf }: Placed): Inherited {
  const groups = listOf(replies.get(paths.groups));
  const groupByName = new Map((groups.ok ? groups.value : []).map((entry) => [textAt(entry, 'name'), entry]));
  const controller = propertiesOf(replies.get(paths.properties));
  return (fact, subject, resource, property, read) => {
    const definition = definitionOf(resource);
    const group = groupByName.get(textAt(definition, 'resource_group_name') ?? '');
    const levels: readonly (readonly [Held<unknown>, unknown])[] = [
      [definitions, at(definition, 'props') ?? {}],
      [groups, at(group, 'props') ?? {}],
      [controller, controller.ok ? controller.value : {}],
    ];
    if (definition === undefined) return [];
    let seenAt = Number.POSITIVE_INFINITY;
    for (const [level, [held, properties]] of levels.entries()) {
      if (!held.ok || (level === 1 && group === undefined)) return [];
      seenAt = Math.min(seenAt, held.at);
      const text = sayText(properties, property);
      const found = typeof text === 'string' ? read(text) : text;
      if (found !== undefined) return say(fact, subject, found, { ...from(held), at: seenAt });
    }
    return say(fact, subject, read(undefined), { ...from(controller), at: seenAt });
  };
}

const snapshotEnded = ['SUCCESSFUL', 'FAILED_DEPLOYMENT', 'FAILED_DISCONNECT'];

interface Snapshots {
  readonly list: Held<readonly unknown[]>;
  /** What of each resource's snapshots is known; under undefined those that do not say whose they are. */
  readonly running: ReadonlyMap<string | undefined, readonly Found<boolean>[]>;
  /** Of each resource: whether each snapshot that a workflow of ours took was taken whole. */
  readonly ours: ReadonlyMap<string | undefined, readonly Found<boolean>[]>;
}

/** How snapshots are called that workflows take (`agent/operations/snapshot.ts`). */
const ourPrefix = 'nodewright-';

/** A snapshot that neither succeeded nor failed is being taken. */
function snapshotsOf(replies: LinstorReplies): Snapshots {
  const list = listOf(replies.get(paths.snapshots));
  const running = new Map<string | undefined, Found<boolean>[]>();
  const ours = new Map<string | undefined, Found<boolean>[]>();
  for (const entry of list.ok ? list.value : []) {
    const flags = flagsOf(entry);
    const value = Array.isArray(flags)
      ? !flags.some((flag) => snapshotEnded.includes(flag))
      : (flags as { unreadable: string });
    const resource = textAt(entry, 'resource_name');
    running.set(resource, [...(running.get(resource) ?? []), value]);
    if (textAt(entry, 'name')?.startsWith(ourPrefix) !== true) continue;
    const whole = Array.isArray(flags) ? flags.includes('SUCCESSFUL') && !flags.includes('DELETE') : value;
    ours.set(resource, [...(ours.get(resource) ?? []), whole]);
  }
  return { list, running, ours };
}

/** While Kubernetes has asked for a snapshot that is not ready, LINSTOR's «none» only means that it did not get to it yet,
 *  so it says nothing. */
function snapshotRunning(
  { list, running }: Snapshots,
  resource: string,
  subject: Subject,
  requested: Requested,
): readonly Observation[] {
  if (!list.ok) return [];
  const own = running.get(resource) ?? [];
  const anybodys = (running.get(undefined) ?? []).some((one) => one !== false);
  const odd = anybodys
    ? { unreadable: 'a snapshot that does not say whose it is' }
    : own.find((one) => typeof one === 'object');
  const value = own.includes(true) ? true : (odd ?? false);
  if (value === false && (requested.anybody || requested.ids.has(subject.id))) return [];
  return say('volume.snapshotRunning', subject, value, from(list));
}

/** Ours by its name, and taken whole. Without the list nobody knows of any; one that is still being taken is none yet. */
function bookend({ list, ours }: Snapshots, resource: string, subject: Subject): readonly Observation[] {
  if (!list.ok) return [];
  const own = ours.get(resource) ?? [];
  const odd = own.find((one) => typeof one === 'object');
  return say('volume.bookend', subject, own.includes(true) ? true : (odd ?? false), from(list));
}

import type { FactValue, Observation, Report, Unreadable } from '../kernel/fact.ts';
import type { RawHost } from '../kernel/raw.ts';
import { connectionOf, replica, type Subject } from '../kernel/subject.ts';
import { drbdObservations, events2Lines } from './drbd-lines.ts';
import {
  bool,
  bytesOfKib,
  connectionWords,
  diskWords,
  isName,
  isVolume,
  none,
  reasonsOf,
  replicationWords,
  resyncSuspendWords,
  roleWords,
  word,
} from './drbd-words.ts';
import { drbdAdmLines, procDrbdLines } from './drbd84.ts';
import { isMap } from './kube.ts';
import { unreadable } from './say.ts';

/** What one node's DRBD said of itself, in as many of its languages as were asked. */
export interface DrbdTexts {
  /** `drbdsetup status --json --statistics --verbose` (DRBD 9). */
  readonly statusJson?: RawHost | undefined;
  /** `drbdsetup events2 --now --statistics` (DRBD 8.4 and 9). */
  readonly events2?: RawHost | undefined;
  /** `drbdadm status` (8.4). */
  readonly statusText?: RawHost | undefined;
  /** `/proc/drbd` (8.4 lists its devices there, 9 only its version). */
  readonly proc?: RawHost | undefined;
}

/** The replicas and connections of one node, by its own kernel. Several texts, or two entries of one name, may speak of the
 *  same thing: all are kept, and what they do not agree on is disputed. What could not be fetched says nothing: if
 *  that is all of it there is no report, and an older one ages. What was fetched and cannot be read is a report without
 *  that part, so that an older one goes. */
export function drbdReport(node: string, texts: DrbdTexts): Report | undefined {
  const json = fetched(texts.statusJson);
  const events = fetched(texts.events2);
  const words = fetched(texts.statusText);
  const proc = fetched(texts.proc);
  // /proc/drbd is no status by itself: 9 prints its version there, and 8.4 its devices by number only.
  const moments = [json, events, words].flatMap((raw) => (raw === undefined ? [] : [raw.at]));
  if (moments.length === 0) return undefined;

  const ofEvents = events2Lines(events?.text ?? '');
  const ofWords = drbdAdmLines(words?.text ?? '');
  const ofProc = procDrbdLines(proc?.text ?? '', ofEvents.length > 0 ? ofEvents : ofWords);
  const parts = [
    json && drbdJsonObservations(node, json.text, json.at, `drbdsetup status on ${node}`),
    events && drbdObservations(node, ofEvents, events.at, `drbdsetup events2 on ${node}`),
    words && drbdObservations(node, ofWords, words.at, `drbdadm status on ${node}`),
    proc && drbdObservations(node, ofProc, proc.at, `/proc/drbd on ${node}`),
  ].filter((part) => part !== undefined && part.length > 0) as readonly (readonly Observation[])[];
  const observations = parts.length === 1 ? (parts[0] ?? []) : parts.flat();
  return { reporter: 'drbd', scope: node, seenAtMs: Math.max(...moments), observations, censuses: [] };
}

function fetched(raw: RawHost | undefined): RawHost | undefined {
  return raw?.failed === undefined ? raw : undefined;
}

type Say = (fact: string, subject: Subject, value: FactValue | Unreadable | undefined) => void;
type Parsed = Readonly<Record<string, unknown>>;

/** A thousand resources with two peers are eighteen thousand observations, and JSON.parse takes five milliseconds for
 *  them: from here on nothing is copied, spread or looked up twice. */
export function drbdJsonObservations(
  node: string,
  text: string,
  seenAtMs: number,
  source: string,
): readonly Observation[] {
  const status = parsed(text);
  if (!Array.isArray(status)) return [];
  const out: Observation[] = [];
  const say: Say = (fact, subject, value) => {
    if (value !== undefined) out.push({ fact, subject, value, seenAtMs, grade: 'observed', source });
  };
  for (const resource of status as readonly unknown[]) {
    if (!isMap(resource) || !isName(resource.name)) continue;
    const replicas = sayDevices(say, node, resource.name, resource);
    sayConnections(say, replicas, resource);
  }
  return out;
}

/** The replicas of one resource, by volume number. */
function sayDevices(say: Say, node: string, name: string, resource: Parsed): readonly (Subject | undefined)[] {
  const replicas: Subject[] = [];
  const devices = listOf(resource.devices);
  const role = word(roleWords, resource.role);
  const suspended = suspendedOf(resource);
  const forced = bool(resource['force-io-failures']);
  for (const device of devices) {
    if (!isMap(device) || !isVolume(device.volume)) continue;
    const subject = replica(name, device.volume, node);
    replicas[device.volume] = subject;
    say('replica.disk', subject, word(diskWords, device['disk-state']));
    say('replica.role', subject, role);
    say('replica.quorum', subject, bool(device.quorum));
    say('replica.suspended', subject, suspended);
    say('replica.forceIoFailures', subject, forced);
    say('replica.open', subject, bool(device.open));
  }
  return replicas;
}

function sayConnections(say: Say, replicas: readonly (Subject | undefined)[], resource: Parsed): void {
  const connections = listOf(resource.connections);
  for (const connection of connections) {
    if (!isMap(connection) || !isName(connection.name)) continue;
    const state = word(connectionWords, connection['connection-state']);
    const pathsUp = pathsUpOf(connection.paths);
    const listed = listOf(connection.peer_devices);
    // A connection that lists no volumes still has one state, and it is that of each volume of the resource.
    for (const peerDevice of listed.length > 0 ? listed : listOf(resource.devices)) {
      if (!isMap(peerDevice) || !isVolume(peerDevice.volume)) continue;
      const owner = replicas[peerDevice.volume];
      if (owner === undefined) continue; // a volume that this node does not have
      const subject = connectionOf(owner, connection.name);
      say('connection.state', subject, state);
      say('connection.pathsUp', subject, pathsUp);
      say('connection.replication', subject, word(replicationWords, peerDevice['replication-state']));
      say('connection.peerDisk', subject, word(diskWords, peerDevice['peer-disk-state']));
      // Never `percent-in-sync`: it counts a bitmap, and says 100 to a peer that has been away for a week.
      say('connection.outOfSync', subject, bytesOfKib(peerDevice['out-of-sync']));
      say('connection.resyncSuspended', subject, reasonsOf(resyncSuspendWords, peerDevice['resync-suspended']));
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // usage texts of older tools, output that was cut off: unknown, and the caller has a fallback
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : none;
}

/** Older tools print only `suspended`, and older still leave the quorum out of it: their «no» proves none, and their
 *  «yes» names no reason. With all four flags there, `suspended` is their OR; if it is not, there is a fifth reason. */
function suspendedOf(resource: Readonly<Record<string, unknown>>): readonly string[] | Unreadable | undefined {
  const all = resource.suspended;
  const user = resource['suspended-user'];
  const noData = resource['suspended-no-data'];
  const fencing = resource['suspended-fencing'];
  const quorum = resource['suspended-quorum'];
  if (user === false && noData === false && fencing === false && quorum === false && all === false) return none;
  const flags = [user, noData, fencing, quorum];
  const strange = [...flags, all].find((flag) => flag !== undefined && typeof flag !== 'boolean');
  if (strange !== undefined) return unreadable(strange);
  if (flags.includes(undefined)) return all === true || flags.includes(true) ? unreadable('suspended') : undefined;
  if (all !== undefined && all !== flags.includes(true)) return unreadable(`suspended: ${String(all)}`);
  const names = ['user', 'no-data', 'fencing', 'quorum'];
  return names.filter((_, at) => flags[at] === true).sort();
}

/** Whether every path is established; one that is not answers it, one that does not say leaves it open, and of no paths
 *  nothing is said at all. */
function pathsUpOf(paths: unknown): boolean | Unreadable | undefined {
  if (!Array.isArray(paths) || paths.length === 0) return paths === undefined ? undefined : noPaths(paths);
  let up: boolean | Unreadable = true;
  for (const path of paths as readonly unknown[]) {
    const established = isMap(path) ? path.established : path;
    if (established === false) return false;
    if (established !== true) up = unreadable(established === undefined ? 'a path without a state' : established);
  }
  return up;
}

function noPaths(paths: unknown): Unreadable | undefined {
  return Array.isArray(paths) ? undefined : unreadable(paths);
}

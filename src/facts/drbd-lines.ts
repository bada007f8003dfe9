import type { FactValue, Observation, Unreadable } from '../kernel/fact.ts';
import { connectionOf, replica, type Subject } from '../kernel/subject.ts';
import {
  bytesOfKib,
  connectionWords,
  diskWords,
  isName,
  isVolume,
  reasonsOf,
  replicationWords,
  resyncSuspendWords,
  roleWords,
  suspendWords,
  word,
} from './drbd-words.ts';
import { unreadable } from './say.ts';

/** One object of DRBD as its texts print it. The keys are those of `events2`, into which the other texts are put. */
export interface DrbdLine {
  readonly object: string;
  readonly keys: ReadonlyMap<string, string>;
}

/** What 8.4 calls its only peer: it does not know it by name. */
export const namelessPeer = 'peer';

const stamp = /^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d$/;

/** `drbdsetup events2 --now`: one `exists` line an object, ended by `exists -`. A text without its end was cut off, one
 *  with other verbs is a stream of some past hour, and a line that we cannot take apart may hide anything: then nothing
 *  of the whole text is believed, because a missing path or peer would look like health. */
export function events2Lines(text: string): readonly DrbdLine[] {
  const lines: DrbdLine[] = [];
  let ended = false;
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    const tokens = line.split(' ');
    if (stamp.test(tokens[0] ?? '')) tokens.shift();
    const [verb, object, ...rest] = tokens;
    if (ended || verb !== 'exists' || object === undefined) return [];
    if (object === '-') {
      ended = true;
      continue;
    }
    const keys = keysOf(rest);
    if (keys === undefined) return [];
    lines.push({ object, keys });
  }
  return ended ? lines : [];
}

/** `role:Primary suspended:no` → keys; undefined if a word has no colon or a key stands twice. */
export function keysOf(tokens: readonly string[]): Map<string, string> | undefined {
  const keys = new Map<string, string>();
  for (const token of tokens) {
    const colon = token.indexOf(':');
    const key = token.slice(0, colon);
    if (colon < 1 || keys.has(key)) return undefined;
    keys.set(key, token.slice(colon + 1));
  }
  return keys;
}

/** Lines of one text → what they say of this node's replicas and connections. Two different lines for one object contradict
 *  each other; neither is believed. */
export function drbdObservations(
  node: string,
  lines: readonly DrbdLine[],
  seenAtMs: number,
  source: string,
): readonly Observation[] {
  const out: Observation[] = [];
  const observe = (fact: string, subject: Subject, value: FactValue | Unreadable | undefined): void => {
    if (value !== undefined) out.push({ fact, subject, value, seenAtMs, grade: 'observed', source });
  };
  const resources = indexed(lines, 'resource', (line) => nameOf(line));
  const devices = indexed(lines, 'device', (line) => join(nameOf(line), volumeOf(line)));
  const connections = indexed(lines, 'connection', (line) => join(nameOf(line), peerOf(line)));
  const peerDevices = indexed(lines, 'peer-device', (line) => join(nameOf(line), peerOf(line), volumeOf(line)));
  const paths = pathsOf(lines);

  for (const device of devices.values()) {
    const name = device.keys.get('name') ?? '';
    const resource = resources.get(name);
    if (resource === undefined) continue;
    const subject = replica(name, volumeOf(device) as number, node);
    observe('replica.disk', subject, word(diskWords, device.keys.get('disk')));
    observe('replica.role', subject, word(roleWords, resource.keys.get('role')));
    observe('replica.quorum', subject, yesOrNo(device.keys.get('quorum')));
    observe('replica.suspended', subject, reasonsOf(suspendWords, resource.keys.get('suspended')));
    observe('replica.forceIoFailures', subject, yesOrNo(resource.keys.get('force-io-failures')));
    observe('replica.open', subject, yesOrNo(device.keys.get('open')));
  }
  for (const [key, connection] of connections) {
    const name = connection.keys.get('name') ?? '';
    const peer = peerOf(connection) as string;
    if (!resources.has(name)) continue;
    const state = word(connectionWords, connection.keys.get('connection'));
    const up = paths.get(key);
    // Of every volume of the resource: a text may name the volumes of a peer only while it is connected.
    for (const device of devices.values()) {
      if (device.keys.get('name') !== name) continue;
      const volume = volumeOf(device) as number;
      const subject = connectionOf(replica(name, volume, node), peer);
      const peerDevice = peerDevices.get(join(name, peer, volume) ?? '');
      observe('connection.state', subject, state);
      observe('connection.pathsUp', subject, up);
      observe('connection.replication', subject, word(replicationWords, peerDevice?.keys.get('replication')));
      observe('connection.peerDisk', subject, word(diskWords, peerDevice?.keys.get('peer-disk')));
      observe('connection.outOfSync', subject, kib(peerDevice?.keys.get('out-of-sync')));
      observe(
        'connection.resyncSuspended',
        subject,
        reasonsOf(resyncSuspendWords, peerDevice?.keys.get('resync-suspended')),
      );
    }
  }
  return out;
}

function indexed(
  lines: readonly DrbdLine[],
  object: string,
  idOf: (line: DrbdLine) => string | undefined,
): ReadonlyMap<string, DrbdLine> {
  const found = new Map<string, DrbdLine>();
  const twice = new Set<string>();
  for (const line of lines) {
    if (line.object !== object) continue;
    const id = idOf(line);
    if (id === undefined) continue;
    const before = found.get(id);
    if (before !== undefined && !same(before, line)) twice.add(id);
    found.set(id, line);
  }
  for (const id of twice) found.delete(id);
  return found;
}

function same(left: DrbdLine, right: DrbdLine): boolean {
  return left.keys.size === right.keys.size && [...left.keys].every(([key, value]) => right.keys.get(key) === value);
}

/** Every path of a connection established. */
function pathsOf(lines: readonly DrbdLine[]): ReadonlyMap<string, boolean | Unreadable> {
  const up = new Map<string, boolean | Unreadable>();
  for (const line of lines) {
    const id = line.object === 'path' ? join(nameOf(line), peerOf(line)) : undefined;
    if (id === undefined) continue;
    const before = up.get(id);
    const now = yesOrNo(line.keys.get('established')) ?? unreadable('a path without a state');
    if (before === undefined || (now !== true && before !== false)) up.set(id, now);
  }
  return up;
}

export function nameOf(line: DrbdLine): string | undefined {
  const name = line.keys.get('name');
  return isName(name) ? name : undefined;
}

/** A StandAlone connection of 8.4 is printed without `conn-name`; it is still the connection to its only peer. */
export function peerOf(line: DrbdLine): string | undefined {
  const peer = line.keys.get('conn-name') ?? namelessPeer;
  return isName(peer) ? peer : undefined;
}

export function volumeOf(line: DrbdLine): number | undefined {
  const volume = wholeNumber(line.keys.get('volume'));
  return isVolume(volume) ? volume : undefined;
}

/** Names hold no white space (`isName`), so that joined ones stay apart. */
function join(...parts: readonly (string | number | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(' ');
}

export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

function kib(text: string | undefined): number | Unreadable | undefined {
  return text === undefined ? undefined : bytesOfKib(wholeNumber(text) ?? text);
}

function yesOrNo(text: string | undefined): boolean | Unreadable | undefined {
  if (text === undefined) return undefined;
  return text === 'yes' ? true : text === 'no' ? false : unreadable(text);
}

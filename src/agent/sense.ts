import type { AgentSaid, WireValue } from '../crd/agent-status.ts';
import { hostReports } from '../facts/host.ts';
import { isMap, textAt } from '../facts/kube.ts';
import { unreadable } from '../facts/say.ts';
import { type FactValue, isUnreadable, type Unreadable } from '../kernel/fact.ts';
import { bond as bondSubject } from '../kernel/subject.ts';
import { type FactType, fits, formatDuration, formatValue, sameValue } from '../kernel/value.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { FactRead } from '../kernel/workflow.ts';
import { type Answer, armedPath, type Operation } from './instruction.ts';
import { lookAtFiles, modesOf, type NetworkFiles, withStaged } from './network-files.ts';
import { drbdStatus, ipLink, ping, procBondingPath, procDrbdPath } from './programs.ts';
import { Progress } from './progress.ts';
import type { Part, Seen } from './seen.ts';

export interface SenseConfig {
  readonly node: string;
  /** The storage bond; left out where the site replicates over none. */
  readonly bond?: string;
  /** Addresses of the other storage nodes on it. */
  readonly peers: readonly string[];
  /** Bytes that a frame of it must carry. */
  readonly mtu: number;
}

export const sources = ['drbd', 'version', 'links', 'files', 'armed', 'peers'] as const;
export type Source = (typeof sources)[number];

/** Which source shows a fact. What is not here this agent cannot see, or it changes while one looks (`progressAge`). */
const sourceOf: Readonly<Record<string, Source>> = {
  'replica.disk': 'drbd',
  'replica.role': 'drbd',
  'replica.quorum': 'drbd',
  'replica.suspended': 'drbd',
  'replica.forceIoFailures': 'drbd',
  'replica.open': 'drbd',
  'connection.state': 'drbd',
  'connection.replication': 'drbd',
  'connection.peerDisk': 'drbd',
  'connection.pathsUp': 'drbd',
  'connection.outOfSync': 'drbd',
  'connection.resyncSuspended': 'drbd',
  'node.drbdVersion': 'version',
  'bond.mode': 'links',
  'bond.members': 'links',
  'bond.membersUp': 'links',
  'bond.monitored': 'links',
  'bond.mtu': 'links',
  'bond.configuredMode': 'files',
  'bond.stagedMode': 'files',
  'bond.armed': 'armed',
  'bond.peersReachable': 'peers',
};

const none: readonly Seen[] = [];

/** Reads the host. A source that says word for word what it said last costs no more than the comparison: the same text is
 *  the same list, and the same lists are the same report. */
export class Senses {
  readonly config: SenseConfig;
  readonly #clock: () => number;
  readonly #texts = new Map<string, { readonly text: string; readonly seen: readonly Seen[] }>();
  readonly #progress = new Progress();
  readonly #bondId: string | undefined;
  #files: { readonly key: readonly string[]; readonly seen: readonly Seen[] } | undefined;
  readonly #links = new Map<readonly Seen[], readonly [readonly Seen[], readonly Seen[]]>();

  constructor(config: SenseConfig, clock: () => number) {
    this.config = config;
    this.#clock = clock;
    this.#bondId = config.bond === undefined ? undefined : bondSubject(config.node, config.bond).id;
  }

  *all(): Operation<readonly Part[]> {
    const parts: Part[] = [];
    for (const source of sources) {
      const part = yield* this.look(source);
      if (part === undefined) continue;
      parts.push(part);
      if (source === 'drbd') parts.push(this.#progress.over(part));
    }
    return parts;
  }

  *look(source: Source): Operation<Part | undefined> {
    const askedAtMs = this.#clock();
    const seen = yield* this.#ask(source);
    return seen === undefined ? undefined : { seen, askedAtMs };
  }

  /** The first fact that does not read as it did, in words; undefined if all do. Facts that this agent cannot see are
   *  whoever decided's to answer for. */
  *differs(reads: readonly FactRead[]): Operation<string | undefined> {
    const asked = new Map<Source, Part | undefined>();
    for (const { fact, object, value } of reads) {
      const source = Object.hasOwn(sourceOf, fact) ? sourceOf[fact] : undefined;
      if (source === undefined || !isOwn(object, this.config.node)) continue;
      if (!asked.has(source)) asked.set(source, yield* this.look(source));
      const now = valueIn(asked.get(source), fact, object);
      if (now === undefined) return `${fact} of ${object} was ${said(value)} and is unknown now`;
      if (!sameValue(now, value)) return `${fact} of ${object} was ${said(value)} and is ${said(now)} now`;
    }
    return undefined;
  }

  /** Whether an interface is up, by the last `ip link`; undefined if that failed or does not say. */
  isUp(name: string): boolean | undefined {
    const links = parsed(this.#texts.get('ip-link.json')?.text ?? '');
    const link = (Array.isArray(links) ? links : []).find((one: unknown) => textAt(one, 'ifname') === name);
    const flags = isMap(link) ? link.flags : undefined;
    return Array.isArray(flags) ? flags.includes('UP') : undefined;
  }

  *#ask(source: Source): Operation<readonly Seen[] | undefined> {
    switch (source) {
      case 'drbd': {
        const text = outputOf(yield drbdStatus);
        return text === undefined ? undefined : this.#read('drbdsetup-status.json', text);
      }
      case 'version': {
        const answer = yield { do: 'read', path: procDrbdPath };
        return answer.kind === 'text' ? this.#read('proc/drbd', answer.text) : undefined;
      }
      case 'links':
        return yield* this.#askLinks();
      case 'files': {
        if (this.#bondId === undefined) return undefined;
        const files = yield* lookAtFiles();
        return files === undefined ? undefined : this.#readFiles(files, this.#bondId);
      }
      case 'armed': {
        if (this.#bondId === undefined) return undefined;
        const answer = yield { do: 'read', path: armedPath };
        if (answer.kind !== 'text' && answer.kind !== 'missing') return undefined;
        return this.#one('bond.armed', this.#bondId, answer.kind === 'text');
      }
      case 'peers':
        return yield* this.#askPeers();
    }
  }

  /** The kernel says it in two ways, and both must agree: what only one says is kept, what they say differently is kept
   *  twice, and nobody believes either. */
  *#askLinks(): Operation<readonly Seen[] | undefined> {
    const { bond } = this.config;
    if (bond === undefined) return undefined;
    const json = outputOf(yield ipLink);
    if (json === undefined) this.#texts.delete('ip-link.json');
    const proc = yield { do: 'read', path: procBondingPath(bond) };
    const [byIp, byProc] = [
      json === undefined ? none : this.#read('ip-link.json', json),
      proc.kind === 'text' ? this.#read(`proc/net/bonding/${bond}`, proc.text) : none,
    ];
    if (json === undefined && proc.kind !== 'text') return undefined;
    const known = this.#links.get(byIp);
    if (known?.[0] === byProc) return known[1];
    const both = [...byIp, ...byProc.filter((one) => !byIp.some((other) => sameSeen(one, other)))];
    this.#links.clear();
    this.#links.set(byIp, [byProc, both]);
    return both;
  }

  *#askPeers(): Operation<readonly Seen[] | undefined> {
    const { peers, mtu } = this.config;
    if (this.#bondId === undefined || peers.length === 0) return undefined;
    let all: boolean | undefined = true;
    for (const address of peers) {
      const reached = whetherReached(yield ping(address, mtu));
      if (reached === false) all = false;
      else if (reached === undefined && all) all = undefined;
    }
    return all === undefined ? undefined : this.#one('bond.peersReachable', this.#bondId, all);
  }

  #read(what: string, text: string): readonly Seen[] {
    const known = this.#texts.get(what);
    if (known?.text === text) return known.seen;
    const { node } = this.config;
    const reports = hostReports(node, [{ from: 'host', at: 0, node, what, text }]);
    const seen = reports.flatMap(({ observations }) =>
      observations.map(({ fact, subject, value }): Seen => ({ fact, object: subject.id, value })),
    );
    this.#texts.set(what, { text, seen });
    return seen;
  }

  #readFiles(files: NetworkFiles, id: string): readonly Seen[] {
    const key = [...files.inUse, ...files.staged].flat();
    key.push(String(files.staged.size));
    if (this.#files !== undefined && isSameList(this.#files.key, key)) return this.#files.seen;
    const { node } = this.config;
    const configured = modesOf(node, files.inUse).get(id);
    const staged = files.staged.size === 0 ? 'none' : modesOf(node, withStaged(files)).get(id);
    const seen: Seen[] = [];
    if (configured !== undefined) {
      seen.push({ fact: 'bond.configuredMode', object: id, value: configured as FactValue | Unreadable });
    }
    const readable = staged ?? unreadable('files that make no such bond');
    seen.push({ fact: 'bond.stagedMode', object: id, value: readable as FactValue | Unreadable });
    this.#files = { key, seen };
    return seen;
  }

  readonly #ones = new Map<string, readonly Seen[]>();

  #one(fact: string, object: string, value: boolean): readonly Seen[] {
    const key = `${fact}=${value}`;
    const known = this.#ones.get(key) ?? [{ fact, object, value }];
    this.#ones.set(key, known);
    return known;
  }
}

/** The one value that a part gives a fact; undefined where it says nothing, nothing readable, or two things. */
export function valueIn(part: Part | undefined, fact: string, object: string): FactValue | undefined {
  let found: FactValue | undefined;
  for (const one of part?.seen ?? none) {
    if (one.fact !== fact || one.object !== object) continue;
    const type = vocabulary.get(fact)?.type;
    if (isUnreadable(one.value) || type === undefined || !fits(type, one.value) || found !== undefined)
      return undefined;
    found = one.value;
  }
  return found;
}

const written = new WeakMap<readonly Seen[], { readonly age: string; readonly said: readonly AgentSaid[] }>();

/** A part as it is written in a status. The same part of the same age is the same list. */
export function wireOf({ seen, askedAtMs }: Part, nowMs: number): readonly AgentSaid[] {
  const age = formatDuration(Math.max(0, Math.ceil(nowMs - askedAtMs)));
  const known = written.get(seen);
  if (known?.age === age) return known.said;
  const lines = seen.map(({ fact, object, value }) => ({ fact, object, value: wireValue(fact, value), age }));
  written.set(seen, { age, said: lines });
  return lines;
}

function wireValue(fact: string, value: FactValue | Unreadable): WireValue {
  const type = vocabulary.get(fact)?.type;
  if (isUnreadable(value) || type === undefined || !fits(type, value)) return wireWord(type, value);
  return typeof value === 'number' && type.kind !== 'int' ? formatValue(type, value) : value;
}

/** A word that we cannot read goes out as it came, where whoever reads it cannot take it for one of ours. */
function wireWord(type: FactType | undefined, value: FactValue | Unreadable): WireValue {
  const word = isUnreadable(value) ? value.unreadable : String(value);
  return type?.kind === 'enum' && !type.words.includes(word) ? word : { unreadable: word };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function outputOf(answer: Answer): string | undefined {
  return answer.kind === 'ran' && answer.code === 0 ? answer.stdout : undefined;
}

/** `4 packets transmitted, 4 received, 0% packet loss`: the exit code is 0 as soon as one of them came back. */
function whetherReached(answer: Answer): boolean | undefined {
  if (answer.kind !== 'ran') return undefined;
  const counts = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(answer.stdout);
  if (counts !== null) return counts[1] !== '0' && counts[1] === counts[2];
  // It could not even send: no address, no route, a frame too long for the link.
  return answer.code === 0 ? undefined : false;
}

function isOwn(object: string, node: string): boolean {
  return (
    object === node || object.startsWith(`${node}/`) || object.includes(`@${node}:`) || object.endsWith(`@${node}`)
  );
}

function sameSeen(left: Seen, right: Seen): boolean {
  return left.fact === right.fact && left.object === right.object && said(left.value) === said(right.value);
}

function said(value: FactValue | Unreadable): string {
  return JSON.stringify(value);
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, at) => text === right[at]);
}

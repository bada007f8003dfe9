import { agentStatusKind, type Heartbeat, heartbeatIn } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { isForeign } from '../crd/read.ts';
import type { Cluster } from '../facts/kube.ts';
import { type KubeObject, kindOf, type Raw, type RawLinstor, type RawObserver } from '../kernel/raw.ts';
import type { WatchEvent } from './inbox.ts';
import { idOf, Shelf, type Shown } from './shelf.ts';

/** The observer: everything that was heard, as raw as it came, with the moment we heard it by our own clock. No moment that
 *  somebody else wrote is believed. What is understood of it is a `View`'s (`view.ts`), one for each profile.
 *
 *  INVARIANT K2: nothing gets younger by being asked for again. An agent's status counts from when we saw its heartbeat change; an
 *  older copy of an object than was seen before is not taken for the newer; a list that could not be had is no empty list. */
export class Observer {
  readonly #now: () => number;
  readonly #shelves = new Map<string, Shelf>();
  readonly #replies = new Map<string, RawLinstor>();
  readonly #beats = new Map<string, Beat>();
  /** Kinds whose watch ended, and objects of which nobody knows how they stand. */
  readonly #lost = new Set<string>();
  readonly #doubts = new Map<string, Doubt>();
  #repliesRevision = 0;
  #unbeatenRevision = 0;
  #replyList: readonly RawLinstor[] = [];
  /** Only these Leases are kept: every node of a site renews one of its own. */
  readonly #leases: (id: string) => boolean;

  constructor(now: () => number, leases: (id: string) => boolean = () => true) {
    this.#now = now;
    this.#leases = leases;
  }

  hear(event: WatchEvent): void {
    const kind = event.kind === 'alive' || event.kind === 'lost' ? event.of : kindIn(event.object);
    if (kind === undefined) return;
    if (event.kind === 'lost') {
      this.#lost.add(kind);
      return;
    }
    // What a watch says before its list was answered is in the list.
    const shelf = this.#shelves.get(kind);
    if (shelf === undefined) return;
    if (event.kind === 'changed') this.#show(shelf, event.object);
    if (event.kind === 'gone' && shelf.remove(event.object)) this.#forgetBeat(kind, event.object.metadata.name);
    if (!this.#lost.has(kind)) shelf.alive(this.#now());
  }

  /** `askedAtMs`: what is answered is at least as new as the question, and how much newer nobody can say. */
  listed(kind: string, objects: readonly unknown[], askedAtMs: number): void {
    this.#lost.delete(kind);
    const shelf = this.#shelfOf(kind);
    const ours = objects.flatMap((object): readonly KubeObject[] => {
      const whole = withKind(object, kind);
      return whole === undefined || !this.#isKept(kind, whole) ? [] : [whole];
    });
    if (ours.length < objects.length && kind !== leaseKind) {
      shelf.listFailed('the list holds something that is no object of this kind', askedAtMs);
      return;
    }
    shelf.listHad(ours, askedAtMs, (object, shown) => this.#beat(object, shown, askedAtMs));
    if (kind === agentStatusKind) {
      const names = new Set(ours.map(({ metadata }) => metadata.name));
      for (const name of [...this.#beats.keys()]) if (!names.has(name)) this.#forgetBeat(kind, name);
    }
  }

  /** `again`: at once, since nobody said no. */
  listFailed(kind: string, why: string, askedAtMs: number, again = false): void {
    if (again) this.#lost.add(kind);
    else this.#lost.delete(kind);
    this.#shelfOf(kind).listFailed(why, askedAtMs);
  }

  /** An object that was asked for by name, or that the API server answered a write with. */
  took(object: KubeObject): void {
    const kind = kindIn(object);
    if (kind === undefined || !this.#isKept(kind, object)) return;
    this.#doubts.delete(doubtKey(kind, object.metadata));
    this.#show(this.#shelfOf(kind), object);
  }

  /** Asked for by name, and not there. A cache may be too old to have it, so only a list or a watch takes it away. */
  missed(doubt: Doubt): void {
    this.#doubts.delete(doubtKey(doubt.kind, doubt));
    this.#lost.add(doubt.kind);
  }

  doubt(doubt: Doubt): void {
    this.#doubts.set(doubtKey(doubt.kind, doubt), doubt);
  }

  /** What is asked for by name before anything is decided. */
  doubts(): readonly Doubt[] {
    return [...this.#doubts.values()];
  }

  /** Kinds that are to be listed at once. */
  lost(): ReadonlySet<string> {
    return this.#lost;
  }

  linstor(path: string, reply: { readonly text: string } | { readonly failed: string }, at: number): void {
    const text = 'text' in reply ? reply.text : '';
    const failed = 'failed' in reply ? { failed: reply.failed } : {};
    this.#replies.set(path, { from: 'linstor', at, path, text, ...failed });
    this.#replyList = [...this.#replies.values()];
    this.#repliesRevision += 1;
  }

  find(kind: string, id: string): KubeObject | undefined {
    return this.#shelves.get(kind)?.find(id);
  }

  all(kind: string): readonly KubeObject[] {
    return this.#shelves.get(kind)?.objects() ?? [];
  }

  isListed(kind: string): boolean {
    return this.#shelves.get(kind)?.listed === true;
  }

  /** Everything as it stands at this moment: a capture of it, judged at this moment, is judged as we judge. */
  raws(nowMs: number = this.#now()): readonly Raw[] {
    return [
      ...[...this.#shelves.values()].flatMap((shelf) => shelf.raws()),
      ...this.#replyList,
      ...this.observers(nowMs).values(),
    ];
  }

  readonly cluster: Cluster = {
    kind: (name) => this.#shelfOf(name).seen(),
    newestAt: (...kinds) => {
      let newest: number | undefined;
      for (const name of kinds) {
        const { listing, all } = this.#shelfOf(name).seen();
        if (listing.at !== undefined) newest = Math.max(newest ?? listing.at, listing.at);
        for (const { at } of all) newest = Math.max(newest ?? at, at);
      }
      return newest;
    },
  };

  /** Grows whenever anything of the kind, of `replies` or of `unbeaten`, may have changed. */
  revisionOf(what: string): number {
    switch (what) {
      case 'replies':
        return this.#repliesRevision;
      case 'unbeaten':
        return this.#unbeatenRevision;
      default:
        return this.#shelfOf(what).revision;
    }
  }

  replies(): readonly RawLinstor[] {
    return this.#replyList;
  }

  /** What only we can measure of each node whose agent was heard of. */
  observers(nowMs: number): ReadonlyMap<string, RawObserver> {
    const names = [...this.#beats.keys()].sort();
    return new Map(
      names.map((node) => {
        const { changedAtMs, skewMs } = this.#beats.get(node) ?? {};
        const heartbeat = changedAtMs === undefined ? {} : { heartbeatChangedAt: changedAtMs };
        const skew = skewMs === undefined ? {} : { clockSkewMs: skewMs };
        return [node, { from: 'observer', at: nowMs, node, ...heartbeat, ...skew }];
      }),
    );
  }

  heartbeatChangedAt(node: string): number | undefined {
    return this.#beats.get(node)?.changedAtMs;
  }

  #show(shelf: Shelf, object: KubeObject): void {
    const nowMs = this.#now();
    if (this.#isKept(shelf.kind, object)) this.#beat(object, shelf.show(object, nowMs), nowMs);
  }

  /** INVARIANT K2: alive is who was seen to change, by us. The first status that we see may be years old. */
  #beat(object: KubeObject, shown: Shown, nowMs: number): void {
    if (kindOf(object) !== agentStatusKind || shown === 'older') return;
    const { name, uid } = object.metadata;
    const heartbeat = heartbeatIn(object);
    const before = this.#beats.get(name);
    if (heartbeat === undefined) {
      this.#beaten(name, { uid, heartbeat: undefined, changedAtMs: undefined });
    } else if (before?.heartbeat === undefined || before.uid !== uid || shown === 'back') {
      this.#beaten(name, { uid, heartbeat, changedAtMs: undefined });
    } else if (before.heartbeat.sequence !== heartbeat.sequence || before.heartbeat.bootId !== heartbeat.bootId) {
      this.#beaten(name, { uid, heartbeat, changedAtMs: nowMs, ...skewOf(heartbeat, nowMs) });
    }
  }

  #forgetBeat(kind: string, name: string): void {
    if (kind !== agentStatusKind) return;
    if (this.#beats.get(name)?.changedAtMs === undefined) this.#unbeatenRevision += 1;
    this.#beats.delete(name);
  }

  #beaten(name: string, beat: Beat): void {
    const before = this.#beats.get(name);
    if (before === undefined || before.changedAtMs === undefined || beat.changedAtMs === undefined)
      this.#unbeatenRevision += 1;
    this.#beats.set(name, beat);
  }

  #isKept(kind: string, object: KubeObject): boolean {
    return kind !== leaseKind || this.#leases(idOf(object));
  }

  #shelfOf(kind: string): Shelf {
    const known = this.#shelves.get(kind);
    if (known !== undefined) return known;
    const made = new Shelf(kind, kind !== agentStatusKind);
    this.#shelves.set(kind, made);
    return made;
  }
}

function skewOf({ at }: Heartbeat, nowMs: number): { readonly skewMs?: number } {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isFinite(ms) ? { skewMs: ms - nowMs } : {};
}

interface Beat {
  readonly uid: string | undefined;
  readonly heartbeat: Heartbeat | undefined;
  readonly changedAtMs: number | undefined;
  /** Its wall clock minus ours when it was seen to change; what the message took on its way is in it. */
  readonly skewMs?: number;
}

export interface Doubt {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

function doubtKey(kind: string, { name, namespace }: { name: string; namespace?: string | undefined }): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}

function kindIn(object: unknown): string | undefined {
  const whole = isForeign(object) && typeof object.kind === 'string' ? withKind(object, undefined) : undefined;
  return whole === undefined ? undefined : kindOf(whole);
}

/** Items of a list of a built-in kind say neither kind nor apiVersion; the list does. Undefined: it is no such object. */
function withKind(object: unknown, kind: string | undefined): KubeObject | undefined {
  if (!isForeign(object) || !isForeign(object.metadata) || typeof object.metadata.name !== 'string') return undefined;
  const { namespace } = object.metadata;
  if (namespace !== undefined && typeof namespace !== 'string') return undefined;
  if (kind === undefined) {
    return typeof object.kind === 'string' && typeof object.apiVersion === 'string'
      ? (object as KubeObject)
      : undefined;
  }
  const slash = kind.lastIndexOf('/');
  const whole = {
    ...(object.kind === undefined ? { apiVersion: kind.slice(0, slash), kind: kind.slice(slash + 1) } : {}),
    ...object,
  } as unknown as KubeObject;
  return kindOf(whole) === kind ? whole : undefined;
}

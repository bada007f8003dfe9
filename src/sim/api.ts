import type { Answer, ApiCall } from '../agent/instruction.ts';
import { type KubeObject, kindOf } from '../kernel/raw.ts';
import type { TrueTime } from './clock.ts';
import { sameJson } from './same-json.ts';

/** An API server as its clients meet it: objects with uid, resourceVersion and generation, optimistic concurrency, spec and status
 *  written apart, older versions for whoever is served stale, copies to be restored from. What goes wrong on the way to it
 *  and back is the wire's (`wire.ts`); this one does what it is told, or says why not. */
export interface ApiServer {
  /** Answers one request of `who`. `staleMs`: as somebody would be answered whose cache is that old; reads only. */
  answer(who: string, call: ApiCall, staleMs?: number): Answer;
  /** What the site's own controllers and kubelets write. They try until it is in, so nothing is refused or in conflict. */
  put(object: KubeObject): void;
  remove(kind: string, name: string, namespace?: string): KubeObject | undefined;
  /** What stands there now, for whoever looks from outside. */
  look(kind: string, name: string, namespace?: string): KubeObject | undefined;
  lookAll(kind: string): readonly KubeObject[];
  /** The whole database, as a backup takes it. */
  copy(): ApiCopy;
  /** Puts an old copy in the place of everything. Versions go on from the copy's: what was written since has never been. */
  restore(copy: ApiCopy): readonly KubeObject[];
  /** Called after each write that changed something. */
  onWrite(watcher: (write: ApiWrite) => void): void;
  readonly version: number;
}

export interface ApiWrite {
  readonly who: string;
  readonly atMs: number;
  readonly before: KubeObject | undefined;
  /** Undefined: removed. */
  readonly after: KubeObject | undefined;
  /** How: `status` leaves everything but the status as it was. */
  readonly how: 'create' | 'update' | 'update-status' | 'put' | 'remove' | 'restore';
}

export interface ApiCopy {
  readonly version: number;
  readonly takenAtMs: number;
  readonly objects: ReadonlyMap<string, ReadonlyMap<string, KubeObject>>;
}

/** How many older versions of an object are kept for stale reads. */
const versionsKept = 24;

interface Stored {
  object: KubeObject | undefined;
  /** From old to new; the last is `object`. */
  readonly versions: { readonly atMs: number; readonly object: KubeObject | undefined }[];
}

export function apiServer(time: TrueTime): ApiServer {
  const shelves = new Map<string, Map<string, Stored>>();
  const watchers: ((write: ApiWrite) => void)[] = [];
  /** The answer to `list` while nothing of the kind changes. */
  const lists = new Map<string, readonly KubeObject[]>();
  let version = 1000;
  let uids = 0;

  const shelfOf = (kind: string): Map<string, Stored> => {
    const shelf = shelves.get(kind) ?? new Map<string, Stored>();
    shelves.set(kind, shelf);
    return shelf;
  };
  const storedOf = (kind: string, name: string, namespace?: string): Stored | undefined =>
    shelves.get(kind)?.get(keyOf(name, namespace));

  const store = (
    who: string,
    how: ApiWrite['how'],
    kind: string,
    key: string,
    object: KubeObject | undefined,
  ): void => {
    const shelf = shelfOf(kind);
    const stored = shelf.get(key) ?? { object: undefined, versions: [] };
    const before = stored.object;
    stored.object = object;
    stored.versions.push({ atMs: time.nowMs, object });
    if (stored.versions.length > versionsKept) stored.versions.shift();
    shelf.set(key, stored);
    lists.delete(kind);
    const write: ApiWrite = { who, atMs: time.nowMs, before, after: object, how };
    for (const watcher of watchers) watcher(write);
  };

  /** With a version of its own, and a generation that counts changes of what is asked for. */
  const versioned = (object: KubeObject, before: KubeObject | undefined): KubeObject => {
    version += 1;
    const { uid = before?.metadata.uid, creationTimestamp = before?.metadata.creationTimestamp } = object.metadata;
    const generation = Number(before?.metadata.generation ?? 0);
    const metadata = {
      ...object.metadata,
      uid: uid ?? newUid(),
      creationTimestamp: creationTimestamp ?? new Date(time.nowMs).toISOString(),
      resourceVersion: String(version),
      generation: before !== undefined && sameJson(before.spec, object.spec) ? generation : generation + 1,
    };
    return { ...object, metadata };
  };
  const newUid = (): string => {
    uids += 1;
    return `5eed0000-0000-4000-8000-${uids.toString(16).padStart(12, '0')}`;
  };

  const write = (who: string, how: 'update' | 'update-status', object: KubeObject): Answer => {
    const kind = kindOf(object);
    const { name, namespace } = object.metadata;
    const before = storedOf(kind, name, namespace)?.object;
    if (before === undefined) return { kind: 'missing' };
    const replaces = object.metadata.resourceVersion;
    if (replaces === undefined)
      return { kind: 'refused', why: 'metadata.resourceVersion: must be specified for an update' };
    if (replaces !== before.metadata.resourceVersion) return { kind: 'conflict' };
    const { uid } = object.metadata;
    if (uid !== undefined && uid !== before.metadata.uid) return { kind: 'conflict' };
    const next = how === 'update' ? withStatus(object, before.status) : withStatus(before, object.status ?? undefined);
    if (sameBut(next, before)) return { kind: 'object', object: before };
    const after = versioned(next, before);
    store(who, how, kind, keyOf(name, namespace), after);
    return { kind: 'object', object: after };
  };

  const server: ApiServer = {
    get version() {
      return version;
    },
    answer(who, call, staleMs = 0) {
      switch (call.verb) {
        case 'get': {
          const stored = storedOf(call.kind, call.name, call.namespace);
          const object = staleMs > 0 ? asOf(stored, time.nowMs - staleMs) : stored?.object;
          return object === undefined ? { kind: 'missing' } : { kind: 'object', object };
        }
        case 'list':
          if (staleMs === 0) return { kind: 'objects', objects: server.lookAll(call.kind) };
          return { kind: 'objects', objects: allAsOf(shelves.get(call.kind), time.nowMs - staleMs) };
        case 'create': {
          const { object } = call;
          const kind = kindOf(object);
          const { name, namespace } = object.metadata;
          if (storedOf(kind, name, namespace)?.object !== undefined) return { kind: 'conflict' };
          const created = versioned(object, undefined);
          store(who, 'create', kind, keyOf(name, namespace), created);
          return { kind: 'object', object: created };
        }
        case 'update':
        case 'update-status':
          return write(who, call.verb, call.object);
        case 'delete': {
          const before = storedOf(call.kind, call.name, call.namespace)?.object;
          if (before === undefined) return { kind: 'missing' };
          const { resourceVersion } = call;
          if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
            return { kind: 'conflict' };
          version += 1;
          store(who, 'remove', call.kind, keyOf(call.name, call.namespace), undefined);
          return { kind: 'done' };
        }
      }
    },
    put(object) {
      const kind = kindOf(object);
      const { name, namespace } = object.metadata;
      const before = storedOf(kind, name, namespace)?.object;
      if (before !== undefined && sameBut(object, before)) return;
      store('site', 'put', kind, keyOf(name, namespace), versioned(object, before));
    },
    remove(kind, name, namespace) {
      const before = storedOf(kind, name, namespace)?.object;
      if (before === undefined) return undefined;
      version += 1;
      store('site', 'remove', kind, keyOf(name, namespace), undefined);
      return before;
    },
    look: (kind, name, namespace) => storedOf(kind, name, namespace)?.object,
    lookAll(kind) {
      const known = lists.get(kind);
      if (known !== undefined) return known;
      const shelf = shelves.get(kind) ?? new Map<string, Stored>();
      const keys = [...shelf.keys()].sort();
      const objects = keys.flatMap((key) => shelf.get(key)?.object ?? []);
      lists.set(kind, objects);
      return objects;
    },
    copy() {
      const objects = new Map<string, ReadonlyMap<string, KubeObject>>();
      for (const [kind, shelf] of shelves) {
        const kept = [...shelf].flatMap(([key, { object }]) => (object === undefined ? [] : [[key, object] as const]));
        objects.set(kind, new Map(kept));
      }
      return { version, takenAtMs: time.nowMs, objects };
    },
    restore(copy) {
      version = copy.version;
      const changed: KubeObject[] = [];
      for (const kind of new Set([...shelves.keys(), ...copy.objects.keys()])) {
        const old = copy.objects.get(kind);
        const shelf = shelfOf(kind);
        for (const key of new Set([...shelf.keys(), ...(old?.keys() ?? [])])) {
          const object = old?.get(key);
          if (shelf.get(key)?.object === object) continue;
          store('restore', 'restore', kind, key, object);
          if (object !== undefined) changed.push(object);
        }
      }
      return changed;
    },
    onWrite(watcher) {
      watchers.push(watcher);
    },
  };
  return server;
}

function keyOf(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The version that stood at a moment. Before the first that is kept, the first that is kept: a cache is never older than that. */
function asOf(stored: Stored | undefined, atMs: number): KubeObject | undefined {
  const { versions = [] } = stored ?? {};
  const standing = versions.findLast((one) => one.atMs <= atMs);
  return standing === undefined ? undefined : standing.object;
}

function allAsOf(shelf: ReadonlyMap<string, Stored> | undefined, atMs: number): readonly KubeObject[] {
  return [...(shelf?.keys() ?? [])].sort().flatMap((key) => asOf(shelf?.get(key), atMs) ?? []);
}

function withStatus(object: KubeObject, status: unknown): KubeObject {
  const { status: _, ...rest } = object;
  return (status === undefined ? rest : { ...rest, status }) as KubeObject; // nothing that an object must have was taken away
}

/** The same but for what the server itself puts in: a write of it changes nothing and makes no version. */
function sameBut(one: KubeObject, other: KubeObject): boolean {
  const { metadata: a, ...restOfOne } = one;
  const { metadata: b, ...restOfOther } = other;
  return sameJson(restOfOne, restOfOther) && sameJson(bare(a), bare(b, a));
}

/** Without what the server sets; `uid` and `creationTimestamp` only where the other side says them too. */
function bare(metadata: KubeObject['metadata'], like?: KubeObject['metadata']): unknown {
  const { resourceVersion: _, generation: __, managedFields: ___, uid, creationTimestamp, ...rest } = metadata;
  const uidSaid = like === undefined || like.uid !== undefined;
  const momentSaid = like === undefined || like.creationTimestamp !== undefined;
  return { ...rest, ...(uidSaid ? { uid } : {}), ...(momentSaid ? { creationTimestamp } : {}) };
}

import { type KubeObject, kindOf, type Raw } from '../kernel/raw.ts';
import { type Found, unreadable } from './say.ts';

/** Small readers over objects of which nothing is certain: the API server checks few words of a custom resource, and a
 *  capture may have been edited by hand. Each gives what is there, says that it cannot read it, or gives nothing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const step of path) {
    if (!isMap(found) || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  // The API server writes null where nothing is (`lastTransitionTime: null`).
  return found === null ? undefined : found;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] | undefined {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : undefined;
}

/** A word or a sentence. Whether the vocabulary lists it is asked where it is said. */
export function sayText(value: unknown, ...path: readonly string[]): Found<string> {
  const found = at(value, ...path);
  return found === undefined || typeof found === 'string' ? found : unreadable(found);
}

export function sayBool(value: unknown, ...path: readonly string[]): Found<boolean> {
  const found = at(value, ...path);
  return found === undefined || typeof found === 'boolean' ? found : unreadable(found);
}

export function labelOf(object: KubeObject, label: string): string | undefined {
  return textAt(object, 'metadata', 'labels', label);
}

export interface Condition {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly observedGeneration?: number;
}

/** The condition of one type. The CRDs of KubeVirt check neither type nor status (`Maybe` is stored) nor that a type
 *  stands only once, so anything else than one clean condition is unreadable. */
export function conditionOf(object: unknown, type: string): Condition | { readonly unreadable: string } | undefined {
  const all = at(object, 'status', 'conditions');
  if (all === undefined) return undefined;
  if (!Array.isArray(all)) return { unreadable: 'conditions that are no list' };
  const [found, second] = all.filter((entry) => at(entry, 'type') === type);
  if (found === undefined) return undefined;
  if (second !== undefined) return { unreadable: `two conditions ${type}` };
  const status = at(found, 'status');
  if (status !== 'True' && status !== 'False' && status !== 'Unknown') return unreadable(status);
  const reason = textAt(found, 'reason');
  const generation = at(found, 'observedGeneration');
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(typeof generation === 'number' ? { observedGeneration: generation } : {}),
  };
}

/** A condition as a bool. `Unknown` is an answer of its own: nobody heard of it, and that is not False. */
export function sayCondition(object: unknown, type: string): Found<boolean> {
  const condition = conditionOf(object, type);
  if (condition === undefined || 'unreadable' in condition) return condition;
  return condition.status === 'Unknown' ? unreadable('Unknown') : condition.status === 'True';
}

/** RFC 3339 → milliseconds since the epoch, by the clock of whoever wrote it. Never compared with ours as it stands. */
export function timestampOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

const quantityUnits = new Map<string, number>([
  ['', 1],
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((unit, power): [string, number] => [unit, 1000 ** (power + 1)]),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit, power): [string, number] => [unit, 1024 ** (power + 1)]),
]);

/** A Kubernetes quantity of bytes (`40Gi`, `1.5Gi`, `1e3`); undefined if it is none, or no whole number of bytes. */
export function quantityOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(\d{1,18}(?:\.\d{1,9})?(?:[eE][+-]?\d{1,2})?)([kMGTPE]i?|Ki)?$/.exec(text);
  const factor = quantityUnits.get(match?.[2] ?? '');
  if (match === null || factor === undefined) return undefined;
  const bytes = Number(match[1]) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** One object as it was last seen. `torn`: at one and the same moment it was seen in two forms, so that it is there, but
 *  nothing of what it says can be believed. */
export interface SeenObject {
  readonly object: KubeObject;
  readonly at: number;
  /** `namespace/name`, or `name`. */
  readonly id: string;
  readonly torn: boolean;
}

/** Whether all objects of a kind were asked for and had. Only a list says who there is, and who there is not. */
export type Listing =
  | { readonly had: true; readonly at: number }
  | { readonly had: false; readonly why: string; readonly at?: number };

export interface Kind {
  readonly listing: Listing;
  /** Sorted by id. Torn objects are in it, for who counts heads; facts are read of `clean` only. */
  readonly all: readonly SeenObject[];
  readonly clean: readonly SeenObject[];
}

/** Everything that was fetched from the API server, by kind. */
export interface Cluster {
  /** `v1/Node` → what is known of that kind. */
  kind(name: string): Kind;
  /** The newest moment at which anything of these kinds was seen; undefined if nothing ever was. */
  newestAt(...kinds: readonly string[]): number | undefined;
}

export function clusterOf(raws: readonly Raw[]): Cluster {
  const objects = new Map<string, Map<string, SeenObject>>();
  const listings = new Map<string, Listing>();
  for (const raw of raws) {
    if (raw.from === 'list') {
      const before = listings.get(raw.kind);
      const listing: Listing =
        raw.failed === undefined ? { had: true, at: raw.at } : { had: false, why: raw.failed, at: raw.at };
      // Of one moment, the failure counts: somebody did not get what he asked for.
      if (before?.at === undefined || before.at < raw.at || (before.at === raw.at && !listing.had)) {
        listings.set(raw.kind, listing);
      }
    } else if (raw.from === 'object' && hasName(raw.object)) {
      const kind = kindOf(raw.object);
      const ofKind = objects.get(kind) ?? new Map<string, SeenObject>();
      objects.set(kind, ofKind);
      const id = idOf(raw.object);
      ofKind.set(id, newer(ofKind.get(id), { object: raw.object, at: raw.at, id, torn: false }));
    }
  }
  const kinds = new Map<string, Kind>();
  const kind = (name: string): Kind => {
    const known = kinds.get(name);
    if (known !== undefined) return known;
    const all = [...(objects.get(name)?.values() ?? [])].sort((left, right) => (left.id < right.id ? -1 : 1));
    const listing = listings.get(name) ?? { had: false, why: `${name} was not listed` };
    const made = { listing, all, clean: all.filter(({ torn }) => !torn) };
    kinds.set(name, made);
    return made;
  };
  return {
    kind,
    newestAt: (...names) => {
      const moments = names.flatMap((name) => {
        const { listing, all } = kind(name);
        return [...(listing.at === undefined ? [] : [listing.at]), ...all.map((seen) => seen.at)];
      });
      return moments.length === 0 ? undefined : Math.max(...moments);
    },
  };
}

function hasName(object: unknown): object is KubeObject {
  return (
    textAt(object, 'apiVersion') !== undefined &&
    textAt(object, 'kind') !== undefined &&
    textAt(object, 'metadata', 'name') !== undefined
  );
}

function idOf(object: KubeObject): string {
  const namespace = textAt(object, 'metadata', 'namespace');
  return namespace === undefined ? object.metadata.name : `${namespace}/${object.metadata.name}`;
}

function newer(before: SeenObject | undefined, now: SeenObject): SeenObject {
  if (before === undefined || before.at < now.at) return now;
  if (before.at > now.at) return before;
  const [left, right] = [formOf(before.object), formOf(now.object)];
  if (left === right) return before;
  // Either form may stand for it, but it must be the same one whatever order they came in.
  return { ...(left < right ? before : now), torn: true };
}

/** The same text for the same object, whatever the order of its members. Not `canonical`, which throws on what JSON cannot
 *  say: this must answer for whatever it is given. */
function formOf(object: KubeObject): string {
  return JSON.stringify(object, (_, value: unknown) =>
    isMap(value) ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))) : value,
  );
}

/** The one object of a kind of which a site has one; undefined when there is none, unreadable when there are several. */
export function single(kind: Kind, name: string): SeenObject | { readonly unreadable: string } | undefined {
  const [first, second] = kind.all;
  if (second !== undefined) return { unreadable: `${kind.all.length} objects ${name}` };
  return first?.torn ? { unreadable: `${name} ${first.id} in two forms` } : first;
}

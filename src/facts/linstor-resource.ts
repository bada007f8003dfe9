import { at, isMap, listAt, textAt } from './kube.ts';
import { flagsOf, type Held, type LinstorReplies, listOf, paths } from './linstor-reply.ts';
import type { Found } from './say.ts';

/** One resource on one node, as `GET /v1/view/resources` has it. */
export interface Resource {
  readonly name: string;
  readonly node: string;
  readonly entry: unknown;
  readonly flags: Found<readonly string[]>;
  readonly kind: Found<string>;
  /** Surely without a disk. */
  readonly diskless: boolean;
  readonly deleting: Found<boolean>;
  /** It will be gone, or is on its way out: no copy to count on. */
  readonly leaving: boolean;
  readonly inactive: boolean;
  /** Whether DRBD replicates it; without that layer it has no connections. */
  readonly drbd: boolean;
  /** LINSTOR's picture of DRBD's connections, by peer. */
  readonly connections: unknown;
  volume(number: number): unknown;
}

/** What LINSTOR places, and which volumes that makes. */
export interface Placed {
  /** A list with one entry that cannot be told apart counts as not had: nobody knows who is in it. */
  readonly view: Held<readonly unknown[]>;
  readonly definitions: Held<readonly unknown[]>;
  definitionOf(resource: string): unknown;
  readonly resources: readonly Resource[];
  readonly volumes: readonly { readonly resource: string; readonly number: number }[];
  of(resource: string): readonly Resource[];
  numbersOf(resource: string): readonly number[];
}

export function resourcesOf(replies: LinstorReplies): Placed {
  const view = whole(listOf(replies.get(paths.view)), ['name', 'node_name'], 'volumes');
  const definitions = whole(listOf(replies.get(paths.definitions)), ['name'], 'volume_definitions');
  const resources = view.ok ? view.value.flatMap((entry) => resourceOf(entry) ?? []) : [];
  const defined = definitions.ok ? definitions.value : [];
  const byName = Map.groupBy(resources, ({ name }) => name);
  const definitionByName = new Map(defined.map((entry) => [textAt(entry, 'name') ?? '', entry]));
  const numbers = new Map<string, Set<number>>();
  const note = (name: string, volumes: readonly unknown[]): void => {
    const known = numbers.get(name) ?? new Set<number>();
    numbers.set(name, known);
    for (const entry of volumes) known.add(at(entry, 'volume_number') as number); // `whole` saw to it
  };
  for (const { name, entry } of resources) note(name, listAt(entry, 'volumes') ?? []);
  for (const [name, entry] of definitionByName) note(name, listAt(entry, 'volume_definitions') ?? []);
  const numbersOf = (name: string): readonly number[] => {
    const known = [...(numbers.get(name) ?? [])].sort((left, right) => left - right);
    // What is defined, or placed, without a volume that anybody lists is one volume of which nothing is known: a copy
    // that lost everything must not vanish from who should report.
    return known.length === 0 ? [0] : known;
  };
  const names = [...numbers.keys()].sort();
  return {
    view,
    definitions,
    resources,
    volumes: names.flatMap((resource) => numbersOf(resource).map((number) => ({ resource, number }))),
    of: (name) => byName.get(name) ?? [],
    definitionOf: (name) => definitionByName.get(name),
    numbersOf,
  };
}

/** The list, if every entry says who it is and numbers its volumes. */
function whole(list: Held<readonly unknown[]>, names: readonly string[], volumes: string): Held<readonly unknown[]> {
  if (!list.ok) return list;
  const isWhole = list.value.every(
    (entry) =>
      names.every((name) => textAt(entry, name) !== undefined) &&
      (listAt(entry, volumes) ?? []).every((one) => isVolumeNumber(at(one, 'volume_number'))),
  );
  const { path } = list;
  return isWhole ? list : { ok: false, path, at: list.at, why: `LINSTOR GET ${path} has an entry that names nothing` };
}

function isVolumeNumber(number: unknown): boolean {
  return Number.isSafeInteger(number) && (number as number) >= 0;
}

const leavingFlags = ['DELETE', 'DRBD_DELETE', 'DISK_REMOVING', 'DISK_REMOVE_REQUESTED', 'EVACUATE', 'EVICTED'];

function resourceOf(entry: unknown): Resource | undefined {
  const [name, node] = [textAt(entry, 'name'), textAt(entry, 'node_name')];
  if (name === undefined || node === undefined) return undefined;
  const flags = flagsOf(entry);
  const odd = Array.isArray(flags) ? undefined : (flags as { unreadable: string });
  const words: readonly string[] = Array.isArray(flags) ? flags : [];
  const layer = drbdLayer(at(entry, 'layer_object'), 0);
  const leaving = leavingFlags.some((flag) => words.includes(flag));
  const kind = words.includes('TIE_BREAKER')
    ? 'tie-breaker'
    : words.includes('DISKLESS') || words.includes('DRBD_DISKLESS')
      ? 'client'
      : 'diskful';
  return {
    name,
    node,
    entry,
    flags,
    kind: odd ?? kind,
    diskless: odd === undefined && kind !== 'diskful',
    deleting: odd ?? leaving,
    leaving,
    inactive: words.includes('INACTIVE'),
    drbd: layer !== undefined || !isSurelyWithoutDrbd(at(entry, 'layer_object'), 0),
    connections: at(layer, 'drbd', 'connections'),
    volume: (number) => (listAt(entry, 'volumes') ?? []).find((one) => at(one, 'volume_number') === number),
  };
}

const otherLayers = ['LUKS', 'NVME', 'WRITECACHE', 'CACHE', 'BCACHE', 'STORAGE'];

/** Every layer says what it is, and none is DRBD. A stack that cannot be read whole may have connections. */
function isSurelyWithoutDrbd(layer: unknown, depth: number): boolean {
  const children = at(layer, 'children') ?? [];
  return (
    depth <= 8 &&
    otherLayers.includes(textAt(layer, 'type') ?? '') &&
    Array.isArray(children) &&
    children.every((child) => isSurelyWithoutDrbd(child, depth + 1))
  );
}

/** Layers nest as the profile stacks them (DRBD over LUKS over a cache …), three or four deep. */
function drbdLayer(layer: unknown, depth: number): unknown {
  if (!isMap(layer) || depth > 8) return undefined;
  if (at(layer, 'type') === 'DRBD') return layer;
  for (const child of listAt(layer, 'children') ?? []) {
    const found = drbdLayer(child, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

import { at, isMap, listAt, textAt } from './kube.ts';
import { type Held, type LinstorReplies, listOf } from './linstor-reply.ts';
import { type Found, setOf, unreadable } from './say.ts';

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
  readonly view: Held<readonly unknown[]>;
  /** The list was had, but one of its entries cannot be told apart: then nobody knows who they are. */
  readonly failed: string | undefined;
  readonly resources: readonly Resource[];
  readonly volumes: readonly { readonly resource: string; readonly number: number }[];
  of(resource: string): readonly Resource[];
  numbersOf(resource: string): readonly number[];
}

export function resourcesOf(replies: LinstorReplies): Placed {
  const view = listOf(replies.get('/v1/view/resources'));
  const definitions = listOf(replies.get('/v1/resource-definitions'));
  const numbers = new Map<string, Set<number>>();
  const byName = new Map<string, Resource[]>();
  let failed: string | undefined;
  const note = (name: string, volumes: readonly unknown[]): void => {
    const known = numbers.get(name) ?? new Set<number>();
    numbers.set(name, known);
    for (const entry of volumes) {
      const number = at(entry, 'volume_number');
      if (Number.isSafeInteger(number) && (number as number) >= 0) known.add(number as number);
      else failed = `LINSTOR has a volume of ${name} without a number`;
    }
  };
  for (const entry of view.ok ? view.value : []) {
    const resource = resourceOf(entry);
    if (resource === undefined) {
      failed = 'LINSTOR has a resource without a name or a node';
      continue;
    }
    byName.set(resource.name, [...(byName.get(resource.name) ?? []), resource]);
    note(resource.name, listAt(entry, 'volumes') ?? []);
  }
  for (const entry of definitions.ok ? definitions.value : []) {
    const name = textAt(entry, 'name');
    if (name === undefined) failed = 'LINSTOR has a resource definition without a name';
    else note(name, listAt(entry, 'volume_definitions') ?? []);
  }
  const numbersOf = (name: string): readonly number[] => {
    const known = [...(numbers.get(name) ?? [])].sort((left, right) => left - right);
    // What is defined, or placed, without a volume that anybody lists is one volume of which nothing is known: a copy
    // that lost everything must not vanish from who should report.
    return known.length === 0 ? [0] : known;
  };
  const names = [...numbers.keys()].sort();
  return {
    view,
    failed,
    resources: [...byName.values()].flat(),
    volumes: names.flatMap((resource) => numbersOf(resource).map((number) => ({ resource, number }))),
    of: (name) => byName.get(name) ?? [],
    numbersOf,
  };
}

const leavingFlags = ['DELETE', 'DRBD_DELETE', 'DISK_REMOVING', 'DISK_REMOVE_REQUESTED', 'EVACUATE', 'EVICTED'];

function resourceOf(entry: unknown): Resource | undefined {
  const [name, node] = [textAt(entry, 'name'), textAt(entry, 'node_name')];
  if (name === undefined || node === undefined) return undefined;
  const found = at(entry, 'flags') ?? [];
  const readable = Array.isArray(found) && found.every((flag) => typeof flag === 'string');
  const words = readable ? setOf(found) : [];
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
    flags: readable ? words : unreadable(found),
    kind: readable ? kind : unreadable(found),
    diskless: readable && kind !== 'diskful',
    deleting: readable ? leaving : unreadable(found),
    leaving,
    inactive: words.includes('INACTIVE'),
    drbd: layer !== undefined || at(entry, 'layer_object') === undefined,
    connections: at(layer, 'drbd', 'connections'),
    volume: (number) => (listAt(entry, 'volumes') ?? []).find((one) => at(one, 'volume_number') === number),
  };
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

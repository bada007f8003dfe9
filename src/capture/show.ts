import { kindOf, type Raw } from '../kernel/raw.ts';
import type { Capture, Missing } from './capture.ts';
import { kindsRead } from './kinds.ts';

/** What `nwctl capture show` prints: what is in a capture, what is not, and how old it is. Data only; names are raw. */
export interface CaptureShown {
  readonly name: string;
  readonly digest: string;
  readonly takenAtMs: number | null;
  readonly takenBy: string;
  readonly requestedBy?: string;
  readonly complete: boolean;
  readonly hasManifest: boolean;
  /** One row a kind: how many objects, and whether the list of them was had; only a had list says who there is. */
  readonly kinds: readonly KindShown[];
  readonly linstor: readonly TextShown[];
  readonly hosts: readonly HostShown[];
  readonly observed: readonly ObservedShown[];
  /** A site that nobody saw; null for every other capture. */
  readonly stated: StatedShown | null;
  readonly missing: readonly Missing[];
  /** From the oldest to the newest thing in it; null for a capture without anything, or without moments. */
  readonly moments: { readonly oldestMs: number; readonly newestMs: number } | null;
}

export interface KindShown {
  readonly kind: string;
  readonly objects: number;
  readonly list: 'had' | 'failed' | 'none';
  /** Whether a normaliser reads this kind at all. */
  readonly read: boolean;
}

export interface TextShown {
  readonly name: string;
  readonly characters: number;
  readonly atMs: number;
  readonly failed?: string;
}

export interface HostShown {
  readonly node: string;
  readonly files: readonly TextShown[];
}

export interface StatedShown {
  /** How many there are of each kind whose list is known. */
  readonly lists: readonly { readonly kind: string; readonly members: number }[];
  readonly facts: number;
  readonly frozen: number;
}

export interface ObservedShown {
  readonly node: string;
  readonly heartbeatChangedAtMs?: number;
  readonly clockSkewMs?: number;
}

export function showCapture(capture: Capture): CaptureShown {
  const { name, digest, takenAtMs, takenBy, requestedBy, complete, hasManifest, raws, missing } = capture;
  const moments = takenAtMs === null ? [] : raws.map(({ at }) => at);
  return {
    name,
    digest,
    takenAtMs,
    takenBy,
    ...(requestedBy === undefined ? {} : { requestedBy }),
    complete,
    hasManifest,
    kinds: kindsOf(raws),
    linstor: raws.flatMap((raw) => (raw.from === 'linstor' ? [textOf(raw.path, raw)] : [])).sort(byName),
    hosts: hostsOf(raws),
    observed: raws.flatMap(observedOf),
    stated: raws.map(statedOf).find((one) => one !== null) ?? null,
    missing,
    moments: moments.length === 0 ? null : spanOf(moments),
  };
}

function kindsOf(raws: readonly Raw[]): readonly KindShown[] {
  const objects = new Map<string, number>();
  const lists = new Map<string, 'had' | 'failed'>();
  for (const raw of raws) {
    if (raw.from === 'object') objects.set(kindOf(raw.object), (objects.get(kindOf(raw.object)) ?? 0) + 1);
    if (raw.from === 'list') lists.set(raw.kind, raw.failed === undefined ? 'had' : 'failed');
  }
  return [...new Set([...objects.keys(), ...lists.keys()])].sort().map((kind) => ({
    kind,
    objects: objects.get(kind) ?? 0,
    list: lists.get(kind) ?? 'none',
    read: kindsRead.has(kind),
  }));
}

function hostsOf(raws: readonly Raw[]): readonly HostShown[] {
  const files = new Map<string, TextShown[]>();
  for (const raw of raws) {
    if (raw.from !== 'host') continue;
    files.set(raw.node, [...(files.get(raw.node) ?? []), textOf(raw.what, raw)]);
  }
  return [...files]
    .map(([node, texts]) => ({ node, files: texts.sort(byName) }))
    .sort((left, right) => (left.node < right.node ? -1 : 1));
}

function observedOf(raw: Raw): readonly ObservedShown[] {
  if (raw.from !== 'observer') return [];
  const { node, heartbeatChangedAt, clockSkewMs } = raw;
  return [
    {
      node,
      ...(heartbeatChangedAt === undefined ? {} : { heartbeatChangedAtMs: heartbeatChangedAt }),
      ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
    },
  ];
}

function statedOf(raw: Raw): StatedShown | null {
  if (raw.from !== 'stated') return null;
  const lists = raw.lists.map(({ kind, members }) => ({ kind, members: members.length }));
  return { lists, facts: raw.facts.length, frozen: raw.frozen?.length ?? 0 };
}

function textOf(
  name: string,
  raw: { readonly text: string; readonly at: number; readonly failed?: string },
): TextShown {
  const { text, at, failed } = raw;
  return { name, characters: text.length, atMs: at, ...(failed === undefined ? {} : { failed }) };
}

function byName(left: TextShown, right: TextShown): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function spanOf(moments: readonly number[]): { readonly oldestMs: number; readonly newestMs: number } {
  let oldestMs = Number.POSITIVE_INFINITY;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const at of moments) {
    if (at < oldestMs) oldestMs = at;
    if (at > newestMs) newestMs = at;
  }
  return { oldestMs, newestMs };
}

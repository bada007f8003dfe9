import { digestOfText } from '../kernel/digest.ts';
import { error, type Fault, type Place } from '../kernel/fault.ts';
import { kindOf, type Raw, type RawHost, type RawLinstor, type RawList, type RawObject } from '../kernel/raw.ts';
import type { Missing } from './capture.ts';
import { lineOf } from './line.ts';
import { type Manifest, missingThing } from './manifest.ts';
import { isPlainObject } from './plain.ts';
import { factsFile } from './stated.ts';

/** A raw with the place it came from, while a capture is put together. */
export interface Found<R extends Raw = Raw> {
  readonly raw: R;
  readonly place: Place;
}

/** A manifest's own words as raws: what only the observer measured, and what could not be had. */
export function rawsOfManifest(manifest: Manifest): readonly Found[] {
  const at = manifest.takenAtMs ?? 0;
  const observed = manifest.observer.map(
    ({ node, heartbeatChangedAtMs, clockSkewMs, place }): Found => ({
      place,
      raw: {
        from: 'observer',
        at,
        node,
        ...(heartbeatChangedAtMs === undefined ? {} : { heartbeatChangedAt: heartbeatChangedAtMs }),
        ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
      },
    }),
  );
  const failed = manifest.missing.flatMap((entry): Found[] => {
    const raw = rawOfMissing(entry, at);
    return raw === undefined ? [] : [{ place: entry.place, raw }];
  });
  return [...observed, ...failed];
}

export function rawOfMissing({ what, why }: Missing, at: number): Raw | undefined {
  const thing = missingThing(what);
  switch (thing?.kind) {
    case 'linstor':
      return { from: 'linstor', at, path: thing.path, text: '', failed: why };
    case 'host':
      return { from: 'host', at, node: thing.node, what: thing.what, text: '', failed: why };
    case 'list':
      return { from: 'list', at, kind: thing.of, failed: why };
    default:
      return undefined;
  }
}

/** One list a kind: fetched in parts (by namespace, by file) it is as old as its oldest part, and one part that could
 *  not be had makes the whole unknown. */
export function mergeLists(lists: readonly RawList[]): readonly RawList[] {
  const byKind = new Map<string, RawList>();
  for (const list of lists) {
    const other = byKind.get(list.kind);
    if (other === undefined) byKind.set(list.kind, list);
    else {
      const failed = other.failed ?? list.failed;
      const at = Math.min(list.at, other.at);
      byKind.set(list.kind, { from: 'list', at, kind: list.kind, ...(failed === undefined ? {} : { failed }) });
    }
  }
  return [...byKind.values()];
}

/** What one raw is about; two of one identity must say the same. */
export function identityOf(raw: Raw): string {
  switch (raw.from) {
    case 'object': {
      const { namespace, name } = raw.object.metadata;
      return `object ${kindOf(raw.object)} ${namespace ?? ''}/${name}`;
    }
    case 'list':
      return `list ${raw.kind}`;
    case 'linstor':
      return `linstor ${raw.path}`;
    case 'host':
      return `host ${raw.node} ${raw.what}`;
    case 'observer':
      return `observer ${raw.node}`;
    case 'stated':
      return 'stated';
  }
}

/** Each thing once. The same object fetched twice with the same content is fine, and as fresh as the later fetch; with
 *  different content nobody can say which one the site was. */
export function withoutRepeats(found: readonly Found[]): {
  readonly kept: readonly Found[];
  readonly faults: readonly Fault[];
} {
  const lists: Found<RawList>[] = [];
  const kept = new Map<string, Found>();
  const faults: Fault[] = [];
  for (const one of found) {
    if (one.raw.from === 'list') {
      lists.push(one as Found<RawList>);
      continue;
    }
    const id = identityOf(one.raw);
    const other = kept.get(id);
    if (other === undefined) kept.set(id, one);
    else if (sameContent(one.raw, other.raw)) {
      if (one.raw.at > other.raw.at) kept.set(id, one);
    } else {
      const says = `${nameOf(one.raw)} stands also in ${other.place.file}:${other.place.line}, with another content`;
      faults.push(error('CAPTURE_OBJECT', one.place, says, 'keep the one that was fetched with the rest'));
    }
  }
  const placeOfKind = new Map(lists.map(({ raw, place }) => [raw.kind, place]));
  const merged = mergeLists(lists.map(({ raw }) => raw)).flatMap((raw): Found[] => {
    const place = placeOfKind.get(raw.kind);
    return place === undefined ? [] : [{ raw, place }];
  });
  return { kept: [...kept.values(), ...merged], faults };
}

function sameContent(left: Raw, right: Raw): boolean {
  return lineOf({ ...left, at: 0 }) === lineOf({ ...right, at: 0 });
}

export function nameOf(raw: Raw): string {
  if (raw.from === 'object') {
    const { namespace, name } = raw.object.metadata;
    return `\`${raw.object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}\``;
  }
  if (raw.from === 'stated') return `\`${factsFile}\``;
  return `\`${identityOf(raw).split(' ').slice(1).join('/')}\``;
}

/** An observer can only have measured nodes that are there: in the list of Nodes, if that was had, or with files of
 *  their own. */
export function strangers(raws: readonly Raw[]): readonly string[] {
  const known = new Set<string>();
  let listed = false;
  for (const raw of raws) {
    if (raw.from === 'host') known.add(raw.node);
    if (raw.from === 'list' && raw.kind === 'v1/Node' && raw.failed === undefined) listed = true;
    if (raw.from === 'object' && isNode(raw)) known.add(raw.object.metadata.name);
  }
  return listed ? raws.flatMap((raw) => (raw.from === 'observer' && !known.has(raw.node) ? [raw.node] : [])) : [];
}

function isNode({ object }: RawObject): boolean {
  return object.apiVersion === 'v1' && object.kind === 'Node' && isPlainObject(object.metadata);
}

/** A made-up fact must never stand beside an observed one as if it had been seen: whatever is beside a stated site, and whatever
 *  its manifest says of having been fetched. */
export function besideStated(found: readonly Found[], manifest: Manifest | undefined): readonly Fault[] {
  if (!found.some(({ raw }) => raw.from === 'stated')) return [];
  const observed = new Map<string, Fault>();
  const add = (place: Place, what: string): void => {
    if (!observed.has(place.file)) observed.set(place.file, mixedWith(place, what));
  };
  for (const { raw, place } of found) if (raw.from !== 'stated') add(place, `${nameOf(raw)} was observed`);
  if (manifest === undefined) return [...observed.values()];
  const { observer, fetched, missing, complete, place } = manifest;
  for (const one of [...observer, ...fetched, ...missing]) add(one.place, 'the manifest says what was fetched');
  if (complete) add(place, 'the manifest says that all was fetched');
  return [...observed.values()];
}

export function mixedWith(place: Place, what: string): Fault {
  const says = `${what}, and ${factsFile} states a site that nobody saw`;
  return error('FACTS_MIXED', place, says, 'keep what was made up in a capture of its own');
}

/** The digest of a capture: over the bytes of its one-file form before compression. */
export function digestOfLines(first: string, lines: readonly string[]): string {
  return digestOfText(`${[first, ...lines].join('\n')}\n`);
}

/** Hosts of which nothing could be had: only the manifest can say so. */
export function silentHosts(manifest: Manifest | undefined): readonly Missing[] {
  const whole = (manifest?.missing ?? []).filter(({ what }) => missingThing(what)?.kind === 'whole-host');
  return whole.map(({ what, why }) => ({ what, why }));
}

/** What could not be had, as a manifest says it: the failed raws by name, and the silent hosts. */
export function missingOf(raws: readonly Raw[], silent: readonly Missing[]): readonly Missing[] {
  const found = raws.flatMap((raw): Missing[] => {
    if (!('failed' in raw) || raw.failed === undefined) return [];
    return [{ what: whatOf(raw), why: raw.failed }];
  });
  return [...found, ...silent].sort((left, right) => (left.what < right.what ? -1 : left.what > right.what ? 1 : 0));
}

function whatOf(raw: RawList | RawLinstor | RawHost): string {
  switch (raw.from) {
    case 'list':
      return raw.kind;
    case 'linstor':
      return `linstor${raw.path}`;
    case 'host':
      return `hosts/${raw.node}/${raw.what}`;
  }
}

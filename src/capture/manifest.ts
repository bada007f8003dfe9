import { canonical, type Json } from '../kernel/digest.ts';
import { error, type Fault, type Loaded, loadedUnless, type Place } from '../kernel/fault.ts';
import { child, type Tree } from '../source/tree.ts';
import { type Capture, captureApiVersion, captureFormatVersion, captureKind, type Missing } from './capture.ts';
import { isKindName } from './kinds.ts';
import { formatMoment, parseMoment } from './moment.ts';
import { isDnsName, isInnerPath, isPrintable } from './names.ts';
import { isOfKind, Reader } from './reader.ts';

/** What the first page of a capture says of the rest. */
export interface Manifest {
  readonly name: string;
  /** Both null in the one-file form of a folder that had no manifest. */
  readonly takenAtMs: number | null;
  readonly takenBy: string | null;
  readonly requestedBy?: string;
  readonly complete: boolean;
  /** Where it starts. */
  readonly place: Place;
  readonly observer: readonly Observed[];
  readonly fetched: readonly Fetched[];
  readonly missing: readonly (Missing & { readonly place: Place })[];
  /** How many lines follow, in the one-file form: a file cut at the end of a line is still a whole text. */
  readonly lines?: number;
}

export interface Observed {
  readonly node: string;
  readonly heartbeatChangedAtMs?: number;
  readonly clockSkewMs?: number;
  readonly place: Place;
}

export interface Fetched {
  readonly path: string;
  readonly atMs: number;
  readonly place: Place;
}

/** A capture.yaml, or the first line of the one-file form, checked against itself. Whether it fits what is in the
 *  capture is asked where that is known. */
export function manifestFrom(tree: Tree, form: 'folder' | 'file'): Loaded<Manifest> {
  const faults: Fault[] = [];
  const reader = new Reader(faults);
  if (tree.kind === 'map' && !isOfKind(tree, captureKind)) {
    const says = `is no ${captureKind} of ${captureApiVersion}`;
    return {
      ok: false,
      faults: [error('SHAPE_WRONG_KIND', tree.at, says, 'docs/captures.md shows what one is made of')],
    };
  }
  const top = reader.map(tree, 'the manifest', ['apiVersion', 'kind', 'metadata', 'spec']);
  if (top === undefined) return { ok: false, faults };
  const version = child(child(top, 'spec'), 'formatVersion');
  if (version?.kind === 'scalar' && typeof version.value === 'number' && version.value > captureFormatVersion) {
    const says = `has format version ${version.text}; this nwctl knows ${captureFormatVersion}`;
    return { ok: false, faults: [error('CAPTURE_NEWER', version.at, says, 'use a newer nwctl')] };
  }
  const metadata = reader.map(child(top, 'metadata'), '`metadata`', ['name'], top.at);
  const spec = reader.map(child(top, 'spec'), '`spec`', form === 'file' ? fileFields : specFields, top.at);
  if (metadata === undefined || spec === undefined) return { ok: false, faults };
  if (version?.kind !== 'scalar' || version.value !== captureFormatVersion) {
    faults.push(error('SHAPE_INVALID', version?.at ?? spec.at, `\`formatVersion\` must be ${captureFormatVersion}`));
  }
  const name = reader.text(metadata, 'name') ?? '';
  if (!isPrintable(name))
    faults.push(error('CAPTURE_NAME', metadata.at, 'the name holds characters that names do not have'));
  const takenAtMs = reader.moment(spec, 'takenAt');
  const takenBy = reader.optionalText(spec, 'takenBy');
  const requestedBy = reader.optionalText(spec, 'requestedBy');
  const complete = reader.flag(spec, 'complete');
  const lines = form === 'file' ? reader.count(spec, 'lines') : undefined;
  const missing = missingFrom(child(spec, 'missing'), reader, faults);
  const observer = observedFrom(child(spec, 'observer'), reader, faults);
  const fetched = fetchedFrom(child(spec, 'fetched'), reader, faults);

  if (form === 'folder' && faults.length === 0) {
    if (takenAtMs === undefined)
      faults.push(error('SHAPE_INVALID', spec.at, '`takenAt` is missing', 'write when the last thing was fetched'));
    if (takenBy === undefined)
      faults.push(error('SHAPE_INVALID', spec.at, '`takenBy` is missing', 'write who or what fetched it'));
  }
  if (form === 'file' && faults.length === 0) {
    if (lines === undefined) faults.push(error('SHAPE_INVALID', spec.at, '`lines` is missing'));
    if ((takenAtMs === undefined) !== (takenBy === undefined)) {
      faults.push(error('SHAPE_INVALID', spec.at, 'has one of `takenAt` and `takenBy`, and not the other'));
    }
  }
  const lie = (at: Place, says: string): void => void faults.push(error('CAPTURE_MANIFEST', at, says));
  if (complete && missing.length > 0)
    lie(child(spec, 'complete')?.at ?? spec.at, 'says complete, and lists what is missing');
  for (const { heartbeatChangedAtMs, node, place } of observer) {
    if (heartbeatChangedAtMs === undefined) continue;
    if (takenAtMs === undefined) lie(place, 'has a moment, and `takenAt` has none to compare it with');
    else if (heartbeatChangedAtMs > takenAtMs) lie(place, `the heartbeat of \`${node}\` changed after \`takenAt\``);
  }
  for (const { path, atMs, place } of fetched) {
    if (takenAtMs === undefined) lie(place, 'has a moment, and `takenAt` has none to compare it with');
    else if (atMs > takenAtMs)
      lie(place, `\`${path}\` was fetched after \`takenAt\`, which is when the last thing was`);
  }
  return loadedUnless(faults, () => ({
    name,
    takenAtMs: takenAtMs ?? null,
    takenBy: takenBy ?? null,
    ...(requestedBy === undefined ? {} : { requestedBy }),
    complete,
    place: top.at,
    observer,
    fetched,
    missing,
    ...(lines === undefined ? {} : { lines }),
  }));
}

const fileFields = ['formatVersion', 'lines', 'takenAt', 'takenBy', 'requestedBy', 'complete', 'missing'];
const specFields = ['formatVersion', 'takenAt', 'takenBy', 'requestedBy', 'complete', 'observer', 'fetched', 'missing'];

/** The first line of the one-file form. What the observer measured and when single things were fetched stands in the
 *  lines themselves. */
export function manifestLine(capture: Omit<Capture, 'raws' | 'digest'>, lines: number): string {
  const { name, takenAtMs, takenBy, requestedBy, complete, hasManifest, missing } = capture;
  const spec: Record<string, Json | undefined> = {
    formatVersion: captureFormatVersion,
    lines,
    takenAt: takenAtMs === null ? undefined : formatMoment(takenAtMs),
    takenBy: hasManifest ? takenBy : undefined,
    requestedBy,
    complete: complete ? true : undefined,
    missing: missing.length === 0 ? undefined : missing.map(({ what, why }) => ({ what, why })),
  };
  return `{"apiVersion":"${captureApiVersion}","kind":"${captureKind}","metadata":${canonical({ name })},"spec":${canonical(spec)}}`;
}

export type MissingThing =
  | { readonly kind: 'list'; readonly of: string }
  | { readonly kind: 'linstor'; readonly path: string }
  | { readonly kind: 'host'; readonly node: string; readonly what: string }
  /** A host that did not answer at all: nothing of it is there, so there is no one thing that failed. */
  | { readonly kind: 'whole-host'; readonly node: string };

/** What a `missing` entry means, or undefined if it means nothing that we know. */
export function missingThing(what: string): MissingThing | undefined {
  if (isKindName(what)) return { kind: 'list', of: what };
  if (!isInnerPath(what)) return undefined;
  const [room, node, ...rest] = what.split('/');
  if (room === 'linstor' && node !== undefined) return { kind: 'linstor', path: linstorPath(what) };
  if (room !== 'hosts' || node === undefined || !isDnsName(node)) return undefined;
  return rest.length === 0 ? { kind: 'whole-host', node } : { kind: 'host', node, what: rest.join('/') };
}

/** `linstor/v1/view/resources.json` → `/v1/view/resources` */
export function linstorPath(path: string): string {
  return path.slice('linstor'.length).replace(/\.json$/, '');
}

function missingFrom(tree: Tree | undefined, reader: Reader, faults: Fault[]): (Missing & { place: Place })[] {
  const found: (Missing & { place: Place })[] = [];
  const seen = new Set<string>();
  for (const item of reader.list(tree, '`missing`')) {
    const entry = reader.map(item, 'an entry of `missing`', ['what', 'why']);
    const what = entry && reader.text(entry, 'what');
    const why = entry && reader.text(entry, 'why');
    if (entry === undefined || what === undefined || why === undefined) continue;
    const place = child(entry, 'what')?.at ?? entry.at;
    if (missingThing(what) === undefined) {
      const hint =
        'write `kubevirt.io/v1/VirtualMachine`, `linstor/v1/view/resources`, `hosts/NODE` or `hosts/NODE/NAME`';
      faults.push(error('CAPTURE_MANIFEST', place, `\`${what}\` names nothing that a capture could have`, hint));
    }
    if (seen.has(what)) faults.push(error('CAPTURE_MANIFEST', place, `\`${what}\` is listed twice`));
    seen.add(what);
    found.push({ what, why, place });
  }
  return found;
}

function observedFrom(tree: Tree | undefined, reader: Reader, faults: Fault[]): Observed[] {
  return reader.entries(tree, '`observer`').flatMap(({ key, keyAt, value }) => {
    if (!isDnsName(key)) faults.push(error('CAPTURE_NAME', keyAt, `\`${key}\` is no name of a node`));
    const entry = reader.map(value, `\`observer.${key}\``, ['heartbeatChangedAt', 'clockSkew']);
    if (entry === undefined) return [];
    const heartbeatChangedAtMs = reader.moment(entry, 'heartbeatChangedAt');
    const clockSkewMs = reader.signedDuration(entry, 'clockSkew');
    return [
      {
        node: key,
        place: keyAt,
        ...(heartbeatChangedAtMs === undefined ? {} : { heartbeatChangedAtMs }),
        ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
      },
    ];
  });
}

function fetchedFrom(tree: Tree | undefined, reader: Reader, faults: Fault[]): Fetched[] {
  return reader.entries(tree, '`fetched`').flatMap(({ key, keyAt, value }) => {
    if (!isInnerPath(key)) faults.push(error('CAPTURE_NAME', keyAt, `\`${key}\` is no path inside a capture`));
    const atMs = value.kind === 'scalar' && typeof value.value === 'string' ? parseMoment(value.value) : undefined;
    if (atMs === undefined) {
      faults.push(error('SHAPE_INVALID', value.at, 'is no moment', 'write it like 2026-03-04T10:15:02Z'));
      return [];
    }
    return [{ path: key, atMs, place: keyAt }];
  });
}

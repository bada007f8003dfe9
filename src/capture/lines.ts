import { error, type Fault, type Place, warning } from '../kernel/fault.ts';
import {
  kindOf,
  type Raw,
  type RawHost,
  type RawLinstor,
  type RawList,
  type RawObject,
  type RawObserver,
} from '../kernel/raw.ts';
import type { Keep } from './capture.ts';
import { isHostName } from './host-names.ts';
import { kindsRead } from './kinds.ts';
import { checkObject } from './kubernetes.ts';
import { joined, lean } from './lean.ts';
import { objectLineStart } from './line.ts';
import { isMoment } from './moment.ts';
import { isDnsName, isInnerPath, isPrintable } from './names.ts';
import { isPlainObject, member, type PlainObject, textMember, whyNotPlain } from './plain.ts';
import { maskJsonText, maskObject, maskText } from './secrets.ts';
import { siteFrom } from './stated-line.ts';

/** A line → its raw; undefined when nothing reads it; or what is wrong with it. */
export type ReadLine = Raw | Fault | undefined;

export function isFault(read: Raw | Fault): read is Fault {
  return 'severity' in read;
}

/** What the beginning of a line says about the rest. */
export type Prefix = 'parse' | 'skip' | 'secret';

/** Whether a line is worth parsing, told from its first members alone. Whoever orders them differently gets it parsed. */
export function prefixOf(start: string, keep: Keep): Prefix {
  if (!start.startsWith(objectLineStart)) return 'parse';
  const end = start.indexOf('"', objectLineStart.length + 1);
  if (end === -1) return 'parse';
  const kind = start.slice(objectLineStart.length + 1, end);
  if (kind === 'v1/Secret' || kind === 'v1/SecretList') return 'secret';
  return keep === 'read' && !kindsRead.has(kind) && !kind.includes('\\') ? 'skip' : 'parse';
}

/** The only moment that lines may have when nobody wrote down when the capture was taken. */
export interface LineContext {
  readonly takenAtMs: number | null;
  readonly keep: Keep;
}

export function readLine(text: string, place: Place, { takenAtMs, keep }: LineContext): ReadLine {
  const bad = (says: string): Fault => error('CAPTURE_LINE', place, says, 'make the capture again');
  let line: unknown;
  try {
    line = JSON.parse(text) as unknown;
  } catch {
    return bad('is not JSON');
  }
  if (!isPlainObject(line)) return bad('is no object');
  const { from, at } = line;
  if (typeof from !== 'string' || !Object.hasOwn(members, from)) return bad('says not where it is from');
  const known = members[from as Raw['from']];
  const stranger = Object.keys(line).find((name) => !known.includes(name));
  if (stranger !== undefined) return bad(`has a member \`${stranger}\` that such a line does not have`);
  if (!isMoment(at)) return bad('has no `at` that is a moment');
  if (at > (takenAtMs ?? 0)) return bad('was fetched after the capture was taken');
  if (takenAtMs === null && at !== 0) return bad('has a moment, and the manifest has none');
  const { failed } = line;
  if (failed !== undefined && (typeof failed !== 'string' || failed === '' || !failed.isWellFormed())) {
    return bad('has a `failed` that says nothing');
  }
  switch (from as Raw['from']) {
    case 'object':
      return objectFrom(line, at, place, bad, keep);
    case 'list':
      return listFrom(line, at, bad, place);
    case 'linstor':
      return linstorFrom(line, at, bad, place);
    case 'host':
      return hostFrom(line, at, bad, place);
    case 'observer':
      return observerFrom(line, at, bad, place, takenAtMs);
    case 'stated': {
      const site = siteFrom(line);
      return typeof site === 'string' ? bad(site) : { from: 'stated', at, ...site };
    }
  }
}

type Bad = (says: string) => Fault;

const members: Readonly<Record<Raw['from'], readonly string[]>> = {
  object: ['from', 'kind', 'at', 'object', 'more'],
  list: ['from', 'kind', 'at', 'failed'],
  linstor: ['from', 'path', 'at', 'failed', 'text'],
  host: ['from', 'node', 'what', 'at', 'failed', 'text'],
  observer: ['from', 'node', 'at', 'heartbeatChangedAt', 'clockSkewMs'],
  stated: ['from', 'at', 'lists', 'facts', 'frozen'],
};

function objectFrom(line: PlainObject, at: number, place: Place, bad: Bad, keep: Keep): RawObject | Fault | undefined {
  const { more } = line;
  let object = member(line, 'object');
  if (keep === 'all') {
    const whyNot = whyNotPlain(line);
    if (whyNot !== undefined) return bad(whyNot);
    if (more !== undefined) object = isPlainObject(object) && isPlainObject(more) ? joined(object, more) : undefined;
    if (object === undefined) return bad('has two parts that do not fit together');
  }
  const checked = checkObject(object);
  if (!checked.ok) return error(checked.code, place, checked.says, checked.hint);
  if (line.kind !== kindOf(checked.object)) return bad('says another kind than its object');
  if (keep === 'read' && !kindsRead.has(line.kind as string)) return undefined;
  const slim = lean(checked.object, keep);
  // Only what may be written again must be looked through for secrets: what is only read ends in facts, which hold none.
  if (keep === 'all') maskObject(slim);
  return { from: 'object', at, object: slim as unknown as RawObject['object'] };
}

function listFrom(line: PlainObject, at: number, bad: Bad, place: Place): RawList | Fault {
  const kind = textMember(line, 'kind');
  if (kind === undefined || kind === '') return bad('is a list that says not of what');
  if (!isPrintable(kind)) return badName(place);
  return { from: 'list', at, kind, ...failedOf(line) };
}

function linstorFrom(line: PlainObject, at: number, bad: Bad, place: Place): RawLinstor | Fault {
  const path = textMember(line, 'path');
  const text = textMember(line, 'text');
  if (path === undefined || text === undefined || !text.isWellFormed())
    return bad('is a reply without its path or text');
  if (!path.startsWith('/') || !isInnerPath(path.slice(1))) return badName(place);
  return { from: 'linstor', at, path, text: maskJsonText(text), ...failedOf(line) };
}

function hostFrom(line: PlainObject, at: number, bad: Bad, place: Place): RawHost | Fault {
  const node = textMember(line, 'node');
  const what = textMember(line, 'what');
  const text = textMember(line, 'text');
  if (node === undefined || what === undefined || text === undefined || !text.isWellFormed()) {
    return bad('is from a host without its node, name or text');
  }
  if (!isDnsName(node) || !isInnerPath(what)) return badName(place);
  if (!isHostName(what)) {
    return warning('CAPTURE_UNKNOWN_FILE', place, `\`${what}\` is nothing that is read of a host; it is left out`);
  }
  return { from: 'host', at, node, what, text: maskText(text), ...failedOf(line) };
}

function observerFrom(
  line: PlainObject,
  at: number,
  bad: Bad,
  place: Place,
  takenAtMs: number | null,
): RawObserver | Fault {
  const node = textMember(line, 'node');
  const { heartbeatChangedAt, clockSkewMs } = line;
  if (node === undefined || !isDnsName(node)) return badName(place);
  if (heartbeatChangedAt !== undefined && !isMoment(heartbeatChangedAt)) return bad('has a heartbeat at no moment');
  if (clockSkewMs !== undefined && !Number.isSafeInteger(clockSkewMs))
    return bad('has a clock skew that is no duration');
  if (heartbeatChangedAt !== undefined && heartbeatChangedAt > (takenAtMs ?? Number.NEGATIVE_INFINITY)) {
    return error('CAPTURE_MANIFEST', place, `the heartbeat of \`${node}\` changed after \`takenAt\``);
  }
  return {
    from: 'observer',
    at,
    node,
    ...(heartbeatChangedAt === undefined ? {} : { heartbeatChangedAt }),
    ...(clockSkewMs === undefined ? {} : { clockSkewMs: clockSkewMs as number }),
  };
}

function failedOf(line: PlainObject): { readonly failed?: string } {
  return typeof line.failed === 'string' ? { failed: line.failed } : {};
}

function badName(place: Place): Fault {
  return error('CAPTURE_NAME', place, 'has a name that no such thing can have', 'make the capture again');
}

import { scanCanonical } from '../kernel/canonical-scan.ts';
import { sha256 } from '../kernel/digest.ts';
import { error, type Fault, type Loaded, type Place } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import type { Signed, Verified } from '../kernel/trust.ts';
import { checkSignatures, type Envelope, isEnvelope, parseEnvelope } from '../signing/dsse.ts';
import { parseCanonicalJson } from '../source/canonical-json.ts';
import { bundleKind } from './document.ts';
import type { Profile } from './profile.ts';
import { rolesFor, type TrustRoot } from './trust-root.ts';
import { compareVersions } from './version-order.ts';

export const profilePayloadType = 'application/vnd.nodewright.edge-profile.v1+json';

/** What a profile is held against. Time and memory come from outside: the memory of what was run is kept where the author
 *  of a profile cannot write. */
export interface Against {
  readonly root: TrustRoot;
  readonly nowMs: number;
  /** Of the profile with this name. It may be older than none of them. */
  readonly ranBefore: (name: string) => readonly RanBefore[];
  /** The name that is asked for; without it, any that the root knows. */
  readonly name?: string;
}

/** What was run here. `digest` null: nobody kept it, so that only older versions show. */
export interface RanBefore {
  readonly version: string;
  readonly digest: string | null;
}

/** Why a profile may decide: by its signatures, or because somebody said on the command line that none are asked for, which
 *  every output then repeats. There is no third. */
export type Origin = { readonly kind: 'insecure-unsigned' } | { readonly kind: 'signed'; readonly against: Against };
export const insecureUnsigned: Origin = { kind: 'insecure-unsigned' };

/** A built profile's text, and what is known of its origin. */
export interface ProfileDocument {
  readonly name: string;
  readonly version: string;
  /** Of the payload, and so of the profile. */
  readonly digest: string;
  /** Canonical JSON. */
  readonly payload: Uint8Array;
  readonly signed: Signed;
}

/** A file's bytes → the document in it, if whom the root names have signed it. Total: every way to be wrong has its code,
 *  nothing is thrown, and nothing of a payload is read before its signatures are right. */
export function verifyProfile(file: string, bytes: Uint8Array, against: Against): Loaded<Verified<ProfileDocument>> {
  const { root, nowMs, ranBefore } = against;
  const at = { file, line: 1, col: 1 };
  const envelope = parseEnvelope(file, bytes);
  if (!envelope.ok) return looksUnsigned(bytes) ? refused('SIGNATURE_MISSING', at, 'is not signed') : envelope;
  const by = signersOf(envelope.value, root, nowMs, at);
  if (!by.ok) return by;
  const read = documentIn(envelope.value, at);
  if (!read.ok) return read;
  const { name, version, digest, payload } = read.value;
  const faults = [...whyNotThey(by.value, root, name, at), ...whyNotNow(read.value, ranBefore(name), at)];
  if (against.name !== undefined && against.name !== name) {
    faults.push(error('PROFILE_OTHER', at, `is the profile \`${name}\`, and \`${against.name}\` is asked for`));
  }
  if (faults.length > 0) return { ok: false, faults };
  const signed: Signed = {
    kind: 'signed',
    by: by.value,
    root: { site: root.site, version: root.version, digest: root.digest },
  };
  return { ok: true, value: verified({ name, version, digest, payload, signed }), warnings: [] };
}

/** The ids of the keys that signed an envelope of ours, each known to the root and not expired. What they may sign is
 *  another question: it needs the payload, which is not read before. */
export function signersOf(envelope: Envelope, root: TrustRoot, nowMs: number, at: Place): Loaded<readonly string[]> {
  if (envelope.payloadType !== profilePayloadType) {
    return refused('ENVELOPE_TYPE', at, `holds \`${envelope.payloadType}\`, and no profile`);
  }
  const late = whyExpired(root, nowMs, at);
  if (late.length > 0) return { ok: false, faults: late };
  const by = checkSignatures(envelope, (id) => root.keys.get(id)?.key, at);
  if (!by.ok) return by;
  if (by.value.length === 0) return refused('SIGNATURE_MISSING', at, 'is signed by nobody');
  const expired = by.value.flatMap((id) => {
    const { expiresMs } = root.keys.get(id) ?? {};
    if (expiresMs === undefined || nowMs < expiresMs) return [];
    return [
      error('KEY_EXPIRED', at, `is signed by the key \`${id}\`, which expired ${new Date(expiresMs).toISOString()}`),
    ];
  });
  return expired.length > 0 ? { ok: false, faults: expired } : by;
}

/** A moment that is none is no moment before the expiry. */
export function whyExpired({ version, site, expiresMs }: TrustRoot, nowMs: number, at: Place): readonly Fault[] {
  if (nowMs < expiresMs) return [];
  return [error('TRUST_EXPIRED', at, `root ${version} of \`${site}\` expired ${new Date(expiresMs).toISOString()}`)];
}

/** The document of an envelope without a look at its signatures: for whoever says that he does not ask for any. */
export function unverifiedPayload(file: string, bytes: Uint8Array): Loaded<Uint8Array> {
  const envelope = parseEnvelope(file, bytes);
  if (!envelope.ok) return envelope;
  const read = documentIn(envelope.value, { file, line: 1, col: 1 });
  return read.ok ? { ok: true, value: read.value.payload, warnings: read.warnings } : read;
}

/** A profile that was made of a verified document, or of the folder that this document was built of. Its digest is the proof
 *  that it was made of that and of nothing else. */
export function believed(
  profile: Profile,
  { digest, signed, version }: Verified<ProfileDocument>,
  madeOf: 'document' | 'folder',
  at: Place,
): Loaded<Verified<Profile>> {
  if (digest === profile.digest) return { ok: true, value: verified({ ...profile, signed }), warnings: [] };
  if (madeOf === 'document') {
    return refused('SHAPE_UNKNOWN_FIELD', at, 'holds more than the profile and the packs that are read of it');
  }
  const message = `is not what was signed: that was version ${version}, ${digest}; with its packs this is ${profile.version}, ${profile.digest}`;
  return refused('PROFILE_DRAFT', at, message);
}

/** What somebody said on the command line is to decide without a signature. */
export function believedUnsigned(profile: Profile): Verified<Profile> {
  return verified({ ...profile, signed: { kind: 'insecure-unsigned' } });
}

/** A draft whose own tests are run, or the document by whose digest a record says what decided then. It decides nothing over a
 *  site, so nobody asks who signed it; a test of the architecture names who may say so. */
export function rehearsed(profile: Profile): Verified<Profile> {
  return verified(profile);
}

/** The only place that makes anything verified. */
function verified<T>(value: T): Verified<T> {
  return value as Verified<T>;
}

/** Canonical bytes are looked at once and not made into data: of a profile only its name and version are asked here. */
function documentIn({ payload }: Envelope, at: Place): Loaded<Omit<ProfileDocument, 'signed'>> {
  const members = new Map<string, unknown>();
  const read = (from: number, to: number): unknown => JSON.parse(utf8.decode(payload.subarray(from, to)));
  const wrongAt = scanCanonical(payload, 0, payload.length, (nameStart, nameEnd, start, end) => {
    const name = read(nameStart, nameEnd);
    if (name === 'kind' || name === 'profile') members.set(name, read(start, end));
  });
  if (wrongAt !== -1) return notCanonical(payload, wrongAt, at);
  const profile = members.get('profile');
  const name = member(member(profile, 'metadata'), 'name');
  const version = member(member(profile, 'spec'), 'version');
  if (members.get('kind') !== bundleKind || !isName(name) || !isVersion(version)) {
    return refused('SHAPE_WRONG_KIND', at, 'holds no built profile with a name and a version');
  }
  return { ok: true, value: { name, version, digest: `sha256:${sha256(payload)}`, payload }, warnings: [] };
}

/** Which of the ways not to be canonical it is, the slower reader says. Places inside a payload are no places of the file. */
function notCanonical(payload: Uint8Array, wrongAt: number, at: Place): Loaded<never> {
  const parsed = parseCanonicalJson(at.file, payload);
  if (parsed.ok) return refused('JSON_NOT_CANONICAL', at, `the payload is not canonical at its byte ${wrongAt}`);
  return {
    ok: false,
    faults: parsed.faults.map((fault) => ({ ...fault, at, message: `the payload ${fault.message}` })),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One role must have its threshold by itself, and nobody may have signed whom no role names. */
function whyNotThey(by: readonly string[], root: TrustRoot, profile: string, at: Place): Fault[] {
  const roles = rolesFor(root, profile);
  const strangers = by.filter((id) => !roles.some(({ keys }) => keys.includes(id)));
  if (strangers.length > 0) {
    return strangers.map((id) =>
      error('SIGNATURE_NOT_ALLOWED', at, `key \`${id}\` may not sign the profile \`${profile}\``),
    );
  }
  const counts = roles.map(({ threshold, keys }) => ({
    threshold,
    of: keys.length,
    count: by.filter((id) => keys.includes(id)).length,
  }));
  if (counts.some(({ count, threshold }) => count >= threshold)) return [];
  const [best] = [...counts].sort((left, right) => left.threshold - left.count - (right.threshold - right.count));
  const message =
    best === undefined
      ? `nobody may sign the profile \`${profile}\``
      : `is signed by ${best.count} of the ${best.of} keys that may; ${best.threshold} must`;
  return [error('SIGNATURE_TOO_FEW', at, message)];
}

function whyNotNow(
  { version, digest }: Pick<ProfileDocument, 'version' | 'digest'>,
  ranBefore: readonly RanBefore[],
  at: Place,
): readonly Fault[] {
  const newest = newestOf(ranBefore);
  if (newest === undefined) return [];
  if (compareVersions(version, newest.version) < 0) {
    return [error('PROFILE_ROLLBACK', at, `is version ${version}, and ${newest.version} was run here`)];
  }
  const isOther = ranBefore.some(
    (ran) => ran.digest !== null && ran.digest !== digest && compareVersions(version, ran.version) === 0,
  );
  if (!isOther) return [];
  return [error('PROFILE_VERSION_REUSED', at, `is version ${version} with other content than what was run here`)];
}

/** Whoever may not go back behind the newest may not go back behind the others. */
function newestOf(ran: readonly RanBefore[]): RanBefore | undefined {
  return ran.toSorted((left, right) => compareVersions(left.version, right.version)).at(-1);
}

/** A folder's YAML or a built document: no signature at all, which is another mistake than a damaged one. */
function looksUnsigned(bytes: Uint8Array): boolean {
  if (isEnvelope(bytes)) return false;
  const start = new TextDecoder().decode(bytes.subarray(0, 4096));
  return !/"(payload|signatures)"/.test(start);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(value);
}

export function isVersion(value: unknown): value is string {
  return typeof value === 'string' && /^\d+\.\d+\.\d+(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/.test(value);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function refused(code: FaultCode, at: Place, message: string): Loaded<never> {
  return { ok: false, faults: [error(code, at, message)] };
}

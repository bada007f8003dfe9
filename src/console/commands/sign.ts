import { canonical, sha256 } from '../../kernel/digest.ts';
import { error, type Fault, invariant, type Loaded } from '../../kernel/fault.ts';
import { isUnread } from '../../profile/folder.ts';
import { signatureBeside } from '../../profile/load.ts';
import { rootEnvelope, type SignedRoot, trustText } from '../../profile/trust-file.ts';
import { checkRoot, followRoots } from '../../profile/trust-root.ts';
import { profilePayloadType } from '../../profile/verify.ts';
import { type Envelope, envelopeText, isEnvelope, parseEnvelope } from '../../signing/dsse.ts';
import { parseCanonicalFile } from '../../source/canonical-json.ts';
import type { Asked } from '../asked.ts';
import { type Holder, holderAsked, signAsked } from '../holders.ts';
import { plainly } from '../paint.ts';
import { openDraft } from '../profiles.ts';
import { refuse } from '../refuse.ts';
import { json, yaml } from '../render/data.ts';
import { quoted } from '../shell.ts';
import { openTrust } from '../trust-file.ts';
import { kindIn } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** What was signed: by its name, and where it is now. */
interface Signed {
  readonly what: string;
  readonly path: string;
  readonly envelope: Envelope;
  /** Why it is not enough yet; of a profile only a trust file could say. */
  readonly missing?: string;
  readonly next: string;
}

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [path = ''] = asked.args;
  const isFolder = world.disk.kindOf(path) === 'folder';
  const bytes = world.disk.read(isFolder ? world.disk.resolve(path, 'profile.yaml') : path);
  if (isUnread(bytes)) return refuse([error(bytes.code, { file: path, line: 1, col: 1 }, bytes.message)], asked, world);
  const holder = await holderAsked(asked, world);
  if (!holder.ok) return refuse(holder.faults, asked, world);
  const isJson = bytes[0] === 0x7b && !isFolder;
  const isProfile = isFolder || isProfileFile(path, bytes);
  const signed = isJson
    ? await signProfile(path, bytes, holder.value, world)
    : await (isProfile ? signFolder : signRoot)(path, holder.value, world);
  if (!signed.ok) return refuse(signed.faults, asked, world);
  world.out.write(rendered(signed.value, holder.value, asked, world));
  return exit.ok;
}

function isProfileFile(path: string, bytes: Uint8Array): boolean {
  const kind = kindIn({ file: path, text: new TextDecoder().decode(bytes) });
  return signatureBeside(path) !== undefined && kind === 'EdgeProfile';
}

/** Nobody should sign what could not be loaded: it would be refused everywhere, under a good name. */
async function signProfile(path: string, bytes: Uint8Array, holder: Holder, world: World): Promise<Loaded<Signed>> {
  const loaded = await openDraft(path, world);
  if (!loaded.ok) return loaded;
  const { name, version, digest } = loaded.value.profile;
  const target = isEnvelope(bytes) ? path : `${path.replace(/\.json$/, '')}.dsse.json`;
  const before = isEnvelope(bytes) ? parseEnvelope(path, bytes) : unsignedOf(path, bytes, target, world);
  if (!before.ok) return before;
  if (before.value.payloadType !== profilePayloadType) {
    const message = `holds \`${before.value.payloadType}\`, and no profile`;
    return { ok: false, faults: [error('ENVELOPE_TYPE', { file: path, line: 1, col: 1 }, message)] };
  }
  // What was looked at is what is signed, and all of it: nothing beside the profile, nothing that came in between.
  if (`sha256:${sha256(before.value.payload)}` !== digest) {
    const message = 'holds more than the profile and the packs that are read of it';
    return { ok: false, faults: [error('SHAPE_UNKNOWN_FIELD', { file: path, line: 1, col: 1 }, message)] };
  }
  return written(before.value, `${name} ${version}, ${digest}`, target, target, holder, world);
}

/** A folder stays as it is: its signature lies beside profile.yaml, over the document that is built of it. */
async function signFolder(path: string, holder: Holder, world: World): Promise<Loaded<Signed>> {
  const { disk } = world;
  const target = signatureBeside(disk.kindOf(path) === 'folder' ? `${path.replace(/\/+$/, '')}/profile.yaml` : path);
  invariant(target !== undefined, 'a profile that is no JSON is YAML');
  const loaded = await openDraft(path, world);
  if (!loaded.ok) return loaded;
  const { profile, bundle } = loaded.value;
  const before = keptOf(Buffer.from(canonical(bundle)), target, world);
  return written(before, `${profile.name} ${profile.version}, ${profile.digest}`, target, path, holder, world);
}

async function written(
  before: Envelope,
  what: string,
  target: string,
  verified: string,
  holder: Holder,
  { disk }: World,
): Promise<Loaded<Signed>> {
  const envelope = await signAsked(before, holder);
  if (!envelope.ok) return envelope;
  const done = await disk.write(target, envelopeText(envelope.value));
  if (!done.ok) return done;
  const next = `verify ${quoted(verified)} --trust trust.yaml`;
  return { ok: true, value: { what, path: target, envelope: envelope.value, next }, warnings: [] };
}

/** A built document, with the signatures that its envelope has already. */
function unsignedOf(path: string, bytes: Uint8Array, target: string, world: World): Loaded<Envelope> {
  const document = parseCanonicalFile(path, bytes);
  return document.ok ? { ok: true, value: keptOf(bytes.subarray(0, -1), target, world), warnings: [] } : document;
}

/** The envelope that is there already, if it is still of the same content; else one that nobody has signed yet. */
function keptOf(payload: Uint8Array, target: string, { disk }: World): Envelope {
  const there = disk.read(target);
  const kept = isUnread(there) ? undefined : parseEnvelope(target, there);
  if (kept?.ok && kept.value.payloadType === profilePayloadType && Buffer.from(kept.value.payload).equals(payload)) {
    return kept.value;
  }
  return { payloadType: profilePayloadType, payload, signatures: [] };
}

/** The newest root of a trust file. Only who may sign it does: everybody else's signature would make it unbelievable. */
async function signRoot(path: string, holder: Holder, world: World): Promise<Loaded<Signed>> {
  const file = openTrust(path, 'any', world);
  if (!file.ok) return file;
  const { roots } = file.value;
  const newest = roots.at(-1);
  if (newest === undefined) return { ok: false, faults: [] };
  const checked = checkRoot(newest);
  if (!checked.ok) return checked;
  const before = roots.at(-2);
  const chain = before === undefined ? undefined : followRoots({ roots: roots.slice(0, -1) }, path, null);
  if (chain?.ok === false) return chain;
  const allowed = [...newest.root.roles.root.keys, ...(before?.root.roles.root.keys ?? [])];
  if (!allowed.includes(holder.keyId)) {
    const message = `key \`${holder.keyId}\` may not sign root ${newest.root.version}`;
    return { ok: false, faults: [error('SIGNATURE_NOT_ALLOWED', newest.at, message)] };
  }
  const envelope = await signAsked(rootEnvelope(newest), holder);
  if (!envelope.ok) return envelope;
  const signed: SignedRoot = { ...newest, signatures: envelope.value.signatures };
  const all = [...roots.slice(0, -1), signed];
  const written = await world.disk.write(path, trustText({ roots: all }));
  if (!written.ok) return written;
  const missing = whatIsMissing(followRoots({ roots: all }, path, null));
  const value: Signed = {
    what: `root ${newest.root.version} of ${newest.root.site}`,
    path,
    envelope: envelope.value,
    next: `trust show --trust ${path}`,
    ...(missing === undefined ? {} : { missing }),
  };
  return { ok: true, value, warnings: [] };
}

function whatIsMissing(followed: Loaded<unknown>): string | undefined {
  const faults: readonly Fault[] = followed.ok ? [] : followed.faults;
  return faults.length === 0 ? undefined : faults.map(({ message }) => message).join('; ');
}

function rendered(signed: Signed, { keyId, algorithm }: Holder, { format, look }: Asked, { calledAs }: World): string {
  const { what, path, envelope, missing, next } = signed;
  const by = envelope.signatures.map((one) => one.keyId);
  switch (format) {
    case 'json':
    case 'yaml': {
      const data = {
        schemaVersion: 'sign/v1',
        file: path,
        payloadType: envelope.payloadType,
        keyId,
        algorithm,
        signatures: by,
        missing: missing ?? null,
      };
      return format === 'json' ? json(data) : yaml(data);
    }
    case 'name':
      return `${path}\n`;
    default:
      return [
        `${look.good(look.signs.open)} ${plainly(what, look)}\n`,
        `  signed by ${keyId} (${algorithm})${by.length > 1 ? `, ${by.length} signatures` : ''}\n`,
        `  in ${plainly(path, look)}\n`,
        missing === undefined ? '' : `  ${look.unsure('not enough yet')}: ${plainly(missing, look)}\n`,
        `next: ${plainly(`${calledAs} ${next}`, look)}\n`,
      ].join('');
  }
}

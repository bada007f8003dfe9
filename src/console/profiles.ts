import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { isUnread } from '../profile/folder.ts';
import { type LoadedDraft, type LoadedProfile, loadDraft, loadProfile, signatureBeside } from '../profile/load.ts';
import { followRoots } from '../profile/trust-root.ts';
import { type Against, insecureUnsigned, type Origin } from '../profile/verify.ts';
import { isEnvelope } from '../signing/dsse.ts';
import { listed } from '../source/suggest.ts';
import type { Asked } from './asked.ts';
import { folderOf } from './disk.ts';
import { quoted } from './shell.ts';
import { openTrust } from './trust-file.ts';
import { usage } from './usage.ts';
import type { World } from './world.ts';

/** A profile by its path, for whoever decides nothing by it: no signature is looked at. */
export async function openDraft(path: string, world: World): Promise<Loaded<LoadedDraft>> {
  const { folder, file } = folderOf(world.disk, path);
  return withHint(loadDraft(folder, file, vocabulary), path, world);
}

/** The profile of `--profile`, by which something is decided over a site. */
export async function openProfileAsked(asked: Asked, world: World): Promise<Loaded<LoadedProfile>> {
  const path = asked.settings.text('profile');
  return path === undefined ? { ok: false, faults: [missing('profile', 'DIR')] } : openVerified(path, asked, world);
}

/** A profile by which something is decided over a site: whom the site believes has signed it, or `--insecure-unsigned` stands on
 *  the command line. There is no third way in. */
export async function openVerified(path: string, asked: Asked, world: World): Promise<Loaded<LoadedProfile>> {
  if (asked.settings.on('insecure-unsigned')) return openSigned(path, insecureUnsigned, world);
  const against = againstTrust(path, asked, world);
  if (against.ok) {
    const loaded = await openSigned(path, { kind: 'signed', against: against.value }, world);
    return loaded.ok ? loaded : { ok: false, faults: loaded.faults.map((fault) => toSign(fault, path, world)) };
  }
  // Nobody needs to be asked about trust in what nobody has signed, or what cannot be read.
  const draft = await openDraft(path, world);
  if (!draft.ok) return draft;
  return isSigned(path, world) ? against : { ok: false, faults: [toSign(notSigned(path), path, world)] };
}

/** By the origin that the caller answers for. */
export async function openSigned(path: string, origin: Origin, world: World): Promise<Loaded<LoadedProfile>> {
  const { folder, file } = folderOf(world.disk, path);
  return withHint(loadProfile(folder, file, vocabulary, origin), path, world);
}

export function missing(name: 'profile' | 'capture', value: string): Fault {
  const where = `name it: --${name} ${value}, NW_${name.toUpperCase()}, or \`${name}:\` in nodewright.yaml`;
  return usage(`no ${name} was given`, where);
}

/** Whom the site believes now. `--now` is when something is judged, not when somebody is believed. */
function againstTrust(path: string, { settings }: Asked, world: World): Loaded<Against> {
  const trust = trustPath(
    path,
    settings.get('trust')?.origin === 'default' ? undefined : settings.text('trust'),
    world,
  );
  const file = openTrust(trust, 'believed', world);
  const root = file.ok ? followRoots(file.value, trust, null) : file;
  if (!root.ok) return root;
  return { ok: true, value: { root: root.value, nowMs: world.nowMs(), ranBefore: () => [] }, warnings: [] };
}

/** Where nobody named a trust file, what is shipped with the program is believed by the root that is shipped with it, and by that
 *  one nothing else. */
function trustPath(path: string, named: string | undefined, { disk }: World): string {
  if (named !== undefined) return named;
  const shipped = disk.shipped('profiles');
  const inside = disk.relative(shipped, disk.resolve(path));
  return inside.startsWith('..') || inside.startsWith('/') ? 'trust.yaml' : `${shipped}/trust.yaml`;
}

function isSigned(path: string, { disk }: World): boolean {
  const file = disk.kindOf(path) === 'folder' ? disk.resolve(path, 'profile.yaml') : path;
  const signature = signatureBeside(file);
  if (signature !== undefined && disk.kindOf(signature) !== 'none') return true;
  const bytes = disk.read(file);
  return !isUnread(bytes) && isEnvelope(bytes);
}

function notSigned(path: string): Fault {
  return error('SIGNATURE_MISSING', { file: path, line: 1, col: 1 }, 'is not signed');
}

/** What is left to do where the content is right and its signature is not there, or is of another content. */
function toSign(fault: Fault, path: string, { calledAs, disk }: World): Fault {
  if (fault.code !== 'SIGNATURE_MISSING' && fault.code !== 'PROFILE_DRAFT') return fault;
  const folder = disk.kindOf(path) === 'folder' || signatureBeside(path) !== undefined;
  const name = quoted(path);
  const sign = folder
    ? `\`${calledAs} sign ${name} --key KEY\``
    : `\`${calledAs} build FOLDER -o FILE.json && ${calledAs} sign FILE.json --key KEY\``;
  return { ...fault, hint: `sign it: ${sign}; or add --insecure-unsigned to judge a draft` };
}

function withHint<T>(loaded: Loaded<T>, path: string, world: World): Loaded<T> {
  const hint = loaded.ok ? undefined : profilesIn(path, world);
  if (loaded.ok || hint === undefined) return loaded;
  return { ok: false, faults: loaded.faults.map((fault) => ({ ...fault, hint })) };
}

/** The folder above was named: which profiles are in it. */
function profilesIn(path: string, { disk }: World): string | undefined {
  const at = (name: string): string => `${path.replace(/\/+$/, '')}/${name}`;
  if (disk.kindOf(path) !== 'folder' || disk.kindOf(at('profile.yaml')) !== 'none') return undefined;
  const names = disk.list(path);
  const held = 'code' in names ? [] : names.filter((name) => disk.kindOf(at(`${name}/profile.yaml`)) === 'file');
  return held.length === 0 ? undefined : `there are profiles in it: ${listed(held.map(at), 'and')}`;
}

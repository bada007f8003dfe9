import { backends, type Capability, operatingSystems } from '../kernel/capability.ts';
import type { Json } from '../kernel/digest.ts';
import { error, type Fault, invariant, type Loaded, loadedUnless, type Place } from '../kernel/fault.ts';
import type { Verified } from '../kernel/trust.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import { vocabularyVersion } from '../kernel/vocabulary.ts';
import type { PackTree } from '../rules/link.ts';
import { inReadingOrder, linkPacks } from '../rules/load-packs.ts';
import type { RulePack } from '../rules/pack.ts';
import { checkShape } from '../rules/shape.ts';
import { isEnvelope } from '../signing/dsse.ts';
import { decodeText } from '../source/text.ts';
import { child, entryOf, type Tree } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';
import { bundleDigest, bundleOf, isBundle } from './document.ts';
import { type FolderPort, isUnread, resolvePath, type Unread } from './folder.ts';
import type { Profile, VerifiedProfile } from './profile.ts';
import { backendOf, checkLock, checkTopology, osOf, siteShapeOf } from './shape.ts';
import {
  believed,
  believedUnsigned,
  type Origin,
  type ProfileDocument,
  unverifiedPayload,
  verifyProfile,
} from './verify.ts';

const fileBytesMax = 1024 * 1024;
const bundleBytesMax = 16 * 1024 * 1024;

/** A profile with the documents it was made of, for whoever builds, formats, tests or signs it. It decides nothing. */
export interface LoadedDraft {
  readonly profile: Profile;
  readonly bundle: Json;
  /** Every file that was read, as the port's paths. */
  readonly files: readonly string[];
}

/** The same, and it may decide. */
export interface LoadedProfile extends LoadedDraft {
  readonly profile: VerifiedProfile;
}

/** profile.yaml, or one built document, signed or not, and its packs → a profile; or every fault of all its files. No signature
 *  is looked at. */
export function loadDraft(folder: FolderPort, path: string, vocabulary: Vocabulary): Loaded<LoadedDraft> {
  const file = folder.nameOf(path);
  const bytes = folder.read(path);
  if (isUnread(bytes)) return cannotRead(bytes, file);
  if (!isEnvelope(bytes)) return assembled(bytes, folder, path, vocabulary);
  const payload = unverifiedPayload(file, bytes);
  return payload.ok ? assembled(payload.value, folder, path, vocabulary) : payload;
}

/** The same for whoever decides by it. With a signed origin it is a signed document, or a folder with its signature beside it,
 *  and nothing else; and only if it verifies. */
export function loadProfile(
  folder: FolderPort,
  path: string,
  vocabulary: Vocabulary,
  origin: Origin,
): Loaded<LoadedProfile> {
  if (origin.kind === 'insecure-unsigned') {
    const draft = loadDraft(folder, path, vocabulary);
    return draft.ok ? { ...draft, value: { ...draft.value, profile: believedUnsigned(draft.value.profile) } } : draft;
  }
  const file = folder.nameOf(path);
  const bytes = folder.read(path);
  if (isUnread(bytes)) return cannotRead(bytes, file);
  const beside = isEnvelope(bytes) ? undefined : signatureBeside(path);
  const at = { file, line: 1, col: 1 };
  if (beside === undefined) {
    const document = verifyProfile(file, bytes, origin.against);
    if (!document.ok) return document;
    const loaded = assembled(document.value.payload, folder, path, vocabulary);
    return loaded.ok ? judgedBy(document.value, loaded, 'document', at) : loaded;
  }
  const envelope = folder.read(beside);
  if (isUnread(envelope)) {
    if (envelope.code !== 'FILE_MISSING') return cannotRead(envelope, file);
    return { ok: false, faults: [error('SIGNATURE_MISSING', at, `is not signed: no \`${nameIn(beside)}\` beside it`)] };
  }
  const document = verifyProfile(folder.nameOf(beside), envelope, origin.against);
  if (!document.ok) return document;
  // What is read is the folder, so that messages name its lines; that it is what was signed, the digest says.
  const loaded = assembled(bytes, folder, path, vocabulary);
  return loaded.ok ? judgedBy(document.value, loaded, 'folder', at) : loaded;
}

/** Where the signature of a folder lies: `profile.sig` beside `profile.yaml`. Undefined for a built document. */
export function signatureBeside(path: string): string | undefined {
  return /\.ya?ml$/.test(path) ? path.replace(/\.ya?ml$/, '.sig') : undefined;
}

function judgedBy(
  document: Verified<ProfileDocument>,
  { value, warnings }: Loaded<LoadedDraft> & { readonly ok: true },
  madeOf: 'document' | 'folder',
  at: Place,
): Loaded<LoadedProfile> {
  const result = believed(value.profile, document, madeOf, at);
  return result.ok ? { ok: true, value: { ...value, profile: result.value }, warnings } : result;
}

function assembled(bytes: Uint8Array, folder: FolderPort, path: string, vocabulary: Vocabulary): Loaded<LoadedDraft> {
  const file = folder.nameOf(path);
  const tree = treeFrom(bytes, file);
  if (!tree.ok) return tree;
  return isBundle(tree.value)
    ? assembleBundle(tree.value, file, path, vocabulary)
    : assembleFolder(tree.value, folder, path, vocabulary);
}

function cannotRead({ code, message }: Unread, file: string): Loaded<never> {
  return { ok: false, faults: [error(code, { file, line: 1, col: 1 }, message)] };
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function assembleFolder(tree: Tree, folder: FolderPort, path: string, vocabulary: Vocabulary): Loaded<LoadedDraft> {
  const packs: PackTree[] = [];
  const files = [path];
  const unread: Fault[] = [];
  const shape = checkShape(tree, 'edge-profile');
  if (!shape.rightKind) return { ok: false, faults: shape.faults };
  const list = child(child(tree, 'spec'), 'packs');
  for (const item of list?.kind === 'list' ? list.items : []) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue;
    const target = resolvePath(path, item.value);
    if (target === undefined) {
      unread.push(error('PROFILE_PACK', item.at, `\`${item.value}\` leaves the folder that holds the profiles`));
      continue;
    }
    if (files.includes(target)) {
      unread.push(error('PROFILE_PACK', item.at, `\`${item.value}\` is named here twice`));
      continue;
    }
    files.push(target);
    const pack = readTree(folder, target, item.at);
    if (pack.ok) packs.push({ file: folder.nameOf(target), tree: pack.value });
    else unread.push(...pack.faults);
  }
  return assemble(tree, packs, [...shape.faults, ...shape.leftToLinker], unread, vocabulary, {
    files,
    names: files.map((read) => folder.nameOf(read)),
  });
}

/** A built document holds the profile and its packs side by side, and says of which vocabulary. */
function assembleBundle(tree: Tree, file: string, path: string, vocabulary: Vocabulary): Loaded<LoadedDraft> {
  const profile = child(tree, 'profile');
  const packsTree = child(tree, 'packs');
  const known = child(tree, 'vocabulary');
  if (profile?.kind !== 'map' || packsTree?.kind !== 'list' || known?.kind !== 'scalar') {
    const fault = error('SHAPE_INVALID', tree.at, 'is no built profile: it needs `profile`, `packs` and `vocabulary`');
    return { ok: false, faults: [fault] };
  }
  if (known.value !== vocabularyVersion) {
    const message = `was built against the vocabulary \`${known.text}\`; this build has \`${vocabularyVersion}\``;
    return { ok: false, faults: [error('PACK_VOCABULARY', known.at, message)] };
  }
  const packs = packsTree.items.map((pack) => ({ file, tree: pack }));
  const shape = checkShape(withPaths(profile), 'edge-profile');
  if (!shape.rightKind) return { ok: false, faults: shape.faults };
  const loaded = assemble(profile, packs, [...shape.faults, ...shape.leftToLinker], [], vocabulary, {
    files: [path],
    names: [file],
  });
  if (!loaded.ok) return loaded;
  const listed = child(child(profile, 'spec'), 'packs');
  const names = listed?.kind === 'list' ? listed.items.map((item) => (item.kind === 'scalar' ? item.text : '')) : [];
  if (names.join('\n') === loaded.value.profile.packs.map(({ name }) => name).join('\n')) return loaded;
  const fault = error(
    'PROFILE_PACK',
    listed?.at ?? profile.at,
    'names other packs than the document holds, or in another order',
  );
  return { ok: false, faults: [fault] };
}

/** In a built document `packs` are names; the schema knows paths. */
function withPaths(profile: Tree): Tree {
  const spec = entryOf(profile, 'spec');
  const packs = entryOf(spec?.value, 'packs');
  if (profile.kind !== 'map' || spec?.value.kind !== 'map' || packs?.value.kind !== 'list') return profile;
  const items = packs.value.items.map((item) => {
    return item.kind === 'scalar' && typeof item.value === 'string'
      ? { ...item, value: `${item.value}.yaml`, text: `${item.text}.yaml` }
      : item;
  });
  const inner = {
    ...spec.value,
    entries: spec.value.entries.map((entry) =>
      entry === packs ? { ...packs, value: { ...packs.value, items } as Tree } : entry,
    ),
  };
  return { ...profile, entries: profile.entries.map((entry) => (entry === spec ? { ...spec, value: inner } : entry)) };
}

function assemble(
  tree: Tree,
  packs: readonly PackTree[],
  faults: readonly Fault[],
  unread: readonly Fault[],
  vocabulary: Vocabulary,
  read: { readonly files: readonly string[]; readonly names: readonly string[] },
): Loaded<LoadedDraft> {
  const spec = child(tree, 'spec');
  const backend = spec === undefined ? undefined : backendOf(spec);
  const os = spec === undefined ? undefined : osOf(spec);
  // A backend that is not known is a fault of its own; then no pack is blamed for it.
  const capabilities: readonly Capability[] | undefined =
    backend === undefined || os === undefined ? undefined : [...backends[backend], ...operatingSystems[os]];
  const parameters = entryOf(spec, 'parameters');
  const linked = linkPacks(
    packs,
    {
      vocabulary,
      parameters: parameters?.value.kind === 'map' ? parameters.value : undefined,
      parametersAt: parameters?.keyAt ?? entryOf(tree, 'spec')?.keyAt ?? tree.at,
      ...(capabilities === undefined ? {} : { capabilities }),
    },
    unread,
    read.names,
  );
  const all = [
    ...faults,
    ...(spec === undefined ? [] : checkTopology(spec)),
    ...(linked.ok ? [...linked.warnings, ...(spec === undefined ? [] : checkLock(spec, linked.value))] : linked.faults),
  ];
  return loadedUnless(inReadingOrder(all, read.names), () => {
    invariant(
      linked.ok && spec !== undefined && capabilities !== undefined,
      'a profile without a fault was not loaded',
    );
    const bundle = bundleOf(
      tree,
      packs.map((pack) => pack.tree),
    );
    return { profile: profileOf(tree, spec, linked.value, capabilities, bundle), bundle, files: read.files };
  });
}

function profileOf(
  tree: Tree,
  spec: Tree,
  packs: readonly RulePack[],
  capabilities: readonly Capability[],
  bundle: Json,
): Profile {
  return {
    name: textOf(child(child(tree, 'metadata'), 'name')),
    version: textOf(child(spec, 'version')),
    digest: bundleDigest(bundle),
    signed: { kind: 'unsigned' },
    shape: siteShapeOf(spec),
    capabilities,
    packs,
  };
}

/** What a person writes is a file of 1 MiB at most; a built document holds many of them. */
function readTree(folder: FolderPort, path: string, namedAt: Place): Loaded<Tree> {
  const bytes = folder.read(path);
  if (isUnread(bytes)) return { ok: false, faults: [error(bytes.code, namedAt, bytes.message)] };
  return treeFrom(bytes, folder.nameOf(path));
}

function treeFrom(bytes: Uint8Array, file: string): Loaded<Tree> {
  const source = decodeText(file, bytes, bundleBytesMax);
  const tree = source.ok ? parseTree(source.value) : source;
  if (!tree.ok || bytes.length <= fileBytesMax || isBundle(tree.value)) return tree;
  const message = `has ${bytes.length} bytes; at most ${fileBytesMax} are read here`;
  return { ok: false, faults: [error('FILE_TOO_LARGE', { file, line: 1, col: 1 }, message)] };
}

function textOf(tree: Tree | undefined): string {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : '';
}

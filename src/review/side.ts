import type { Loaded } from '../kernel/fault.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import { type FolderPort, isUnread } from '../profile/folder.ts';
import { loadDraft, signatureBeside } from '../profile/load.ts';
import type { Profile } from '../profile/profile.ts';
import { unverifiedPayload } from '../profile/verify.ts';
import type { PackTree } from '../rules/link.ts';
import { decodeText } from '../source/text.ts';
import { child, type Tree } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';

/** One side of a review: a profile as it was linked, and the documents that it was linked from. No site is judged by it, so nobody
 *  asks who signed it; every output says that nobody did. */
export interface Side {
  /** As somebody typed it: a path, or `main:profiles/three-node`. */
  readonly label: string;
  /** Of Git, if it was read from one: then its files are called `REVISION:PATH`. */
  readonly revision?: string;
  readonly signature: Signature;
  readonly profile: Profile;
  readonly document: Tree;
  readonly packs: readonly PackTree[];
}

/** Of a signature only that there is one is said. */
export type Signature = 'unsigned' | 'signed, not checked';

const bytesMax = 16 * 1024 * 1024;

/** A profile's folder, a built document or a signed one → a side; or every fault of its files. */
export function readSide(label: string, folder: FolderPort, path: string, vocabulary: Vocabulary): Loaded<Side> {
  const loaded = loadDraft(folder, path, vocabulary);
  if (!loaded.ok) return loaded;
  const { profile, files } = loaded.value;
  const [first, ...rest] = files.map((file) => ({ file: folder.nameOf(file), tree: treeOf(folder, file) }));
  const document = first?.tree;
  if (document === undefined) throw new Error('invariant broken: a profile that was loaded is read again');
  const inside = child(document, 'packs');
  const packs = inside?.kind === 'list' ? inside.items.map((tree) => ({ file: first?.file ?? '', tree })) : undefined;
  const beside = rest.flatMap(({ file, tree }) => (tree === undefined ? [] : [{ file, tree }]));
  const signature = isSigned(folder, path) ? 'signed, not checked' : 'unsigned';
  const side = { label, signature, profile, document: child(document, 'profile') ?? document, packs: packs ?? beside };
  return { ok: true, value: { ...side, signature }, warnings: loaded.warnings };
}

/** Of a signed document what is inside. It was read and found right before. */
function treeOf(folder: FolderPort, path: string): Tree | undefined {
  const name = folder.nameOf(path);
  const bytes = folder.read(path);
  if (isUnread(bytes)) return undefined;
  const payload = unverifiedPayload(name, bytes);
  const text = decodeText(name, payload.ok ? payload.value : bytes, bytesMax);
  const tree = text.ok ? parseTree(text.value) : text;
  return tree.ok ? tree.value : undefined;
}

function isSigned(folder: FolderPort, path: string): boolean {
  const beside = signatureBeside(path);
  if (beside !== undefined) return !isUnread(folder.read(beside));
  const bytes = folder.read(path);
  return !isUnread(bytes) && unverifiedPayload(folder.nameOf(path), bytes).ok;
}

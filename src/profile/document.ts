import { canonical, digestOf, type Json } from '../kernel/digest.ts';
import { vocabularyVersion } from '../kernel/vocabulary.ts';
import { child, type Tree, toJson } from '../source/tree.ts';

export const bundleKind = 'EdgeProfileBundle';
export const apiVersion = 'nodewright.spectrocloud.com/v1alpha1';

/** A profile and its packs as one document: what gets a digest, and later a signature. It names its packs and not their
 *  paths, so where the files stood does not change it. */
export function bundleOf(profile: Tree, packs: readonly Tree[]): Json {
  const plain = toJson(profile) as Readonly<Record<string, Json>>;
  const spec = plain.spec as Readonly<Record<string, Json>>;
  return {
    apiVersion,
    kind: bundleKind,
    vocabulary: vocabularyVersion,
    profile: { ...plain, spec: { ...spec, packs: packs.map(nameOf) } },
    packs: packs.map(toJson),
  };
}

/** RFC 8785 bytes, and a line break so that it is a text file. */
export function bundleText(bundle: Json): string {
  return `${canonical(bundle)}\n`;
}

export function bundleDigest(bundle: Json): string {
  return digestOf(bundle);
}

export function isBundle(tree: Tree): boolean {
  const kind = child(tree, 'kind');
  return kind?.kind === 'scalar' && kind.value === bundleKind;
}

function nameOf(pack: Tree): string {
  const name = child(child(pack, 'metadata'), 'name');
  return name?.kind === 'scalar' ? name.text : '';
}

import type { Json } from '../kernel/digest.ts';
import type { Place } from '../kernel/fault.ts';

/** A YAML or JSON document in which every part knows its place. Aliases are already followed. */
export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
  readonly at: Place;
}

export interface Entry {
  readonly key: string;
  readonly keyAt: Place;
  readonly value: Tree;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly at: Place;
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it was written, without quotes: `1.10` and `0644` keep what a number would lose. */
  readonly text: string;
  readonly at: Place;
}

export function entryOf(tree: Tree | undefined, key: string): Entry | undefined {
  return tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key) : undefined;
}

export function child(tree: Tree | undefined, key: string): Tree | undefined {
  return entryOf(tree, key)?.value;
}

/** Plain data. Objects have no prototype, so that a key called `__proto__` is a key. */
export function toJson(tree: Tree): Json {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(toJson);
    case 'map': {
      const plain: Record<string, Json> = Object.create(null) as Record<string, Json>;
      for (const { key, value } of tree.entries) plain[key] = toJson(value);
      return plain;
    }
  }
}

/** The part that a JSON pointer names, or the nearest part above it that exists. */
export function treeAt(tree: Tree, pointer: string): Tree {
  let at = tree;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const next = at.kind === 'list' ? at.items[/^\d+$/.test(name) ? Number(name) : -1] : child(at, name);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

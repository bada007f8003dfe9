import type { Place } from '../../kernel/fault.ts';
import { type Entry, entryOf, type ListTree, type MapTree, type ScalarTree, type Tree } from '../../source/tree.ts';

/** One small change of a pack's text, such as somebody may make by mistake. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly at: Place;
  /** What stands there, in the pack's words, on one line. */
  readonly was: string;
  /** What stands there then; `nothing` where it was taken out. */
  readonly is: string;
  /** The pack's whole document with it. Whether that is still a pack, the linker says. */
  readonly tree: Tree;
}

export const mutationKinds = [
  'operator',
  'limit',
  'word-dropped',
  'part-dropped',
  'all-any',
  'not-removed',
  'quantifier',
  'count',
  'where-removed',
  'when-empty',
  'scope',
  'max-age',
  'grade',
  'default',
  'gate-dropped',
  'way-dropped',
  'undo-removed',
  'guard',
  'step',
] as const;
export type MutationKind = (typeof mutationKinds)[number];

/** A part of a document, and the document that has another part in its place. */
export interface Spot<T extends Tree = Tree> {
  readonly tree: T;
  readonly put: (part: Tree) => Tree;
}

export const nothing = 'nothing';

export function inside({ tree, put }: Spot, key: string): Spot | undefined {
  const entry = entryOf(tree, key);
  return entry === undefined || tree.kind !== 'map' ? undefined : within({ tree, put }, entry);
}

export function entriesIn(spot: Spot | undefined): readonly (Spot & { readonly entry: Entry })[] {
  if (spot?.tree.kind !== 'map') return [];
  const { tree, put } = spot;
  return tree.entries.map((entry) => ({ ...within({ tree, put }, entry), entry }));
}

function within({ tree, put }: Spot<MapTree>, entry: Entry): Spot {
  const replaced = (value: Tree): Tree =>
    put({ ...tree, entries: tree.entries.map((one) => (one === entry ? { ...entry, value } : one)) });
  return { tree: entry.value, put: replaced };
}

export function itemsIn(spot: Spot | undefined): readonly Spot[] {
  if (spot?.tree.kind !== 'list') return [];
  const { tree, put } = spot;
  return tree.items.map((item, index) => ({
    tree: item,
    put: (part) => put({ ...tree, items: tree.items.with(index, part) }),
  }));
}

/** Without the entry of this key. */
export function without({ tree, put }: Spot, ...keys: readonly string[]): Tree {
  if (tree.kind !== 'map') return put(tree);
  return put({ ...tree, entries: tree.entries.filter(({ key }) => !keys.includes(key)) });
}

export function withoutItem({ tree, put }: Spot<ListTree>, index: number): Tree {
  return put({ ...tree, items: tree.items.toSpliced(index, 1) });
}

/** An entry under another key, with another value if one is given. */
export function renamed({ tree, put }: Spot, key: string, to: string, value?: Tree): Tree {
  if (tree.kind !== 'map') return put(tree);
  const entries = tree.entries.map((one) => (one.key === key ? { ...one, key: to, value: value ?? one.value } : one));
  return put({ ...tree, entries });
}

/** A scalar in the place of another. */
export function scalar(value: ScalarTree['value'], { at }: Tree): ScalarTree {
  return { kind: 'scalar', value, text: String(value), at };
}

export function wordAt(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

const flowMax = 100;

/** A part of a pack on one line, as somebody would write it there: `{fact: node.ready, operator: equal, value: true}`. */
export function flow(tree: Tree): string {
  const text = written(tree);
  return text.length <= flowMax ? text : `${text.slice(0, flowMax - 1).toWellFormed()}…`;
}

function written(tree: Tree): string {
  switch (tree.kind) {
    case 'scalar':
      return tree.text;
    case 'list':
      return `[${tree.items.map(written).join(', ')}]`;
    case 'map':
      return `{${tree.entries
        .filter(({ key }) => key !== 'says')
        .map(({ key, value }) => `${key}: ${written(value)}`)
        .join(', ')}}`;
  }
}

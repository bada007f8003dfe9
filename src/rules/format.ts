import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { canonical, type Json } from '../kernel/digest.ts';
import { error, type Loaded } from '../kernel/fault.ts';
import type { SourceText } from '../source/text.ts';
import { child, type Tree } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';
import { keepsOrder, rankOf } from './key-order.ts';

/** Lines are no longer than this if a flow map or list can be opened to prevent it. */
const width = 120;

/** The YAML library puts some comments a line further with each pass; this many passes settle every text that it settles. */
const passesMax = 5;

/** The same document in our layout: two spaces, keys of our kinds in their order, short maps on one line. Meaning and
 *  comments stay, formatting again changes nothing; a text for which that cannot be had is refused and left alone. */
export function format(source: SourceText): Loaded<string> {
  const before = parseTree(source);
  if (!before.ok) return before;
  let text = source.text;
  for (let pass = 0; pass < passesMax; pass += 1) {
    const next = layOut(text, before.value);
    const after = parseTree({ file: source.file, text: next });
    if (!after.ok || meaningOf(after.value) !== meaningOf(before.value)) break;
    if (commentsOf(next) !== commentsOf(source.text)) break;
    if (next === text) return { ok: true, value: text, warnings: [] };
    text = next;
  }
  const at = { file: source.file, line: 1, col: 1 };
  const hint = 'move comments out of the middle of values, and write long texts in one style';
  return { ok: false, faults: [error('FORMAT_UNSURE', at, 'cannot be laid out anew without a change', hint)] };
}

function layOut(text: string, tree: Tree): string {
  // In the failsafe schema every scalar is text as it was written, so that `1.10` and `0644` stay what they are.
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
  if (isOurs(tree) && !hasAnchors(document)) orderKeys(document.contents, undefined);
  openLong(document.contents, 0, 0);
  return document.toString({ lineWidth: 0, indent: 2, indentSeq: true, flowCollectionPadding: false });
}

function isOurs(tree: Tree): boolean {
  const version = child(tree, 'apiVersion');
  return version?.kind === 'scalar' && version.text.startsWith('nodewright.spectrocloud.com/');
}

/** An alias must come after its anchor, so where there are anchors nothing moves. */
function hasAnchors(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** `under`: the key that this stands under; undefined for what an author has named. */
function orderKeys(node: unknown, under: string | undefined): void {
  if (isSeq(node)) for (const item of node.items) orderKeys(item, under);
  if (!isMap(node)) return;
  const pairs = node.items as Pair<Node, Node | null>[];
  const named = under !== undefined && keepsOrder(under);
  if (!named) pairs.sort((left, right) => rankOf(keyOf(left)) - rankOf(keyOf(right)));
  for (const pair of pairs) orderKeys(pair.value, named ? '' : keyOf(pair));
}

function keyOf(pair: Pair<Node, Node | null>): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

/** Opens flow maps and lists that do not fit the line. `indent`: of the lines inside it, should it be opened;
 *  `column`: where it starts. */
function openLong(node: unknown, indent: number, column: number): void {
  if (!isCollection(node)) return;
  if (node.flow === true) {
    if (node.items.length === 0 || column + lengthOf(node) <= width) return;
    node.flow = false;
    // Behind a map on one line a comment belongs to all of it; of an opened one it stands on top.
    if (node.comment != null && node.commentBefore == null) {
      node.commentBefore = node.comment;
      node.comment = null;
    }
  }
  if (isSeq(node)) for (const item of (node as YAMLSeq).items) openLong(item, indent + 2, indent + 2);
  if (!isMap(node)) return;
  for (const pair of (node as YAMLMap<Node, Node | null>).items) {
    openLong(pair.value, indent + 2, indent + lengthOf(pair.key) + 2);
  }
}

/** About how long it is on one line. */
function lengthOf(node: unknown): number {
  if (isScalar(node)) {
    const { source, type, value } = node as Scalar;
    return (source ?? String(value)).length + (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? 2 : 0);
  }
  if (isSeq(node)) return node.items.reduce((sum: number, item) => sum + lengthOf(item) + 2, 0);
  if (isMap(node)) {
    return (node.items as Pair<Node, Node | null>[]).reduce(
      (sum, pair) => sum + lengthOf(pair.key) + 2 + lengthOf(pair.value) + 2,
      0,
    );
  }
  return 0;
}

/** All that a reader of ours sees of a document, whatever the order of its keys. */
function meaningOf(tree: Tree): string {
  const plain = (part: Tree): Json => {
    switch (part.kind) {
      case 'scalar':
        return { value: part.value, text: part.text };
      case 'list':
        return part.items.map(plain);
      case 'map':
        return { map: part.entries.map(({ key, value }) => [key, plain(value)]).sort(byKey) };
    }
  };
  return canonical(plain(tree));
}

function byKey(left: readonly Json[], right: readonly Json[]): number {
  return String(left[0]) < String(right[0]) ? -1 : 1;
}

function commentsOf(text: string): string {
  const found: string[] = [];
  for (const token of new Lexer().lex(text)) if (token.startsWith('#')) found.push(token.trim());
  return found.sort().join('\n');
}

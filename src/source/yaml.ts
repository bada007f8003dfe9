import {
  type Alias,
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  type Scalar,
} from 'yaml';
import { error, type Fault, type Loaded, type Place } from '../kernel/fault.ts';
import type { FaultCode } from '../kernel/fault-codes.ts';
import { Places, type SourceText } from './text.ts';
import type { Entry, Tree } from './tree.ts';

/** A document of ours is small; whoever needs more depth or more repeats than this is attacking a parser. */
const depthMax = 64;
const nodesMax = 200_000;
/** The shipped packs have eight thousand tokens at most. The library takes up to five microseconds for each. */
const tokensMax = 100_000;

/** YAML 1.2 core schema, one document → a tree with places. Refuses what makes two readers see two documents: repeated
 *  keys, merge keys, tags, several documents; and what explodes: deep nesting, aliases past a bound. */
export function parseTree(source: SourceText, tokens = tokensMax): Loaded<Tree> {
  const trees = treesOf(source, nodesMax, tokens);
  if (!trees.ok) return trees;
  const [first, second] = trees.value;
  if (first === undefined)
    return { ok: false, faults: [error('YAML_EMPTY', startOf(source), 'there is no document here')] };
  if (second === undefined) return { ok: true, value: first, warnings: trees.warnings };
  const fault = error(
    'YAML_SYNTAX',
    second.at,
    'is a second document',
    'one file holds one document; remove the `---`',
  );
  return { ok: false, faults: [fault] };
}

/** The same for a file of several documents, which tools print and people do not write: it may be as long as its reader
 *  takes it. Empty documents are left out. */
export function parseTrees(source: SourceText, partsMax = nodesMax): Loaded<readonly Tree[]> {
  return treesOf(source, partsMax, Number.POSITIVE_INFINITY);
}

function treesOf(source: SourceText, partsMax: number, tokens: number): Loaded<readonly Tree[]> {
  const places = new Places(source);
  const faults: Fault[] = [];
  const refuse = (code: FaultCode, offset: number, message: string, hint?: string, length?: number): void => {
    faults.push(error(code, places.at(offset, length), message, hint));
  };

  const tokensRead = boundedTokens(source.text, tokens);
  if ('bound' in tokensRead) {
    const { bound, offset } = tokensRead;
    if (bound === 'depth') refuse('YAML_TOO_DEEP', offset, `is nested deeper than ${depthMax} levels`);
    else refuse('YAML_TOO_LARGE', offset, `has more than ${tokens} words and signs up to here`);
    return { ok: false, faults };
  }
  // The library compares every key with every other; we look them up below.
  const options = { uniqueKeys: false, prettyErrors: false, merge: false, logLevel: 'silent' } as const;
  const documents = [...new Composer(options).compose(tokensRead.read)];
  for (const { errors, directives } of documents) {
    if (directives?.yaml.version !== undefined && directives.yaml.version !== '1.2') {
      refuse('YAML_SYNTAX', 0, `is YAML ${directives.yaml.version}`, 'only YAML 1.2 is read; remove the `%YAML` line');
    }
    for (const problem of errors) {
      const [from, to] = problem.pos;
      if (isOverflow(problem.message)) {
        // The composer nests as deep as the text and reports its own overflow; what comes after it is noise.
        refuse('YAML_TOO_DEEP', from, `is nested deeper than ${depthMax} levels`);
        return { ok: false, faults };
      }
      refuse('YAML_SYNTAX', from, sentence(problem.code, problem.message), undefined, to - from);
    }
  }
  if (faults.length > 0) return { ok: false, faults };

  let nodes = 0;
  /** The deepest level below the part that is being read. */
  let deepest = 0;
  let tooDeepSaid = false;
  // Anchors belong to their document. What stands behind one is fixed where it stands: it is shared, never read again.
  let anchors = new Map<string, Anchored>();
  /** Counts what is about to be read; false when it is too much, which is said once. */
  const admit = (offset: number, parts: number, bottom: number): boolean => {
    const before = nodes;
    nodes += parts;
    deepest = Math.max(deepest, bottom);
    if (before < partsMax && nodes >= partsMax) {
      refuse('YAML_TOO_MANY_NODES', offset, `has more than ${partsMax} parts once its anchors are followed`);
    }
    if (bottom > depthMax && !tooDeepSaid) {
      tooDeepSaid = true;
      refuse('YAML_TOO_DEEP', offset, `is nested deeper than ${depthMax} levels`);
    }
    return nodes < partsMax && bottom <= depthMax;
  };
  const walk = (node: Node | null, fallbackOffset: number, depth: number): Tree => {
    const beside = deepest;
    deepest = depth;
    const tree = read(node, fallbackOffset, depth);
    deepest = Math.max(deepest, beside);
    return tree;
  };
  const read = (node: Node | null, fallbackOffset: number, depth: number): Tree => {
    const [from, to] = node?.range ?? [fallbackOffset, fallbackOffset];
    const at = places.at(from, to - from);
    const nothing: Tree = { kind: 'scalar', value: null, text: '', at };
    if (isAlias(node)) {
      const target = anchors.get((node as Alias).source);
      if (target !== undefined) return admit(from, target.parts, depth + target.height) ? target.tree : nothing;
      refuse('YAML_SYNTAX', from, `there is no anchor \`${(node as Alias).source}\` before this`, undefined, to - from);
      return nothing;
    }
    const nodesBefore = nodes;
    if (!admit(from, 1, depth) || node === null) return nothing;
    if (node.tag !== undefined && !isScalarDefaultTag(node)) {
      refuse(
        'YAML_TAG',
        from,
        `has the tag \`${node.tag}\``,
        'tags mean different things to different readers; write the value plainly',
      );
    }
    const anchor = (node as { anchor?: string }).anchor;
    let tree: Tree;
    if (isMap(node)) {
      const entries: Entry[] = [];
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        const key = pair.key;
        if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
          refuse('YAML_SYNTAX', key?.range?.[0] ?? from, 'a key must be a plain word');
          continue;
        }
        const [keyFrom, keyTo] = key.range ?? [from, from];
        if (key.value === '<<' && key.type === 'PLAIN') {
          refuse('YAML_SYNTAX', keyFrom, 'is a merge key', 'write the merged keys out');
        }
        const text = scalarText(key, source.text);
        const problem = unsayable(text);
        if (problem !== undefined) refuse('YAML_SYNTAX', keyFrom, problem, undefined, keyTo - keyFrom);
        entries.push({
          key: text,
          keyAt: places.at(keyFrom, keyTo - keyFrom),
          value: walk(pair.value, keyTo, depth + 1),
        });
      }
      const seen = new Set<string>();
      for (const { key, keyAt } of entries) {
        if (seen.has(key)) faults.push(error('YAML_DUPLICATE_KEY', keyAt, `\`${key}\` stands here twice`));
        seen.add(key);
      }
      tree = { kind: 'map', entries, at };
    } else if (isSeq(node)) {
      tree = { kind: 'list', items: node.items.map((item) => walk(item as Node | null, from, depth + 1)), at };
    } else {
      const scalar = node as Scalar;
      const problem = unsayable(scalar.value);
      if (problem !== undefined) refuse('YAML_SYNTAX', from, problem, undefined, to - from);
      tree = { kind: 'scalar', value: scalarValue(scalar), text: scalarText(scalar, source.text), at };
    }
    if (anchor !== undefined) anchors.set(anchor, { tree, parts: nodes - nodesBefore, height: deepest - depth });
    return tree;
  };
  const trees: Tree[] = [];
  for (const { contents } of documents) {
    if (contents === null || isNothing(contents as Node)) continue;
    anchors = new Map();
    trees.push(walk(contents as Node, 0, 0));
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: trees, warnings: [] };
}

interface Anchored {
  readonly tree: Tree;
  /** How many parts it has, and how many levels below itself. */
  readonly parts: number;
  readonly height: number;
}

function startOf(source: SourceText): Place {
  return new Places(source).at(0);
}

/** What stands between two `---` with nothing between them. */
function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null && node.range !== undefined && node.range?.[0] === node.range?.[1];
}

function isOverflow(message: string): boolean {
  return /call stack size|stack overflow/i.test(message);
}

/** A text as the library's parser takes it apart, or where it goes past a bound. The lexer is asked word by word and left
 *  there: composing nests as deep as the text, and takes several times as long. */
function boundedTokens(
  text: string,
  tokens: number,
): { readonly read: readonly CST.Token[] } | { readonly bound: 'depth' | 'tokens'; readonly offset: number } {
  const parser = new Parser();
  const read: CST.Token[] = [];
  let depth = 0;
  let offset = 0;
  let count = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    // A closing one too many is an error that is found later, and must not earn a level.
    if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    if (depth > depthMax) return { bound: 'depth', offset };
    count += 1;
    if (count > tokens) return { bound: 'tokens', offset };
    // The lexer's control marks stand for no text.
    if (token !== '\x02' && token !== '\x18' && token !== '\x1f') offset += token.length;
    for (const part of parser.next(token)) read.push(part);
  }
  for (const part of parser.end()) read.push(part);
  return { read };
}

function scalarValue(scalar: Scalar): string | number | boolean | null {
  const value = scalar.value;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value);
}

/** What YAML can write and JSON cannot: it could have no canonical form, and so no digest. */
function unsayable(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'is no number that JSON has';
  if (typeof value === 'string' && !value.isWellFormed()) return 'holds half of a character';
  return undefined;
}

function scalarText(scalar: Scalar, text: string): string {
  if (typeof scalar.value === 'string') return scalar.value;
  const [from, to] = scalar.range ?? [0, 0];
  return scalar.source ?? text.slice(from, to);
}

function isScalarDefaultTag(node: Node): boolean {
  return isScalar(node) && node.tag === 'tag:yaml.org,2002:str' && typeof node.value === 'string';
}

/** The library's sentences, in our tone: no capital, no full stop, and its most common riddles said plainly. */
function sentence(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'is indented by a tab; YAML takes spaces only';
  const first = message.split('\n')[0] ?? message;
  return first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, '');
}

import type { FactValue } from '../kernel/fact.ts';
import type { Place } from '../kernel/fault.ts';
import { type FactType, parseDuration, parseSize, parseVersion } from '../kernel/value.ts';
import { shown } from './shown.ts';
import { hintFor, listed } from './suggest.ts';
import type { ScalarTree, Tree } from './tree.ts';

/** A value that a person wrote, as the type asks for it; or what is wrong with it. */
export type Literally =
  | { readonly ok: true; readonly value: FactValue }
  | { readonly ok: false; readonly at: Place; readonly message: string; readonly hint?: string };

/** Reads a literal. Nothing is converted: `"10"` is text and no number, `30` is no duration, `off` is a word. What YAML
 *  would quietly change (`0644`, `1_000`, `0x1F`, numbers past 2^53) is refused by how it is written. */
export function readLiteral(tree: Tree, type: FactType, what: string): Literally {
  const wrong = (message: string, hint?: string, at = tree.at): Literally => {
    return { ok: false, at, message, ...(hint === undefined ? {} : { hint }) };
  };
  if (type.kind === 'set') return readSet(tree, type, what);
  if (tree.kind !== 'scalar') {
    return wrong(`${what} is ${inWords(type)}, and this is a ${tree.kind}`, exampleOf(type));
  }
  const { value } = tree;
  if (value === null) {
    if (type.kind === 'text' && type.optional === true) return { ok: true, value: null };
    return wrong(
      `${what} is ${inWords(type)} and is never \`null\``,
      'only an optional text can be nobody; write a value',
    );
  }
  switch (type.kind) {
    case 'bool':
      if (typeof value === 'boolean') return { ok: true, value };
      return wrong(`${what} is ${inWords(type)}, and ${asWritten(tree)} is not`, 'write true or false, without quotes');
    case 'int':
      return readInt(tree, type, what);
    case 'duration':
    case 'size':
    case 'version': {
      const read = { duration: parseDuration, size: parseSize, version: parseVersion }[type.kind];
      const parsed = typeof value === 'string' ? read(value) : undefined;
      if (parsed !== undefined) return { ok: true, value: parsed };
      return wrong(`${what} is ${inWords(type)}, and ${asWritten(tree)} is none`, hintForUnit(tree, type));
    }
    case 'text':
      if (typeof value === 'string') return { ok: true, value };
      return wrong(`${what} is ${inWords(type)}, and ${asWritten(tree)} is not`, 'put it in quotes');
    case 'enum':
      if (typeof value === 'string' && type.words.includes(value)) return { ok: true, value };
      return wrong(
        `${asWritten(tree)} is no value of ${what}`,
        hintFor(tree.text, type.words, `it is ${listed(type.words)}`),
      );
  }
}

function readInt(tree: ScalarTree, type: FactType & { kind: 'int' }, what: string): Literally {
  const wrong = (message: string, hint?: string): Literally => {
    return { ok: false, at: tree.at, message, ...(hint === undefined ? {} : { hint }) };
  };
  const { value, text } = tree;
  if (typeof value !== 'number') {
    const hint = /^-?\d+$/.test(text) ? `write ${text} without quotes` : 'write digits only';
    return wrong(`${what} is a whole number, and ${asWritten(tree)} is not`, hint);
  }
  if (!/^(0|-?[1-9]\d*)$/.test(text)) {
    const leadingZero = /^[+-]?0\d/.test(text);
    const hint = leadingZero
      ? 'a leading zero means octal to some readers and nothing to others; leave it out'
      : 'write digits only';
    return wrong(`${what} is a whole number, and \`${shown(text)}\` is not plainly one`, hint);
  }
  if (!Number.isSafeInteger(value)) return wrong(`\`${shown(text)}\` is past 2^53 and would lose digits`);
  const { atLeast, atMost } = type;
  if (atLeast !== undefined && value < atLeast) return wrong(`${what} is at least ${atLeast}, and this is ${value}`);
  if (atMost !== undefined && value > atMost) return wrong(`${what} is at most ${atMost}, and this is ${value}`);
  return { ok: true, value };
}

/** A set is a list of words; its order does not matter, a repeat is a mistake. */
function readSet(tree: Tree, type: FactType & { kind: 'set' }, what: string): Literally {
  if (tree.kind !== 'list') {
    return {
      ok: false,
      at: tree.at,
      message: `${what} is a set, and this is not a list`,
      hint: 'write `[a, b]`, or `[]` for none',
    };
  }
  const found: string[] = [];
  for (const item of tree.items) {
    const word = readLiteral(item, elementOf(type), what);
    if (!word.ok) return word;
    const text = word.value as string;
    if (found.includes(text)) {
      return { ok: false, at: item.at, message: `\`${shown(text)}\` stands in this set twice` };
    }
    found.push(text);
  }
  return { ok: true, value: found.sort() };
}

/** What one member of a set is. */
export function elementOf(type: FactType & { kind: 'set' }): FactType {
  return type.words === undefined ? { kind: 'text' } : { kind: 'enum', words: type.words };
}

/** `an enum`, `a duration`: the type in a sentence. */
export function inWords(type: FactType): string {
  switch (type.kind) {
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'enum':
      return 'an enum';
    case 'text':
      return type.optional === true ? 'an optional text' : 'a text';
    default:
      return `a ${type.kind}`;
  }
}

function exampleOf(type: FactType): string {
  const examples: Readonly<Record<FactType['kind'], string>> = {
    bool: 'true',
    int: '3',
    duration: '30s',
    size: '64MiB',
    version: '9.2.14',
    text: '"some text"',
    enum: type.kind === 'enum' ? (type.words[0] ?? '') : '',
    set: '[a, b]',
  };
  return `write it like ${examples[type.kind]}`;
}

function asWritten(tree: ScalarTree): string {
  const word = shown(tree.text);
  return typeof tree.value === 'string' && /^(-?\d+(\.\d+)?|true|false|null|~|)$/.test(tree.text)
    ? `the text \`"${word}"\``
    : `\`${word}\``;
}

function hintForUnit(tree: ScalarTree, type: FactType): string {
  const number = /^\d+$/.test(tree.text) ? tree.text : undefined;
  switch (type.kind) {
    case 'duration':
      return number === undefined
        ? 'units are ms, s, m, h and d, the larger first: 1m30s'
        : `units are never guessed: write ${number}s, ${number}m or ${number}h`;
    case 'size':
      return number === undefined
        ? 'units are B, KiB, MiB, GiB, TiB and PiB, and whole numbers of them'
        : `units are never guessed: write ${number}B, ${number}KiB or ${number}MiB`;
    default:
      return 'a version has three numbers: 9.2.14';
  }
}

import { error, type Fault, type Place } from '../kernel/fault.ts';
import { parseDuration } from '../kernel/value.ts';
import { hintFor, listed } from '../source/suggest.ts';
import { child, entryOf, type Tree } from '../source/tree.ts';

/** Reads the fields of one mapping that a person wrote. Each question gives the value or tells a fault at its place and gives
 *  undefined; `done` tells the fields that nobody asked for. */
export interface Fields {
  readonly at: Place;
  /** The fields that one of these names has, whichever stands there first; undefined if none does. */
  readonly has: (name: string) => boolean;
  placeOf(name: string): Place;
  text(name: string): string | undefined;
  word<W extends string>(name: string, words: readonly W[]): W | undefined;
  count(name: string, atLeast: number, atMost: number): number | undefined;
  duration(name: string): number | undefined;
  map(name: string): Fields | undefined;
  list(name: string): readonly Fields[];
  texts(name: string): readonly string[];
  must(name: string): void;
  refuse(name: string, message: string, hint?: string): void;
  done(): void;
}

export function fieldsOf(
  tree: Tree | undefined,
  what: string,
  report: (fault: Fault) => void,
  otherwise: Place,
): Fields {
  const at = tree?.at ?? otherwise;
  const asked = new Set<string>();
  const invalid = (place: Place, message: string, hint?: string): void =>
    report(error('SHAPE_INVALID', place, message, hint));
  if (tree !== undefined && tree.kind !== 'map') invalid(at, `${what} must be a mapping`);
  const ask = (name: string): Tree | undefined => {
    asked.add(name);
    return child(tree, name);
  };
  const scalar = (name: string): { readonly value: unknown; readonly text: string; readonly at: Place } | undefined => {
    const found = ask(name);
    if (found === undefined) return undefined;
    if (found.kind === 'scalar') return found;
    invalid(found.at, `\`${name}\` must be one value`);
    return undefined;
  };
  const fields: Fields = {
    at,
    has: (name) => ask(name) !== undefined,
    placeOf: (name) => child(tree, name)?.at ?? at,
    text(name) {
      const found = scalar(name);
      if (found === undefined || (typeof found.value === 'string' && found.value !== '')) return found?.text;
      invalid(found.at, `\`${name}\` must be a text`);
      return undefined;
    },
    word(name, words) {
      const found = scalar(name);
      const word = words.find((one) => one === found?.text);
      if (found === undefined || word !== undefined) return word;
      invalid(found.at, `\`${name}\` is no \`${found.text}\``, hintFor(found.text, words, `write ${listed(words)}`));
      return undefined;
    },
    count(name, atLeast, atMost) {
      const found = scalar(name);
      if (found === undefined) return undefined;
      const { value } = found;
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= atLeast && value <= atMost) return value;
      invalid(found.at, `\`${name}\` must be a whole number from ${atLeast} to ${atMost}`);
      return undefined;
    },
    duration(name) {
      const found = scalar(name);
      if (found === undefined) return undefined;
      const ms = parseDuration(found.text);
      if (ms === undefined) invalid(found.at, `\`${name}\` is no duration`, 'write `90s`, `1m30s`, `250ms`');
      return ms;
    },
    map(name) {
      const found = ask(name);
      return found === undefined ? undefined : fieldsOf(found, `\`${name}\``, report, at);
    },
    list(name) {
      const found = ask(name);
      if (found === undefined) return [];
      if (found.kind === 'list')
        return found.items.map((item) => fieldsOf(item, `an entry of \`${name}\``, report, at));
      invalid(found.at, `\`${name}\` must be a list`);
      return [];
    },
    texts(name) {
      const found = ask(name);
      if (found === undefined) return [];
      const items = found.kind === 'list' ? found.items : [found];
      return items.flatMap((item) => {
        if (item.kind === 'scalar' && typeof item.value === 'string') return [item.value];
        invalid(item.at, `\`${name}\` must be a list of words`);
        return [];
      });
    },
    must(name) {
      if (tree?.kind === 'map' && child(tree, name) === undefined) invalid(at, `${what} has no \`${name}\``);
    },
    refuse: (name, message, hint) => invalid(entryOf(tree, name)?.value.at ?? at, message, hint),
    done() {
      if (tree?.kind !== 'map') return;
      for (const { key, keyAt } of tree.entries) {
        if (asked.has(key)) continue;
        const hint = hintFor(key, asked, `there are ${listed([...asked].sort(), 'and')}`);
        report(error('SHAPE_UNKNOWN_FIELD', keyAt, `${what} has no field \`${key}\``, hint));
      }
    },
  };
  return fields;
}

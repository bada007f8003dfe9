import { error, type Fault, type Place } from '../kernel/fault.ts';
import { parseDuration } from '../kernel/value.ts';
import { child, type MapTree, type Tree } from '../source/tree.ts';
import { captureApiVersion } from './capture.ts';
import { parseMoment } from './moment.ts';

/** Whether a document says that it is one of ours, of this kind. */
export function isOfKind(tree: Tree, wanted: string): boolean {
  const [apiVersion, kind] = [child(tree, 'apiVersion'), child(tree, 'kind')];
  return (
    apiVersion?.kind === 'scalar' &&
    apiVersion.value === captureApiVersion &&
    kind?.kind === 'scalar' &&
    kind.value === wanted
  );
}

/** Reads members of a tree and gathers what does not fit. */
export class Reader {
  readonly #faults: Fault[];

  constructor(faults: Fault[]) {
    this.#faults = faults;
  }

  map(tree: Tree | undefined, what: string, fields: readonly string[], above?: Place): MapTree | undefined {
    if (tree?.kind !== 'map') {
      const at = tree?.at ?? above;
      if (at !== undefined) this.#faults.push(error('SHAPE_INVALID', at, `${what} must be a mapping`));
      return undefined;
    }
    for (const { key, keyAt } of tree.entries) {
      if (fields.includes(key)) continue;
      const hint = `known here: ${fields.join(', ')}`;
      this.#faults.push(error('SHAPE_UNKNOWN_FIELD', keyAt, `${what} has no \`${key}\``, hint));
    }
    return tree;
  }

  entries(tree: Tree | undefined, what: string): MapTree['entries'] {
    if (tree === undefined) return [];
    if (tree.kind === 'map') return tree.entries;
    this.#faults.push(error('SHAPE_INVALID', tree.at, `${what} must be a mapping`));
    return [];
  }

  list(tree: Tree | undefined, what: string): readonly Tree[] {
    if (tree === undefined) return [];
    if (tree.kind === 'list') return tree.items;
    this.#faults.push(error('SHAPE_INVALID', tree.at, `${what} must be a list`));
    return [];
  }

  text(tree: MapTree, field: string): string | undefined {
    const found = this.optionalText(tree, field);
    if (found === undefined && child(tree, field) === undefined) {
      this.#faults.push(error('SHAPE_INVALID', tree.at, `\`${field}\` is missing`));
    }
    return found;
  }

  optionalText(tree: MapTree, field: string): string | undefined {
    const found = child(tree, field);
    if (found === undefined) return undefined;
    if (
      found.kind === 'scalar' &&
      typeof found.value === 'string' &&
      found.value !== '' &&
      found.value.isWellFormed()
    ) {
      return found.value;
    }
    this.#faults.push(error('SHAPE_INVALID', found.at, `\`${field}\` must be a text that is not empty`));
    return undefined;
  }

  moment(tree: MapTree, field: string): number | undefined {
    const text = this.optionalText(tree, field);
    const ms = text === undefined ? undefined : parseMoment(text);
    if (text !== undefined && ms === undefined) {
      const at = child(tree, field)?.at ?? tree.at;
      this.#faults.push(error('SHAPE_INVALID', at, `\`${field}\` is no moment`, 'write it like 2026-03-04T10:15:02Z'));
    }
    return ms;
  }

  signedDuration(tree: MapTree, field: string): number | undefined {
    const text = this.optionalText(tree, field);
    if (text === undefined) return undefined;
    const ms = parseDuration(text.replace(/^-/, ''));
    if (ms === undefined) {
      const at = child(tree, field)?.at ?? tree.at;
      this.#faults.push(error('SHAPE_INVALID', at, `\`${field}\` is no duration`, 'write it like 12ms or -1m30s'));
      return undefined;
    }
    return text.startsWith('-') && ms !== 0 ? -ms : ms;
  }

  flag(tree: MapTree, field: string): boolean {
    const found = child(tree, field);
    if (found === undefined) return false;
    if (found.kind === 'scalar' && typeof found.value === 'boolean') return found.value;
    this.#faults.push(error('SHAPE_INVALID', found.at, `\`${field}\` must be true or false`));
    return false;
  }

  count(tree: MapTree, field: string): number | undefined {
    const found = child(tree, field);
    if (found === undefined) return undefined;
    if (found.kind === 'scalar' && Number.isSafeInteger(found.value) && (found.value as number) >= 0)
      return found.value as number;
    this.#faults.push(error('SHAPE_INVALID', found.at, `\`${field}\` must be a whole number`));
    return undefined;
  }
}

import { error, type Fault, type Place } from '../kernel/fault.ts';
import { hintFor, listed } from '../source/suggest.ts';
import { formOf, type OptionForm, type OptionName, optionForms, variableOf } from './options.ts';

/** Where a value was said. A flag wins over its variable, that over the project's file, that over the user's, that over
 *  the default. */
export type Origin = 'flag' | 'environment' | 'project file' | 'user file' | 'default';

export interface Setting {
  readonly value: string | boolean | readonly string[];
  readonly origin: Origin;
  /** `--profile`, `NW_PROFILE`, or the line of a file. */
  readonly where: string;
}

export class Settings {
  readonly #values: ReadonlyMap<string, Setting>;

  constructor(values: ReadonlyMap<string, Setting>) {
    this.#values = values;
  }

  get(name: OptionName): Setting | undefined {
    return this.#values.get(name);
  }
  text(name: OptionName): string | undefined {
    const value = this.#values.get(name)?.value;
    return typeof value === 'string' ? value : undefined;
  }
  list(name: OptionName): readonly string[] {
    const value = this.#values.get(name)?.value;
    return Array.isArray(value) ? value : [];
  }
  on(name: OptionName): boolean {
    return this.#values.get(name)?.value === true;
  }
}

/** One layer: what one place says, before it is checked. */
export interface Layer {
  readonly origin: Origin;
  readonly says: ReadonlyMap<string, { readonly value: unknown; readonly where: string; readonly at: Place }>;
}

/** Layers from strongest to weakest → the value of each option, checked. Only what is in force is checked: a weaker
 *  place may be wrong without standing in the way of a stronger one. */
export function resolve(
  names: readonly OptionName[],
  layers: readonly Layer[],
): { readonly settings: Settings; readonly faults: readonly Fault[] } {
  const values = new Map<string, Setting>();
  const faults: Fault[] = [];
  for (const name of names) {
    const form = formOf(name);
    const layer = layers.find(({ says }) => says.has(name));
    const said = layer?.says.get(name);
    if (layer === undefined || said === undefined) {
      if (form.default !== undefined) values.set(name, { value: form.default, origin: 'default', where: '' });
      continue;
    }
    if (form.flagOnly && layer.origin !== 'flag') {
      const hint = `say --${name} where it is meant, each time`;
      faults.push(error('CONFIG_INVALID', said.at, `${said.where} counts on the command line only`, hint));
      continue;
    }
    const value = checkedValue(form, said.value);
    if ('wrong' in value) {
      const code = layer.origin === 'flag' ? 'USAGE' : 'CONFIG_INVALID';
      faults.push(error(code, said.at, `${said.where} ${value.wrong}`, value.hint));
    } else values.set(name, { value: value.right, origin: layer.origin, where: said.where });
  }
  return { settings: new Settings(values), faults };
}

type Checked =
  | { readonly right: string | boolean | readonly string[] }
  | { readonly wrong: string; readonly hint?: string };

function checkedValue(form: OptionForm, said: unknown): Checked {
  if (form.value === undefined) {
    if (typeof said === 'boolean') return { right: said };
    if (said === 'true' || said === '1' || said === 'yes') return { right: true };
    if (said === 'false' || said === '0' || said === 'no' || said === '') return { right: false };
    return { wrong: `is \`${String(said)}\`, and must be true or false` };
  }
  const words = (Array.isArray(said) ? said : [said]).flatMap((word) =>
    form.many ? String(word).split(',') : [String(word)],
  );
  for (const word of words) {
    if (word === '') return { wrong: 'is empty', hint: `it takes ${form.value}` };
    if (form.choices !== undefined && !form.choices.includes(word)) {
      const choices = `it takes ${listed(form.choices)}`;
      return { wrong: `is \`${word}\`; ${choices}`, ...withHint(hintFor(word, form.choices)) };
    }
  }
  return { right: form.many ? words : (words.at(-1) ?? '') };
}

function withHint(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** The NW_ variables of the environment, as a layer. An empty one counts as not set. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const says = new Map<string, { value: unknown; where: string; at: Place }>();
  for (const name of optionForms.keys()) {
    const variable = variableOf(name);
    const value = env[variable];
    if (value !== undefined && value !== '') {
      says.set(name, { value, where: variable, at: { file: variable, line: 1, col: 1 } });
    }
  }
  return { origin: 'environment', says };
}

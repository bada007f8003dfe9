import { harmlessJson } from '../escape.ts';

/** What every output can carry as data: plain, ordered, without undefined members or empty slots. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

export function json(data: Data): string {
  return `${harmlessJson(JSON.stringify(data, null, 2))}\n`;
}

/** YAML 1.2 block style. Strings that could be read as anything else are quoted as JSON does, which YAML understands. */
export function yaml(data: Data): string {
  if (typeof data !== 'object' || data === null || isEmpty(data)) return `${flat(data)}\n`;
  return `${block(data, '').join('\n')}\n`;
}

function block(data: Exclude<Data, null | boolean | number | string>, indent: string): readonly string[] {
  if (isList(data)) {
    return data.flatMap((item) => {
      if (typeof item !== 'object' || item === null || isEmpty(item)) return [`${indent}- ${flat(item)}`];
      const [first = '', ...rest] = block(item, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  return Object.entries(data).flatMap(([name, value]) => {
    const key = `${indent}${scalar(name)}:`;
    if (typeof value !== 'object' || value === null || isEmpty(value)) return [`${key} ${flat(value)}`];
    return [key, ...block(value, isList(value) ? indent : `${indent}  `)];
  });
}

function flat(value: Data): string {
  if (typeof value !== 'object' || value === null) return scalar(value);
  return isList(value) ? '[]' : '{}';
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function isList(data: Data): data is readonly Data[] {
  return Array.isArray(data);
}

/** Words that some reader of YAML takes for something else. */
const taken = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

function scalar(value: null | boolean | number | string): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z/][A-Za-z0-9 ._/@()+=-]*$/.test(value) && !value.endsWith(' ') && !taken.test(value);
  return isPlain ? value : harmlessJson(JSON.stringify(value));
}

import type { Json } from './digest.ts';

/** Text from outside may hold halves of characters, which canonical JSON refuses. What is kept must be possible whatever somebody wrote
 *  into it, so such a text is spelt out, behind a mark; a text that begins with the mark is spelt out too. Nothing else is changed. */
export function sayable(text: string): string {
  return text.isWellFormed() && !text.startsWith(mark) ? text : `${mark}${JSON.stringify(text)}`;
}

/** The text again. Undefined: nobody made this with `sayable`. */
export function heard(text: string): string | undefined {
  if (!text.startsWith(mark)) return text;
  try {
    const said: unknown = JSON.parse(text.slice(mark.length));
    return typeof said === 'string' && sayable(said) === text ? said : undefined;
  } catch {
    return undefined;
  }
}

const mark = '\u0000';

/** The same through a whole document, its members' names too. It must be JSON otherwise. */
export function sayableJson(value: Json): Json {
  return throughout(value, sayable);
}

/** The document again. Undefined: nobody made this with `sayableJson`. */
export function heardJson(value: Json): Json | undefined {
  let isOurs = true;
  const made = throughout(value, (text) => {
    const said = heard(text);
    isOurs &&= said !== undefined;
    return said ?? '';
  });
  return isOurs ? made : undefined;
}

function throughout(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part: Json) => throughout(part, change));
  const members = Object.entries(value).map(([name, part]) => {
    return [change(name), part === undefined ? part : throughout(part, change)] as const;
  });
  return Object.fromEntries(members);
}

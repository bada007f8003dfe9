/** A text as YAML that people write has it. A plain word stays plain, also between `{` and `}`; anything that some reader could take
 *  for something else is put in quotes. */
export function quoted(text: string): string {
  const isPlain = /^([A-Za-z/]|\.\.?\/)[\w./@-]*(:[\w./@-]+)*( [\w./@-]+(:[\w./@-]+)*)*$/.test(text);
  return isPlain && !taken.test(text) ? text : JSON.stringify(text).replace(unprintable, escaped);
}

const taken = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** What JSON leaves as it is, and a page or a reader of YAML does not. */
const unprintable = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What a terminal would obey, what a reader would be fooled by, and what is no character at all: control characters,
 *  escapes, marks that make text run backwards or vanish, halves of characters, and numbers that will never be one (no
 *  XML may hold U+FFFF). */
const unseen =
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu;

/** Text from outside, made safe to print on one line: what is harmful is shown instead of done, as `\x1b` or `\u202e`.
 *  Everything that a person reads goes through here where it is put into a line. */
export function harmless(text: string): string {
  return text.replaceAll(unseen, (found) => {
    const code = found.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    return code < 0x100
      ? `\\x${digits.padStart(2, '0')}`
      : code < 0x10000
        ? `\\u${digits.padStart(4, '0')}`
        : `\\u{${digits}}`;
  });
}

/** The same for JSON text that is already well formed: inside its strings `\u202e` means the same character, so the data
 *  stays what it was and its bytes are safe to look at. */
export function harmlessJson(json: string): string {
  return json.replaceAll(unseen, (found) => (found === '\n' ? found : [...found].map(unitsOf).join('')));
}

function unitsOf(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

import { digestOfText } from '../kernel/digest.ts';

/** What something is called instead, drawn from a key: whoever has not got the key cannot find out by guessing. */
export type Kind = 'node' | 'namespace' | 'name' | 'word' | 'host' | 'image' | 'uid' | 'address' | 'mac';

/** 256 bits of a draw, as hexadecimal digits. */
function drawn(key: string, kind: Kind, original: string): string {
  return digestOfText(`${key}\n${kind}\n${original}`).slice('sha256:'.length);
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** `n` and nine letters or digits: a name that every system takes that takes names. */
function nameOf(first: string, hex: string): string {
  let text = first;
  for (let at = 0; at < 9; at++) text += letters[Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16) % 32] ?? '';
  return text;
}

const firstOf: Partial<Record<Kind, string>> = {
  node: 'n',
  namespace: 's',
  name: 'x',
  word: 'w',
  host: 'h',
  image: 'i',
};

/** Names in the order of their originals: whatever goes through names one after the other goes the same way. `taken`: what no
 *  name may become. */
export function orderedNames(
  key: string,
  kind: Kind,
  originals: readonly string[],
  taken: ReadonlySet<string>,
): readonly (readonly [string, string])[] {
  const made = new Set<string>();
  for (const original of originals) {
    let name = nameOf(firstOf[kind] ?? 'x', drawn(key, kind, original));
    for (let again = 1; made.has(name) || taken.has(name); again++)
      name = nameOf(firstOf[kind] ?? 'x', drawn(key, kind, `${original}\n${again}`));
    made.add(name);
  }
  const drawnSorted = [...made].sort();
  return [...originals].sort().map((original, at) => [original, drawnSorted[at] ?? original]);
}

/** One of many kinds of things that are only ever compared with themselves. */
export class Pseudonyms {
  readonly #key: string;
  readonly #known = new Map<string, string>();

  constructor(key: string) {
    this.#key = key;
  }

  uid(original: string): string {
    return this.#once('uid', original.toLowerCase(), (hex) => shaped(original.toLowerCase(), hex));
  }

  /** Locally administered, so that it is no vendor's; as long, and with the same sign between, as the original. */
  mac(original: string): string {
    return this.#once('mac', original.toLowerCase(), (hex) => `02${shaped(original.toLowerCase().slice(2), hex)}`);
  }

  /** Of 240.0.0.0/4, which nobody has. */
  ipv4(original: string): string {
    return this.#once('address', original, (hex) => {
      const bytes = [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      return [240 + ((bytes[0] ?? 0) % 15), ...bytes.slice(1)].join('.');
    });
  }

  /** Of 2001:db8::/32, which stands in documents only. */
  ipv6(original: string): string {
    return this.#once('address', original.toLowerCase(), (hex) => {
      const groups = [0, 4, 8, 12, 16, 20].map(
        (at) => `${(1 + (Number.parseInt(hex[at] ?? '0', 16) % 15)).toString(16)}${hex.slice(at + 1, at + 4)}`,
      );
      return `2001:db8:${groups.join(':')}`;
    });
  }

  /** A host, a domain, a label's value or whatever else is one word. */
  word(kind: 'word' | 'host' | 'image', original: string): string {
    return this.#once(kind, original, (hex) => nameOf(firstOf[kind] ?? 'w', hex));
  }

  /** Original → what it became, by kind, sorted. */
  entries(): readonly (readonly [Kind, string, string])[] {
    return [...this.#known]
      .map(([key, became]): readonly [Kind, string, string] => {
        const cut = key.indexOf(' ');
        return [key.slice(0, cut) as Kind, key.slice(cut + 1), became];
      })
      .sort(([, one], [, other]) => (one < other ? -1 : 1));
  }

  #once(kind: Kind, original: string, make: (hex: string) => string): string {
    const key = `${kind} ${original}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make(drawn(this.#key, kind, original));
    this.#known.set(key, made);
    return made;
  }
}

/** Hexadecimal digits where the original has them. */
function shaped(original: string, hex: string): string {
  let at = 0;
  return original.replaceAll(/[0-9a-f]/g, () => hex[at++ % hex.length] ?? '0');
}

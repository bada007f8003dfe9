/** A Boolean of the solver's text: `true`, `false`, a name, or `(not NAME)`. Everything larger has a name. */
export type Formula = string & { readonly formula: true };

export const yes = 'true' as Formula;
export const no = 'false' as Formula;

/** Writes formulas for the solver. What is asked for twice is written once, and what is decided by itself is not written at all. */
export class Script {
  readonly #lines: string[] = [];
  readonly #names = new Map<string, Formula>();
  #taken = 0;

  /** A Boolean that the solver may choose. */
  choose(): Formula {
    return this.#declare('Bool');
  }

  /** A number that it may choose, below `below`: the name of a bit-vector. */
  number(below: number): { readonly name: string; readonly width: number } {
    const width = Math.max(1, Math.ceil(Math.log2(Math.max(2, below))));
    const name = this.#declare(`(_ BitVec ${width})`);
    if (below < 2 ** width) this.#lines.push(`(assert (bvult ${name} ${bits(below, width)}))`);
    return { name, width };
  }

  and(...parts: readonly Formula[]): Formula {
    return this.#joined('and', parts, yes, no);
  }

  or(...parts: readonly Formula[]): Formula {
    return this.#joined('or', parts, no, yes);
  }

  not(part: Formula): Formula {
    if (part === yes) return no;
    if (part === no) return yes;
    return (part.startsWith('(not ') ? part.slice(5, -1) : `(not ${part})`) as Formula;
  }

  implies(one: Formula, other: Formula): Formula {
    return this.or(this.not(one), other);
  }

  same(one: Formula, other: Formula): Formula {
    if (one === other) return yes;
    if (one === this.not(other)) return no;
    for (const [fixed, open] of [
      [one, other],
      [other, one],
    ] as const) {
      if (fixed === yes) return open;
      if (fixed === no) return this.not(open);
    }
    return this.#named(`(= ${[one, other].sort().join(' ')})`);
  }

  /** At least so many of them. */
  atLeast(count: number, parts: readonly Formula[]): Formula {
    const sure = parts.filter((part) => part === yes).length;
    const open = parts.filter((part) => part !== yes && part !== no);
    const still = count - sure;
    if (still <= 0) return yes;
    if (still > open.length) return no;
    if (still === 1) return this.or(...open);
    if (still === open.length) return this.and(...open);
    return this.#named(`((_ at-least ${still}) ${open.join(' ')})`);
  }

  /** Whether a chosen number is this one. */
  is(name: string, width: number, value: number): Formula {
    return this.#named(`(= ${name} ${bits(value, width)})`);
  }

  /** Of two chosen numbers of one width. */
  equal(one: string, other: string): Formula {
    return one === other ? yes : this.#named(`(= ${[one, other].sort().join(' ')})`);
  }

  less(one: string, other: string): Formula {
    return one === other ? no : this.#named(`(bvult ${one} ${other})`);
  }

  assert(formula: Formula): void {
    if (formula !== yes) this.#lines.push(`(assert ${formula})`);
  }

  /** What was written since it was last asked. */
  take(): string {
    const text = this.#lines.slice(this.#taken).join('\n');
    this.#taken = this.#lines.length;
    return text;
  }

  #joined(word: 'and' | 'or', parts: readonly Formula[], nothing: Formula, everything: Formula): Formula {
    const distinct = new Set(parts);
    distinct.delete(nothing);
    if (distinct.has(everything)) return everything;
    const [first = nothing, ...more] = [...distinct].sort();
    if (more.length === 0) return first;
    if (more.some((part) => distinct.has(this.not(part))) || distinct.has(this.not(first))) return everything;
    return this.#named(`(${word} ${[first, ...more].join(' ')})`);
  }

  #named(text: string): Formula {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = `f${this.#names.size}` as Formula;
    this.#names.set(text, name);
    this.#lines.push(`(define-fun ${name} () Bool ${text})`);
    return name;
  }

  #declare(sort: string): Formula {
    const name = `c${this.#lines.length}` as Formula;
    this.#lines.push(`(declare-const ${name} ${sort})`);
    return name;
  }
}

function bits(value: number, width: number): string {
  return `#b${value.toString(2).padStart(width, '0')}`;
}

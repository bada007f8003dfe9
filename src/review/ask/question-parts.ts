/** A question as it was written; what its names mean is not looked at yet. Offsets are of the text. */
export interface Written {
  readonly gates: readonly WrittenGate[];
  readonly condition: Part | undefined;
}

export interface WrittenGate {
  readonly gate: Word;
  readonly is: 'open' | 'not open' | 'closed' | 'unknown';
}

export interface Word {
  readonly text: string;
  readonly from: number;
}

export type Part = All | Not | Test | Named | OfMany;

interface All {
  readonly kind: 'all' | 'any';
  readonly of: readonly Part[];
  readonly from: number;
}

interface Not {
  readonly kind: 'not';
  readonly of: Part;
  readonly from: number;
}

export interface Test {
  readonly kind: 'test';
  readonly fact: Word;
  /** Nothing: the fact is true. */
  readonly comparison?: Comparison;
}

export type Comparison =
  | { readonly kind: 'unknown' | 'not unknown' }
  | { readonly kind: 'value'; readonly operator: Word; readonly value: Value }
  | { readonly kind: 'list'; readonly operator: Word; readonly values: readonly Value[]; readonly from: number };

/** In quotes it is text, whatever it looks like. */
export interface Value extends Word {
  readonly quoted: boolean;
}

export interface Named {
  readonly kind: 'named';
  readonly name: Word;
}

export interface OfMany {
  readonly kind: 'of many';
  readonly quantifier: 'every' | 'some' | 'none' | 'atLeast' | 'atMost';
  readonly count?: Word;
  /** Undefined: whoever the fact is about that is asked for. */
  readonly over?: Word;
  /** `of the volume and node`; undefined: nothing is said. */
  readonly whose?: readonly Word[];
  readonly except?: Word;
  readonly where?: Part;
  readonly satisfies: Part;
  readonly openOverNobody: boolean;
  readonly from: number;
}

import type { FactValue } from '../kernel/fact.ts';
import { invariant } from '../kernel/fault.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import type { Condition, FactRef, Leaf, Literal, Operator, Quantified } from '../rules/condition.ts';
import { compare } from '../rules/reading.ts';
import type { CellChoice } from './cells.ts';
import { type Formula, no, type Script, yes } from './script.ts';
import { entering, type Scope, type Universe } from './universe.ts';

/** When a condition is surely true, and when surely false; where it is neither it is unknown. */
export interface Meaning {
  readonly isTrue: Formula;
  readonly isFalse: Formula;
}

const alwaysTrue: Meaning = { isTrue: yes, isFalse: no };
const unknown: Meaning = { isTrue: no, isFalse: no };

/** Conditions as formulas over everything that a universe leaves open. It says what `rules/truth-in.ts` computes, and is held against it. */
export class Meanings {
  readonly #universe: Universe;
  readonly #script: Script;
  readonly #cellOf: (ref: FactRef, id: string) => CellChoice | undefined;
  readonly #known = new Map<Condition, Map<string, Meaning>>();

  constructor(universe: Universe, script: Script, cellOf: (ref: FactRef, id: string) => CellChoice | undefined) {
    this.#universe = universe;
    this.#script = script;
    this.#cellOf = cellOf;
  }

  of(condition: Condition, scope: Scope): Meaning {
    const key = JSON.stringify(Object.entries(scope).sort());
    const inScopes = this.#known.get(condition) ?? new Map<string, Meaning>();
    this.#known.set(condition, inScopes);
    const meaning = inScopes.get(key) ?? this.#of(condition, scope);
    inScopes.set(key, meaning);
    return meaning;
  }

  all(parts: readonly Meaning[]): Meaning {
    return {
      isTrue: this.#script.and(...parts.map(({ isTrue }) => isTrue)),
      isFalse: this.#script.or(...parts.map(({ isFalse }) => isFalse)),
    };
  }

  any(parts: readonly Meaning[]): Meaning {
    return opposite(this.all(parts.map(opposite)));
  }

  #of(condition: Condition, scope: Scope): Meaning {
    switch (condition.kind) {
      case 'leaf':
        return this.#leaf(condition, scope);
      case 'asks-unknown': {
        if (condition.read.setTo !== undefined) return { isTrue: no, isFalse: yes };
        const known = this.#read(condition.read, scope)?.known(condition.read) ?? no;
        return { isTrue: this.#script.not(known), isFalse: known };
      }
      case 'all':
        return this.all(condition.of.map((part) => this.of(part, scope)));
      case 'any':
        return this.any(condition.of.map((part) => this.of(part, scope)));
      case 'not':
        return opposite(this.of(condition.of, scope));
      case 'named':
        return this.of(condition.of, scope);
      case 'quantified':
        return this.#quantified(condition, scope);
    }
  }

  /** The fact of the innermost subject of its kind. */
  #read(ref: FactRef, scope: Scope): CellChoice | undefined {
    const id = ref.subject === 'site' ? 'site' : scope[ref.subject];
    return id === undefined ? undefined : this.#cellOf(ref, id);
  }

  #leaf({ read, operator, against }: Leaf, scope: Scope): Meaning {
    const [left, right] = [this.#side(read, scope), this.#side(against, scope)];
    if (left === undefined || right === undefined) return unknown;
    const holds = this.#compared(left.is, operator, right.is);
    const known = this.#script.and(left.known, right.known);
    return { isTrue: this.#script.and(known, holds), isFalse: this.#script.and(known, this.#script.not(holds)) };
  }

  #side(side: FactRef | Literal, scope: Scope): Side | undefined {
    if (side.kind === 'literal') return { known: yes, is: { kind: 'value', value: side.value } };
    if (side.setTo !== undefined) return { known: yes, is: { kind: 'value', value: side.setTo } };
    const cell = this.#read(side, scope);
    return cell === undefined ? undefined : { known: cell.known(side), is: { kind: 'cell', cell } };
  }

  #compared(left: Is, operator: Operator, right: Is): Formula {
    if (left.kind === 'value' && right.kind === 'value') {
      return compare[operator](left.value, right.value) ? yes : no;
    }
    if (left.kind === 'value')
      return this.#valueAgainstCell(left.value, operator, (right as Is & { kind: 'cell' }).cell);
    const { cell } = left;
    if (right.kind === 'value') return this.#cellAgainstValue(cell, operator, right.value);
    return this.#cells(cell, operator, right.cell);
  }

  #cellAgainstValue(cell: CellChoice, operator: Operator, value: Literal['value']): Formula {
    if (cell.place !== undefined) return cell.isAmong((one) => compare[operator](one, value));
    switch (operator) {
      case 'contains':
        return has(cell, value as FactValue);
      case 'doesNotContain':
        return this.#script.not(has(cell, value as FactValue));
      case 'equal':
        return this.#sameSet(cell, (word) => ((value as readonly string[]).includes(word) ? yes : no));
      case 'notEqual':
        return this.#script.not(
          this.#sameSet(cell, (word) => ((value as readonly string[]).includes(word) ? yes : no)),
        );
      default:
        throw new Error(`invariant broken: no set is compared by ${operator}`);
    }
  }

  /** What the profile sets stands where a fact does. */
  #valueAgainstCell(value: Literal['value'], operator: Operator, cell: CellChoice): Formula {
    if (cell.place !== undefined) return cell.isAmong((one) => compare[operator](value, one));
    return this.#cellAgainstValue(cell, operator, value); // sets are only the same or not, whichever stands first
  }

  #cells(left: CellChoice, operator: Operator, right: CellChoice): Formula {
    const script = this.#script;
    if (operator === 'contains' || operator === 'doesNotContain') {
      const inside = script.or(
        ...left.values.words.map((word, at) =>
          script.and(
            left.has[at] ?? no,
            right.isAmong((value) => value === word),
          ),
        ),
      );
      return operator === 'contains' ? inside : script.not(inside);
    }
    if (left.place === undefined || right.place === undefined) {
      const same = this.#sameSet(left, (_, at) => right.has[at] ?? no);
      return operator === 'equal' ? same : script.not(same);
    }
    const [one, other] = [left.place.name, right.place.name];
    switch (operator) {
      case 'equal':
        return script.equal(one, other);
      case 'notEqual':
        return script.not(script.equal(one, other));
      case 'lessThan':
        return script.less(one, other);
      case 'greaterThan':
        return script.less(other, one);
      case 'lessThanInclusive':
        return script.not(script.less(other, one));
      case 'greaterThanInclusive':
        return script.not(script.less(one, other));
      default:
        throw new Error(`invariant broken: two facts are not compared by ${operator}`);
    }
  }

  #sameSet({ has: own, values }: CellChoice, other: (word: string, at: number) => Formula): Formula {
    return this.#script.and(...values.words.map((word, at) => this.#script.same(own[at] ?? no, other(word, at))));
  }

  /** As `rules/tally.ts` counts. */
  #quantified(condition: Quantified, scope: Scope): Meaning {
    const { over, where, satisfies, quantifier, whenEmpty } = condition;
    const script = this.#script;
    const members = this.#membersMeant(condition, scope).map(({ subject, exists }) => {
      const inner = entering(scope, subject);
      const counts = where === undefined ? alwaysTrue : this.of(where, inner);
      return { exists, counts, holds: this.of(satisfies, inner) };
    });
    const each = (formula: (member: (typeof members)[number]) => Formula): readonly Formula[] =>
      members.map((member) => script.and(member.exists, formula(member)));
    const surely = script.or(...each(({ counts }) => counts.isTrue));
    const perhaps = script.or(...each(({ counts }) => script.not(script.or(counts.isTrue, counts.isFalse))));
    const sure = each(({ counts, holds }) => script.and(counts.isTrue, holds.isTrue));
    const possible = each(({ counts, holds }) => script.not(script.or(counts.isFalse, holds.isFalse)));
    const open = whenEmpty === 'open' ? yes : no;
    /** Over nobody a yes of «all of them» is none, unless the author says so. */
    const yesOf = (meaning: Meaning): Meaning => {
      return { isTrue: script.and(meaning.isTrue, script.or(surely, open)), isFalse: meaning.isFalse };
    };
    const noOf = ({ isTrue, isFalse }: Meaning): Meaning => ({
      isTrue: script.or(isTrue, script.and(isFalse, script.not(surely), script.not(perhaps), open)),
      isFalse: script.and(isFalse, surely),
    });
    const among = (): Meaning => {
      switch (quantifier.kind) {
        case 'every': {
          const fails = each(({ counts, holds }) => script.not(script.or(counts.isFalse, holds.isTrue)));
          const refutes = each(({ counts, holds }) => script.and(counts.isTrue, holds.isFalse));
          return yesOf({ isTrue: script.not(script.or(...fails)), isFalse: script.or(...refutes) });
        }
        case 'none':
          return yesOf({ isTrue: script.not(script.or(...possible)), isFalse: script.or(...sure) });
        case 'some':
          return noOf({ isTrue: script.or(...sure), isFalse: script.not(script.or(...possible)) });
        case 'atLeast': {
          const { count } = quantifier;
          return noOf({ isTrue: script.atLeast(count, sure), isFalse: script.not(script.atLeast(count, possible)) });
        }
        case 'atMost': {
          const more = quantifier.count + 1;
          return yesOf({ isTrue: script.not(script.atLeast(more, possible)), isFalse: script.atLeast(more, sure) });
        }
      }
    };
    const { isTrue, isFalse } = among();
    const listed = this.#universe.listed[over];
    return { isTrue: script.and(listed, isTrue), isFalse: script.and(listed, isFalse) };
  }

  #membersMeant({ over, within, except }: Quantified, scope: Scope) {
    const idOf = (subject: Universe['of']['site'][number]['subject'], kind: SubjectKind): string | undefined =>
      kind === 'site' ? 'site' : kind === subject.kind ? subject.id : subject.of[kind];
    return this.#universe.of[over].filter(({ subject }) => {
      const belongs = within.every((kind) => kind === 'site' || idOf(subject, kind) === (scope[kind] ?? ''));
      return belongs && (except === undefined || idOf(subject, except) !== (scope[except] ?? ''));
    });
  }
}

type Is =
  | { readonly kind: 'value'; readonly value: Literal['value'] }
  | { readonly kind: 'cell'; readonly cell: CellChoice };

interface Side {
  readonly known: Formula;
  readonly is: Is;
}

function opposite({ isTrue, isFalse }: Meaning): Meaning {
  return { isTrue: isFalse, isFalse: isTrue };
}

function has({ values, has: own }: CellChoice, word: FactValue): Formula {
  invariant(typeof word === 'string', 'what a set may contain is a word');
  return own[values.words.indexOf(word)] ?? no;
}

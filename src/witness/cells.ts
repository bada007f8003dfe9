import type { FactValue, Grade } from '../kernel/fact.ts';
import { grades } from '../kernel/fact.ts';
import type { StatedFact } from '../kernel/raw.ts';
import { fits } from '../kernel/value.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import type { FactRef } from '../rules/condition.ts';
import { frozen } from '../rules/link-fact.ts';
import { type Formula, no, type Script, yes } from './script.ts';
import type { Candidate } from './universe.ts';
import type { Values } from './values.ts';

/** What the rules ask of one fact: every age limit and every grade, ascending from the strictest. */
export interface Demands {
  readonly agesMs: readonly number[];
  readonly grades: readonly Grade[];
}

/** What one claim asks of each fact, by name. */
export function demandsOf(refs: readonly FactRef[]): ReadonlyMap<string, Demands> {
  return new Map(
    [...Map.groupBy(refs, ({ name }) => name)].map(([name, ofFact]) => [
      name,
      {
        agesMs: [...new Set(ofFact.map(({ maxAgeMs }) => maxAgeMs))].sort((a, b) => a - b),
        grades: grades.filter((grade) => ofFact.some((ref) => ref.grade === grade)),
      },
    ]),
  );
}

/** One fact of one subject, as the solver may choose it: known for how strict a rule, and with which value. */
export class CellChoice {
  readonly fact: string;
  readonly whose: Candidate;
  readonly values: Values;
  /** Where its value stands in `values.all`; of a set nothing. */
  readonly place: { readonly name: string; readonly width: number } | undefined;
  /** Of a set: whether each of `values.words` is in it. */
  readonly has: readonly Formula[];
  /** Whether anything is said of it that some rule could use. Written at once: the solver is asked for it by its name. */
  readonly isSaid: Formula;
  readonly #demands: Demands;
  /** Young enough for the limit at this place, and for every wider one. */
  readonly #young: readonly Formula[];
  /** Good enough for the grade at this place, and for every worse one. */
  readonly #good: readonly Formula[];
  readonly #script: Script;

  constructor(ref: FactRef, whose: Candidate, values: Values, demands: Demands, best: Grade, script: Script) {
    this.fact = ref.name;
    this.whose = whose;
    this.values = values;
    this.#demands = demands;
    this.#script = script;
    const { type } = ref;
    // A fact that can have none of the values is not known.
    const mayBe = type.kind === 'set' || values.all.some((value) => fits(type, value));
    this.#young = demands.agesMs.map(() => (mayBe ? script.choose() : no));
    // No source of it is better than the vocabulary says.
    this.#good = demands.grades.map((grade) => (grades.indexOf(grade) < grades.indexOf(best) ? no : script.choose()));
    for (const chain of [this.#young, this.#good]) {
      chain.slice(1).forEach((wider, at) => {
        script.assert(script.implies(chain[at] ?? no, wider));
      });
    }
    this.isSaid = script.and(whose.exists, this.#young.at(-1) ?? no, this.#good.at(-1) ?? no);
    if (type.kind === 'set') {
      this.place = undefined;
      this.has = values.words.map((word) => (fits(type, [word]) ? script.choose() : no));
      return;
    }
    this.has = [];
    this.place = script.number(values.all.length);
    if (mayBe) script.assert(this.isAmong((value) => fits(type, value)));
  }

  /** Whether a rule may use it. */
  known({ maxAgeMs, grade }: FactRef): Formula {
    const { agesMs, grades: asked } = this.#demands;
    return this.#script.and(
      this.whose.exists,
      this.#young[agesMs.indexOf(maxAgeMs)] ?? no,
      this.#good[asked.indexOf(grade)] ?? no,
    );
  }

  /** Whether its value is one of those. */
  isAmong(wanted: (value: FactValue) => boolean): Formula {
    const { all } = this.values;
    const places = [...all.keys()].filter((at) => wanted(all[at] as FactValue));
    if (places.length === all.length) return yes;
    return this.#script.or(...places.map((at) => this.#isAt(at)));
  }

  #isAt(at: number): Formula {
    const { place } = this;
    return place === undefined || this.values.all.length < 2 ? yes : this.#script.is(place.name, place.width, at);
  }

  /** The names whose values say what was chosen. */
  get chosen(): readonly string[] {
    return [
      this.isSaid,
      ...this.#young,
      ...this.#good,
      ...this.has,
      ...(this.place === undefined ? [] : [this.place.name]),
    ];
  }

  /** From the values of `chosen`: the fact as it would be seen, as young and as well founded as was chosen; undefined: nothing is said. */
  read(values: readonly number[]): StatedFact | undefined {
    const [isSaid = 0, ...more] = values;
    if (isSaid === 0) return undefined;
    const young = more.splice(0, this.#young.length);
    const good = more.splice(0, this.#good.length);
    const value =
      this.place === undefined
        ? this.values.words.filter((_, at) => more[at] === 1).sort()
        : (this.values.all[more.at(-1) ?? 0] as FactValue);
    const { agesMs, grades: asked } = this.#demands;
    const tooOldFor = agesMs[young.indexOf(1) - 1];
    const grade = asked[good.indexOf(1)] ?? 'assumed';
    const ageMs = tooOldFor === undefined ? 0 : justOlder(tooOldFor, agesMs[young.indexOf(1)] ?? tooOldFor);
    return { fact: this.fact, of: this.whose.subject.id, value, ageMs, grade };
  }
}

/** Older than one limit and within the next: by a second, if there is one between them. */
function justOlder(limitMs: number, nextMs: number): number {
  return Math.min(limitMs + 1_000, nextMs);
}

/** The best grade that a fact can have; what was frozen is as good as what was seen. */
export function bestGradeOf(fact: string, vocabulary: Vocabulary): Grade {
  return fact.startsWith(frozen) ? 'observed' : (vocabulary.get(fact)?.grade ?? 'observed');
}

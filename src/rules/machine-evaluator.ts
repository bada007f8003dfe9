import { invariant } from '../kernel/fault.ts';
import type { Machine } from '../kernel/machine.ts';
import type { Sight } from '../kernel/sight.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { type Reason, type Several, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { Cohort, FactRead } from '../kernel/workflow.ts';
import { type Compiled, compile } from './compile.ts';
import { explainRule } from './explain.ts';
import { keyOf } from './key.ts';
import { frozenFactsOf, questionsOf, withFrozen } from './machine-frozen.ts';
import { readsOf } from './machine-reads.ts';
import type { Question } from './pack.ts';
import { reasonsOf } from './reasons.ts';

/** A machine whose questions can be answered. Each is compiled when it is first asked, and never again. */
export interface CompiledMachine {
  readonly machine: Machine<Question>;
  /** What one pass can see. `cohort`: what was frozen, once it was; before that `cohort.FACT` is unknown. */
  sightOf(snapshot: Snapshot, epoch: number, cohort?: Cohort): MachineSight;
}

export interface MachineSight extends Sight<Question> {
  /** The snapshot with what was frozen beside it: what questions are asked of. Explanations, ways and the second opinion on a
   *  question take this one. */
  readonly frozen: Snapshot;
}

export function compileMachine(machine: Machine<Question>): CompiledMachine {
  const asked = new Map<Question, AskedOnce>();
  const same = new Map<string, AskedOnce>();
  /** Two questions of one meaning are one: a gate is asked in many places. */
  const compiledOf = (question: Question): AskedOnce => {
    const known = asked.get(question);
    if (known !== undefined) return known;
    const key = `${question.per} ${keyOf(question.when)}`;
    const made = same.get(key) ?? new AskedOnce(question);
    same.set(key, made);
    asked.set(question, made);
    return made;
  };
  const frozen = new Set(questionsOf(machine).flatMap(({ when }) => [...frozenFactsOf(when)]));
  const facts = [...frozen].sort();
  return { machine, sightOf: (snapshot, epoch, cohort) => new Seeing(snapshot, epoch, cohort, facts, compiledOf) };
}

/** One meaning, compiled by itself: it binds the columns that it reads and no others. */
class AskedOnce {
  readonly readsFrozen: boolean;
  readonly #question: Question;
  #compiled: Compiled | undefined;

  constructor(question: Question) {
    this.#question = question;
    this.readsFrozen = frozenFactsOf(question.when).size > 0;
  }

  /** One truth for each object of its kind, in the population's order; none while the list is not known. */
  truths(snapshot: Snapshot): readonly Truth[] {
    this.#compiled ??= compile([packOf(this.#question)]);
    return this.#compiled.truths(this.#compiled.bind(snapshot));
  }
}

/** The compiler takes packs; a question is a gate that no pack has. */
function packOf(question: Question) {
  const named = { name: question.name, version: '', digest: '', file: question.at.file };
  return { ...named, requires: [], parameters: new Map(), gates: [question], findings: [], rollup: [] };
}

class Seeing implements MachineSight {
  readonly snapshot: Snapshot;
  readonly epoch: number;
  readonly #cohort: Cohort | undefined;
  readonly #facts: readonly string[];
  readonly #compiledOf: (question: Question) => AskedOnce;
  readonly #truths = new Map<AskedOnce, readonly Truth[]>();
  readonly #reads = new Map<string, { readonly question: Question; readonly reads: readonly FactRead[] }>();
  #frozen: Snapshot | undefined;

  constructor(
    snapshot: Snapshot,
    epoch: number,
    cohort: Cohort | undefined,
    facts: readonly string[],
    compiledOf: (question: Question) => AskedOnce,
  ) {
    this.snapshot = snapshot;
    this.epoch = epoch;
    this.#cohort = cohort;
    this.#facts = facts;
    this.#compiledOf = compiledOf;
  }

  get frozen(): Snapshot {
    this.#frozen ??= withFrozen(this.snapshot, this.#facts, this.#cohort);
    return this.#frozen;
  }

  /** INVARIANT K2: of whom we do not know that they are there, nothing is known. */
  ask(question: Question, object: string): Truth {
    const { state, indexOf } = this.snapshot.populations[question.per];
    const index = indexOf.get(object);
    if (index === undefined || state !== 'known') return UNKNOWN;
    const truth = this.#truthsOf(question)[index];
    invariant(truth !== undefined, 'a member of a known list has a truth');
    return truth;
  }

  why(question: Question, object: string): Several<Reason> {
    // Every tree ends in leaves or in a list, so that there is always a reason.
    return reasonsOf(explainRule(question, this.frozen, object)) as unknown as Several<Reason>;
  }

  reads(question: Question, object: string): readonly FactRead[] {
    const key = `${question.name} ${object}`;
    const known = this.#reads.get(key);
    if (known?.question === question) return known.reads;
    const reads = readsOf(explainRule(question, this.frozen, object));
    this.#reads.set(key, { question, reads });
    return reads;
  }

  #truthsOf(question: Question): readonly Truth[] {
    const compiled = this.#compiledOf(question);
    const known = this.#truths.get(compiled);
    if (known !== undefined) return known;
    const made = compiled.truths(compiled.readsFrozen ? this.frozen : this.snapshot);
    this.#truths.set(compiled, made);
    return made;
  }
}

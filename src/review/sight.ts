import type { Snapshot } from '../kernel/snapshot.ts';
import { type Explanation, FALSE, type Reason, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { Cohort } from '../kernel/workflow.ts';
import { phaseOf, reasonsAgainst } from '../operator/spine.ts';
import { type Compiled, compile } from '../rules/compile.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { explainRule } from '../rules/explain.ts';
import { type CompiledMachine, compileMachine, type MachineSight } from '../rules/machine-evaluator.ts';
import type { Question } from '../rules/pack.ts';
import { reasonsOf } from '../rules/reasons.ts';
import type { Asked, AskedOne, Way } from './asked.ts';
import { machinesOf } from './names.ts';
import type { Side } from './side.ts';

/** What one side says of one object, with why; reasons are made when they are asked for. */
export interface Word {
  readonly truth: Truth;
  readonly why: () => readonly Reason[];
}

/** A side whose rules can be asked. Compiling outlives a snapshot. */
export class Judge {
  readonly side: Side;
  readonly #compiled: Compiled;
  readonly #machines: ReadonlyMap<string, CompiledMachine>;

  constructor(side: Side) {
    this.side = side;
    this.#compiled = compile(side.profile.packs);
    this.#machines = new Map(machinesOf(side).map((machine) => [machine.drives, compileMachine(machine)]));
  }

  /** `cohort`: what a workflow was frozen with; without it `cohort.FACT` is unknown. */
  look(snapshot: Snapshot, cohort?: Cohort): SideSight {
    return new SideSight(snapshot, this.#compiled.evaluate(snapshot), this.#machines, cohort);
  }
}

/** Of whom nothing is asked, since the list of who there is could not be had. */
export const nobodyListed = 'whoever there is';

/** The leader's number says nothing here: no question reads it. */
const epoch = 1;

export class SideSight {
  readonly snapshot: Snapshot;
  readonly #evaluation: Evaluation;
  readonly #truths: ReadonlyMap<unknown, readonly Truth[]>;
  readonly #machines: ReadonlyMap<string, CompiledMachine>;
  readonly #cohort: Cohort | undefined;
  readonly #sights = new Map<string, MachineSight>();

  constructor(
    snapshot: Snapshot,
    evaluation: Evaluation,
    machines: ReadonlyMap<string, CompiledMachine>,
    cohort: Cohort | undefined,
  ) {
    this.snapshot = snapshot;
    this.#evaluation = evaluation;
    this.#truths = new Map(
      [...evaluation.gates, ...evaluation.findings].map(({ rule, truths }) => [rule as unknown, truths]),
    );
    this.#machines = machines;
    this.#cohort = cohort;
  }

  /** One word for each object of its kind. */
  words(asked: Asked): ReadonlyMap<string, Word> {
    const population = this.snapshot.populations[asked.per];
    if (population.state !== 'known') {
      return new Map([[nobodyListed, { truth: UNKNOWN, why: () => this.#why(asked, undefined, UNKNOWN) }]]);
    }
    return new Map(
      population.members.map(({ id }, at) => {
        const truths = asked.ways.map((way) => this.#truthOf(asked, way, id, at));
        const truth = truths.reduce<Truth>((most, one) => (one > most ? one : most), FALSE);
        return [id, { truth, why: () => this.#why(asked, id, truth) }];
      }),
    );
  }

  phase(): { readonly phase: string; readonly why: () => readonly Reason[] } {
    const { phase, verdict } = phaseOf(this.#evaluation, this.snapshot);
    return { phase, why: () => reasonsAgainst(verdict()) };
  }

  #truthOf(asked: Asked, way: Way, object: string, at: number): Truth {
    return way.reduce<Truth>((least, one) => {
      const truth = this.#truth(asked, one, object, at);
      return truth < least ? truth : least;
    }, TRUE);
  }

  #truth({ drives }: Asked, { rule }: AskedOne, object: string, at: number): Truth {
    if (drives === undefined) return this.#truths.get(rule)?.[at] ?? UNKNOWN;
    return this.#sight(drives).ask(rule as Question, object);
  }

  /** Of what is not open the rules that are not; of what is, those of the ways that lead on. */
  #why({ ways, drives }: Asked, object: string | undefined, truth: Truth): readonly Reason[] {
    const snapshot = drives === undefined ? this.snapshot : this.#sight(drives).frozen;
    const explained = ways.map((way) => way.map(({ rule }) => explainRule(rule, snapshot, object)));
    const isOpen = (one: Explanation): boolean => one.truth === TRUE;
    const telling = truth === TRUE ? explained.filter((way) => way.every(isOpen)).flat() : explained.flat();
    return telling.filter((one) => truth === TRUE || !isOpen(one)).flatMap(reasonsOf);
  }

  #sight(drives: string): MachineSight {
    const known = this.#sights.get(drives);
    if (known !== undefined) return known;
    const machine = this.#machines.get(drives);
    if (machine === undefined) throw new Error('invariant broken: a machine that asks is one of its side');
    const made = machine.sightOf(this.snapshot, epoch, this.#cohort);
    this.#sights.set(drives, made);
    return made;
  }
}

import type { Place } from '../kernel/fault.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { Reason, Several, Truth } from '../kernel/verdict.ts';
import { UNKNOWN } from '../kernel/verdict.ts';
import type { Cohort, FactRead } from '../kernel/workflow.ts';
import { held } from '../operator/held.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import { beginPass, type passWorkflow } from '../operator/spine.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import type { MutatedMachine } from '../review/mutate/mutated.ts';
import { explainRule } from '../rules/explain.ts';
import { keyOf } from '../rules/key.ts';
import type { CompiledMachine, MachineSight } from '../rules/machine-evaluator.ts';
import { questionsOf, withQuestions } from '../rules/machine-frozen.ts';
import { readsOf } from '../rules/machine-reads.ts';
import type { Question } from '../rules/pack.ts';
import { entered } from '../rules/scope.ts';
import { truthIn } from '../rules/truth-in.ts';

/** Only what the kernel decides is of interest: that the other evaluators agree, other tests hold. */
export const kernelAlone: typeof passWorkflow = async (...asked) => beginPass(...asked).decision;

/** A profile's machines, whose answers are kept: of the same moment a mutant asks almost everything that the original asked. */
export class KeptMachines {
  readonly held: HeldProfile;
  readonly #held: HeldProfile;
  readonly #sights = new WeakMap<Snapshot, Map<string, MachineSight>>();

  constructor(profile: VerifiedProfile) {
    const whole = held(profile);
    this.#held = whole;
    this.held = { ...whole, machineOf: (kind) => this.#kept(kind) };
  }

  /** The same profile with mutated machines. */
  mutated(machines: readonly MutatedMachine[]): HeldProfile {
    const made = new Map(machines.map((one) => [one.machine.was.drives, this.#mutated(one)]));
    return { ...this.#held, machineOf: (kind) => made.get(kind) ?? this.#kept(kind) };
  }

  #kept(kind: string): CompiledMachine | undefined {
    const compiled = this.#held.machineOf(kind);
    if (compiled === undefined) return undefined;
    const { machine } = compiled;
    return { machine, sightOf: (snapshot, epoch, cohort) => this.#sight(compiled, snapshot, epoch, cohort) };
  }

  #sight(compiled: CompiledMachine, snapshot: Snapshot, epoch: number, cohort: Cohort | undefined): MachineSight {
    const kept = this.#sights.get(snapshot) ?? new Map<string, MachineSight>();
    this.#sights.set(snapshot, kept);
    const key = JSON.stringify([compiled.machine.drives, epoch, cohort]);
    const sight = kept.get(key) ?? compiled.sightOf(snapshot, epoch, cohort);
    kept.set(key, sight);
    return sight;
  }

  #mutated({ machine: { was, is }, sameBuild, questions }: MutatedMachine): CompiledMachine | undefined {
    const kept = this.#kept(was.drives);
    if (kept === undefined) return undefined;
    if (sameBuild) {
      const changed = new Map(questions.map((pair) => [pair.was, pair.is]));
      return answering(kept, was, (question) => changed.get(question));
    }
    const known = new Map(questionsOf(was).map((question) => [meaningOfQuestion(question), question]));
    const same = withQuestions(is, (question) => known.get(meaningOfQuestion(question)) ?? question);
    const old = new Set(known.values());
    return answering(kept, same, (question) => (old.has(question) ? undefined : question));
  }
}

function meaningOfQuestion({ name, per, when }: Question): string {
  return `${name} ${per} ${keyOf(when)}`;
}

/** `instead`: what is asked in the place of a question; undefined: the question itself, of which the answer is kept. */
function answering(
  kept: CompiledMachine,
  machine: CompiledMachine['machine'],
  instead: (question: Question) => Question | undefined,
): CompiledMachine {
  return {
    machine,
    sightOf(snapshot, epoch, cohort) {
      const sight = kept.sightOf(snapshot, epoch, cohort);
      const { frozen } = sight;
      return {
        snapshot,
        epoch,
        frozen,
        ask(question, object) {
          const other = instead(question);
          return other === undefined ? sight.ask(question, object) : askedOf(other, object, frozen);
        },
        // Nobody reads the reasons of a mutant.
        why: ({ at, name }, object) => [unsaid(at, name, object)],
        reads(question, object): readonly FactRead[] {
          const other = instead(question);
          return other === undefined ? sight.reads(question, object) : readsOf(explainRule(other, frozen, object));
        },
      };
    },
  };
}

function unsaid(at: Place, fact: string, object: string): Several<Reason>[0] {
  return { says: '', fact, object, detail: '', unknown: false, at };
}

/** A question's answer by the evaluator that explains. */
export function askedOf({ per, when }: Question, object: string, snapshot: Snapshot): Truth {
  const population = snapshot.populations[per];
  const index = population.indexOf.get(object);
  if (index === undefined || population.state !== 'known') return UNKNOWN;
  return truthIn(when, snapshot, entered(population, index));
}

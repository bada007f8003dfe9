import { type Fault, type Loaded, loadedUnless } from '../kernel/fault.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import type { Truth } from '../kernel/verdict.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import { judgementOf } from '../operator/spine.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import type { Expectation } from '../profile/test-file.ts';
import type { Mutated, MutatedMachine, Pair } from '../review/mutate/mutated.ts';
import type { Condition } from '../rules/condition.ts';
import type { Evaluation, Evaluator, Judged } from '../rules/evaluation.ts';
import type { MachineSight } from '../rules/machine-evaluator.ts';
import type { Question, RollupStep, RulePack } from '../rules/pack.ts';
import { entered } from '../rules/scope.ts';
import { truthIn } from '../rules/truth-in.ts';
import { askedOf, type KeptMachines, kernelAlone } from './mutant-machine.ts';
import type { OpenedTest } from './test-bench.ts';
import { failureOf } from './test-failure.ts';
import { hasWorkflows, momentsOf, rawsOf, type TestMoment, workflowsNamed } from './test-moments.ts';
import { TestWorkflows } from './test-workflows.ts';

/** A test that is run again and again, on one mutant after the other. What is known at each of its moments is the same for all of them,
 *  and only what a mutant decides otherwise is asked again. It must pass on the original. */
export class RehearsedTest {
  readonly opened: OpenedTest;
  readonly #profile: VerifiedProfile;
  readonly #machines: KeptMachines;
  readonly #moments: readonly TestMoment[];
  /** By the name of the gate or finding, or `phase`. */
  readonly #expected: ReadonlyMap<string, readonly Expected[]>;
  #heard: Heard | undefined;

  private constructor(
    opened: OpenedTest,
    profile: VerifiedProfile,
    machines: KeptMachines,
    moments: readonly TestMoment[],
  ) {
    this.opened = opened;
    this.#profile = profile;
    this.#machines = machines;
    this.#moments = moments;
    const all = this.#moments.flatMap((moment, at) => moment.step.expects.map((what) => ({ what, moment, at })));
    this.#expected = Map.groupBy(all, ({ what }) => nameOf(what));
  }

  /** Its moments are cut here; what is wrong with its steps shows. */
  static of(opened: OpenedTest, profile: VerifiedProfile, machines: KeptMachines): Loaded<RehearsedTest> {
    const faults: Fault[] = [];
    const moments = [...momentsOf(opened.test, profile, opened.capture, faults)];
    return loadedUnless(faults, () => new RehearsedTest(opened, profile, machines, moments));
  }

  /** Whether the original comes as expected; if not, nobody can notice by it what a mutant does. */
  async passes(evaluator: Evaluator): Promise<boolean> {
    for (const { step, snapshot } of this.#moments) {
      const judgement = judgementOf(this.#profile, evaluator.evaluate(snapshot), snapshot);
      const judged = step.expects.filter(({ kind }) => kind !== 'workflow');
      if (judged.some((one) => failureOf(one, judgement, []) !== undefined)) return false;
    }
    const { test, capture } = this.opened;
    return !hasWorkflows(test, rawsOf(test, capture)) || (await this.#passed(this.#machines.held)) === undefined;
  }

  /** The number of the first step that comes otherwise; undefined: this test does not notice. */
  async notices(mutated: Mutated): Promise<number | undefined> {
    return this.#gateOtherwise(mutated) ?? this.#phaseOtherwise(mutated) ?? (await this.#workflowOtherwise(mutated));
  }

  #gateOtherwise({ gates, findings, packs }: Mutated): number | undefined {
    for (const kind of ['gate', 'finding'] as const) {
      for (const { is: rule } of kind === 'gate' ? gates : findings) {
        for (const { what, moment, at } of this.#expected.get(`${kind} ${rule.name}`) ?? []) {
          const object = 'object' in what ? what.object : undefined;
          const judged = judgedOn(rule, ofRule(packs), moment.snapshot, object);
          const evaluation = { ...nobody, ...(kind === 'gate' ? { gates: [judged] } : { findings: [judged] }) };
          if (this.#isOtherwise(what, evaluation as Evaluation, moment.snapshot)) return at;
        }
      }
    }
    return undefined;
  }

  #phaseOtherwise({ rollup, packs }: Mutated): number | undefined {
    if (rollup.length === 0) return undefined;
    for (const { what, moment, at } of this.#expected.get('phase') ?? []) {
      const steps = rollup.map(({ is }: Pair<RollupStep>) => {
        return { ...judgedOn({ per: 'site', when: is.when }, ofRule(packs), moment.snapshot, undefined), rule: is };
      });
      if (this.#isOtherwise(what, { ...nobody, rollup: steps }, moment.snapshot)) return at;
    }
    return undefined;
  }

  #isOtherwise(what: Expectation, evaluation: Evaluation, snapshot: Snapshot): boolean {
    return failureOf(what, judgementOf(this.#profile, evaluation, snapshot), []) !== undefined;
  }

  async #workflowOtherwise({ machines }: Mutated): Promise<number | undefined> {
    const { test, capture } = this.opened;
    if (machines.length === 0 || !hasWorkflows(test, rawsOf(test, capture))) return undefined;
    this.#heard ??= await this.#listen();
    const heard = this.#heard;
    const matters = machines.filter((one) => heard.kinds.has(one.machine.was.drives) && canBeHeard(one, heard));
    return matters.length === 0 ? undefined : this.#passed(this.#machines.mutated(matters));
  }

  /** The whole test on one profile: the first step at which a workflow is not as expected. */
  async #passed(profile: HeldProfile): Promise<number | undefined> {
    const { test, capture } = this.opened;
    const workflows = new TestWorkflows(profile, rawsOf(test, capture), { pass: kernelAlone });
    for (const [at, { step, snapshot }] of this.#moments.entries()) {
      const decided = await workflows.pass(workflowsNamed(step), snapshot);
      const judgement = judgementOf(this.#profile, nobody, snapshot);
      const expected = step.expects.filter(({ kind }) => kind === 'workflow');
      if (expected.some((one) => failureOf(one, judgement, decided) !== undefined)) return at;
    }
    return undefined;
  }

  /** The test on the original, once: which questions are put. */
  async #listen(): Promise<Heard> {
    const heard: Heard = { kinds: new Set(), asked: new Map(), read: new Set() };
    const { held } = this.#machines;
    await this.#passed({
      ...held,
      machineOf(kind) {
        const compiled = held.machineOf(kind);
        if (compiled === undefined) return undefined;
        heard.kinds.add(kind);
        const sightOf: typeof compiled.sightOf = (...of) => listened(compiled.sightOf(...of), heard);
        return { machine: compiled.machine, sightOf };
      },
    });
    return heard;
  }
}

interface Expected {
  readonly what: Expectation;
  readonly moment: TestMoment;
  /** Which step, from 0. */
  readonly at: number;
}

function nameOf(what: Expectation): string {
  switch (what.kind) {
    case 'gate':
      return `gate ${what.gate}`;
    case 'finding':
      return `finding ${what.finding}`;
    case 'phase':
    case 'workflow':
      return what.kind;
  }
}

/** What a test asks of the original's machines. */
interface Heard {
  readonly kinds: Set<string>;
  readonly asked: Map<Question, { readonly object: string; readonly frozen: Snapshot; readonly truth: Truth }[]>;
  /** Questions of which it was also asked what they rest on. */
  readonly read: Set<Question>;
}

function listened(sight: MachineSight, { asked, read }: Heard): MachineSight {
  return {
    snapshot: sight.snapshot,
    epoch: sight.epoch,
    frozen: sight.frozen,
    ask(question, object) {
      const truth = sight.ask(question, object);
      const known = asked.get(question) ?? [];
      known.push({ object, frozen: sight.frozen, truth });
      asked.set(question, known);
      return truth;
    },
    why: (question, object) => sight.why(question, object),
    reads(question, object) {
      read.add(question);
      return sight.reads(question, object);
    },
  };
}

/** A machine of the same build that gets the same answers does the same. */
function canBeHeard({ sameBuild, questions }: MutatedMachine, { asked, read }: Heard): boolean {
  if (!sameBuild) return true;
  return questions.some(({ was, is }) => {
    if (read.has(was)) return true;
    return (asked.get(was) ?? []).some(({ object, frozen, truth }) => askedOf(is, object, frozen) !== truth);
  });
}

const nobody: Evaluation = { gates: [], findings: [], rollup: [] };

function ofRule([pack]: readonly RulePack[]): RulePack {
  return pack as RulePack; // a mutated profile has the pack that was mutated; which one it is, no expectation asks
}

/** One rule on one snapshot, of one object or of all. */
function judgedOn<R extends { readonly per: SubjectKind; readonly when: Condition }>(
  rule: R,
  pack: RulePack,
  snapshot: Snapshot,
  object: string | undefined,
): Judged<R> {
  const population = snapshot.populations[rule.per];
  if (population.state !== 'known') {
    return { pack, rule, objects: [], truths: [], listUnknown: population.says };
  }
  const members = population.members.flatMap(({ id }, index) =>
    object === undefined || object === id ? [{ id, index }] : [],
  );
  return {
    pack,
    rule,
    objects: members.map(({ id }) => id),
    truths: members.map(({ index }) => truthIn(rule.when, snapshot, entered(population, index))),
  };
}

import type { Machine } from '../../kernel/machine.ts';
import type { SubjectKind } from '../../kernel/subject.ts';
import type { Vocabulary } from '../../kernel/vocabulary.ts';
import type { Condition } from '../../rules/condition.ts';
import type { PackTree } from '../../rules/link.ts';
import { linkPacks } from '../../rules/load-packs.ts';
import { questionsOf } from '../../rules/machine-frozen.ts';
import type { Finding, Gate, Question, RollupStep, RulePack } from '../../rules/pack.ts';
import { entryOf } from '../../source/tree.ts';
import { meaningOf } from '../meaning.ts';
import type { Side } from '../side.ts';
import type { Mutation } from './edits.ts';

/** A rule as it was and as a mutation made it. */
export interface Pair<R> {
  readonly was: R;
  readonly is: R;
}

/** A machine of which something is asked otherwise. */
export interface MutatedMachine {
  /** Questions that mean something else, by what they were. Of a machine of another build they are those that are new. */
  readonly machine: Pair<Machine<Question>>;
  /** Whether only questions mean something else: then each stands where it stood. */
  readonly sameBuild: boolean;
  readonly questions: readonly Pair<Question>[];
}

/** A profile with one mutation, as far as it decides otherwise. */
export interface Mutated {
  readonly packs: readonly RulePack[];
  readonly gates: readonly Pair<Gate>[];
  readonly findings: readonly Pair<Finding>[];
  /** All steps of the rollup, if one of them means something else. */
  readonly rollup: readonly Pair<RollupStep>[];
  readonly machines: readonly MutatedMachine[];
  /** Two mutants of one key decide the same. */
  readonly key: string;
}

/** One side, of which mutants are linked one after the other. */
export class Mutable {
  readonly side: Side;
  readonly #vocabulary: Vocabulary;

  constructor(side: Side, vocabulary: Vocabulary) {
    this.side = side;
    this.#vocabulary = vocabulary;
  }

  /** Undefined: what came of it is no pack, or means the same. */
  mutated(file: string, { tree }: Mutation): Mutated | undefined {
    const { packs: trees, profile } = this.side;
    const changed: readonly PackTree[] = trees.map((pack) => (pack.file === file ? { file, tree } : pack));
    const packs = this.#linked(changed);
    if (packs === undefined) return undefined;
    const at = trees.findIndex((pack) => pack.file === file);
    const [was, is] = [profile.packs[at], packs[at]];
    if (was === undefined || is === undefined) return undefined;
    const gates = differing(was.gates, is.gates);
    const findings = differing(was.findings, is.findings);
    const rollup = differing(asSite(was.rollup), asSite(is.rollup)).length > 0 ? paired(was.rollup, is.rollup) : [];
    const machines = profile.packs.flatMap(({ machine }, index) => {
      const other = packs[index]?.machine;
      return machine === undefined || other === undefined ? [] : (mutatedMachine(machine, other) ?? []);
    });
    if (gates.length + findings.length + rollup.length + machines.length === 0) return undefined;
    const rules = [...gates, ...findings].map(({ is: rule }) => `${rule.name} ${meaningOf(rule.when)}`);
    const steps = rollup.map(({ is: step }) => meaningOf(step.when));
    const asked = machines.map(({ machine: { is: machine } }) => `${machine.drives} ${buildOf(machine, wholly)}`);
    return { packs, gates, findings, rollup, machines, key: JSON.stringify([was.name, rules, steps, asked]) };
  }

  #linked(trees: readonly PackTree[]): readonly RulePack[] | undefined {
    const { document, profile } = this.side;
    const spec = entryOf(document, 'spec')?.value;
    const parameters = entryOf(spec, 'parameters')?.value;
    const linked = linkPacks(trees, {
      vocabulary: this.#vocabulary,
      capabilities: profile.capabilities,
      ...(parameters?.kind === 'map' ? { parameters } : {}),
    });
    return linked.ok ? linked.value : undefined;
  }
}

interface Ruled {
  readonly per: SubjectKind;
  readonly when: Condition;
}

function differing<R extends Ruled>(was: readonly R[], is: readonly R[]): readonly Pair<R>[] {
  return paired(was, is).filter((pair) => !meansTheSame(pair));
}

function meansTheSame({ was, is }: Pair<Ruled>): boolean {
  return was.per === is.per && meaningOf(was.when) === meaningOf(is.when);
}

/** Nothing that has a name is added or taken away by a mutation. */
function paired<R>(was: readonly R[], is: readonly R[]): readonly Pair<R>[] {
  return was.flatMap((one, index) => {
    const other = is[index];
    return other === undefined ? [] : [{ was: one, is: other }];
  });
}

function asSite(steps: readonly RollupStep[]) {
  return steps.map((step) => ({ ...step, per: 'site' as const }));
}

function mutatedMachine(was: Machine<Question>, is: Machine<Question>): MutatedMachine | undefined {
  const machine = { was, is };
  if (buildOf(was, byName) === buildOf(is, byName)) {
    const questions = paired(questionsOf(was), questionsOf(is)).filter((pair) => !meansTheSame(pair));
    return questions.length === 0 ? undefined : { machine, sameBuild: true, questions };
  }
  return { machine, sameBuild: false, questions: [] };
}

/** How a machine is built, with its questions in these words. Where anything stands and what it is called in sentences decides nothing. */
function buildOf({ states, guards, freezes }: Machine<Question>, worded: (question: Question) => unknown): string {
  return JSON.stringify([states, guards, freezes], (key, value: unknown) => {
    if (key === 'at' || key === 'says') return undefined;
    if (value instanceof Map) return [...value];
    if (value === Number.POSITIVE_INFINITY) return 'for ever';
    return isQuestion(value) ? worded(value) : value;
  });
}

function isQuestion(value: unknown): value is Question {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'gate' && 'when' in value;
}

function byName({ name, per }: Question): unknown {
  return [name, per];
}

function wholly({ name, per, when }: Question): unknown {
  return [name, per, meaningOf(when)];
}

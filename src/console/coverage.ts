import type { Place } from '../kernel/fault.ts';
import type { Machine } from '../kernel/machine.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { Judgement } from '../operator/spine.ts';
import type { Profile } from '../profile/profile.ts';
import { type Aspect, ConditionCoverage, type CoveredCondition } from '../rules/coverage.ts';
import { questionsOf } from '../rules/machine-frozen.ts';
import type { Question } from '../rules/pack.ts';
import type { WorkflowAnswer } from './workflows.ts';

/** One thing that tests may have seen more or less of: a condition, a state or a transition of a machine. */
export interface Covered {
  readonly at: Place;
  readonly kind: CoveredCondition['kind'] | 'state' | 'transition';
  readonly text: string;
  readonly askedBy: readonly string[];
  readonly can: readonly (Aspect | 'reached' | 'taken')[];
  readonly seen: readonly (Aspect | 'reached' | 'taken')[];
}

/** What is told of each moment while tests run. */
export interface Watcher {
  judged(judgement: Judgement): void;
  /** A question of a machine, as it was put about one object. */
  asked(question: Question, object: string, snapshot: Snapshot): void;
  passed(answer: WorkflowAnswer): void;
}

/** Gathers what the tests of some profiles see of their packs. A pack that several of them use is one. */
export class Covering implements Watcher {
  readonly #conditions = new ConditionCoverage();
  readonly #known = new Set<string>();
  readonly #steps = new Map<string, Step>();

  /** Once a profile: what there is to be seen. */
  add({ digest, packs }: Profile): void {
    if (this.#known.has(digest)) return;
    this.#known.add(digest);
    for (const { gates, findings, rollup, machine } of packs) {
      for (const gate of gates) this.#conditions.add(gate, `gate ${gate.name}`);
      for (const finding of findings) this.#conditions.add(finding, `finding ${finding.name}`);
      for (const step of rollup) this.#conditions.add(step, `phase ${step.phase}`);
      if (machine !== undefined) this.#addMachine(machine);
    }
  }

  judged({ evaluation, snapshot }: Judgement): void {
    for (const { rule, objects } of [...evaluation.gates, ...evaluation.findings])
      for (const object of objects) this.#conditions.see(rule, rule.per, object, snapshot);
    for (const { rule } of evaluation.rollup) this.#conditions.see(rule, 'site', 'site', snapshot);
  }

  asked(question: Question, object: string, snapshot: Snapshot): void {
    this.#conditions.see(question, question.per, object, snapshot);
  }

  passed({ evaluator, state, decision }: WorkflowAnswer): void {
    if (evaluator === undefined) return;
    const { drives } = evaluator.machine;
    this.#see(`${drives} ${state}`);
    const next = 'next' in decision ? decision.next?.state : undefined;
    if (next !== undefined && next !== state) this.#see(`${drives} ${state} → ${next}`);
  }

  /** In the order of files, lines and columns. */
  result(): readonly Covered[] {
    const steps = [...this.#steps.values()].map(({ seen, ...step }) => ({ ...step, seen: seen ? step.can : [] }));
    return [...this.#conditions.conditions(), ...steps].sort((one, other) => inOrder(one.at, other.at));
  }

  #addMachine(machine: Machine<Question>): void {
    const { drives, states } = machine;
    for (const question of questionsOf(machine)) this.#conditions.add(question, calledOf(question, drives));
    for (const { name, at, goto, onFailure } of states) {
      const of = [`workflow ${drives}`];
      this.#step(`${drives} ${name}`, { at, kind: 'state', text: name, askedBy: of, can: ['reached'] });
      const targets = new Set([...goto.map(({ to }) => to), ...(onFailure === undefined ? [] : [onFailure])]);
      for (const to of targets) {
        const text = `${name} → ${to}`;
        this.#step(`${drives} ${text}`, { at, kind: 'transition', text, askedBy: of, can: ['taken'] });
      }
    }
  }

  #step(key: string, step: Omit<Step, 'seen'>): void {
    if (!this.#steps.has(key)) this.#steps.set(key, { ...step, seen: false });
  }

  #see(key: string): void {
    const step = this.#steps.get(key);
    if (step !== undefined) step.seen = true;
  }
}

type Step = Omit<Covered, 'seen'> & { seen: boolean };

/** A gate that is asked where another pack's machine stands is that gate; a guard and what a state waits for are the machine's. */
function calledOf({ name, gates }: Question, drives: string): string {
  return gates.includes(name) ? `gate ${name.slice(name.indexOf('/') + 1)}` : `${name} (${drives})`;
}

function inOrder(one: Place, other: Place): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.col - other.col;
}

export interface CoverageSum {
  readonly seen: number;
  readonly of: number;
}

export function sumOf(covered: readonly Covered[]): CoverageSum {
  let seen = 0;
  let of = 0;
  for (const one of covered) {
    seen += one.seen.length;
    of += one.can.length;
  }
  return { seen, of };
}

/** Of nothing, everything. */
export function percentOf({ seen, of }: CoverageSum): number {
  return of === 0 ? 100 : (100 * seen) / of;
}

/** To two places, rounded down, so that 100 means all. */
export function percentGiven(sum: CoverageSum): number {
  return Math.floor(percentOf(sum) * 100) / 100;
}

export function percentText(sum: CoverageSum): string {
  return `${percentGiven(sum)} %`;
}

export function missingOf({ can, seen }: Covered): Covered['can'] {
  return can.filter((aspect) => !seen.includes(aspect));
}

/** The least covered first; of two alike, as they stand in their files. */
export function leastFirst(covered: readonly Covered[]): readonly Covered[] {
  const share = (one: Covered): number => percentOf({ seen: one.seen.length, of: one.can.length });
  return covered.filter((one) => one.seen.length < one.can.length).sort((one, other) => share(one) - share(other));
}

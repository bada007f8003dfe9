import type { WorkflowDecision } from '../../src/kernel/workflow-decision.ts';
import { type How, shownOf, type ToyQuestion, type ToySite, type ToyStep, toyMachine } from './toy-site.ts';
import { Walk } from './toy-walk.ts';

/** A step as stories need it: one after the other, and waited for. */
export function step(command: ToyStep['command'], more: Partial<ToyStep> = {}): ToyStep {
  return { command, atATime: 1, overdue: 'hold', final: false, ...more };
}

export function aToySite(nodes: number, volumes: number, steps: readonly ToyStep[]): ToySite {
  return {
    nodes: new Map(
      Array.from({ length: nodes }, (_, index) => [
        `n${index}`,
        {
          uid: `u${index}`,
          bootId: `b${index}`,
          marks: new Set<string>(),
          journal: { epoch: 0, step: 0, workflow: null, outcome: 'none' },
        },
      ]),
    ),
    volumes: new Map(Array.from({ length: volumes }, (_, index) => [`v${index}`, new Set<string>()])),
    siteMarks: new Set(),
    shows: shownOf(steps),
    lock: null,
    gates: new Map(),
    healthy: true,
  };
}

/** A walk told line by line: each look is followed by one pass. */
export class Story {
  readonly walk: Walk;

  constructor(steps: readonly ToyStep[], more: { nodes?: number; volumes?: number; grace?: number } = {}) {
    const { nodes = 2, volumes = 0, grace } = more;
    this.walk = new Walk(toyMachine(steps, grace), aToySite(nodes, volumes, steps));
  }

  /** Looks, and passes once. */
  pass(): WorkflowDecision<ToyQuestion> {
    this.walk.happen({ kind: 'look' });
    return this.walk.pass();
  }

  /** Passes until the state is entered and, in it, somebody has been ordered (`ordered`: so many). */
  until(state: string, ordered = 0): this {
    for (let round = 0; round < 100; round += 1) {
      const { status } = this.walk;
      if (status.state === state && Object.keys(status.turn?.orders ?? {}).length >= ordered) return this;
      if (status.state !== state) this.works();
      this.pass();
    }
    throw new Error(`never came to ${state}: stands in ${this.walk.status.state}`);
  }

  /** Everybody, or one, does what stands before it. */
  works(how: How = 'well', node?: number): this {
    for (let index = 0; index < this.walk.world.nodes.size; index += 1)
      if (node === undefined || node === index) this.walk.happen({ kind: 'work', node: index, how });
    return this;
  }

  /** To the end, everybody working. */
  ends(): string {
    this.walk.calmDown();
    for (let round = 0; round < 200 && this.walk.status.outcome === undefined; round += 1) this.works().pass();
    return this.walk.status.outcome ?? `${this.walk.status.state}, still`;
  }

  /** Laws of the first reasons, for the kind of decision: `hold K4`. */
  says(): string {
    const decision = this.pass();
    if (decision.kind !== 'hold' && decision.kind !== 'halt') return decision.kind;
    return `${decision.kind} ${decision.because[0].law ?? decision.because[0].fact}`;
  }
}

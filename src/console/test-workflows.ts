import { apiVersion } from '../crd/workflow-object.ts';
import type { KubeObject, Raw } from '../kernel/raw.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import type { Profile } from '../profile/profile.ts';
import { decidedOn, type FoundWorkflow, held, notYetAsked, type WorkflowAnswer, workflowObjects } from './workflows.ts';

/** The workflows of one test: those that its capture holds, and those that it names and nobody has asked for yet. Each step is
 *  one pass over each of them, and what the pass would write is what the next step begins with: nobody carries an order out, so
 *  whatever agents would have done the test says itself. */
export class TestWorkflows {
  readonly #profile: HeldProfile;
  readonly #found = new Map<string, FoundWorkflow>();

  constructor(profile: Profile, raws: readonly Raw[]) {
    this.#profile = held(profile);
    for (const [id, found] of workflowObjects(raws)) this.#found.set(id, this.#ofTheseRules(id, found));
  }

  /** `named`: what the step expects something of. */
  async pass(named: readonly string[], snapshot: Snapshot): Promise<readonly WorkflowAnswer[]> {
    for (const id of named) if (!this.#found.has(id)) this.#found.set(id, notAskedFor(id));
    const answers: WorkflowAnswer[] = [];
    for (const [id, found] of this.#found) {
      const answer = await decidedOn(this.#profile, found, snapshot);
      const { decision } = answer;
      if ('next' in decision && decision.next !== undefined) {
        const { object } = found;
        this.#found.set(id, { ...found, object: { ...object, status: { workflow: decision.next } } });
      }
      answers.push(answer);
    }
    return answers;
  }

  /** A test asks what these rules do where something stood: a status is taken as though it had been begun with them. In the
   *  operator it would be held by K5 until its own profile is there. */
  #ofTheseRules(id: string, { object, torn }: FoundWorkflow): FoundWorkflow {
    const machine = this.#profile.machineOf(id.slice(0, id.indexOf('/')))?.machine;
    const { status } = object;
    if (machine === undefined || !isMap(status) || !isMap(status.workflow)) return { object, torn };
    const { profile, machine: begunWith } = status.workflow;
    if (typeof profile !== 'string' || typeof begunWith !== 'string') return { object, torn };
    const workflow = { ...status.workflow, profile: this.#profile.digest, machine: machine.digest };
    return { object: { ...object, status: { ...status, workflow } }, torn };
  }
}

function notAskedFor(id: string): FoundWorkflow {
  const [kind = '', name = ''] = id.split('/');
  const object: KubeObject = { apiVersion, kind, metadata: { name, uid: notYetAsked }, spec: {} };
  return { object, torn: false };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

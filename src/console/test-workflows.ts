import { apiVersion } from '../crd/workflow-object.ts';
import type { KubeObject, Raw } from '../kernel/raw.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import type { passWorkflow } from '../operator/spine.ts';
import type { MachineSight } from '../rules/machine-evaluator.ts';
import type { Watcher } from './coverage.ts';
import { decidedOn, notYetAsked, type WorkflowAnswer, workflowObjects } from './workflows.ts';

export interface Watching {
  readonly watcher?: Watcher;
  readonly pass?: typeof passWorkflow;
}

/** The workflows of one test: those that its capture holds, and those that it names and nobody has asked for yet. Each step is
 *  one pass over each of them, and what the pass would write is what the next step begins with: nobody carries an order out, so
 *  whatever agents would have done the test says itself. */
export class TestWorkflows {
  readonly #profile: HeldProfile;
  readonly #watcher: Watcher | undefined;
  readonly #pass: Watching['pass'];
  readonly #objects = new Map<string, KubeObject>();

  /** `pass`: who decides; without it, who decides for a site. */
  constructor(profile: HeldProfile, raws: readonly Raw[], { watcher, pass }: Watching = {}) {
    this.#watcher = watcher;
    this.#pass = pass;
    this.#profile = watcher === undefined ? profile : watched(profile, watcher);
    for (const [id, object] of workflowObjects(raws)) this.#objects.set(id, this.#ofTheseRules(id, object));
  }

  /** `named`: what the step expects something of. */
  async pass(named: readonly string[], snapshot: Snapshot): Promise<readonly WorkflowAnswer[]> {
    for (const id of named) if (!this.#objects.has(id)) this.#objects.set(id, notAskedFor(id));
    const answers: WorkflowAnswer[] = [];
    for (const [id, object] of this.#objects) {
      const answer = await decidedOn(this.#profile, object, snapshot, this.#pass);
      const { decision } = answer;
      const next = 'next' in decision ? decision.next : undefined;
      if (next !== undefined) this.#objects.set(id, { ...object, status: { workflow: next } });
      this.#watcher?.passed(answer);
      answers.push(answer);
    }
    return answers;
  }

  /** A test asks what these rules do where something stood: a status is taken as though it had been begun with them. In the
   *  operator it would be held by K5 until its own profile is there. */
  #ofTheseRules(id: string, object: KubeObject): KubeObject {
    const machine = this.#profile.machineOf(id.slice(0, id.indexOf('/')))?.machine;
    const { status } = object;
    if (machine === undefined || !isMap(status) || !isMap(status.workflow)) return object;
    const { profile, machine: begunWith } = status.workflow;
    if (typeof profile !== 'string' || typeof begunWith !== 'string') return object;
    const workflow = { ...status.workflow, profile: this.#profile.digest, machine: machine.digest };
    return { ...object, status: { ...status, workflow } };
  }
}

/** The same profile, of whose machines somebody hears which questions are put. */
function watched(profile: HeldProfile, watcher: Watcher): HeldProfile {
  return {
    ...profile,
    machineOf(kind) {
      const compiled = profile.machineOf(kind);
      if (compiled === undefined) return undefined;
      return {
        machine: compiled.machine,
        sightOf: (snapshot, epoch, cohort) => overheard(compiled.sightOf(snapshot, epoch, cohort), watcher),
      };
    },
  };
}

function overheard(sight: MachineSight, watcher: Watcher): MachineSight {
  return {
    snapshot: sight.snapshot,
    epoch: sight.epoch,
    frozen: sight.frozen,
    ask(question, object) {
      watcher.asked(question, object, sight.frozen);
      return sight.ask(question, object);
    },
    why: (question, object) => sight.why(question, object),
    reads: (question, object) => sight.reads(question, object),
  };
}

function notAskedFor(id: string): KubeObject {
  const [kind = '', name = ''] = id.split('/');
  return { apiVersion, kind, metadata: { name, uid: notYetAsked }, spec: {} };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

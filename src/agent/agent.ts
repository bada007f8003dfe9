import {
  type AgentSaid,
  type AgentStatusBody,
  agentStatusKind,
  heartbeatIn,
  newAgentStatus,
  orderIn,
  withStatus,
} from '../crd/agent-status.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { Order } from '../kernel/workflow.ts';
import { accept, unreadContent } from './accept.ts';
import { execute } from './execute.ts';
import type { Operation } from './instruction.ts';
import { intentOf, type Journal } from './journal.ts';
import { Notebook } from './notebook.ts';
import { bootIdPath } from './programs.ts';
import type { Part } from './seen.ts';
import { type SenseConfig, Senses, wireOf } from './sense.ts';

export interface AgentConfig extends SenseConfig {
  /** How long it rests between two looks at its orders. */
  readonly beatMs: number;
}

/** Etcd takes objects of 1.5 MB. What is left out is unknown to whoever reads, and said to be. */
export const observationsMax = 8_000;
const writesMax = 2;

/** A node's agent: for ever looks at its orders, does what may be done, looks at its host, says what it saw. `clock` is
 *  monotonic, milliseconds, its own; nobody compares it with another's. `wall` is what the node believes the time to be,
 *  milliseconds since the epoch: it is said with every beat, so that whoever hears it knows how far off it is. Whatever answer comes back, it goes on: what it
 *  cannot do it says, and what it does not know it does not. */
export function* agent(config: AgentConfig, clock: () => number, wall?: () => number): Operation<never> {
  const one = new Agent(config, clock, wall);
  yield* one.start();
  for (;;) {
    yield* one.beat();
    yield { do: 'sleep', ms: config.beatMs };
  }
}

class Agent {
  readonly #config: AgentConfig;
  readonly #clock: () => number;
  readonly #wall: (() => number) | undefined;
  readonly #senses: Senses;
  readonly #notebook = new Notebook();
  #bootId: string | undefined;
  #sequence = 0;
  /** The last report and what it was made of. */
  #report: { readonly of: readonly (readonly AgentSaid[])[]; readonly observations: readonly AgentSaid[] } | undefined;
  #journalSaid: { readonly of: Journal; readonly said: readonly AgentSaid[] } | undefined;

  constructor(config: AgentConfig, clock: () => number, wall: (() => number) | undefined) {
    this.#config = config;
    this.#clock = clock;
    this.#wall = wall;
    this.#senses = new Senses(config, clock);
  }

  *start(): Operation<void> {
    yield* this.#notebook.open();
    yield* this.#readBootId();
  }

  *beat(): Operation<void> {
    if (this.#notebook.mustOpen) yield* this.#notebook.open();
    if (this.#bootId === undefined) yield* this.#readBootId();
    const object = yield* this.#own();
    if (object !== undefined) yield* this.#obey(orderIn(object));
    const parts = yield* this.#senses.all();
    if (object !== undefined) yield* this.#tell(object, parts);
  }

  *#readBootId(): Operation<void> {
    const answer = yield { do: 'read', path: bootIdPath };
    const bootId = answer.kind === 'text' ? answer.text.trim() : '';
    this.#bootId = bootId === '' || bootId.length > 128 ? undefined : bootId;
  }

  /** The node's object, made if there is none; undefined where it could not be had, and then nothing can be said. */
  *#own(): Operation<KubeObject | undefined> {
    const { node } = this.#config;
    const answer = yield { do: 'api', call: { verb: 'get', kind: agentStatusKind, name: node } };
    const had =
      answer.kind === 'missing' ? yield { do: 'api', call: { verb: 'create', object: newAgentStatus(node) } } : answer;
    return had.kind === 'object' && isOwn(had.object, node) ? had.object : undefined;
  }

  /** K9: what may not run is refused, what ran is answered from the journal; what may is written down before it is begun. */
  *#obey(json: unknown): Operation<void> {
    const { journal } = this.#notebook;
    if (json === undefined || journal === undefined) return;
    const found = accept(journal, json, { node: this.#config.node, bootId: this.#bootId });
    switch (found.kind) {
      case 'do':
        yield* this.#carryOut(found.order);
        return;
      case 'again':
        this.#notebook.note('');
        if (found.raises) yield* this.#notebook.write({ kind: 'epoch', epoch: found.epoch });
        return;
      case 'refuse': {
        this.#notebook.note(found.says);
        const { records } = found;
        if (records === undefined || !(yield* this.#notebook.write(intentOf(records, unreadContent)))) return;
        yield* this.#notebook.end('refused', found.says);
      }
    }
  }

  *#carryOut(order: Order): Operation<void> {
    this.#notebook.note('');
    if (!(yield* this.#notebook.write(intentOf(order)))) return;
    const differs = yield* this.#senses.differs(order.dependsOn);
    if (differs !== undefined) {
      yield* this.#notebook.end('refused', differs);
      return;
    }
    const { outcome, why } = yield* execute(order, { senses: this.#senses });
    yield* this.#notebook.end(outcome, why);
  }

  /** Says what was seen. Somebody else's write in between is the operator's next order: the status goes beside it. */
  *#tell(first: KubeObject, parts: readonly Part[]): Operation<void> {
    let object: KubeObject | undefined = first;
    for (let writes = 0; writes < writesMax && object !== undefined; writes += 1) {
      this.#sequence = Math.max(this.#sequence, heartbeatIn(object)?.sequence ?? 0) + 1;
      if (!Number.isSafeInteger(this.#sequence)) this.#sequence = 1; // somebody else's number; all that counts is change
      const call = { verb: 'update-status', object: withStatus(object, this.#status(parts)) } as const;
      const answer = yield { do: 'api', call };
      if (answer.kind !== 'conflict') return;
      object = yield* this.#own();
    }
  }

  #status(parts: readonly Part[]): AgentStatusBody {
    const now = this.#clock();
    const lists = [this.#journalFacts(), ...parts.map((part) => wireOf(part, now))];
    const isSame = this.#report?.of.length === lists.length && lists.every((list, at) => list === this.#report?.of[at]);
    const whole = isSame ? (this.#report?.observations ?? []) : lists.flat();
    const isCut = whole.length > observationsMax;
    const observations = isCut ? whole.slice(0, observationsMax) : whole;
    this.#report = { of: lists, observations: whole };
    const { trouble, answer } = this.#notebook;
    const troubles = [trouble, isCut ? `${whole.length - observationsMax} observations do not fit in here` : ''];
    const said = troubles.filter((one) => one !== '').join('; ');
    return {
      heartbeat: { sequence: this.#sequence, bootId: this.#bootId ?? '', ...momentOf(this.#wall?.()) },
      observations,
      ...(answer === undefined ? {} : { order: answer }),
      ...(said === '' ? {} : { trouble: said }),
    };
  }

  /** Nothing at all while the journal is not known: that is not the same as to have seen no order. */
  #journalFacts(): readonly AgentSaid[] {
    const { journal } = this.#notebook;
    if (journal === undefined) return nothing;
    if (this.#journalSaid?.of === journal) return this.#journalSaid.said;
    const object = this.#config.node;
    const said: readonly AgentSaid[] = [
      { fact: 'node.journalEpoch', object, value: journal.epoch, age: '0s' },
      { fact: 'node.journalStep', object, value: journal.step, age: '0s' },
      { fact: 'node.journalWorkflow', object, value: journal.workflow, age: '0s' },
      { fact: 'node.journalOutcome', object, value: journal.phase, age: '0s' },
    ];
    this.#journalSaid = { of: journal, said };
    return said;
  }
}

const nothing: readonly AgentSaid[] = [];

function isOwn(object: unknown, node: string): boolean {
  const metadata =
    typeof object === 'object' && object !== null ? (object as Record<string, unknown>).metadata : undefined;
  return typeof metadata === 'object' && metadata !== null && (metadata as Record<string, unknown>).name === node;
}

/** RFC 3339; nothing where nobody knows, or no calendar has it. */
function momentOf(ms: number | undefined): { readonly at?: string } {
  return ms === undefined || Math.abs(ms) > 8.64e15 ? {} : { at: new Date(ms).toISOString() };
}

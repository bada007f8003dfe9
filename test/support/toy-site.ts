import type { CommandName } from '../../src/kernel/command.ts';
import { formOf } from '../../src/kernel/command.ts';
import type { FactValue } from '../../src/kernel/fact.ts';
import {
  type Act,
  type Argument,
  type Guard,
  type Machine,
  type State,
  stateOf,
  type Transition,
} from '../../src/kernel/machine.ts';
import type { Sight } from '../../src/kernel/sight.ts';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { bond, node, type Subject, site, volume } from '../../src/kernel/subject.ts';
import { FALSE, type Reason, type Several, TRUE, type Truth, UNKNOWN } from '../../src/kernel/verdict.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { Order, WorkflowStatus } from '../../src/kernel/workflow.ts';
import { type MadeCell, nobody, snapshotOf } from './made-site.ts';

/** A site small enough that a property can hold every law against what is *really* so. What an act does is a mark on its member;
 *  whether it is settled is the question «is the mark there», asked of what was last seen. The kernel sees only that. */

/** `settled:STATE` of a member, `undone:STATE` of a member, `where:STATE` of a member, `gate:NAME`, `guard:NAME`. */
export type ToyQuestion = string;

export interface ToyNode {
  uid: string;
  bootId: string;
  /** States whose act has been done here. */
  marks: Set<string>;
  journal: { epoch: number; step: number; workflow: string | null; outcome: string };
  /** What it works on, while its journal says `accepted`. */
  doing?: Slot;
}

/** What stands before an agent: an order, and the state whose act or undo it is. */
export interface Slot {
  readonly order: Order;
  readonly of: string;
}

export interface ToySite {
  nodes: Map<string, ToyNode>;
  /** Volumes, with the marks that the hand put on them. */
  volumes: Map<string, Set<string>>;
  siteMarks: Set<string>;
  /** What each kind of mark shows as: fact → the state whose mark it is. */
  shows: ReadonlyMap<string, string>;
  lock: string | null;
  gates: Map<string, Truth>;
  healthy: boolean;
}

/** What was seen of a site, and of whom nothing. */
export interface ToyView {
  readonly site: ToySite;
  readonly silent: ReadonlySet<string>;
  readonly lockUnknown: boolean;
  readonly seenAtMs: number;
  /** The number of the order that stands before each node's agent. */
  readonly orders: ReadonlyMap<string, number>;
}

export function copyOf(all: ToySite): ToySite {
  return {
    nodes: new Map(
      [...all.nodes].map(([name, one]) => [name, { ...one, marks: new Set(one.marks), journal: { ...one.journal } }]),
    ),
    volumes: new Map([...all.volumes].map(([name, marks]) => [name, new Set(marks)])),
    siteMarks: new Set(all.siteMarks),
    shows: all.shows,
    lock: all.lock,
    gates: new Map(all.gates),
    healthy: all.healthy,
  };
}

/** One state of a toy machine, in the order of a workflow: lock, acts, release. */
export interface ToyStep {
  readonly command: CommandName | 'look';
  readonly atATime: number;
  readonly overdue: 'hold' | 'fail';
  readonly final: boolean;
  /** Only some of its members take part. */
  readonly where?: boolean;
  /** A first way, past the next state, before the usual one. */
  readonly short?: boolean;
  /** Taken back by the facts as they were frozen, not by a question. */
  readonly frozen?: boolean;
}

/** The facts that show an act's mark, and what they read without and with it. */
const shownBy: Partial<Record<CommandName, readonly (readonly [string, FactValue, FactValue])[]>> = {
  'site.suspend-migrations': [['site.migrationsSuspended', false, true]],
  'network.stage': [['bond.stagedMode', 'none', 'active-backup']],
  'bond.set-mode': [
    ['bond.mode', 'balance-rr', 'active-backup'],
    ['bond.configuredMode', 'balance-rr', 'active-backup'],
    ['bond.armed', false, true],
  ],
  'volume.snapshot': [['volume.bookend', false, true]],
};

/** Facts that show the marks of a machine's states: of two states with one command, the first. */
export function shownOf(steps: readonly ToyStep[]): ReadonlyMap<string, string> {
  const shows = new Map<string, string>();
  for (const [index, { command }] of steps.entries()) {
    for (const [fact] of (command === 'look' ? undefined : shownBy[command]) ?? [])
      if (!shows.has(fact)) shows.set(fact, `S${index}`);
  }
  return shows;
}

export const undoOf: Partial<Record<CommandName, CommandName>> = {
  'site.take-lock': 'site.release-lock',
  'site.suspend-migrations': 'site.resume-migrations',
  'network.stage': 'network.unstage',
  'drbd.disconnect': 'drbd.connect',
  'bond.set-mode': 'bond.revert',
  'volume.snapshot': 'volume.drop-snapshot',
};

const at = { file: 'toy.yaml', line: 1, col: 1 };

function argumentsFor(command: CommandName): ReadonlyMap<string, Argument> {
  const values: Record<string, FactValue> = { mode: 'active-backup', place: 2 };
  return new Map(
    Object.keys(formOf(command).with).map((name) => [name, { kind: 'literal', value: values[name] ?? null }]),
  );
}

/** `Idle → Lock → steps… → Release → Complete`, with `RollingBack` and `Halted`. */
export function toyMachine(steps: readonly ToyStep[], guardGraceMs?: number): Machine<ToyQuestion> {
  const names = steps.map((_, index) => `S${index}`);
  const says = 'toy';
  const gate = (name: string) => ({ name: `toy/${name}`, asks: `gate:${name}` });
  const goto = (to: string, gates: readonly string[] = []): readonly Transition<ToyQuestion>[] => [
    { to, gates: gates.map(gate) },
  ];
  let final = false;
  const shows = shownOf(steps);
  const middle = steps.map((step, index): State<ToyQuestion> => {
    const { command, atATime, overdue, final: here } = step;
    const name = names[index] as string;
    final ||= here;
    const usual = goto(names[index + 1] ?? 'Release', [`after-${name}`]);
    const next = step.short === true ? [...goto(names[index + 2] ?? 'Release', [`short-${name}`]), ...usual] : usual;
    const onFailure = final ? 'Halted' : 'RollingBack';
    const rest = { name, says, at, goto: next, onFailure, budgetMs: 60_000, overdue } as const;
    if (command === 'look') return rest;
    const undo = undoOf[command];
    const act: Act<ToyQuestion> = {
      command,
      with: argumentsFor(command),
      on: formOf(command).on,
      atATime,
      gates: [gate(`before-${name}`)],
      settled: `settled:${name}`,
      ...(step.where === true ? { where: `where:${name}` } : {}),
      ...(here || undo === undefined
        ? {}
        : {
            undo: {
              command: undo,
              with: argumentsFor(undo),
              gates: [],
              ...(step.frozen === true && shows.get(shownBy[command]?.[0]?.[0] ?? '') === name
                ? {}
                : { settled: `undone:${name}` }),
            },
          }),
    };
    return { ...rest, act, ...(here || undo === undefined ? { pointOfNoReturn: 'no way back' } : {}) };
  });
  const guards: readonly Guard<ToyQuestion>[] =
    guardGraceMs === undefined
      ? []
      : [{ name: 'calm', says, during: names, asks: 'guard:calm', graceMs: guardGraceMs, at }];
  const lockAct = (command: CommandName): Act<ToyQuestion> => ({
    command,
    with: new Map(),
    on: 'site',
    atATime: 1,
    gates: [],
  });
  return {
    drives: 'ReplicationUpgrade',
    digest: 'toy-digest',
    freezes: ['bond.mode', ...[...shows.keys()].filter((fact) => fact !== 'bond.mode')].sort(),
    rollingBack: 'RollingBack',
    halted: 'Halted',
    guards,
    states: [
      { name: 'Idle', says, at, goto: goto('Lock', ['begin']), budgetMs: 60_000, overdue: 'hold' },
      {
        name: 'Lock',
        says,
        at,
        act: { ...lockAct('site.take-lock'), undo: { command: 'site.release-lock', with: new Map(), gates: [] } },
        goto: goto(names[0] ?? 'Release'),
        onFailure: 'RollingBack',
        budgetMs: 60_000,
        overdue: 'hold',
      },
      ...middle,
      {
        name: 'Release',
        says,
        at,
        act: lockAct('site.release-lock'),
        pointOfNoReturn: 'the next one decides',
        goto: goto('Complete'),
        onFailure: 'Halted',
        budgetMs: 60_000,
        overdue: 'hold',
      },
      { name: 'Complete', says, at, goto: [], budgetMs: Number.POSITIVE_INFINITY, overdue: 'hold', ends: 'complete' },
      { name: 'RollingBack', says, at, goto: goto('Idle'), budgetMs: 60_000, overdue: 'hold', takesBack: true },
      { name: 'Halted', says, at, goto: [], budgetMs: Number.POSITIVE_INFINITY, overdue: 'hold', ends: 'halted' },
    ],
  };
}

const toyVocabulary = vocabulary;

/** What the kernel is shown of a view: its own facts in a snapshot, and the answers to the machine's questions. */
export function sightOf(view: ToyView, nowMs: number, epoch: number): Sight<ToyQuestion> {
  const { site: all, silent } = view;
  return {
    snapshot: snapshotOfView(view, nowMs),
    epoch,
    ask: (question, object) => answer(all, silent, question, object),
    why: (question, object) => [reason(question, object)] as Several<Reason>,
    reads: () => [],
  };
}

function answer(
  { nodes, volumes, siteMarks, gates }: ToySite,
  silent: ReadonlySet<string>,
  question: string,
  object: string,
): Truth {
  const [kind, name = ''] = question.split(':');
  if (kind === 'gate' || kind === 'guard') return gates.get(question) ?? TRUE;
  if (silent.has(object)) return UNKNOWN;
  if (kind === 'where') return gates.get(question) ?? gates.get(`where:${object}`) ?? TRUE;
  const marks = object === 'site' ? siteMarks : (nodes.get(object)?.marks ?? volumes.get(object));
  if (marks === undefined) return UNKNOWN;
  return marks.has(name) === (kind === 'settled') ? TRUE : FALSE;
}

function reason(question: string, object: string): Reason {
  return { says: question, fact: question, object, detail: 'is not so', unknown: false, at };
}

function snapshotOfView({ site: all, silent, lockUnknown, seenAtMs, orders }: ToyView, nowMs: number): Snapshot {
  const members: Subject[] = [...all.nodes.keys()].map((name) => node(name));
  const bonds = [...all.nodes.keys()].map((name) => bond(name, 'bond1'));
  const volumes = [...all.volumes.keys()].map((name) => volume(name, 0));
  const cells: MadeCell[] = [];
  const say = (fact: string, object: string, value: FactValue): void => {
    cells.push({ fact, object, cell: { kind: 'present', value, seenAtMs, grade: 'observed', source: 'toy' } });
  };
  for (const [name, { uid, bootId, journal }] of all.nodes) {
    say('node.uid', name, uid);
    say('node.bootId', name, bootId);
    say('node.order', name, orders.get(name) ?? 0);
    if (silent.has(name)) continue;
    say('node.journalEpoch', name, journal.epoch);
    say('node.journalStep', name, journal.step);
    say('node.journalWorkflow', name, journal.workflow);
    say('node.journalOutcome', name, journal.outcome);
    if (!all.shows.has('bond.mode')) say('bond.mode', `${name}/bond1`, 'active-backup');
  }
  for (const [fact, without, marked] of Object.values(shownBy).flat()) {
    const of = all.shows.get(fact);
    if (of === undefined) continue;
    const read = (marks: ReadonlySet<string>): FactValue => (marks.has(of) ? marked : without);
    if (fact.startsWith('site.')) say(fact, 'site', read(all.siteMarks));
    if (fact.startsWith('volume.')) for (const [name, marks] of all.volumes) say(fact, name, read(marks));
    if (!fact.startsWith('bond.')) continue;
    for (const [name, { marks }] of all.nodes) if (!silent.has(name)) say(fact, `${name}/bond1`, read(marks));
  }
  if (!lockUnknown) say('site.lock', 'site', all.lock);
  say('site.linstorReachable', 'site', all.healthy);
  say('site.poolsHealthy', 'site', true);
  const lists = {
    ...nobody,
    site: { state: 'known' as const, members: [site] },
    node: { state: 'known' as const, members },
    bond: { state: 'known' as const, members: bonds },
    volume: { state: 'known' as const, members: volumes },
  };
  return snapshotOf({ lists, cells, nowMs }, toyVocabulary);
}

/** How an agent does what stands before it. `accepts`: it has begun, and ends another time. */
export type How = 'well' | 'fails' | 'refuses' | 'accepts' | 'dies-after' | 'dies-before';

/** An agent's turn on the toy. What it has begun it ends first; what is older than its journal it never does. */
export function carryOut(
  all: ToySite,
  name: string,
  slot: Slot | undefined,
  machine: Machine<ToyQuestion>,
  how: How,
): void {
  const one = all.nodes.get(name);
  if (one === undefined) return;
  if (one.doing === undefined && one.journal.outcome === 'accepted') {
    one.journal = { ...one.journal, outcome: 'interrupted' }; // of a workflow before this one
    return;
  }
  const next = one.doing ?? slot;
  if (next === undefined) return;
  const { order, of } = next;
  if (one.doing === undefined) {
    if (one.bootId !== order.bootId || order.epoch < one.journal.epoch || order.step <= one.journal.step) return;
    one.journal = { epoch: order.epoch, step: order.step, workflow: order.workflow, outcome: 'accepted' };
    if (how === 'accepts') {
      one.doing = next;
      return;
    }
  }
  delete one.doing;
  const forward = stateOf(machine, of)?.act?.command === order.command;
  const marks =
    order.object === 'site' ? all.siteMarks : order.object === name ? one.marks : all.volumes.get(order.object);
  const does = how === 'well' || how === 'accepts' || how === 'dies-after';
  if (does && forward) marks?.add(of);
  if (does && !forward) marks?.delete(of);
  const outcome =
    how === 'fails' ? 'failed' : how === 'refuses' ? 'refused' : how.startsWith('dies') ? 'interrupted' : 'done';
  one.journal = { ...one.journal, outcome };
}

export function toyStatus(machine: Machine<ToyQuestion>, nowMs: number): WorkflowStatus {
  return {
    workflow: 'ReplicationUpgrade/toy',
    uid: 'uid-1',
    profile: 'profile-1',
    machine: machine.digest,
    epoch: 1,
    serial: 0,
    state: 'Idle',
    sinceMs: nowMs,
    step: 0,
    locked: false,
    done: [],
    unguardedSinceMs: {},
  };
}

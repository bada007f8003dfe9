import type { CommandName } from '../../src/kernel/command.ts';
import { formOf } from '../../src/kernel/command.ts';
import type { FactValue } from '../../src/kernel/fact.ts';
import { type Act, type Guard, type Machine, type State, stateOf, type Transition } from '../../src/kernel/machine.ts';
import type { Sight } from '../../src/kernel/sight.ts';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { bond, node, type Subject, site, volume } from '../../src/kernel/subject.ts';
import { FALSE, type Reason, type Several, TRUE, type Truth, UNKNOWN } from '../../src/kernel/verdict.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { Order, WorkflowStatus } from '../../src/kernel/workflow.ts';
import { type MadeCell, nobody, snapshotOf } from './made-site.ts';

/** A site small enough that a property can hold every law against what is *really* so. What an act does is a mark on its member;
 *  whether it is settled is the question «is the mark there», asked of what was last seen. The kernel sees only that. */

/** `settled:STATE` of a member, `undone:STATE` of a member, `gate:NAME`, `guard:NAME`. */
export type ToyQuestion = string;

export interface ToyNode {
  uid: string;
  bootId: string;
  /** States whose act has been done here. */
  marks: Set<string>;
  journal: { epoch: number; step: number; workflow: string | null; outcome: string };
}

export interface ToySite {
  nodes: Map<string, ToyNode>;
  /** Volumes, with the marks that the hand put on them. */
  volumes: Map<string, Set<string>>;
  siteMarks: Set<string>;
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
}

export function copyOf(all: ToySite): ToySite {
  return {
    nodes: new Map(
      [...all.nodes].map(([name, one]) => [name, { ...one, marks: new Set(one.marks), journal: { ...one.journal } }]),
    ),
    volumes: new Map([...all.volumes].map(([name, marks]) => [name, new Set(marks)])),
    siteMarks: new Set(all.siteMarks),
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

/** `Idle → Lock → steps… → Release → Complete`, with `RollingBack` and `Halted`. */
export function toyMachine(steps: readonly ToyStep[], guardGraceMs?: number): Machine<ToyQuestion> {
  const names = steps.map((_, index) => `S${index}`);
  const says = 'toy';
  const gate = (name: string) => ({ name: `toy/${name}`, asks: `gate:${name}` });
  const goto = (to: string, gates: readonly string[] = []): readonly Transition<ToyQuestion>[] => [
    { to, gates: gates.map(gate) },
  ];
  let final = false;
  const middle = steps.map(({ command, atATime, overdue, final: here }, index): State<ToyQuestion> => {
    const name = names[index] as string;
    final ||= here;
    const next = goto(names[index + 1] ?? 'Release', [`after-${name}`]);
    const onFailure = final ? 'Halted' : 'RollingBack';
    const rest = { name, says, at, goto: next, onFailure, budgetMs: 60_000, overdue } as const;
    if (command === 'look') return rest;
    const undo = undoOf[command];
    const act: Act<ToyQuestion> = {
      command,
      with: new Map(),
      on: formOf(command).on,
      atATime,
      gates: [gate(`before-${name}`)],
      settled: `settled:${name}`,
      ...(here || undo === undefined
        ? {}
        : { undo: { command: undo, with: new Map(), gates: [], settled: `undone:${name}` } }),
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
    freezes: ['bond.mode'],
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
  const marks = object === 'site' ? siteMarks : (nodes.get(object)?.marks ?? volumes.get(object));
  if (marks === undefined) return UNKNOWN;
  return marks.has(name) === (kind === 'settled') ? TRUE : FALSE;
}

function reason(question: string, object: string): Reason {
  return { says: question, fact: question, object, detail: 'is not so', unknown: false, at };
}

function snapshotOfView({ site: all, silent, lockUnknown, seenAtMs }: ToyView, nowMs: number): Snapshot {
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
    if (silent.has(name)) continue;
    say('node.journalEpoch', name, journal.epoch);
    say('node.journalStep', name, journal.step);
    say('node.journalWorkflow', name, journal.workflow);
    say('node.journalOutcome', name, journal.outcome);
    say('bond.mode', `${name}/bond1`, 'active-backup');
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

/** Carries an order out on the toy, as an agent would. `how`: also fails or dies, with or without having done it. */
export function carryOut(
  all: ToySite,
  order: Order,
  machine: Machine<ToyQuestion>,
  of: string,
  how: 'well' | 'fails' | 'dies-after' | 'dies-before',
): void {
  const one = all.nodes.get(order.node);
  if (one === undefined || one.bootId !== order.bootId) return;
  if (order.epoch < one.journal.epoch || order.step <= one.journal.step) return;
  const act = stateOf(machine, of)?.act;
  const forward = act?.command === order.command;
  const marks = order.object === 'site' ? all.siteMarks : (all.volumes.get(order.object) ?? one.marks);
  const does = how === 'well' || how === 'dies-after';
  if (does && forward) marks.add(of);
  if (does && !forward) marks.delete(of);
  const outcome = how === 'well' ? 'done' : how === 'fails' ? 'failed' : 'interrupted';
  one.journal = { epoch: order.epoch, step: order.step, workflow: order.workflow, outcome };
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

import type { Capture } from '../capture/capture.ts';
import { formOf } from '../kernel/command.ts';
import { error, type Loaded } from '../kernel/fault.ts';
import { type Machine, type State, stateOf } from '../kernel/machine.ts';
import { snapshotDigest } from '../kernel/snapshot-document.ts';
import { TRUE, type VerdictWord } from '../kernel/verdict.ts';
import type { WorkflowStatus } from '../kernel/workflow.ts';
import { held } from '../operator/held.ts';
import { type PlannedGate, type PlannedMember, type PlannedStep, planOf } from '../operator/plan.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import type { Question } from '../rules/pack.ts';
import { shown } from '../source/shown.ts';
import { hintFor, listed } from '../source/suggest.ts';
import { rawsAt, type Site } from './inputs.ts';
import { unknownName } from './names.ts';
import { begunNow, decidedOn, notYetAsked, passed, type WorkflowAnswer, workflowObjects } from './workflows.ts';

/** What `plan` answers: what is decided of a workflow now, and every step that it has before it. */
export interface PlanAnswer {
  readonly profile: VerifiedProfile;
  readonly capture: Capture;
  readonly nowMs: number;
  snapshotDigest(): string;
  readonly workflow: WorkflowAnswer;
  /** Whether the capture holds it; else it is planned as though it were begun now. */
  readonly isThere: boolean;
  readonly steps: readonly AnsweredStep[];
  /** What is taken back, the last first; empty unless it goes back. */
  readonly back: readonly TakenBack[];
  /** States on other ways through the machine. */
  readonly leftOut: readonly string[];
  /** Of the next step: `open` if nothing stands in its way. */
  readonly verdict: VerdictWord;
}

export interface AnsweredStep extends Omit<PlannedStep, 'waitsFor'> {
  /** From 1. */
  readonly number: number;
  readonly confirmWithinMs?: number;
  readonly waitsFor: readonly AnsweredGate[];
}

export interface AnsweredGate extends PlannedGate {
  /** Steps before this one that change what keeps it from being open; empty: none of them does. */
  readonly changedBy: readonly number[];
}

export interface TakenBack {
  readonly state: string;
  readonly command: string;
  readonly members: readonly string[];
}

/** What somebody typed → a workflow of this profile; what is likely meant where it is none. */
export function workflowAsked(word: string, { profile, capture }: Pick<Site, 'profile' | 'capture'>): Loaded<string> {
  const kinds = profile.packs.flatMap(({ machine }) => machine?.drives ?? []);
  const there = [...workflowObjects(capture.raws).keys()];
  const refuse = (message: string, hint?: string): Loaded<string> => {
    return { ok: false, faults: [unknownName(message, hint)] };
  };
  if (kinds.length === 0) return refuse(`no pack of profile \`${profile.name}\` drives a workflow`);
  const [kind = '', ...rest] = word.split('/');
  const name = rest.join('/');
  if (!kinds.includes(kind)) {
    const hint = hintFor(kind, kinds, `there are ${listed(kinds, 'and')}`);
    return refuse(`profile \`${profile.name}\` drives no \`${shown(kind)}\``, hint);
  }
  if (name === '') {
    const known = there.filter((id) => id.startsWith(`${kind}/`));
    const hint = known.length === 0 ? `write \`${kind}/NAME\`` : `there are ${listed(known, 'and')}`;
    return refuse(`which ${kind} is meant is not said`, hint);
  }
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) {
    return refuse(`\`${shown(name)}\` is no name of an object`, 'small letters, digits, `-` and `.`');
  }
  // A name that is nearly one of those that are there is a slip, not another plan.
  const named = there.filter((id) => id.startsWith(`${kind}/`)).map((id) => id.slice(kind.length + 1));
  const near = named.includes(name) ? undefined : hintFor(name, named);
  return near === undefined ? { ok: true, value: word, warnings: [] } : refuse(`there is no \`${shown(word)}\``, near);
}

/** The workflow as the capture has it, else as though it were begun now; decided, and planned to its end. */
export async function planAnswer(site: Site, id: string): Promise<PlanAnswer> {
  const { profile, capture, nowMs, judgement } = site;
  const { snapshot } = judgement;
  const holder = held(profile);
  const found = workflowObjects(rawsAt(capture, nowMs)).get(id);
  const workflow = found === undefined ? await fromTheStart(site, id) : await decidedOn(holder, found, snapshot);
  return {
    profile,
    capture,
    nowMs,
    snapshotDigest: () => snapshotDigest(snapshot),
    workflow,
    isThere: found !== undefined,
    ...toCome(workflow, site),
    verdict: verdictOn(workflow),
  };
}

async function fromTheStart({ profile, nowMs, judgement }: Site, id: string): Promise<WorkflowAnswer> {
  const holder = held(profile);
  const status = begunNow(holder, id, nowMs);
  const evaluator = holder.machineOf(id.slice(0, id.indexOf('/')));
  if (status === undefined || evaluator === undefined) throw new RangeError(`nothing drives ${id}`); // asked before
  const decided = await passed(holder, evaluator, judgement.snapshot, status, {});
  return { id, uid: notYetAsked, begun: false, intent: {}, ...decided };
}

/** What has given up, has ended or is nobody's we know has no step before it. */
function toCome(
  { decision, status, evaluator }: WorkflowAnswer,
  { judgement }: Site,
): Pick<PlanAnswer, 'steps' | 'back' | 'leftOut'> {
  if (status === undefined || evaluator === undefined || decision.kind === 'halt' || decision.kind === 'rest')
    return { steps: [], back: [], leftOut: [] };
  const { machine } = evaluator;
  // Where it turns back now, what comes is the way back.
  const from = decision.kind === 'undo' ? decision.next : status;
  const back = stateOf(machine, from.state)?.takesBack ? takenBack(machine, from) : [];
  const plan = planOf(machine, from, evaluator.sightOf(judgement.snapshot, status.epoch, status.cohort));
  const end = plan.steps.findIndex(({ state }) => stateOf(machine, state)?.takesBack);
  const steps = end === -1 ? plan.steps : plan.steps.slice(0, end + 1);
  return { steps: answered(steps, machine), back, leftOut: end === -1 ? plan.leftOut : [] };
}

function takenBack(machine: Machine<Question>, { done, turn }: WorkflowStatus): readonly TakenBack[] {
  return done.toReversed().map(({ state, members }) => {
    const command = stateOf(machine, state)?.act?.undo?.command ?? '';
    const left = turn?.way === 'undo' && turn.of === state ? turn.members : members;
    return { state, command, members: left };
  });
}

function answered(steps: readonly PlannedStep[], machine: Machine<Question>): readonly AnsweredStep[] {
  const moves = steps.map(({ command }) => (command === undefined ? [] : formOf(command).moves));
  const members: (readonly PlannedMember[] | undefined)[] = [];
  return steps.map((step, at) => {
    const { act } = stateOf(machine, step.state) as State<Question>; // it was planned from there
    const meant = step.members?.map((member) => ({ ...member, stands: standsThen(member, at, moves, members) }));
    members.push(meant);
    return {
      ...step,
      ...(meant === undefined ? {} : { members: meant }),
      number: at + 1,
      ...(act?.confirmWithinMs === undefined ? {} : { confirmWithinMs: act.confirmWithinMs }),
      // Who is so already gets no order, so nothing is asked of it.
      waitsFor: step.waitsFor
        .filter(({ when, object }) => when !== 'before each order' || !isSettled(meant, object))
        .map((gate) => ({ ...gate, changedBy: changedBy(gate, at, moves) })),
    };
  });
}

function isSettled(members: readonly PlannedMember[] | undefined, object: string): boolean {
  return members?.find((member) => member.object === object)?.stands === 'settled';
}

/** How a member will stand when its turn comes: what a step before does to the same object, on the same facts, is undone or
 *  gone on with here, so that it is not «so already» however it looks now. */
function standsThen(
  { object, stands }: PlannedMember,
  at: number,
  moves: readonly (readonly string[])[],
  members: readonly (readonly PlannedMember[] | undefined)[],
): PlannedMember['stands'] {
  let now = stands;
  for (let before = 0; before < at; before += 1) {
    if (!(moves[before] ?? []).some((fact) => moves[at]?.includes(fact))) continue;
    const then = members[before]?.find((member) => member.object === object)?.stands;
    if (then === 'to do') now = 'to do';
    else if (then === 'unknown' && now === 'settled') now = 'unknown';
  }
  return now;
}

/** The steps before, and this one's own act for what is asked after it, that move one of the facts which keep it shut. A
 *  reason that none of them moves is what an operator has to look at. */
function changedBy(
  { truth, because, when }: PlannedGate,
  at: number,
  moves: readonly (readonly string[])[],
): readonly number[] {
  if (truth === TRUE) return [];
  const facts = [...new Set(because.map(({ fact }) => fact))];
  const before = moves.slice(0, when === 'before each order' ? at : at + 1);
  const steps = facts.map((fact) => before.flatMap((moved, nth) => (moved.includes(fact) ? [nth + 1] : [])));
  return steps.some((found) => found.length === 0) ? [] : [...new Set(steps.flat())].sort((one, two) => one - two);
}

/** Closed wins over unknown: what is surely in the way is in the way whatever else is not known. */
function verdictOn({ decision }: WorkflowAnswer): VerdictWord {
  switch (decision.kind) {
    case 'advance':
    case 'undo':
      return 'open';
    case 'hold':
      return decision.because.every(({ unknown }) => unknown) ? 'unknown' : 'closed';
    case 'halt':
      return 'closed';
    case 'rest':
      return decision.outcome === 'halted' ? 'closed' : 'open';
  }
}

/** A workflow that no capture and no argument names. */
export function whichWorkflow(names: readonly string[]): Loaded<string> {
  const hint =
    names.length === 0 ? 'name it: --workflow KIND/NAME' : `say --workflow; there are ${listed(names, 'and')}`;
  return {
    ok: false,
    faults: [error('USAGE', { file: '', line: 0, col: 0 }, 'which workflow is meant is not said', hint)],
  };
}

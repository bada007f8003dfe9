import type { FactValue } from '../../kernel/fact.ts';
import { type GateUse, type Machine, type State, stateOf } from '../../kernel/machine.ts';
import { sameValue } from '../../kernel/value.ts';
import { TRUE } from '../../kernel/verdict.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import { parseLockHolder, type WorkflowStatus } from '../../kernel/workflow.ts';
import type { Question } from '../../rules/pack.ts';
import { sameJson } from '../same-json.ts';
import { type Court, cannotHaveSeen, sightsOf } from './court.ts';
import { everSince, truly } from './truth.ts';

/** What one write of a workflow's status may say after the one before, whatever was decided and why. */
export function judgeStatus(court: Court, before: WorkflowStatus | undefined, now: WorkflowStatus): void {
  const { machine } = court.compiled;
  if (before === undefined || before.uid !== now.uid) return;
  if (before.outcome !== undefined) {
    if (!sameJson(before, now))
      court.violated('K8', `a workflow at rest (${before.outcome}) is moved on to ${now.state}`);
    return;
  }
  sameRules(court, before, now);
  sameCohort(court, before, now);
  frozenAsItWas(court, before, now);
  lockAsItWas(court, before, now);
  if (before.state !== now.state) leaves(court, machine, before, now);
  if (now.turn?.way === 'undo') lastFirst(court, before, now);
  if (now.outcome !== undefined) rests(court, before, now);
}

function sameRules(court: Court, before: WorkflowStatus, now: WorkflowStatus): void {
  if (before.profile !== now.profile) court.violated('K5', `begun with ${before.profile}, goes on with ${now.profile}`);
  if (before.machine !== now.machine) court.violated('K5', `begun with ${before.machine}, goes on with ${now.machine}`);
}

/** The nodes are fixed, and what was frozen stays. What came since (a volume) is frozen before the step that would move it. */
function sameCohort(court: Court, before: WorkflowStatus, now: WorkflowStatus): void {
  if (before.cohort === undefined || now.outcome !== undefined || before.cohort === now.cohort) return;
  const { facts: frozen, ...nodes } = before.cohort;
  const { facts = {}, ...nodesNow } = now.cohort ?? {};
  const isKept = Object.entries(frozen).every(([fact, values]) =>
    Object.entries(values).every(([object, value]) => sameJson(facts[fact]?.[object], value)),
  );
  if (!isKept || !sameJson(nodes, nodesNow)) {
    court.violated('K4', `the cohort is another in ${now.state} than it was in ${before.state}`);
  }
}

/** K6: what is written down as seen was so, not longer ago than it may be. */
function frozenAsItWas(court: Court, before: WorkflowStatus, now: WorkflowStatus): void {
  // Of something new a LINSTOR that repeats itself says what never was: nobody can tell.
  if (now.cohort === undefined || now.cohort === before.cohort || court.isLiedTo()) return;
  for (const [fact, values] of Object.entries(now.cohort.facts)) {
    for (const [object, value] of Object.entries(values)) {
      if (Object.hasOwn(before.cohort?.facts[fact] ?? {}, object)) continue;
      if (!wasLately(court, fact, object, value)) {
        court.violated('K6', `${fact} of ${object} is written down as ${String(value)}, and was not so`);
      }
    }
  }
}

function wasLately(court: Court, fact: string, object: string, value: FactValue): boolean {
  const ageMs = vocabulary.get(fact)?.maxAgeMs ?? 0;
  const sinceMs = court.time.nowMs - (Number.isFinite(ageMs) ? ageMs : 0) - court.slackMs();
  return everSince(court.truths, fact, object, (now) => sameValue(now, value), sinceMs);
}

/** K7: what says that it holds the lock has held it. */
function lockAsItWas(court: Court, before: WorkflowStatus, now: WorkflowStatus): void {
  if (before.locked || !now.locked) return;
  if (!everSince(court.truths, 'site.lock', 'site', (value) => isHeldBy(now, value), lockSeenSinceMs(court))) {
    court.violated('K7', 'says that it holds the site lock, which it did not');
  }
}

/** K7: whoever is at an end has given the lock back, be it in whichever epoch. One that gave up keeps it, until people come. */
export function judgeEnd(court: Court, status: WorkflowStatus): void {
  if (status.outcome === undefined || status.outcome === 'halted') return;
  for (const snapshot of court.truths.since(lockSeenSinceMs(court))) {
    if (!isHeldBy(status, truly(snapshot, 'site.lock', 'site'))) return;
  }
  court.violated('K7', `is ${status.outcome}, and still holds the site lock`);
}

function isHeldBy({ uid }: WorkflowStatus, value: FactValue | undefined): boolean {
  return typeof value === 'string' && parseLockHolder(value)?.uid === uid;
}

/** What somebody may have gone by is not older. */
function lockSeenSinceMs(court: Court): number {
  return court.time.nowMs - lockMaxAgeMs - court.slackMs();
}

const lockMaxAgeMs = vocabulary.get('site.lock')?.maxAgeMs ?? 0;

/** K1, K2: out of a state goes only what was seen settled, through a gate that was seen open. */
function leaves(court: Court, machine: Machine<Question>, before: WorkflowStatus, now: WorkflowStatus): void {
  const { state: from } = before;
  const { state: to } = now;
  if (to === machine.halted || to === machine.rollingBack) return;
  const state = stateOf(machine, from);
  if (state === undefined) return;
  if (state.takesBack === true) {
    if (before.done.length > 0)
      court.violated('K8', `leaves ${from} for ${to} with ${before.done.length} states not taken back`);
    return;
  }
  settled(court, state, before, to);
  // Several may lead to the same state, each past gates of its own: one of them must have been open.
  const ways = state.goto.filter((one) => one.to === to);
  if (ways.length === 0) court.violated('K2', `goes from ${from} to ${to}, and nothing leads there`);
  // Most often one of them is open at this moment: then nobody need look for the others through all that was.
  if (ways.some(({ gates }) => areOpenNow(court, gates, before.cohort))) return;
  const shut = ways.map(({ gates }) => shutGate(court, gates, before.cohort));
  const [first] = shut;
  if (first !== undefined && shut.every((one) => one !== undefined)) {
    court.violated('K2', `goes from ${from} to ${to} past ${first}`);
  }
}

function areOpenNow(court: Court, gates: readonly GateUse<Question>[], cohort: WorkflowStatus['cohort']): boolean {
  const sight = sightsOf(court, cohort)(court.truths.now());
  return gates.every(({ asks }) => sight.ask(asks, 'site') === TRUE);
}

/** A gate that nobody can have seen open, and what kept it shut. */
function shutGate(
  court: Court,
  gates: readonly GateUse<Question>[],
  cohort: WorkflowStatus['cohort'],
): string | undefined {
  for (const { name, asks } of gates) {
    const against = cannotHaveSeen(court, asks, 'site', cohort);
    if (against !== undefined) return `${name}: ${against}`;
  }
  return undefined;
}

function settled(court: Court, state: State<Question>, before: WorkflowStatus, to: string): void {
  const asks = state.act?.settled;
  if (asks === undefined) return;
  if (before.turn?.of !== state.name) {
    court.violated('K1', `goes from ${state.name} to ${to} without having served anybody`);
    return;
  }
  for (const member of before.turn.members) {
    const against = cannotHaveSeen(court, asks, member, before.cohort);
    if (against !== undefined && !before.turn.excused.includes(member)) {
      court.violated('K1', `goes from ${state.name} to ${to} with ${member} not settled: ${against}`);
    }
    const order = before.turn.orders[member];
    const journal = order === undefined ? undefined : court.journals.of(order.node);
    if (order !== undefined && journal?.workflow === order.workflow && journal.step === order.step && journal.busy) {
      court.violated('K1', `goes from ${state.name} to ${to} with order ${order.step} to ${order.node} under way`);
    }
  }
}

/** K8: what was done last is taken back first. */
function lastFirst(court: Court, before: WorkflowStatus, now: WorkflowStatus): void {
  const last = before.done.at(-1)?.state ?? now.done.at(-1)?.state;
  if (now.turn !== undefined && last !== undefined && now.turn.of !== last) {
    court.violated('K8', `takes ${now.turn.of} back before ${last}`);
  }
  if (before.passed !== undefined) court.violated('K8', `takes ${now.turn?.of ?? ''} back past ${before.passed}`);
}

function rests(court: Court, before: WorkflowStatus, now: WorkflowStatus): void {
  if (now.outcome === 'halted' && (now.because ?? '') === '') court.violated('K8', 'gives up without a reason');
  if (now.outcome !== 'undone' || before.cohort === undefined) return;
  for (const [fact, values] of Object.entries(before.cohort.facts)) {
    for (const [object, value] of Object.entries(values)) {
      if (fact === 'site.lock' || wasLately(court, fact, object, value)) continue;
      court.violated('K8', `is undone, and ${fact} of ${object} never was ${String(value)} again`);
    }
  }
}

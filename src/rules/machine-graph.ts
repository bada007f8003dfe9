import { error, type Fault, type Place } from '../kernel/fault.ts';
import { shown } from '../source/shown.ts';
import { child } from '../source/tree.ts';
import { has } from './link-condition.ts';
import { checkLock } from './machine-lock.ts';
import { closure, type Graph, nameOf, nextOf, type Roles, roundTrip } from './machine-walk.ts';
import type { PlacedState } from './stretches.ts';

/** Whether a machine can be lived in: each state is reached and left, nothing acts unlocked or for ever, and every failure
 *  leads somewhere. Undefined, with the reason reported, where there is no telling. */
export function checkGraph(
  states: readonly PlacedState[],
  at: Place,
  report: (fault: Fault) => void,
): Graph | undefined {
  const roles = rolesOf(states, at, report);
  if (roles === undefined) return undefined;
  const graph: Graph = { ...roles, states, named: new Map(states.map((state) => [nameOf(state), state])) };
  checkStart(graph);
  checkReached(graph);
  checkLeft(graph);
  checkFailures(graph);
  checkReturn(graph);
  checkEndless(graph);
  checkLock(graph);
  return graph;
}

function tell(state: PlacedState, code: Fault['code'], message: string, hint: string, at = state.written.at): void {
  state.written.context.report(error(code, at, message, hint));
}

function rolesOf(states: readonly PlacedState[], at: Place, report: (fault: Fault) => void): Roles | undefined {
  const taking = states.filter(({ written }) => written.takesBack);
  const halted = states.filter(({ written }) => written.ends === 'halted');
  const complete = states.some(({ written }) => written.ends === 'complete');
  for (const [found, what, hint] of [
    [taking.length > 0, 'takes back what was done', 'add one with `takesBack: true`'],
    [halted.length > 0, 'has given up', 'add one with `ends: halted`'],
    [complete, 'is the end of what was to be done', 'add one with `ends: complete`'],
  ] as const) {
    if (!found) report(error('PACK_STATE_ROLE', at, `this machine has no state that ${what}`, hint));
  }
  for (const [one, ...more] of [taking, halted]) {
    for (const other of more) {
      const message = `\`${shown(nameOf(other))}\` does what \`${shown(one === undefined ? '' : nameOf(one))}\` does already`;
      tell(other, 'PACK_STATE_ROLE', message, 'a machine has one state that takes back, and one that has given up');
    }
  }
  const [rollingBack, otherBack] = taking;
  const [givenUp, otherHalt] = halted;
  if (otherBack !== undefined || otherHalt !== undefined) return undefined; // which of them is meant decides the rest
  if (rollingBack === undefined || givenUp === undefined || !complete) return undefined;
  const [to, ...more] = rollingBack.goto;
  const first = states.find((state) => nameOf(state) === to?.to);
  if (first !== undefined && to?.gates.length === 0 && more.length === 0)
    return { first, rollingBack, halted: givenUp };
  const message = `\`${shown(nameOf(rollingBack))}\` must lead to one state, without a gate: there the workflow starts`;
  tell(rollingBack, 'PACK_STATE_ROLE', message, 'write `goto: [{to: STATE}]`');
  return undefined;
}

/** A workflow rests where it starts, before anybody ordered it and after everything was taken back. */
function checkStart({ first, rollingBack }: Graph): void {
  const start = shown(nameOf(first));
  for (const [is, what] of [
    [has(first.written.tree, 'step'), 'has a step'],
    [first.written.ends !== undefined, 'is an end'],
    [first.written.takesBack, 'takes back'],
  ] as const) {
    if (is)
      tell(
        first,
        'PACK_STATE_ROLE',
        `the workflow starts in \`${start}\`, which ${what}`,
        'start where nothing is done yet',
      );
  }
  const step = child(rollingBack.written.tree, 'step');
  if (step !== undefined) {
    const message = `\`${shown(nameOf(rollingBack))}\` takes back what was done and has no step of its own`;
    tell(rollingBack, 'PACK_STATE_ROLE', message, 'write what is undone beside the steps, as `undo`', step.at);
  }
}

/** Any state can fail, and anybody may ask to take back: those two are always reached. */
function checkReached(graph: Graph): void {
  const { states, first, rollingBack, halted, named } = graph;
  const reached = closure([first, rollingBack, halted], (state) => {
    const failing = named.get(state.onFailure?.text ?? '');
    return failing === undefined ? nextOf(state, graph) : [...nextOf(state, graph), failing];
  });
  const lost = states.filter((state) => !reached.has(state));
  const led = new Set(lost.flatMap((state) => nextOf(state, graph)));
  // What only a lost state leads to is found again with it; where they all lead to each other, one must be told.
  const roots = lost.filter((state) => !led.has(state));
  for (const state of roots.length === 0 ? lost.slice(0, 1) : roots) {
    const message = `no transition leads to \`${shown(nameOf(state))}\` from \`${shown(nameOf(first))}\`, where the workflow starts`;
    tell(state, 'PACK_UNREACHED_STATE', message, 'add one, or remove it');
  }
}

/** Told where it comes to a stop: whatever leads there has no fault of its own. */
function checkLeft(graph: Graph): void {
  const { states } = graph;
  const ends = states.filter(({ written }) => written.ends !== undefined || written.takesBack);
  const ending = closure(ends, (state) => states.filter((before) => nextOf(before, graph).includes(state)));
  for (const state of states) {
    if (ending.has(state)) continue;
    const name = shown(nameOf(state));
    if (state.goto.length === 0) {
      tell(state, 'PACK_DEAD_END', `\`${name}\` is no end and leads nowhere`, 'add `goto`, or `ends`');
    } else if (roundTrip(state, (each) => nextOf(each, graph)) !== undefined) {
      tell(state, 'PACK_DEAD_END', `no end can be reached from \`${name}\``, 'add a way out of the circle');
    }
  }
}

function checkFailures({ states, rollingBack, halted }: Graph): void {
  for (const state of states) {
    const { written, onFailure } = state;
    const name = shown(nameOf(state));
    const may = [nameOf(rollingBack), nameOf(halted)].map((word) => `\`${shown(word)}\``).join(' or ');
    if (onFailure === undefined) {
      if (written.command === undefined && written.overdue === 'hold') continue;
      tell(
        state,
        'PACK_FAILURE_STATE',
        `\`${name}\` may fail and does not say where that leads`,
        `add \`onFailure\`: ${may}`,
      );
    } else if (onFailure.text !== nameOf(rollingBack) && onFailure.text !== nameOf(halted)) {
      const message = `\`${name}\` fails to \`${shown(onFailure.text)}\`, which neither takes back nor has given up`;
      tell(state, 'PACK_FAILURE_STATE', message, `write ${may}`, onFailure.at);
    }
  }
}

/** Behind a point of no return a failure cannot take back. Its own state still can, before it has ordered anybody. INVARIANT K8. */
function checkReturn(graph: Graph): void {
  const { states, rollingBack, halted } = graph;
  const told = new Set<PlacedState>(); // behind the first of several points is behind them all
  for (const point of states) {
    if (point.written.pointOfNoReturn === undefined) continue;
    const beyond = closure(nextOf(point, graph), (state) => nextOf(state, graph));
    if (point.written.command === undefined) beyond.add(point); // nothing is ordered in it: it is passed on arrival
    for (const state of states) {
      if (!beyond.has(state) || told.has(state)) continue;
      told.add(state);
      const name = shown(nameOf(state));
      const past = `there is no way back from \`${shown(nameOf(point))}\` on`;
      if (state.onFailure?.text === nameOf(rollingBack)) {
        const hint = `write \`onFailure: ${shown(nameOf(halted))}\``;
        tell(state, 'PACK_BEYOND_RETURN', `\`${name}\` fails to \`${shown(nameOf(rollingBack))}\`, and ${past}`, hint);
      }
      for (const { to, at } of state.goto) {
        if (to !== nameOf(rollingBack)) continue;
        tell(
          state,
          'PACK_BEYOND_RETURN',
          `\`${name}\` leads to \`${shown(to)}\`, and ${past}`,
          'go on, or give up',
          at,
        );
      }
    }
  }
}

/** A circle with a step and without a gate would be walked as fast as the site settles. */
function checkEndless(graph: Graph): void {
  const ungated = (state: PlacedState): readonly PlacedState[] =>
    state.written.takesBack
      ? []
      : state.goto.flatMap(({ to, gates }) => (gates.length === 0 ? (graph.named.get(to) ?? []) : []));
  const told = new Set<PlacedState>();
  for (const state of graph.states) {
    if (state.written.command === undefined || told.has(state)) continue;
    const way = roundTrip(state, ungated);
    if (way === undefined) continue;
    for (const each of way) told.add(each);
    const names = [state, ...way].map((each) => shown(nameOf(each))).join(' → ');
    const message = `\`${state.written.command}\` could be done for ever: ${names}`;
    tell(state, 'PACK_ENDLESS_ACTS', message, 'put a gate on one of these transitions');
  }
}

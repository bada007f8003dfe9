import type { Place } from '../kernel/fault.ts';
import type { Act, GateUse, Guard, Machine, State, Transition, Undo } from '../kernel/machine.ts';
import { formatDuration, formatValue } from '../kernel/value.ts';
import type { Question } from '../rules/pack.ts';
import type { Level, StructureChange, StructureKind } from './change.ts';
import { item, whenChanges } from './item.ts';
import { machinesOf, type Names, shortOf } from './names.ts';
import type { Side } from './side.ts';

/** What is another one in the machines of both sides. Danger is what lets more happen, or takes a way back. */
export function structureOfMachines(old: Side, fresh: Side, names: Names): readonly StructureChange[] {
  const [was, is] = [machinesOf(old), machinesOf(fresh)];
  const at = ({ states }: Machine<Question>): Place | null => states[0]?.at ?? null;
  return [
    ...is.flatMap((machine) => {
      const before = was.find(({ drives }) => drives === machine.drives);
      const kind = machine.drives;
      if (before === undefined)
        return [item('caution', 'state', 'added', kind, 'a workflow of its own', null, at(machine))];
      return new Machines(before, machine, names).changes();
    }),
    ...was
      .filter(({ drives }) => !is.some((machine) => machine.drives === drives))
      .map((machine) =>
        item('caution', 'state', 'removed', machine.drives, 'a workflow of its own', at(machine), null),
      ),
  ];
}

type Named<T> = { readonly name: string } & T;

class Machines {
  readonly #old: Machine<Question>;
  readonly #new: Machine<Question>;
  readonly #names: Names;

  constructor(old: Machine<Question>, fresh: Machine<Question>, names: Names) {
    this.#old = old;
    this.#new = fresh;
    this.#names = names;
  }

  changes(): readonly StructureChange[] {
    return [...this.#states(), ...this.#guards()];
  }

  #stateNow(name: string): string {
    return this.#names.state(this.#new.drives, name) ?? name;
  }

  #gateNow(name: string): string {
    return this.#names.rule(shortOf(name)) ?? shortOf(name);
  }

  #states(): readonly StructureChange[] {
    const changes: StructureChange[] = [];
    const { states } = this.#new;
    const came = new Set(states.map(({ name }) => name));
    for (const was of this.#old.states) {
      const now = this.#stateNow(was.name);
      const is = states.find(({ name }) => name === now);
      if (is === undefined) {
        changes.push(item('caution', 'state', 'removed', was.name, '', was.at, null));
        continue;
      }
      came.delete(now);
      if (now !== was.name) changes.push(item('caution', 'state', 'renamed', now, `was ${was.name}`, was.at, is.at));
      changes.push(...this.#state(was, is));
    }
    for (const name of came) {
      changes.push(
        item('caution', 'state', 'added', name, '', null, states.find((state) => state.name === name)?.at ?? null),
      );
    }
    return changes;
  }

  #state(was: State<Question>, is: State<Question>): readonly StructureChange[] {
    const told = teller('state', is.name, was.at, is.at);
    return [
      ...told.budget(was.budgetMs, is.budgetMs),
      ...told.if(was.overdue !== is.overdue, 'caution', `past its budget: ${was.overdue} → ${is.overdue}`),
      ...told.if(was.says !== is.says, 'caution', `says «${is.says}», said «${was.says}»`),
      ...told.if(
        this.#failure(was.onFailure, this.#old) !== this.#failure(is.onFailure, this.#new),
        this.#failure(was.onFailure, this.#old) === 'takes back' ? 'danger' : 'caution',
        `a failure ${this.#failure(was.onFailure, this.#old)} → ${this.#failure(is.onFailure, this.#new)}`,
      ),
      ...told.if(
        was.pointOfNoReturn === undefined && is.pointOfNoReturn !== undefined,
        'danger',
        `there is no way back from here any more: ${is.pointOfNoReturn}`,
      ),
      ...told.if(
        was.pointOfNoReturn !== undefined && is.pointOfNoReturn === undefined,
        'caution',
        'is no point of no return any more',
      ),
      ...this.#transitions(was, is),
      ...this.#act(was, is),
    ];
  }

  #failure(state: string | undefined, { rollingBack }: Machine<Question>): string {
    return state === undefined ? 'is nobody’s' : state === rollingBack ? 'takes back' : 'gives up';
  }

  #transitions(was: State<Question>, is: State<Question>): readonly StructureChange[] {
    const changes: StructureChange[] = [];
    const called = (to: string): string => `${is.name} → ${to}`;
    const gatesKey = (gates: readonly GateUse<Question>[], now: (name: string) => string): string =>
      JSON.stringify(gates.map(({ name }) => now(name)).sort());
    const came = new Set(is.goto);
    const gone: Transition<Question>[] = [];
    // Several may lead to one state: those that ask the same are the same.
    for (const one of was.goto) {
      const key = gatesKey(one.gates, (name) => this.#gateNow(name));
      const same = [...came].find(({ to, gates }) => to === this.#stateNow(one.to) && gatesKey(gates, shortOf) === key);
      if (same === undefined) gone.push(one);
      else came.delete(same);
    }
    for (const { to, gates } of gone) {
      const now = this.#stateNow(to);
      const after = [...came].find((other) => other.to === now);
      if (after === undefined) changes.push(item('caution', 'transition', 'removed', called(now), '', was.at, is.at));
      else {
        came.delete(after);
        changes.push(...this.#gates('transition', called(now), gates, after.gates, was.at, is.at));
      }
    }
    for (const { to } of came) changes.push(item('caution', 'transition', 'added', called(to), '', was.at, is.at));
    const order = (state: State<Question>, name: (to: string) => string): string =>
      state.goto.map(({ to }) => name(to)).join(', ');
    const [before, after] = [order(was, (to) => this.#stateNow(to)), order(is, (to) => to)];
    if (changes.length === 0 && before !== after) {
      changes.push(item('caution', 'transition', 'moved', is.name, `${before} → ${after}`, was.at, is.at));
    }
    return changes;
  }

  /** A gate that is not asked any more holds nobody there. */
  #gates(
    kind: StructureKind,
    name: string,
    olds: readonly GateUse<Question>[],
    fresh: readonly GateUse<Question>[],
    oldAt: Place,
    newAt: Place,
  ): readonly StructureChange[] {
    const now = new Set(fresh.map((gate) => shortOf(gate.name)));
    const then = new Set(olds.map((gate) => this.#gateNow(gate.name)));
    const lost = olds.filter((gate) => !now.has(this.#gateNow(gate.name)));
    const more = fresh.filter((gate) => !then.has(shortOf(gate.name)));
    return [
      ...lost.map(({ name: gate, asks }) =>
        item('danger', kind, 'changed', name, `asks no more: ${shortOf(gate)}`, asks.at, newAt),
      ),
      ...more.map(({ name: gate, asks }) =>
        item('caution', kind, 'changed', name, `asks also: ${shortOf(gate)}`, oldAt, asks.at),
      ),
    ];
  }

  #act(was: State<Question>, is: State<Question>): readonly StructureChange[] {
    const [before, after] = [was.act, is.act];
    const told = teller('order', is.name, was.at, is.at);
    if (before === undefined || after === undefined) {
      if (before === undefined && after === undefined) return [];
      const [change, act] = before === undefined ? (['added', after] as const) : (['removed', before] as const);
      const undo =
        before?.undo === undefined ? [] : teller('undo', is.name, was.at, is.at).if(true, 'danger', 'is lost');
      return [
        item(before === undefined ? 'danger' : 'caution', 'order', change, is.name, act?.command ?? '', was.at, is.at),
        ...undo,
      ];
    }
    return [
      ...told.if(before.command !== after.command, 'danger', `${before.command} → ${after.command}`),
      ...told.if(before.on !== after.on, 'danger', `on each ${before.on} → on each ${after.on}`),
      ...told.if(
        argumentsOf(before) !== argumentsOf(after),
        'caution',
        `with ${argumentsOf(before)} → ${argumentsOf(after)}`,
      ),
      ...told.if(
        before.atATime !== after.atATime,
        after.atATime > before.atATime ? 'danger' : 'caution',
        `${before.atATime} at a time → ${after.atATime}`,
      ),
      ...told.confirm(before.confirmWithinMs, after.confirmWithinMs),
      ...this.#gates('order', is.name, before.gates, after.gates, was.at, is.at),
      ...asksChanged('order', `${is.name}: whom it is about`, before.where, after.where, was.at, is.at),
      ...asksChanged('order', `${is.name}: when it is settled`, before.settled, after.settled, was.at, is.at),
      ...this.#undo(was, is, before.undo, after.undo),
    ];
  }

  #undo(
    was: State<Question>,
    is: State<Question>,
    before: Undo<Question> | undefined,
    after: Undo<Question> | undefined,
  ): readonly StructureChange[] {
    const told = teller('undo', is.name, was.at, is.at);
    if (before === undefined && after === undefined) return [];
    if (after === undefined)
      return [item('danger', 'undo', 'removed', is.name, `was ${before?.command}`, was.at, is.at)];
    if (before === undefined) return [item('caution', 'undo', 'added', is.name, after.command, was.at, is.at)];
    return [
      ...told.if(before.command !== after.command, 'danger', `${before.command} → ${after.command}`),
      ...told.if(
        argumentsOf(before) !== argumentsOf(after),
        'caution',
        `with ${argumentsOf(before)} → ${argumentsOf(after)}`,
      ),
      ...told.if(
        before.atATime !== after.atATime,
        'caution',
        `${before.atATime ?? 'as many as were done'} at a time → ${after.atATime ?? 'as many as were done'}`,
      ),
      ...this.#gates('undo', is.name, before.gates, after.gates, was.at, is.at),
      ...asksChanged('undo', `${is.name}: when it is taken back`, before.settled, after.settled, was.at, is.at),
    ];
  }

  #guards(): readonly StructureChange[] {
    const changes: StructureChange[] = [];
    const before = new Map(this.#old.guards.map((guard) => [guard.name, guard]));
    for (const guard of this.#new.guards) {
      const was = before.get(guard.name);
      before.delete(guard.name);
      if (was === undefined) changes.push(item('caution', 'guard', 'added', guard.name, '', null, guard.at));
      else changes.push(...this.#guard(was, guard));
    }
    for (const { name, at } of before.values()) {
      changes.push(item('danger', 'guard', 'removed', name, 'nothing keeps it any more', at, null));
    }
    return changes;
  }

  #guard(was: Guard<Question>, is: Guard<Question>): readonly StructureChange[] {
    const told = teller('guard', is.name, was.at, is.at);
    const then = was.during.map((state) => this.#stateNow(state));
    const lost = then.filter(
      (state) => !is.during.includes(state) && this.#new.states.some(({ name }) => name === state),
    );
    const more = is.during.filter(
      (state) => !then.includes(state) && this.#old.states.some(({ name }) => name === state),
    );
    return [
      ...told.if(lost.length > 0, 'danger', `does not hold any more during ${lost.join(', ')}`),
      ...told.if(more.length > 0, 'caution', `holds also during ${more.join(', ')}`),
      ...told.if(
        was.graceMs !== is.graceMs,
        is.graceMs > was.graceMs ? 'danger' : 'caution',
        `grace ${formatDuration(was.graceMs)} → ${formatDuration(is.graceMs)}`,
      ),
      ...told.if(was.says !== is.says, 'caution', `says «${is.says}», said «${was.says}»`),
      ...whenChanges('guard', is.name, { when: was.asks.when, at: was.at }, { when: is.asks.when, at: is.at }),
    ];
  }
}

function asksChanged(
  kind: StructureKind,
  name: string,
  was: Named<Question> | undefined,
  is: Named<Question> | undefined,
  oldAt: Place,
  newAt: Place,
): readonly StructureChange[] {
  if (was === undefined && is === undefined) return [];
  if (was === undefined)
    return [item('caution', kind, 'changed', name, 'asks where it did not', oldAt, is?.at ?? newAt)];
  if (is === undefined) return [item('caution', kind, 'changed', name, 'asks nothing any more', was.at, newAt)];
  return whenChanges(kind, name, was, is);
}

function argumentsOf({ with: given }: Pick<Act<Question>, 'with'>): string {
  const words = [...given].map(([name, argument]) =>
    argument.kind === 'frozen'
      ? `${name}: as it was (${argument.fact})`
      : `${name}: ${formatValue({ kind: 'text' }, argument.value)}`,
  );
  return words.length === 0 ? 'nothing' : words.sort().join(', ');
}

/** Changes of one thing, each with its sentence. */
function teller(kind: StructureKind, name: string, oldAt: Place, newAt: Place) {
  const one = (holds: boolean, level: Level, says: string): readonly StructureChange[] =>
    holds ? [item(level, kind, 'changed', name, says, oldAt, newAt)] : [];
  const span = (ms: number | undefined): string => (ms === undefined ? 'none' : formatDuration(ms));
  return {
    if: one,
    budget: (was: number, is: number) =>
      one(was !== is, 'caution', `budget ${formatDuration(was)} → ${formatDuration(is)}`),
    /** Whoever waits longer for a word, or waits for none, goes back later or never. */
    confirm: (was: number | undefined, is: number | undefined) =>
      one(
        was !== is,
        (is ?? Number.POSITIVE_INFINITY) > (was ?? Number.POSITIVE_INFINITY) ? 'danger' : 'caution',
        `goes back by itself after ${span(was)} → ${span(is)}`,
      ),
  };
}

import type { Place } from '../kernel/fault.ts';
import type { Act, GateUse, Machine, State } from '../kernel/machine.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import type { Finding, Gate, Question } from '../rules/pack.ts';
import type { DecisionKind } from './change.ts';
import { type Names, shortOf } from './names.ts';
import type { Side } from './side.ts';

/** Something that a side decides of every object of one kind: open when all rules of one of its ways are. */
export interface Asked {
  readonly kind: Extract<DecisionKind, 'gate' | 'finding' | 'step' | 'guard'>;
  readonly pack: string;
  /** As people read it. */
  readonly name: string;
  readonly per: SubjectKind;
  /** One, but for a state that leads to another in several. */
  readonly ways: readonly Way[];
  /** It lets something be taken back: what closes it takes a way back. */
  readonly wayBack?: true;
  /** The kind of workflow whose machine asks. */
  readonly drives?: string;
  readonly at: Place;
}

export type Way = readonly AskedOne[];

export interface AskedOne {
  /** A gate by its own name; what a state asks for itself by the field that it stands in. */
  readonly name: string;
  readonly rule: Gate | Finding | Question;
}

/** All that a side asks, by a name that both sides share: what was renamed stands under its new name. */
export function askedOf({ profile }: Side, names: Names | undefined): ReadonlyMap<string, Asked> {
  const found = new Map<string, Asked>();
  const put = (asked: Asked, key: string): void => {
    found.set(`${asked.kind} ${key}`, asked);
  };
  const called = (name: string): string => names?.rule(name) ?? name;
  for (const { name: pack, gates, findings, machine } of profile.packs) {
    for (const rule of [...gates, ...findings]) {
      const { kind, name, per, at } = rule;
      put({ kind, pack, name, per, ways: [[{ name, rule }]], at }, called(name));
    }
    if (machine === undefined) continue;
    const state = (name: string): string => names?.state(machine.drives, name) ?? name;
    for (const { key, asked } of askedByMachine(machine, pack, called, state)) put(asked, key);
  }
  return found;
}

interface Keyed {
  readonly key: string;
  readonly asked: Asked;
}

function wayBack({ key, asked }: Keyed): Keyed {
  return { key, asked: { ...asked, wayBack: true } };
}

function askedByMachine(
  machine: Machine<Question>,
  pack: string,
  called: (name: string) => string,
  stateName: (name: string) => string,
): readonly Keyed[] {
  const { drives, states, guards } = machine;
  const uses = (gates: readonly GateUse<Question>[]): Way =>
    gates.map(({ name, asks }) => ({ name: called(shortOf(name)), rule: asks }));
  const step = (
    state: State<Question>,
    what: string,
    per: SubjectKind,
    asks: Way,
    key = what,
    more: readonly Way[] = [],
  ): Keyed => ({
    key: `${drives} ${stateName(state.name)} ${key}`,
    asked: {
      kind: 'step',
      pack,
      name: `${drives}: ${state.name} ${what}`,
      per,
      ways: [asks, ...more],
      drives,
      at: state.at,
    },
  });
  const acts = (state: State<Question>, { on, where, gates, settled, undo }: Act<Question>): readonly Keyed[] => [
    // Without a `where` it is about all of them.
    step(state, 'is about', on, where === undefined ? [] : [{ name: 'where', rule: where }]),
    step(state, 'may order', on, uses(gates)),
    ...(settled === undefined ? [] : [step(state, 'is settled', on, [{ name: 'settled', rule: settled }])]),
    ...(undo === undefined ? [] : [wayBack(step(state, 'may take back', on, uses(undo.gates)))]),
    ...(undo?.settled === undefined ? [] : [step(state, 'is taken back', on, [{ name: 'undo', rule: undo.settled }])]),
  ];
  return [
    ...states.flatMap((state) => [
      ...[...new Set(state.goto.map(({ to }) => to))].map((to) => {
        const [first = [], ...more] = state.goto.filter((one) => one.to === to).map(({ gates }) => uses(gates));
        return step(state, `→ ${to}`, 'site', first, `→ ${stateName(to)}`, more);
      }),
      ...(state.act === undefined ? [] : acts(state, state.act)),
    ]),
    ...guards.map(
      ({ name, asks, at }): Keyed => ({
        key: `${drives} ${name}`,
        asked: {
          kind: 'guard',
          pack,
          name: `${drives}: ${name}`,
          per: 'site',
          ways: [[{ name, rule: asks }]],
          drives,
          at,
        },
      }),
    ),
  ];
}

import type { Machine, State } from '../kernel/machine.ts';
import type { Finding, Gate, Question } from '../rules/pack.ts';
import { meaningOf } from './meaning.ts';
import type { Side } from './side.ts';

/** What the new side calls what the old side has, where that is another name. */
export interface Names {
  rule(name: string): string | undefined;
  state(drives: string, name: string): string | undefined;
  readonly rules: ReadonlyMap<string, string>;
  readonly states: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Whatever went and came with the same content was renamed. */
export function namesOf(old: Side, fresh: Side): Names {
  const rules = new Map<string, string>();
  for (const kind of ['gates', 'findings'] as const) {
    const of = ({ profile }: Side) => profile.packs.flatMap((pack): readonly (Gate | Finding)[] => pack[kind]);
    for (const [was, is] of renamed(of(old), of(fresh), contentOfRule)) rules.set(was, is);
  }
  const states = new Map<string, ReadonlyMap<string, string>>();
  for (const machine of machinesOf(old)) {
    const now = machinesOf(fresh).find(({ drives }) => drives === machine.drives);
    if (now !== undefined) states.set(machine.drives, renamed(machine.states, now.states, contentOfState));
  }
  return { rules, states, rule: (name) => rules.get(name), state: (drives, name) => states.get(drives)?.get(name) };
}

export function machinesOf({ profile }: Pick<Side, 'profile'>): readonly Machine<Question>[] {
  return profile.packs.flatMap(({ machine }) => (machine === undefined ? [] : [machine]));
}

/** Old name → new name, of what is on one side only and has the same content; of several the one with the same sentence. */
export function renamed<T extends { readonly name: string }>(
  olds: readonly T[],
  fresh: readonly T[],
  contentOf: (one: T) => string,
): ReadonlyMap<string, string> {
  const there = new Set(fresh.map(({ name }) => name));
  const before = new Set(olds.map(({ name }) => name));
  const free = new Set(fresh.filter(({ name }) => !before.has(name)));
  const found = new Map<string, string>();
  for (const one of olds) {
    if (there.has(one.name)) continue;
    const same = [...free].filter((candidate) => contentOf(candidate) === contentOf(one));
    const [other] = [...same.filter((candidate) => saysOf(candidate) === saysOf(one)), ...same];
    if (other === undefined) continue;
    found.set(one.name, other.name);
    free.delete(other);
  }
  return found;
}

function saysOf(one: object): unknown {
  return 'says' in one ? one.says : undefined;
}

function contentOfRule(rule: Gate | Finding): string {
  return JSON.stringify([rule.kind, rule.per, meaningOf(rule.when), rule.kind === 'finding' ? rule.severity : null]);
}

/** Where it leads is not part of it: that may have been renamed as well. */
function contentOfState({ act, goto, pointOfNoReturn, takesBack, ends, overdue }: State<Question>): string {
  const asks = (question: Question | undefined): string | null =>
    question === undefined ? null : meaningOf(question.when);
  const does =
    act === undefined
      ? null
      : [
          act.command,
          act.on,
          [...act.with],
          asks(act.where),
          asks(act.settled),
          act.gates.map(({ name }) => shortOf(name)),
          act.undo?.command ?? null,
        ];
  const leads = goto.map(({ gates }) => gates.map(({ name }) => shortOf(name)));
  return JSON.stringify([does, leads, pointOfNoReturn ?? null, takesBack ?? false, ends ?? null, overdue]);
}

/** Gates have one name in a profile, whatever pack they stand in. */
export function shortOf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

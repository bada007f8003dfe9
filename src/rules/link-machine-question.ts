import { error, type Place } from '../kernel/fault.ts';
import type { GateUse } from '../kernel/machine.ts';
import { ancestorsOf, type SubjectKind } from '../kernel/subject.ts';
import { shown } from '../source/shown.ts';
import { hintFor } from '../source/suggest.ts';
import { child, type Tree } from '../source/tree.ts';
import type { Condition } from './condition.ts';
import { has, linkCondition, measured, saysOf } from './link-condition.ts';
import { type PackContext, type Standing, scopeOf } from './link-scope.ts';
import type { Gate, Question } from './pack.ts';

/** Whom a question is about: what it is called, of whom it is asked, and the sentence that people read. */
export interface About {
  readonly name: string;
  readonly says: string;
  readonly per: SubjectKind;
}

/** A condition of a machine → a question: gates are put in where they are asked. */
export function linkQuestion(tree: Tree | undefined, about: About, context: PackContext): Question | undefined {
  const gates = new Set<string>();
  const when = linkAsked(tree, about.per, gates, context);
  return when === undefined || tree === undefined
    ? undefined
    : { kind: 'gate', ...about, when, at: tree.at, gates: [...gates].sort() };
}

/** `gates: […]` → a question for each, asked of a subject of this kind. */
export function linkGateUses(
  tree: Tree | undefined,
  asked: SubjectKind,
  context: PackContext,
): readonly GateUse<Question>[] {
  if (tree?.kind !== 'list') return [];
  return tree.items.flatMap((item): readonly GateUse<Question>[] => {
    const found = gateNamed(item.kind === 'map' ? child(item, 'gate') : item, context);
    if (found === undefined) return [];
    const { name, gate } = found;
    const when = askedOf(found, item, asked, context);
    if (when === undefined) return [];
    const next = gate.next === undefined ? {} : { next: gate.next };
    const asks = {
      kind: 'gate',
      name,
      says: gate.says,
      per: asked,
      when,
      at: item.at,
      gates: [name],
      ...next,
    } as const;
    return [{ name, asks }];
  });
}

/** What moves a site rests on what was seen. */
function standingOf(asked: SubjectKind): Standing {
  return {
    scope: scopeOf(asked),
    grade: 'observed',
    mayAskUnknown: false,
    inMachine: true,
    quantifiers: 0,
    following: [],
  };
}

function linkAsked(
  tree: Tree | undefined,
  asked: SubjectKind,
  gates: Set<string>,
  context: PackContext,
): Condition | undefined {
  if (tree?.kind !== 'map') return undefined;
  if (has(tree, 'gate')) {
    const found = gateNamed(child(tree, 'gate'), context);
    if (found === undefined) return undefined;
    gates.add(found.name);
    const condition = askedOf(found, tree, asked, context);
    return condition === undefined ? undefined : measured({ ...condition, ...saysOf(tree) }, [condition], context);
  }
  const kind = has(tree, 'all') ? 'all' : 'any';
  const list = child(tree, kind);
  if (list?.kind !== 'list' || !list.items.some(asksForGate)) return linkCondition(tree, standingOf(asked), context);
  const parts = list.items.map((item) => linkAsked(item, asked, gates, context));
  const [first, ...rest] = parts.filter((part) => part !== undefined);
  if (first === undefined || rest.length + 1 < parts.length) return undefined;
  return measured({ kind, of: [first, ...rest], at: tree.at, ...saysOf(tree) }, [first, ...rest], context);
}

/** Whether a gate is asked for in it, where gates may be: at the top, or inside `all` and `any`. */
function asksForGate(tree: Tree): boolean {
  if (has(tree, 'gate')) return true;
  const list = child(tree, 'all') ?? child(tree, 'any');
  return list?.kind === 'list' && list.items.some(asksForGate);
}

interface FoundGate {
  readonly name: string;
  readonly gate: Gate;
}

/** A gate as it is asked of a subject of another kind: of each that belongs to that subject; and where none can belong to it, of
 *  each there is, since a gate that is left out because it does not fit would let everything through. */
function askedOf(
  { name, gate }: FoundGate,
  tree: Tree,
  asked: SubjectKind,
  context: PackContext,
): Condition | undefined {
  const { at } = tree;
  const { per, when } = gate;
  const named = measured<Condition>({ kind: 'named', name, of: when, at }, [when], context);
  if (named === undefined || per === 'site' || per === asked) return named;
  const within = asked !== 'site' && ancestorsOf(per).includes(asked) ? [asked] : [];
  const whenEmpty = has(tree, 'whenEmpty') ? ({ whenEmpty: 'open' } as const) : {};
  return measured<Condition>(
    { kind: 'quantified', quantifier: { kind: 'every' }, over: per, within, satisfies: named, at, ...whenEmpty },
    [named],
    context,
  );
}

/** `GATE` or `PACK/GATE` → the gate by its full name; undefined with the reason reported, here or where the gate stands. */
function gateNamed(tree: Tree | undefined, context: PackContext): FoundGate | undefined {
  if (tree?.kind !== 'scalar' || typeof tree.value !== 'string') return undefined;
  const name = context.gates.find(tree.value);
  if (name === undefined) {
    if (context.gates.complete) reportUnknownGate(tree.value, tree.at, context);
    return undefined;
  }
  context.gates.asked.add(name);
  const gate = context.gates.linked.get(name);
  return gate === undefined ? undefined : { name, gate };
}

function reportUnknownGate(name: string, at: Place, { gates, report }: PackContext): void {
  const elsewhere = gates.known.find((known) => known.endsWith(`/${name}`));
  const hint =
    elsewhere === undefined
      ? hintFor(name, gates.known, 'names are GATE in a pack and PACK/GATE across packs')
      : `did you mean \`${elsewhere}\`?`;
  report(error('PACK_UNKNOWN_GATE', at, `there is no gate \`${shown(name)}\``, hint));
}

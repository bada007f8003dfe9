import { error, type Place } from '../kernel/fault.ts';
import { ancestorsOf, type SubjectKind } from '../kernel/subject.ts';
import { shown } from '../source/shown.ts';
import { hintFor, listed } from '../source/suggest.ts';
import { child, type MapTree, type Tree } from '../source/tree.ts';
import { subjectWord } from '../source/words.ts';
import type { Condition, Quantifier } from './condition.ts';
import { linkFact } from './link-fact.ts';
import { linkLeaf } from './link-leaf.ts';
import { type PackContext, type Size, type Standing, scopeInWords, scopeOf } from './link-scope.ts';

/** What a person can follow, and what an evaluator can hold: past these a condition is refused, names followed. */
const bounds = { parts: 20_000, depth: 128, names: 32, quantifiers: 4 } as const;

/** A tree of the right shape → a condition that cannot fail, or undefined with every reason reported. Parts of the wrong
 *  shape are passed over: the shape has complained about them already. */
export function linkCondition(tree: Tree | undefined, standing: Standing, context: PackContext): Condition | undefined {
  if (tree?.kind !== 'map') return undefined;
  const made = linkForm(tree, standing, context);
  return made === undefined ? undefined : measured(made.condition, made.parts, context);
}

/** A condition whose parts were measured before; undefined, with the reason reported, if it is too large. */
export function measured<C extends Condition>(
  condition: C,
  parts: readonly Condition[],
  context: Pick<PackContext, 'sizes' | 'report'>,
): C | undefined {
  const size = sizeOver(parts, context);
  if (size.parts > bounds.parts || size.depth > bounds.depth) {
    const message = `once its names are followed this has more than ${size.parts > bounds.parts ? `${bounds.parts} parts` : `${bounds.depth} levels`}`;
    context.report(error('PACK_TOO_LARGE', condition.at, message));
    return undefined;
  }
  context.sizes.set(condition, size);
  return condition;
}

interface Made {
  readonly condition: Condition;
  readonly parts: readonly Condition[];
}

function linkForm(tree: MapTree, standing: Standing, context: PackContext): Made | undefined {
  const placed = { at: tree.at, ...saysOf(tree) };
  if (has(tree, 'fact')) {
    const leaf = linkLeaf(tree, standing, context);
    return leaf === undefined ? undefined : { condition: { ...leaf, ...placed }, parts: [] };
  }
  if (has(tree, 'all')) return linkCombination('all', tree, standing, context);
  if (has(tree, 'any')) return linkCombination('any', tree, standing, context);
  if (has(tree, 'not')) {
    const of = linkCondition(child(tree, 'not'), standing, context);
    return of === undefined ? undefined : { condition: { kind: 'not', of, ...placed }, parts: [of] };
  }
  if (has(tree, 'condition')) {
    const nameTree = child(tree, 'condition');
    if (nameTree?.kind !== 'scalar' || typeof nameTree.value !== 'string') return undefined;
    const of = linkNamed(nameTree.value, nameTree.at, standing, context);
    if (of === undefined) return undefined;
    return { condition: { kind: 'named', name: nameTree.value, of, ...placed }, parts: [of] };
  }
  if (has(tree, 'unknown')) return linkAsksUnknown(tree, standing, context);
  if (has(tree, 'gate')) {
    const hint = standing.inMachine
      ? 'it may stand alone or inside `all` and `any`, not under `not`, a quantifier or a name'
      : 'a gate is asked in states and guards only; share its parts under `conditions:`';
    context.report(error('PACK_OUT_OF_SCOPE', tree.at, 'a gate cannot be asked here', hint));
    return undefined;
  }
  return linkQuantified(tree, standing, context);
}

function linkCombination(
  kind: 'all' | 'any',
  tree: MapTree,
  standing: Standing,
  context: PackContext,
): Made | undefined {
  const list = child(tree, kind);
  if (list?.kind !== 'list') return undefined;
  const linked = list.items.map((item) => linkCondition(item, standing, context));
  const [first, ...rest] = linked.filter((part) => part !== undefined);
  if (first === undefined || rest.length + 1 < linked.length) return undefined;
  return { condition: { kind, of: [first, ...rest], at: tree.at, ...saysOf(tree) }, parts: [first, ...rest] };
}

/** A named condition is linked anew for each scope and grade that it is used in. */
function linkNamed(name: string, at: Place, standing: Standing, context: PackContext): Condition | undefined {
  const named = context.conditions.get(name);
  if (named === undefined) {
    const hint = hintFor(name, context.conditions.keys(), 'define it under `conditions:`');
    context.report(error('PACK_UNKNOWN_CONDITION', at, `this pack has no condition \`${shown(name)}\``, hint));
    return undefined;
  }
  context.usedConditions.add(name);
  if (standing.following.includes(name)) {
    const circle = [...standing.following.slice(standing.following.indexOf(name)), name];
    const message =
      circle.length === 2 ? `\`${name}\` refers to itself` : `goes round in a circle: ${circle.map(shown).join(' → ')}`;
    context.report(error('PACK_CYCLE', at, message));
    return undefined;
  }
  if (standing.following.length >= bounds.names) {
    context.report(error('PACK_TOO_LARGE', at, `follows more than ${bounds.names} names, one inside the other`));
    return undefined;
  }
  const { scope, grade, mayAskUnknown, inMachine, quantifiers } = standing;
  const key = [name, [...scope].sort().join(' '), grade, mayAskUnknown, inMachine, quantifiers].join('\n');
  if (!context.linked.has(key)) {
    const inside = { ...standing, following: [...standing.following, name] };
    context.linked.set(key, linkCondition(named.tree, inside, context));
  }
  return context.linked.get(key);
}

function linkAsksUnknown(tree: MapTree, standing: Standing, context: PackContext): Made | undefined {
  const name = child(tree, 'unknown');
  if (name?.kind !== 'scalar' || typeof name.value !== 'string') return undefined;
  if (!standing.mayAskUnknown) {
    const hint = 'blindness may raise a finding, never open a gate';
    context.report(error('PACK_UNKNOWN_ASKED', tree.at, '`unknown:` stands outside of findings', hint));
    return undefined;
  }
  const read = linkFact(name.value, name.at, tree, standing, context);
  if (read === undefined) return undefined;
  return { condition: { kind: 'asks-unknown', read, at: tree.at, ...saysOf(tree) }, parts: [] };
}

function linkQuantified(tree: MapTree, standing: Standing, context: PackContext): Made | undefined {
  const quantifier = quantifierOf(tree);
  if (quantifier === undefined) return undefined;
  const { word, overTree } = quantifier;
  const over = subjectWord(overTree);
  if (overTree === undefined || over === undefined) return undefined;
  if (over === 'site') {
    const message = 'there is one site, so nothing ranges over it';
    context.report(error('PACK_OUT_OF_SCOPE', overTree.at, message, 'write the condition without the quantifier'));
    return undefined;
  }
  if (standing.quantifiers >= bounds.quantifiers) {
    const message = `more than ${bounds.quantifiers} quantifiers stand inside each other here`;
    context.report(
      error(
        'PACK_TOO_LARGE',
        tree.at,
        message,
        'its cost grows with the power of their number; make it a rule `per` a subject',
      ),
    );
    return undefined;
  }
  const within = withinOf(child(tree, 'in'), over, standing, context);
  const exceptTree = child(tree, 'except');
  const except = exceptOf(exceptTree, over, standing, context);
  const inside = { ...standing, scope: scopeOf(over, standing.scope), quantifiers: standing.quantifiers + 1 };
  const whereTree = child(tree, 'where');
  const where = linkCondition(whereTree, inside, context);
  const satisfies = linkCondition(child(tree, 'satisfies'), inside, context);
  if (within === undefined || satisfies === undefined) return undefined;
  if ((whereTree !== undefined && where === undefined) || (exceptTree !== undefined && except === undefined)) {
    return undefined;
  }
  return {
    condition: {
      kind: 'quantified',
      quantifier: word,
      over,
      within,
      satisfies,
      at: tree.at,
      ...saysOf(tree),
      ...(except === undefined ? {} : { except }),
      ...(where === undefined ? {} : { where }),
      ...(has(tree, 'whenEmpty') ? { whenEmpty: 'open' } : {}),
    },
    parts: where === undefined ? [satisfies] : [where, satisfies],
  };
}

function quantifierOf(tree: MapTree): { readonly word: Quantifier; readonly overTree: Tree | undefined } | undefined {
  for (const kind of ['every', 'some', 'none'] as const) {
    if (has(tree, kind)) return { word: { kind }, overTree: child(tree, kind) };
  }
  for (const kind of ['atLeast', 'atMost'] as const) {
    const count = child(tree, kind);
    if (count?.kind === 'scalar' && typeof count.value === 'number') {
      return { word: { kind, count: count.value }, overTree: child(tree, 'of') };
    }
  }
  return undefined;
}

/** Whose members: the owner that `in:` names, or without it every owner that is in scope. Everybody is the site's. */
function withinOf(
  tree: Tree | undefined,
  over: SubjectKind,
  standing: Standing,
  context: PackContext,
): readonly SubjectKind[] | undefined {
  const owners = ancestorsOf(over);
  if (tree === undefined) return owners.filter((owner) => owner !== 'site' && standing.scope.has(owner));
  const owner = subjectWord(tree);
  if (owner === undefined) return undefined; // the shape has said so
  if (!owners.includes(owner)) {
    const message = `a ${over} belongs to no ${owner}`;
    context.report(error('PACK_OUT_OF_SCOPE', tree.at, message, `it belongs to ${listed(owners, 'and')}`));
    return undefined;
  }
  if (!standing.scope.has(owner)) {
    const message = `no ${owner} is in scope here, only ${scopeInWords(standing.scope).replace(/^only /, '')}`;
    context.report(error('PACK_OUT_OF_SCOPE', tree.at, message, 'make the rule `per` it, or quantify over it first'));
    return undefined;
  }
  return owner === 'site' ? [] : [owner];
}

/** Who is left out: the subject of that kind in scope, which the members must be or belong to. */
function exceptOf(
  tree: Tree | undefined,
  over: SubjectKind,
  standing: Standing,
  context: PackContext,
): SubjectKind | undefined {
  const kind = tree && subjectWord(tree);
  if (tree === undefined || kind === undefined) return undefined; // absent, or the shape has said so
  if (kind === 'site' || (kind !== over && !ancestorsOf(over).includes(kind))) {
    const owners = [over, ...ancestorsOf(over).filter((owner) => owner !== 'site')];
    const message = `a ${over} is no ${kind} and belongs to none that could be left out`;
    context.report(error('PACK_OUT_OF_SCOPE', tree.at, message, `\`except\` takes ${listed(owners, 'or')}`));
    return undefined;
  }
  if (!standing.scope.has(kind)) {
    const message = `no ${kind} is in scope here, only ${scopeInWords(standing.scope).replace(/^only /, '')}`;
    context.report(error('PACK_OUT_OF_SCOPE', tree.at, message, 'make the rule `per` it, or quantify over it first'));
    return undefined;
  }
  return kind;
}

function sizeOver(parts: readonly Condition[], context: Pick<PackContext, 'sizes'>): Size {
  let count = 1;
  let depth = 0;
  for (const part of parts) {
    const size = context.sizes.get(part);
    count += size?.parts ?? 1;
    depth = Math.max(depth, size?.depth ?? 1);
  }
  return { parts: count, depth: depth + 1 };
}

export function has(tree: Tree, key: string): boolean {
  return child(tree, key) !== undefined;
}

export function saysOf(tree: Tree): { readonly says: string } | Record<never, never> {
  const says = child(tree, 'says');
  return says?.kind === 'scalar' && typeof says.value === 'string' ? { says: says.value } : {};
}

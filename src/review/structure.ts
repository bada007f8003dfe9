import { canonical, type Json } from '../kernel/digest.ts';
import type { Place } from '../kernel/fault.ts';
import { formatDuration, formatValue } from '../kernel/value.ts';
import { allIn, type Condition } from '../rules/condition.ts';
import type { Finding, Gate, RollupStep, RulePack } from '../rules/pack.ts';
import { readLiteral } from '../source/literal.ts';
import { child, type Entry, type Tree, toJson } from '../source/tree.ts';
import { byText, levels, type StructureChange, structureKinds } from './change.ts';
import { item, whenChanges } from './item.ts';
import { structureOfMachines } from './machines.ts';
import { meaningOf } from './meaning.ts';
import { type Names, renamed } from './names.ts';
import { placeKey, placesIn } from './parts.ts';
import type { Side } from './side.ts';

/** What is written otherwise, by meaning: a change of form, of order or of comments is none. Versions are told beside it, once it is
 *  known what is decided otherwise. */
export function structureOf(old: Side, fresh: Side, names: Names): readonly StructureChange[] {
  const found = [
    ...profileChanges(old, fresh),
    ...packChanges(old, fresh),
    ...parameterChanges(old, fresh),
    ...ruleChanges(old, fresh, names),
    ...phaseChanges(old, fresh),
    ...conditionChanges(old, fresh),
    ...structureOfMachines(old, fresh, names),
  ];
  return inOrder(sharedOnce(found, fresh));
}

/** A named condition that was changed is another one in every rule that uses it: told once, with how many they are. */
function sharedOnce(changes: readonly StructureChange[], { profile }: Side): readonly StructureChange[] {
  const groups = new Map<string, StructureChange[]>();
  for (const change of changes) {
    const { says, oldAt, newAt } = change;
    const key = JSON.stringify(change.change === 'changed' ? [says, oldAt, newAt] : change);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((same): readonly StructureChange[] => {
    const [one] = same;
    const names = [...new Set(same.map(({ kind, name }) => `${kind} ${name}`))].sort(byText);
    if (one === undefined || names.length === 1) return same;
    const rules = profile.packs.flatMap(({ gates, findings, rollup }) => [...gates, ...findings, ...rollup]);
    const around = rules.flatMap(({ when }) => namedAround(when, one.newAt ?? one.oldAt));
    const name = around[0] ?? one.name;
    return [
      item(one.level, 'condition', 'changed', name, `${one.says}; used by ${names.join(', ')}`, one.oldAt, one.newAt),
    ];
  });
}

/** The innermost named condition in which a place stands. */
function namedAround(when: Condition, at: Place | null): readonly string[] {
  if (at === null) return [];
  const found = allIn(when).filter((part) => part.kind === 'named' && placesIn(part.of).has(placeKey(at)));
  return found.flatMap((part) => (part.kind === 'named' ? [part.name] : [])).slice(-1);
}

/** The worst first; what two machines share is told once. */
export function inOrder(changes: readonly StructureChange[]): readonly StructureChange[] {
  const keyOf = ({ level, kind, name, change, says }: StructureChange): string =>
    JSON.stringify([levels.indexOf(level), structureKinds.indexOf(kind) + 10, name, change, says]);
  const distinct = new Map(changes.map((change) => [keyOf(change), change]));
  return [...distinct].sort(([one], [other]) => byText(one, other)).map(([, change]) => change);
}

// --- the profile's own document ---

/** What is compared elsewhere, or is a path that says nothing. */
const elsewhere = new Set(['version', 'packs', 'parameters']);

function profileChanges(old: Side, fresh: Side): readonly StructureChange[] {
  const was = fieldsOf(child(old.document, 'spec'));
  const is = fieldsOf(child(fresh.document, 'spec'));
  const name = (side: Side): string => side.profile.name;
  const called: readonly StructureChange[] =
    name(old) === name(fresh)
      ? []
      : [
          {
            level: 'caution',
            kind: 'profile',
            change: 'renamed',
            name: name(fresh),
            says: `was ${name(old)}`,
            oldAt: old.document.at,
            newAt: fresh.document.at,
          },
        ];
  return [
    ...called,
    ...[...new Set([...was.keys(), ...is.keys()])].flatMap((path): readonly StructureChange[] => {
      const [before, after] = [was.get(path), is.get(path)];
      if (before?.text === after?.text) return [];
      const legacy = path.startsWith('legacy.');
      return [
        {
          level: 'caution',
          kind: legacy ? 'legacy name' : 'profile',
          change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
          name: legacy ? path.slice('legacy.'.length) : path,
          says: turned(before?.text, after?.text),
          oldAt: before?.at ?? null,
          newAt: after?.at ?? null,
        },
      ];
    }),
  ];
}

/** Every field of the profile with a plain value or a list, by its path. */
function fieldsOf(spec: Tree | undefined): ReadonlyMap<string, { readonly text: string; readonly at: Place }> {
  const found = new Map<string, { readonly text: string; readonly at: Place }>();
  const visit = (tree: Tree, path: string): void => {
    if (tree.kind === 'map') {
      for (const { key, value } of tree.entries) {
        const inner = path === '' ? key : `${path}.${key}`;
        if (!elsewhere.has(inner)) visit(value, inner);
      }
    } else found.set(path, { text: plain(toJson(tree)), at: tree.at });
  };
  if (spec !== undefined) visit(spec, '');
  return found;
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : canonical(value);
}

function turned(was: string | undefined, is: string | undefined): string {
  if (was === undefined) return is ?? '';
  return is === undefined ? `was ${was}` : `${was} → ${is}`;
}

// --- packs ---

function packChanges(old: Side, fresh: Side): readonly StructureChange[] {
  const was = new Map(old.profile.packs.map((pack) => [pack.name, pack]));
  const is = new Map(fresh.profile.packs.map((pack) => [pack.name, pack]));
  const added = [...is.values()].filter(({ name }) => !was.has(name));
  const removed = [...was.values()].filter(({ name }) => !is.has(name));
  const at = (file: string): Place => ({ file, line: 1, col: 1 });
  return [
    ...added.map(({ name, file }) => item('routine', 'pack', 'added', name, '', null, at(file))),
    ...removed.map(({ name, file }) => item('routine', 'pack', 'removed', name, '', at(file), null)),
  ];
}

// --- parameters ---

function parameterChanges(old: Side, fresh: Side): readonly StructureChange[] {
  const [was, is] = [parametersOf(old), parametersOf(fresh)];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((name): readonly StructureChange[] => {
    const [before, after] = [was.get(name), is.get(name)];
    const [oldAt, newAt] = [before?.at ?? null, after?.at ?? null];
    if (before === undefined) return [item('routine', 'parameter', 'added', name, after?.value ?? '', null, newAt)];
    if (after === undefined) {
      return [item('routine', 'parameter', 'removed', name, `was ${before.value}`, oldAt, null)];
    }
    const changes: StructureChange[] = [];
    if (before.value !== after.value || before.from !== after.from) {
      const level = before.value === after.value ? 'routine' : 'caution';
      const says = `${before.value} (${from(before)}) → ${after.value} (${from(after)})`;
      changes.push(item(level, 'parameter', 'changed', name, says, oldAt, newAt));
    } else if (before.byDefault !== after.byDefault) {
      const says = `default ${before.byDefault ?? 'none'} → ${after.byDefault ?? 'none'}; this profile sets its own`;
      changes.push(item('routine', 'parameter', 'changed', name, says, oldAt, newAt));
    }
    if (before.bounds !== after.bounds) {
      const says = `may be ${before.bounds || 'anything'} → ${after.bounds || 'anything'}`;
      changes.push(item('routine', 'parameter', 'changed', name, says, oldAt, newAt));
    }
    return changes;
  });
}

interface ParameterRead {
  readonly value: string;
  readonly from: 'profile' | 'default';
  readonly byDefault?: string;
  readonly bounds: string;
  readonly at: Place;
}

function from({ from: origin }: ParameterRead): string {
  return origin === 'profile' ? 'the profile' : 'by default';
}

/** One name is one parameter, whichever packs declare it. */
function parametersOf({ profile, packs }: Side): ReadonlyMap<string, ParameterRead> {
  const found = new Map<string, ParameterRead>();
  profile.packs.forEach(({ parameters }, at) => {
    const declared = child(child(packs[at]?.tree, 'spec'), 'parameters');
    for (const [name, { type, value, from: origin }] of parameters) {
      if (found.has(name)) continue;
      const entry = entriesOf(declared).find(({ key }) => key === name);
      const word = (key: string): string | undefined => {
        const tree = child(entry?.value, key);
        if (tree === undefined) return undefined;
        const literal = readLiteral(tree, type, name);
        return literal.ok ? formatValue(type, literal.value) : plain(toJson(tree));
      };
      const byDefault = word('default');
      const bounds = [
        ['atLeast', 'at least'],
        ['atMost', 'at most'],
      ].flatMap(([key = '', says]) => (word(key) === undefined ? [] : [`${says} ${word(key)}`]));
      found.set(name, {
        value: formatValue(type, value),
        from: origin,
        bounds: bounds.join(', '),
        at: entry?.keyAt ?? { file: packs[at]?.file ?? '', line: 1, col: 1 },
        ...(byDefault === undefined ? {} : { byDefault }),
      });
    }
  });
  return found;
}

// --- gates, findings, phases ---

interface Placed<R> {
  readonly rule: R;
  readonly pack: string;
}

function ruleChanges(old: Side, fresh: Side, names: Names): readonly StructureChange[] {
  const of = ({ profile }: Side): ReadonlyMap<string, Placed<Gate | Finding>> =>
    new Map(
      profile.packs.flatMap(({ name: pack, gates, findings }) =>
        [...gates, ...findings].map((rule) => [rule.name, { rule, pack }] as const),
      ),
    );
  const [was, is] = [of(old), of(fresh)];
  const came = new Set(is.keys());
  const changes: StructureChange[] = [];
  for (const [name, before] of was) {
    const now = names.rule(name) ?? name;
    const after = is.get(now);
    const { kind, at } = before.rule;
    if (after === undefined) {
      const level = kind === 'gate' ? 'danger' : 'caution';
      changes.push(item(level, kind, 'removed', name, kind === 'gate' ? 'it holds nobody any more' : '', at, null));
      continue;
    }
    came.delete(now);
    if (now !== name) changes.push(item('caution', kind, 'renamed', now, `was ${name}`, at, after.rule.at));
    if (before.pack !== after.pack) {
      const says = `from pack ${before.pack} to ${after.pack}`;
      changes.push(item('routine', kind, 'moved', now, says, at, after.rule.at));
    }
    changes.push(...contentChanges(before.rule, after.rule));
  }
  for (const name of came) {
    const { rule } = is.get(name) as Placed<Gate | Finding>; // by its own key
    changes.push(item('caution', rule.kind, 'added', name, '', null, rule.at));
  }
  return changes;
}

function contentChanges(was: Gate | Finding, is: Gate | Finding): readonly StructureChange[] {
  const changed = (says: string): StructureChange => item('caution', is.kind, 'changed', is.name, says, was.at, is.at);
  const texts: string[] = [];
  if (was.per !== is.per) texts.push(`per ${was.per} → per ${is.per}`);
  if (was.kind === 'gate' && is.kind === 'gate' && was.budgetMs !== is.budgetMs) {
    texts.push(`budget ${budget(was.budgetMs)} → ${budget(is.budgetMs)}`);
  }
  if (was.kind === 'finding' && is.kind === 'finding' && was.severity !== is.severity) {
    texts.push(`severity ${was.severity} → ${is.severity}`);
  }
  if (was.says !== is.says) texts.push(`says «${is.says}», said «${was.says}»`);
  if (was.next !== is.next) texts.push(`next «${is.next ?? ''}», was «${was.next ?? ''}»`);
  return [...texts.map(changed), ...whenChanges(is.kind, is.name, was, is)];
}

function budget(ms: number | undefined): string {
  return ms === undefined ? 'none' : formatDuration(ms);
}

function phaseChanges(old: Side, fresh: Side): readonly StructureChange[] {
  const of = ({ profile }: Side): readonly RollupStep[] => profile.packs.flatMap(({ rollup }) => rollup);
  const [was, is] = [of(old), of(fresh)];
  const changes: StructureChange[] = [];
  for (const step of is) {
    const before = was.find(({ phase }) => phase === step.phase);
    if (before === undefined) changes.push(item('caution', 'phase', 'added', step.phase, '', null, step.at));
    else {
      changes.push(...whenChanges('phase', step.phase, before, step));
      if (before.says !== step.says) {
        const says = `says «${step.says ?? ''}», said «${before.says ?? ''}»`;
        changes.push(item('caution', 'phase', 'changed', step.phase, says, before.at, step.at));
      }
    }
  }
  for (const step of was.filter(({ phase }) => !is.some((other) => other.phase === phase))) {
    changes.push(item('caution', 'phase', 'removed', step.phase, '', step.at, null));
  }
  const [before, after] = [was, is].map((steps) => steps.map(({ phase }) => phase).join(' ')) as [string, string];
  const [first] = is;
  if (before !== after && changes.every(({ change }) => change === 'changed') && first !== undefined) {
    changes.push(
      item('caution', 'phase', 'moved', 'the order of phases', `${before} → ${after}`, was[0]?.at ?? null, first.at),
    );
  }
  return changes;
}

// --- named conditions ---

interface NamedOne {
  readonly name: string;
  readonly pack: string;
  readonly content: string;
  readonly at: Place;
}

function conditionChanges(old: Side, fresh: Side): readonly StructureChange[] {
  const [was, is] = [conditionsOf(old), conditionsOf(fresh)];
  const changes: StructureChange[] = [];
  const full = ({ pack, name }: NamedOne): string => `${pack}/${name}`;
  const same = (one: NamedOne, other: NamedOne): boolean => one.pack === other.pack && one.name === other.name;
  const keyed = (list: readonly NamedOne[]) => list.map((one) => ({ ...one, name: full(one) }));
  const gone = was.filter((one) => !is.some((other) => same(one, other)));
  const came = is.filter((one) => !was.some((other) => same(one, other)));
  const found = renamed(keyed(gone), keyed(came), ({ content }) => content);
  for (const one of gone) {
    const to = came.find((other) => full(other) === found.get(full(one)));
    if (to === undefined) changes.push(item('routine', 'condition', 'removed', one.name, '', one.at, null));
    else if (to.name === one.name) {
      changes.push(
        item('routine', 'condition', 'moved', to.name, `from pack ${one.pack} to ${to.pack}`, one.at, to.at),
      );
    } else changes.push(item('routine', 'condition', 'renamed', to.name, `was ${one.name}`, one.at, to.at));
  }
  const taken = new Set(found.values());
  for (const one of came) {
    if (!taken.has(full(one))) changes.push(item('routine', 'condition', 'added', one.name, '', null, one.at));
  }
  return changes;
}

/** Named conditions by what they mean where they are used; what nobody uses, by its text. */
function conditionsOf({ profile, packs }: Side): readonly NamedOne[] {
  return profile.packs.flatMap((pack, at) => {
    const used = usedIn(pack);
    return entriesOf(child(child(packs[at]?.tree, 'spec'), 'conditions')).map(({ key, keyAt, value }) => {
      const content = used.get(key) ?? canonical(toJson(value));
      return { name: key, pack: pack.name, content, at: keyAt };
    });
  });
}

function usedIn({ gates, findings, rollup }: RulePack): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { when } of [...gates, ...findings, ...rollup]) {
    for (const part of allIn(when)) {
      if (part.kind === 'named' && !found.has(part.name)) found.set(part.name, meaningOf(part));
    }
  }
  return found;
}

function entriesOf(tree: Tree | undefined): readonly Entry[] {
  return tree?.kind === 'map' ? tree.entries : [];
}

import type { Fault, Loaded } from '../../kernel/fault.ts';
import type { SubjectKind } from '../../kernel/subject.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import type { Condition } from '../../rules/condition.ts';
import { gradeByDefault } from '../../rules/link.ts';
import { linkCondition } from '../../rules/link-condition.ts';
import { type NamedTree, type PackContext, scopeOf } from '../../rules/link-scope.ts';
import { Places, type SourceText } from '../../source/text.ts';
import { child } from '../../source/tree.ts';
import type { Claim } from '../../witness/claim.ts';
import type { Side } from '../side.ts';
import { claimOf, type GateIs, perOf } from './claims.ts';
import { gateNamed } from './gate-named.ts';
import { takenApart } from './question-grammar.ts';
import { treeOfQuestion } from './question-tree.ts';

/** What an author wonders: is there a site on which these gates are like this while that holds? */
export interface Question {
  readonly gates: readonly GateIs[];
  /** Of the object that the gates are asked of. Nothing: on any site. */
  readonly condition: Condition | undefined;
  readonly claim: Claim;
}

/** `node-may-restart open while any vm.migrating`. Names are those of the profile, and of conditions and parameters those of the pack
 *  of the first gate. Every fault stands in the question, at its column. */
export function questionOf(source: SourceText, side: Side): Loaded<Question> {
  const written = takenApart(source, examplesFor(side));
  if (!written.ok) return written;
  const places = new Places(source);
  const faults: Fault[] = [];
  const gates = written.value.gates.flatMap(({ gate: { text, from }, is }): readonly GateIs[] => {
    const found = gateNamed(text, side, places.at(from, text.length));
    if (found.ok) return [{ ...found.value, is, at: places.at(from, text.length) }];
    faults.push(...found.faults);
    return [];
  });
  const [first] = gates;
  const per = perOf(gates);
  if (!per.ok) faults.push(...per.faults);
  if (faults.length > 0 || first === undefined || !per.ok) return { ok: false, faults };
  const { condition: part } = written.value;
  if (part === undefined) return loaded(gates, per.value, undefined);
  const context = contextIn(side, first.pack, (fault) => faults.push(fault));
  const conditions = new Set(context.conditions.keys());
  const tree = treeOfQuestion(part, per.value, { ...context, pack: first.pack, conditions, places });
  const standing = {
    scope: scopeOf(per.value),
    grade: gradeByDefault,
    mayAskUnknown: true,
    inMachine: false,
    quantifiers: 0,
    following: [],
  } as const;
  const condition = faults.length === 0 ? linkCondition(tree, standing, context) : undefined;
  return condition === undefined ? { ok: false, faults } : loaded(gates, per.value, condition);
}

function loaded(gates: readonly GateIs[], per: SubjectKind, condition: Condition | undefined): Loaded<Question> {
  return { ok: true, value: { gates, condition, claim: claimOf(gates, per, condition) }, warnings: [] };
}

/** Two questions that this profile can be asked, for whoever has asked in other words. */
function examplesFor({ profile }: Side): string {
  const gates = profile.packs.flatMap(({ gates }) => gates);
  const name = (gates.find(({ per }) => per === 'node') ?? gates[0])?.name ?? 'GATE';
  return `\`${name} open while any vm.migrating\` or \`${name} closed while every node.ready and not any vm.migrating\``;
}

function contextIn(side: Side, name: string, report: (fault: Fault) => void): PackContext {
  const parameters = side.profile.packs.find((pack) => pack.name === name)?.parameters ?? new Map();
  const document = side.packs.find(({ tree }) => {
    const named = child(child(tree, 'metadata'), 'name');
    return named?.kind === 'scalar' && named.text === name;
  });
  const conditions = child(child(document?.tree, 'spec'), 'conditions');
  return {
    vocabulary,
    parameters,
    declared: new Set(parameters.keys()),
    conditions: new Map(
      (conditions?.kind === 'map' ? conditions.entries : []).map(({ key, keyAt, value }): [string, NamedTree] => [
        key,
        { tree: value, at: keyAt },
      ]),
    ),
    usedParameters: new Set(),
    usedConditions: new Set(),
    linked: new Map(),
    sizes: new Map(),
    gates: { find: () => undefined, known: [], complete: true, linked: new Map(), asked: new Set() },
    report,
  };
}

import type { FactValue, Grade } from '../kernel/fact.ts';
import { error, type Fault, type Loaded, loadedUnless, type Place } from '../kernel/fault.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import type { VerdictWord } from '../kernel/verdict.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import { type Phase, phases } from '../rules/pack.ts';
import { checkShape } from '../rules/shape.ts';
import { readLiteral } from '../source/literal.ts';
import { shown } from '../source/shown.ts';
import { hintFor } from '../source/suggest.ts';
import type { SourceText } from '../source/text.ts';
import { child, type Entry, type Tree } from '../source/tree.ts';
import { declarationOf, durationOf, gradeWord } from '../source/words.ts';
import { parseTree } from '../source/yaml.ts';
import type { Profile } from './profile.ts';

/** A sequence: a capture, then changes, and after each what must be decided. Every name in it is known to exist in its
 *  profile; whether its objects exist in the capture shows when it runs. */
export interface RuleTest {
  readonly name: string;
  readonly says: string;
  readonly file: string;
  readonly at: Place;
  /** As written, relative to the file. */
  readonly capture: { readonly path: string; readonly at: Place };
  readonly profile?: { readonly path: string; readonly at: Place };
  /** Undefined: when the capture was taken. */
  readonly nowMs?: number;
  readonly steps: readonly TestStep[];
}

export interface TestStep {
  readonly says?: string;
  readonly at: Place;
  readonly changes: readonly Change[];
  /** The moment to judge at, if the step says one. */
  readonly nowMs?: number;
  /** How much later than the step before; nothing is seen anew. */
  readonly advanceMs?: number;
  readonly expects: readonly Expectation[];
}

/** What is different from the step before. */
export type Change = { readonly at: Place } & (
  | {
      readonly kind: 'value';
      readonly fact: string;
      readonly of: string;
      readonly value: FactValue;
      readonly ageMs: number;
      readonly grade: Grade;
    }
  /** `stale` keeps the value and makes it too old; `unknown` takes it away. */
  | { readonly kind: 'unknown' | 'stale'; readonly fact: string; readonly of: string }
  | {
      readonly kind: 'remove-object';
      /** `Pod`, or `kubevirt.io/v1/VirtualMachine`. */
      readonly object: string;
      /** Undefined: the whole list, as if it had never been asked for. */
      readonly name?: string;
      readonly namespace?: string;
    }
  | { readonly kind: 'remove-host'; readonly node: string }
  | { readonly kind: 'remove-linstor' }
);

export const raisedWords = ['raised', 'quiet', 'unknown'] as const;
export type RaisedWord = (typeof raisedWords)[number];

export const decisionWords = ['advance', 'undo', 'hold', 'halt', 'rest'] as const;
export type DecisionWord = (typeof decisionWords)[number];

/** `object` undefined: every object of it, and there must be one. */
export type Expectation = { readonly at: Place } & (
  | {
      readonly kind: 'gate';
      readonly pack: string;
      readonly gate: string;
      readonly per: SubjectKind;
      readonly object?: string;
      readonly verdict: VerdictWord;
    }
  | {
      readonly kind: 'finding';
      readonly pack: string;
      readonly finding: string;
      readonly per: SubjectKind;
      readonly object?: string;
      readonly word: RaisedWord;
    }
  | { readonly kind: 'phase'; readonly phase: Phase }
  | {
      readonly kind: 'workflow';
      readonly drives: string;
      readonly name: string;
      readonly state?: string;
      readonly decision?: DecisionWord;
      readonly to?: string;
      readonly overdue?: boolean;
    }
);

interface Context {
  readonly vocabulary: Vocabulary;
  readonly profile: Profile;
  readonly report: (fault: Fault) => void;
}

/** What a test says of itself before its profile is known: enough to find the profile and the capture. */
export function testHeader(source: SourceText): Loaded<Pick<RuleTest, 'capture' | 'profile'>> {
  const tree = parseTree(source);
  if (!tree.ok) return tree;
  const shape = checkShape(tree.value, 'rule-test');
  const capture = pathOf(child(child(tree.value, 'spec'), 'capture'));
  if (!shape.rightKind || capture === undefined) return { ok: false, faults: shape.faults };
  const profile = pathOf(child(child(tree.value, 'spec'), 'profile'));
  return { ok: true, value: { capture, ...(profile === undefined ? {} : { profile }) }, warnings: [] };
}

/** A test's text, held against the profile that it is a test of. */
export function loadTest(source: SourceText, profile: Profile, vocabulary: Vocabulary): Loaded<RuleTest> {
  const parsed = parseTree(source);
  if (!parsed.ok) return parsed;
  const tree = parsed.value;
  const shape = checkShape(tree, 'rule-test');
  if (!shape.rightKind) return { ok: false, faults: shape.faults };
  const found: Fault[] = [];
  const context: Context = {
    vocabulary,
    profile,
    report: (fault) => {
      if (!shape.faults.some(({ at }) => at.line === fault.at.line && at.col === fault.at.col)) found.push(fault);
    },
  };
  const spec = child(tree, 'spec');
  const steps = itemsOf(child(spec, 'steps')).map((step) => linkStep(step, context));
  const nowMs = momentOf(child(spec, 'now'), context);
  const faults = [...shape.faults, ...found];
  if (faults.length === 0) faults.push(...shape.leftToLinker);
  faults.sort((a, b) => a.at.line - b.at.line || a.at.col - b.at.col);
  const name = child(child(tree, 'metadata'), 'name');
  const capture = pathOf(child(spec, 'capture'));
  const otherProfile = pathOf(child(spec, 'profile'));
  return loadedUnless(faults, () => ({
    name: textOf(name) ?? '',
    says: textOf(child(spec, 'says')) ?? '',
    file: source.file,
    at: name?.at ?? tree.at,
    capture: capture ?? { path: '', at: tree.at },
    ...(otherProfile === undefined ? {} : { profile: otherProfile }),
    ...(nowMs === undefined ? {} : { nowMs }),
    steps,
  }));
}

function linkStep(tree: Tree, context: Context): TestStep {
  const says = textOf(child(tree, 'says'));
  const now = child(tree, 'now');
  const advance = child(tree, 'advance');
  if (now !== undefined && advance !== undefined) {
    context.report(error('TEST_INVALID', advance.at, 'says `now` and `advance` at once', 'say one of them'));
  }
  const nowMs = momentOf(now, context);
  const advanceMs = durationOf(advance, context);
  return {
    at: tree.at,
    changes: itemsOf(child(tree, 'change')).flatMap((change) => linkChange(change, context) ?? []),
    expects: linkExpectations(child(tree, 'expect'), context),
    ...(says === undefined ? {} : { says }),
    ...(nowMs === undefined ? {} : { nowMs }),
    ...(advanceMs === undefined ? {} : { advanceMs }),
  };
}

function linkChange(tree: Tree, context: Context): Change | undefined {
  const { at } = tree;
  const remove = child(tree, 'remove');
  if (remove !== undefined) {
    const node = textOf(child(remove, 'host'));
    if (node !== undefined) return { kind: 'remove-host', node, at };
    if (child(remove, 'linstor') !== undefined) return { kind: 'remove-linstor', at };
    const object = textOf(child(remove, 'kind'));
    const name = textOf(child(remove, 'name'));
    const namespace = textOf(child(remove, 'namespace'));
    if (object === undefined) return undefined;
    return {
      kind: 'remove-object',
      object,
      at,
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
    };
  }
  const factTree = child(tree, 'fact');
  const of = textOf(child(tree, 'of'));
  const name = textOf(factTree);
  if (factTree === undefined || name === undefined || of === undefined) return undefined; // the shape has said so
  const fact = declarationOf(name, factTree.at, context);
  const forms = (['value', 'unknown', 'stale'] as const).filter((form) => child(tree, form) !== undefined);
  const [form] = forms;
  if (form === undefined || forms.length > 1) {
    const message =
      form === undefined
        ? 'does not say what the fact becomes'
        : `says ${forms.map((word) => `\`${word}\``).join(' and ')} at once`;
    context.report(error('TEST_INVALID', at, message, 'write one of `value: …`, `unknown: true`, `stale: true`'));
    return undefined;
  }
  if (fact === undefined) return undefined;
  if (form !== 'value') return { kind: form, fact: name, of, at };
  const literal = readLiteral(child(tree, 'value') ?? tree, fact.type, name);
  if (!literal.ok) {
    context.report(error('PACK_VALUE_TYPE', literal.at, literal.message, literal.hint));
    return undefined;
  }
  const ageMs = durationOf(child(tree, 'age'), context) ?? 0;
  const grade = gradeWord(child(tree, 'grade')) ?? 'observed';
  return { kind: 'value', fact: name, of, value: literal.value, ageMs, grade, at };
}

function linkExpectations(tree: Tree | undefined, context: Context): readonly Expectation[] {
  const gates = context.profile.packs.flatMap((pack) => pack.gates.map((rule) => ({ pack: pack.name, rule })));
  const findings = context.profile.packs.flatMap((pack) => pack.findings.map((rule) => ({ pack: pack.name, rule })));
  const expected: Expectation[] = [];
  for (const entry of entriesOf(child(tree, 'gates'))) {
    const found = ruleNamed(entry, 'gate', gates, context);
    if (found === undefined) continue;
    const { pack, rule } = found;
    for (const { object, word, at } of wordsOf(entry.value)) {
      const verdict = (['open', 'closed', 'unknown'] as const).find((known) => known === word);
      if (verdict === undefined) continue; // the shape has said so
      expected.push({
        kind: 'gate',
        pack,
        gate: rule.name,
        per: rule.per,
        verdict,
        at,
        ...(object === undefined ? {} : { object }),
      });
    }
  }
  for (const entry of entriesOf(child(tree, 'findings'))) {
    const found = ruleNamed(entry, 'finding', findings, context);
    if (found === undefined) continue;
    const { pack, rule } = found;
    for (const { object, word, at } of wordsOf(entry.value)) {
      const raised = raisedWords.find((known) => known === word);
      if (raised === undefined) continue;
      expected.push({
        kind: 'finding',
        pack,
        finding: rule.name,
        per: rule.per,
        word: raised,
        at,
        ...(object === undefined ? {} : { object }),
      });
    }
  }
  const phaseTree = child(tree, 'phase');
  const phase = phases.find((known) => known === textOf(phaseTree));
  if (phaseTree !== undefined && phase !== undefined) expected.push({ kind: 'phase', phase, at: phaseTree.at });
  for (const entry of entriesOf(child(tree, 'workflow'))) {
    const workflow = linkWorkflow(entry, context);
    if (workflow !== undefined) expected.push(workflow);
  }
  return expected;
}

/** `GATE`, or `PACK/GATE`. */
function ruleNamed<R extends { readonly name: string }>(
  { key, keyAt }: Entry,
  what: 'gate' | 'finding',
  rules: readonly { readonly pack: string; readonly rule: R }[],
  context: Context,
): { readonly pack: string; readonly rule: R } | undefined {
  const found = rules.find(({ pack, rule }) => rule.name === key || `${pack}/${rule.name}` === key);
  if (found !== undefined) return found;
  const hint = hintFor(
    key,
    rules.map(({ rule }) => rule.name),
  );
  context.report(
    error('TEST_INVALID', keyAt, `profile \`${context.profile.name}\` has no ${what} \`${shown(key)}\``, hint),
  );
  return undefined;
}

function linkWorkflow({ key, keyAt, value }: Entry, context: Context): Expectation | undefined {
  const [drives = '', name = ''] = key.split('/', 2);
  const machines = context.profile.packs.flatMap(({ machine }) => machine ?? []);
  const machine = machines.find((known) => known.drives === drives);
  if (machine === undefined) {
    const hint = hintFor(
      drives,
      machines.map((known) => known.drives),
    );
    context.report(
      error('TEST_INVALID', keyAt, `no pack of profile \`${context.profile.name}\` drives \`${shown(drives)}\``, hint),
    );
    return undefined;
  }
  const states = machine.states.map((state) => state.name);
  const word = textOf(child(value, 'decision'));
  const decision = decisionWords.find((known) => known === word);
  const overdue = child(value, 'overdue');
  const named: { state?: string; to?: string } = {};
  for (const field of ['state', 'to'] as const) {
    const tree = child(value, field);
    const word = textOf(tree);
    if (tree === undefined || word === undefined) continue;
    if (states.includes(word)) named[field] = word;
    else
      context.report(
        error('PACK_UNKNOWN_STATE', tree.at, `\`${drives}\` has no state \`${shown(word)}\``, hintFor(word, states)),
      );
  }
  return {
    kind: 'workflow',
    drives,
    name,
    at: keyAt,
    ...named,
    ...(decision === undefined ? {} : { decision }),
    ...(overdue?.kind === 'scalar' && typeof overdue.value === 'boolean' ? { overdue: overdue.value } : {}),
  };
}

/** One word for all objects, or one a object. */
function wordsOf(tree: Tree): readonly { readonly object?: string; readonly word: string; readonly at: Place }[] {
  const word = textOf(tree);
  if (word !== undefined) return [{ word, at: tree.at }];
  return entriesOf(tree).flatMap(({ key, keyAt, value }) => {
    const own = textOf(value);
    return own === undefined ? [] : [{ object: key, word: own, at: keyAt }];
  });
}

function momentOf(tree: Tree | undefined, context: Context): number | undefined {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  const ms = Date.parse(text);
  // A thirtieth of February is read as a first of March; who wrote it meant something else.
  if (Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 19))) return ms;
  context.report(
    error('TEST_INVALID', tree.at, `\`${shown(text)}\` is no moment`, 'write it like 2026-03-04T10:15:02Z'),
  );
  return undefined;
}

function pathOf(tree: Tree | undefined): { readonly path: string; readonly at: Place } | undefined {
  const path = textOf(tree);
  return tree === undefined || path === undefined ? undefined : { path, at: tree.at };
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'list' ? tree.items : [];
}

function entriesOf(tree: Tree | undefined): readonly Entry[] {
  return tree?.kind === 'map' ? tree.entries : [];
}

function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

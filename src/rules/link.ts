import type { Capability } from '../kernel/capability.ts';
import { backendCapabilities, osCapabilities } from '../kernel/capability.ts';
import { digestOf, type Json } from '../kernel/digest.ts';
import type { Grade } from '../kernel/fact.ts';
import { error, type Fault, warning } from '../kernel/fault.ts';
import type { Machine } from '../kernel/machine.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import { type Vocabulary, vocabularyVersion } from '../kernel/vocabulary.ts';
import { child, type Entry, entryOf, type Tree, toJson } from '../source/tree.ts';
import { durationOf, gradeWord, subjectWord } from '../source/words.ts';
import type { Condition } from './condition.ts';
import { linkCondition, saysOf } from './link-condition.ts';
import type { MachinePack } from './link-machine.ts';
import { anywhere, type GateNames, type PackContext, type Size, type Standing, scopeOf } from './link-scope.ts';
import { questionsOf } from './machine-frozen.ts';
import { type Finding, type Gate, phases, type Question, type RollupStep, type RulePack, severities } from './pack.ts';
import { type GivenParameters, linkParameters } from './parameters.ts';

/** A rule asks for this grade where it says nothing: what the legacy DaemonSet claims is enough to look at a site with.
 *  What cannot be undone says `grade: observed`; `assumed` counts only where a rule asks for it by name. */
export const gradeByDefault: Grade = 'reported';

/** A pack's document, with the name its file goes by. */
export interface PackTree {
  readonly file: string;
  readonly tree: Tree;
}

export interface LinkOptions {
  readonly vocabulary: Vocabulary;
  /** What the profile's backend and operating system can do; undefined: nobody asks. */
  readonly capabilities?: readonly Capability[];
  readonly parameters: GivenParameters;
  /** How large the conditions of all packs are. */
  readonly sizes: Map<Condition, Size>;
}

export interface LinkedPack {
  readonly faults: readonly Fault[];
  /** Undefined only beside an error. */
  readonly pack?: RulePack;
}

/** A pack whose gates, findings and rollup are linked. Its machine waits until those of all packs are: it may ask their gates. */
export interface StartedPack extends MachinePack {
  /** Parameters that the pack declares, sound or not. */
  readonly declared: readonly string[];
  /** With its machine, if it drives a workflow: all that is wrong with it, or the pack. */
  finish(machine: Machine<Question> | undefined): LinkedPack;
}

/** Names become facts, gates, operators and states. Parts of the wrong shape are passed over: `shape.ts` names them. Undefined
 *  where there is nothing to link. */
export function startPack(
  { file, tree }: PackTree,
  gates: GateNames,
  options: LinkOptions,
  wellShaped: boolean,
): StartedPack | undefined {
  const faults = new Map<string, Fault>();
  const report = (fault: Fault): void => {
    // One part can be linked for several rules; what is wrong with it is said once.
    faults.set([fault.at.file, fault.at.line, fault.at.col, fault.code, fault.message].join('\n'), fault);
  };
  const metadata = child(tree, 'metadata');
  const spec = child(tree, 'spec');
  const name = wordOf(child(metadata, 'name'));
  if (spec === undefined) return undefined;
  checkVocabulary(spec, report);
  const requires = linkRequires(child(spec, 'requires'), name, options.capabilities, report);
  const declarations = child(spec, 'parameters');
  const declared = entriesOf(declarations).map(({ key }) => key);
  const context: PackContext = {
    vocabulary: options.vocabulary,
    parameters: linkParameters(declarations, name, options.parameters, { vocabulary: options.vocabulary, report }),
    declared: new Set(declared),
    conditions: new Map(
      entriesOf(child(spec, 'conditions')).map(({ key, keyAt, value }) => [key, { tree: value, at: keyAt }]),
    ),
    usedParameters: new Set(),
    usedConditions: new Set(),
    linked: new Map(),
    sizes: options.sizes,
    gates,
    report,
  };
  const linkedGates = entriesOf(child(spec, 'gates')).map((entry) => linkGate(entry, context));
  for (const gate of linkedGates) if (gate !== undefined) gates.linked.set(`${name}/${gate.name}`, gate);
  const linkedFindings = entriesOf(child(spec, 'findings')).map((entry) => linkFinding(entry, context));
  const rollupTree = child(spec, 'rollup');
  const rollup = rollupTree?.kind === 'list' ? rollupTree.items.map((item) => linkRollup(item, context)) : [];
  let digest: string | undefined;
  const digestOnce = (): string => {
    digest ??= digestOf(toJson(tree));
    return digest;
  };
  const finish = (machine: Machine<Question> | undefined): LinkedPack => {
    checkUnused(context, declarations);
    const questions = machine === undefined ? [] : questionsOf(machine);
    checkSizes([...linkedGates, ...linkedFindings, ...rollup, ...questions], context);
    const found = [...faults.values()];
    if (found.some(({ severity }) => severity === 'error')) return { faults: found };
    return {
      faults: found,
      pack: {
        name,
        version: wordOf(child(metadata, 'version')),
        digest: digestOnce(),
        file,
        requires,
        parameters: context.parameters,
        gates: linkedGates.filter((gate) => gate !== undefined),
        findings: linkedFindings.filter((finding) => finding !== undefined),
        rollup: rollup.filter((step) => step !== undefined),
        ...(machine === undefined ? {} : { machine }),
      },
    };
  };
  const identity = (): Json => ({
    digest: digestOnce(),
    parameters: Object.fromEntries([...context.parameters].map(([key, { value }]) => [key, value as Json])),
  });
  return { name, spec, context, declared, requires, wellShaped, digest: identity, finish };
}

function linkGate({ key, keyAt, value }: Entry, context: PackContext): Gate | undefined {
  const ruled = linkRuled(value, context, false);
  const budgetMs = durationOf(child(value, 'budget'), context);
  if (ruled === undefined) return undefined;
  return { kind: 'gate', name: key, at: keyAt, ...ruled, ...(budgetMs === undefined ? {} : { budgetMs }) };
}

function linkFinding({ key, keyAt, value }: Entry, context: PackContext): Finding | undefined {
  const ruled = linkRuled(value, context, true);
  const severity = severities.find((word) => word === wordOf(child(value, 'severity')));
  return ruled === undefined || severity === undefined
    ? undefined
    : { kind: 'finding', name: key, at: keyAt, severity, ...ruled };
}

function linkRuled(tree: Tree, context: PackContext, mayAskUnknown: boolean) {
  const perTree = child(tree, 'per');
  const gradeTree = child(tree, 'grade');
  const per = perTree === undefined ? 'site' : subjectWord(perTree);
  const grade = gradeTree === undefined ? gradeByDefault : gradeWord(gradeTree);
  if (per === undefined || grade === undefined) return undefined; // the shape has said so
  const when = linkCondition(child(tree, 'when'), standingIn(per, grade, mayAskUnknown), context);
  const next = child(tree, 'next');
  if (when === undefined) return undefined;
  return { says: wordOf(child(tree, 'says')), per, when, ...(next === undefined ? {} : { next: wordOf(next) }) };
}

function linkRollup(tree: Tree, context: PackContext): RollupStep | undefined {
  const phase = phases.find((word) => word === wordOf(child(tree, 'phase')));
  const when = linkCondition(child(tree, 'when'), standingIn('site', gradeByDefault, false), context);
  return phase === undefined || when === undefined
    ? undefined
    : { kind: 'rollup', phase, when, at: tree.at, ...saysOf(tree) };
}

function standingIn(per: SubjectKind, grade: Grade, mayAskUnknown: boolean): Standing {
  return { scope: scopeOf(per), grade, mayAskUnknown, inMachine: false, quantifiers: 0, following: [] };
}

function checkVocabulary(spec: Tree, report: (fault: Fault) => void): void {
  const asked = child(spec, 'vocabulary');
  if (asked?.kind !== 'scalar' || typeof asked.value !== 'string' || asked.value === vocabularyVersion) return;
  const message = `was written against the vocabulary \`${asked.value}\`; this build has \`${vocabularyVersion}\``;
  report(error('PACK_VOCABULARY', asked.at, message));
}

function linkRequires(
  tree: Tree | undefined,
  name: string,
  capabilities: readonly Capability[] | undefined,
  report: (fault: Fault) => void,
): readonly Capability[] {
  if (tree?.kind !== 'list') return [];
  const known: readonly Capability[] = [...backendCapabilities, ...osCapabilities];
  const required: Capability[] = [];
  for (const item of tree.items) {
    const capability = known.find((word) => word === wordOf(item));
    if (capability === undefined) continue; // the shape has said so
    required.push(capability);
    if (capabilities === undefined || capabilities.includes(capability)) continue;
    const owner = (backendCapabilities as readonly string[]).includes(capability)
      ? 'storage backend'
      : 'operating system';
    const message = `pack \`${name}\` needs ${capability}, which the profile’s ${owner} does not have`;
    report(error('PACK_CAPABILITY', item.at, message, `leave the pack out, or choose another ${owner}`));
  }
  return required;
}

/** What nothing reaches is checked all the same, and then warned about. */
function checkUnused(context: PackContext, declarations: Tree | undefined): void {
  const unused = [...context.conditions].filter(([name]) => !context.usedConditions.has(name));
  for (const [name, { tree, at }] of unused) {
    linkCondition(tree, { ...anywhere('assumed'), following: [name] }, context);
    // A condition that only an unused one names is not used either, but it says so once: at the outer one.
    context.report(warning('PACK_UNUSED', at, `nothing uses the condition \`${name}\``));
  }
  for (const name of context.declared) {
    const entry = entryOf(declarations, name);
    if (entry === undefined || context.usedParameters.has(name)) continue;
    context.report(warning('PACK_UNUSED', entry.keyAt, `nothing reads the parameter \`${name}\``));
  }
}

const partsMax = 200_000;

function checkSizes(
  rules: readonly ({ readonly when: Condition; readonly at: Fault['at'] } | undefined)[],
  context: PackContext,
): void {
  let parts = 0;
  for (const rule of rules) {
    if (rule === undefined) continue;
    parts += context.sizes.get(rule.when)?.parts ?? 0;
    if (parts <= partsMax) continue;
    context.report(
      error(
        'PACK_TOO_LARGE',
        rule.at,
        `with this the pack has more than ${partsMax} parts once its names are followed`,
      ),
    );
    return;
  }
}

function entriesOf(tree: Tree | undefined): readonly Entry[] {
  return tree?.kind === 'map' ? tree.entries : [];
}

function wordOf(tree: Tree | undefined): string {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : '';
}

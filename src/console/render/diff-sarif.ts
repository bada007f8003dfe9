import { digestOf } from '../../kernel/digest.ts';
import type { Place } from '../../kernel/fault.ts';
import { type DecisionChange, type Level, levels, type StructureChange } from '../../review/change.ts';
import { nowhere } from '../../review/parts.ts';
import type { Review } from '../../review/review.ts';
import { harmless } from '../escape.ts';
import { count } from './count.ts';
import type { Data } from './data.ts';
import { type Flow, flowData, flowOf } from './diff-sarif-flow.ts';
import { type ChangeRule, decisionRule, ruleData, sarifLevel, structureRule, witnessRule } from './diff-sarif-rules.ts';
import {
  corpusWords,
  decisionName,
  inTree,
  momentsWords,
  packAt,
  placeWords,
  seenWords,
  shownAt,
  structureName,
  turnWords,
} from './diff-words.ts';
import {
  lineOfWitness,
  proofWords,
  type ToldWitness,
  untoldOf,
  untoldWords,
  witnessesOf,
  witnessSentence,
} from './proof-words.ts';
import { bytesMax, linkless, message, physical, resultsMax, sarifOf, toolWith } from './sarif.ts';

/** `diff` as SARIF 2.1.0, for whoever keeps alerts: each change at the line of the new side that made it so, the worst first, and no more
 *  than GitHub shows. What was left out is said where the tool speaks of itself. */
export function diffSarif(review: Review): string {
  const { old, new: fresh, proof } = review;
  const all = levels.flatMap((level) => changesOf(review).filter((change) => change.level === level));
  const twice = new Map<string, number>();
  const results: Data[] = [];
  const rules = new Map<string, { readonly rule: ChangeRule; readonly level: Level }>();
  let bytes = 0;
  for (const change of all.slice(0, resultsMax)) {
    const index = [...rules.keys()].indexOf(change.rule.id);
    const result = resultData(change, review, index === -1 ? rules.size : index, twice);
    bytes += new TextEncoder().encode(JSON.stringify(result)).length;
    if (bytes > bytesMax) break;
    // The first of a kind is its worst.
    if (index === -1) rules.set(change.rule.id, { rule: change.rule, level: change.level });
    results.push(result);
  }
  const left = all.slice(results.length);
  return sarifOf({
    tool: toolWith([...rules.values()].map(({ rule, level }) => ruleData(rule, level))),
    // Alerts of several profiles of one repository stand beside each other.
    automationDetails: { id: harmless(`nwctl-diff/${fresh.profile.name}/`) },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: review.corpus.broken.length === 0,
        toolExecutionNotifications: notificationsOf(review, all, left),
      },
    ],
    properties: {
      old: harmless(`${old.label}: ${old.profile.digest} (${old.signature})`),
      new: harmless(`${fresh.label}: ${fresh.profile.digest} (${fresh.signature})`),
      decisions: corpusWords(review),
      proof: proofWords(proof),
      resultsNotShown: left.length,
      stepsNotShown: all.reduce((sum, { flow }) => sum + (flow?.left ?? 0), 0),
    },
    results,
  });
}

/** One change, on its way to being a result. */
interface Change {
  readonly level: Level;
  readonly rule: ChangeRule;
  readonly pack: string;
  readonly name: string;
  readonly says: string;
  readonly at: Place;
  /** Where the old side stands, and what stood there if it is short. */
  readonly was?: { readonly at: Place; readonly says?: string };
  readonly flow?: Flow;
  /** What stays when lines move: never a line, a site or a capture. */
  readonly print: readonly (string | null)[];
}

function changesOf(review: Review): readonly Change[] {
  return [
    ...review.decisions.flatMap(decisionChanges),
    ...witnessesOf(review).map((told) => witnessChange(told, review)),
    ...review.structure.map(structureChange),
  ];
}

/** One a cause: a result stands at one line. */
function decisionChanges(change: DecisionChange): readonly Change[] {
  const { level, pack, causes, from, to } = change;
  const name = decisionName(change);
  const head = `${name}: ${turnWords(change)}${seenWords(change)}`;
  const [rule, print] = [decisionRule(change), [pack, change.name, from, to]];
  if (causes.length === 0) return [{ level, rule, pack, name, says: head, at: nowhere, print }];
  return causes.map(({ was, is, oldAt, newAt }) => ({
    level,
    rule,
    pack,
    name,
    says: `${head}: is ${is ?? 'not there'}`,
    at: newAt,
    was: { at: oldAt, says: was ?? 'not there' },
    print: [...print, was, is],
  }));
}

function witnessChange(told: ToldWitness, review: Review): Change {
  const { level, question, turn } = told;
  const at = lineOfWitness(told, review);
  return {
    level,
    rule: witnessRule(told),
    pack: question.pack,
    name: decisionName(question),
    says: witnessSentence(told),
    at,
    was: { at: question.oldAt },
    flow: flowOf(told, at),
    print: [question.pack, question.name, turn],
  };
}

function structureChange(change: StructureChange): Change {
  const { level, kind, says, oldAt, newAt } = change;
  const name = structureName(change);
  return {
    level,
    rule: structureRule(change),
    pack: kind,
    name,
    says: says === '' ? name : `${name}: ${says}`,
    at: newAt ?? nowhere,
    ...(oldAt === null ? {} : { was: { at: oldAt } }),
    print: [name, says],
  };
}

function resultData(change: Change, review: Review, ruleIndex: number, twice: Map<string, number>): Data {
  const { level, rule, pack, name, says, at, was, flow, print } = change;
  const old = was === undefined || was.at.line < 1 ? undefined : was;
  const mark = digestOf([rule.id, ...print].map((text) => text?.toWellFormed() ?? null)).slice('sha256:'.length, -32);
  const before = twice.get(mark) ?? 0;
  twice.set(mark, before + 1);
  const here = shownAt(at, packAt(was?.at ?? null, review.old) ?? pack, review.new);
  return {
    ruleId: rule.id,
    ruleIndex,
    level: sarifLevel[level],
    message: { text: `${linkless(says)}${oldText(old)}` },
    locations: [
      {
        physicalLocation: physical(here),
        logicalLocations: [{ name: harmless(name), fullyQualifiedName: harmless(`${pack}/${name}`) }],
      },
    ],
    ...(old === undefined
      ? {}
      : {
          relatedLocations: [
            {
              id: 1,
              physicalLocation: physical(inTree(old.at, review.old)),
              message: message(`was, at ${placeWords(old.at)}`),
            },
          ],
        }),
    // GitHub knows an alert again by the first of these; ours stays when lines move, which what GitHub would make of the line does not.
    partialFingerprints: { primaryLocationLineHash: `${mark}:${before + 1}`, 'nwctl-diff/v1': `${mark}:${before + 1}` },
    ...(flow === undefined ? {} : { codeFlows: [flowData(flow, review.new)] }),
  };
}

/** The number is a link to the related location. */
function oldText(old: Change['was']): string {
  if (old === undefined) return '';
  return old.says === undefined ? ' ([the old line](1))' : `; [what it was](1): ${linkless(old.says)}`;
}

// --- what the tool says of itself ---

function notificationsOf(review: Review, all: readonly Change[], left: readonly Change[]): readonly Data[] {
  const { corpus, proof } = review;
  const note = (id: string, level: 'error' | 'warning' | 'note', text: string): Data => ({
    descriptor: { id },
    level,
    message: message(text),
  });
  const moments = momentsWords(review);
  const steps = all.reduce((sum, { flow }) => sum + (flow?.left ?? 0), 0);
  const counts = levels.flatMap((level) => {
    const [of, hidden] = [all, left].map((some) => some.filter((change) => change.level === level).length);
    return (hidden ?? 0) === 0 ? [] : [`${hidden} of ${count(of ?? 0, `${level} result`)}`];
  });
  const unfinished = untoldOf(proof).filter(({ opens, closes }) => opens.kind !== 'none' || closes.kind !== 'none');
  return [
    ...corpus.broken.map(({ capture, faults }) =>
      note(
        faults[0]?.code ?? 'FILE_UNREADABLE',
        'error',
        `could not be judged: ${capture}: ${faults[0]?.message ?? ''}`,
      ),
    ),
    ...(left.length === 0 ? [] : [note('results-not-shown', 'warning', `not shown: ${counts.join(', ')}`)]),
    ...(steps === 0 ? [] : [note('steps-not-shown', 'note', `not shown: ${count(steps, 'step')} of flows`)]),
    ...(moments === undefined ? [] : [note('moments-not-judged', 'warning', moments)]),
    ...(proof === undefined ? [note('not-looked-for', 'note', proofWords(undefined))] : []),
    ...unfinished
      .slice(0, 100)
      .map((question) => note('not-finished', 'warning', `${decisionName(question)}: ${untoldWords(question)}`)),
    ...(unfinished.length > 100
      ? [note('not-finished', 'warning', `and ${unfinished.length - 100} more not finished`)]
      : []),
  ];
}

import type { DecisionChange, Level, StructureChange } from '../../review/change.ts';
import { nowhere } from '../../review/parts.ts';
import type { Proved } from '../../review/proof.ts';
import type { Review } from '../../review/review.ts';
import type { Side } from '../../review/side.ts';
import {
  corpusWords,
  decisionName,
  inTree,
  packAt,
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
import type { Case, Report } from './report.ts';

/** `diff` for machines that show results to people: each change at the line of the new side that made it so. */
export function diffReport(review: Review): Report {
  const { old, new: fresh, corpus, decisions, proof, structure } = review;
  return {
    name: `${old.label} → ${fresh.label}`,
    properties: {
      old: `${old.profile.digest} (${old.signature})`,
      new: `${fresh.profile.digest} (${fresh.signature})`,
      decisions: corpusWords(review),
      proof: proofWords(proof),
    },
    cases: [
      ...corpus.broken.map(({ capture, faults }): Case => {
        const at = faults[0]?.at ?? { file: capture, line: 0, col: 0 };
        const says = `could not be judged: ${faults[0]?.message ?? ''}`;
        return {
          rule: faults[0]?.code ?? 'FILE_UNREADABLE',
          group: 'capture',
          name: capture,
          state: 'error',
          says,
          at,
        };
      }),
      ...decisions.flatMap((change) => decisionCases(change, fresh)),
      ...witnessesOf(review).map((told) => witnessCase(told, review)),
      ...untoldOf(proof).map((question) => untoldCase(question, fresh)),
      ...structure.filter(({ level }) => level !== 'routine').map((change) => structureCase(change, review)),
      {
        rule: 'equal',
        group: 'corpus',
        name: 'what both decide alike',
        state: 'ok',
        says: '',
        at: nowhere,
      },
    ],
  };
}

const states: Readonly<Record<Level, Case['state']>> = { danger: 'failed', caution: 'warning', routine: 'note' };

/** One a place: an annotation that names two lines stands at one of them only. */
function decisionCases(change: DecisionChange, fresh: Side): readonly Case[] {
  const { level, kind, pack, causes } = change;
  const name = decisionName(change);
  const head = `${name}: ${turnWords(change)}${seenWords(change)}`;
  const all = causes.length === 0 ? [undefined] : causes;
  return all.map((cause) => {
    const parts = cause === undefined ? '' : `: was ${cause.was ?? 'not there'}, is ${cause.is ?? 'not there'}`;
    const at = shownAt(cause?.newAt ?? null, pack, fresh);
    return { rule: `${level}/${kind}`, group: pack, name, state: states[level], says: `${head}${parts}`, at };
  });
}

/** At the line of the new side that lets it through, or holds it. */
function witnessCase(told: ToldWitness, review: Review): Case {
  const { level, question } = told;
  const { kind, pack, name } = question;
  const says = witnessSentence(told);
  const at = inTree(lineOfWitness(told, review), review.new);
  return { rule: `${level}/${kind}`, group: pack, name: `${name}, any site`, state: states[level], says, at };
}

/** What no site tells is well, and what nobody finished is not. */
function untoldCase(question: Proved, fresh: Side): Case {
  const { kind, pack, name, newAt, opens, closes } = question;
  const isDone = opens.kind === 'none' && closes.kind === 'none';
  const says = isDone ? '' : `${decisionName(question)}: ${untoldWords(question)}`;
  const at = inTree(newAt, fresh);
  return {
    rule: `unfinished/${kind}`,
    group: pack,
    name: `${name}, any site`,
    state: isDone ? 'ok' : 'held',
    says,
    at,
  };
}

function structureCase(change: StructureChange, { old, new: fresh }: Review): Case {
  const { level, kind, name, says, oldAt, newAt } = change;
  const at = shownAt(newAt, packAt(oldAt, old), fresh);
  const text = `${structureName(change)}${says === '' ? '' : `: ${says}`}`;
  return { rule: `${level}/structure`, group: kind, name, state: states[level], says: text, at };
}

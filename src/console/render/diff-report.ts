import type { DecisionChange, Level, StructureChange } from '../../review/change.ts';
import type { Review } from '../../review/review.ts';
import { corpusWords, decisionName, objectsOf, structureName, turnWords } from './diff-words.ts';
import type { Case, Report } from './report.ts';

/** `diff` for machines that show results to people: each change at the line of the new side that made it so. */
export function diffReport(review: Review): Report {
  const { old, new: fresh, corpus, decisions, structure } = review;
  return {
    name: `${old.label} → ${fresh.label}`,
    properties: {
      old: `${old.profile.digest} (${old.signature})`,
      new: `${fresh.profile.digest} (${fresh.signature})`,
      decisions: corpusWords(review),
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
      ...decisions.flatMap(decisionCases),
      ...structure.filter(({ level }) => level !== 'routine').map(structureCase),
      {
        rule: 'equal',
        group: 'corpus',
        name: 'what both decide alike',
        state: 'ok',
        says: '',
        at: { file: '', line: 0, col: 0 },
      },
    ],
  };
}

const states: Readonly<Record<Level, Case['state']>> = { danger: 'failed', caution: 'warning', routine: 'note' };

/** One a place: an annotation that names two lines stands at one of them only. */
function decisionCases(change: DecisionChange): readonly Case[] {
  const { level, kind, pack, causes, on } = change;
  const [first] = on;
  const objects = first === undefined ? [] : objectsOf(first);
  const whom =
    objects.length === 0
      ? ''
      : ` (${objects.slice(0, 3).join(', ')}${objects.length > 3 ? ` and ${objects.length - 3} more` : ''})`;
  const where =
    on.length === 0 ? '' : ` on ${first?.capture}${whom}${on.length > 1 ? ` and ${on.length - 1} more` : ''}`;
  const name = decisionName(change);
  const head = `${name}: ${turnWords(change)}${where}`;
  const all = causes.length === 0 ? [undefined] : causes;
  return all.map((cause) => {
    const parts = cause === undefined ? '' : `: was ${cause.was ?? 'not there'}, is ${cause.is ?? 'not there'}`;
    const at = cause?.newAt ?? { file: '', line: 0, col: 0 };
    return { rule: `${level}/${kind}`, group: pack, name, state: states[level], says: `${head}${parts}`, at };
  });
}

function structureCase(change: StructureChange): Case {
  const { level, kind, name, says, newAt } = change;
  const at = newAt ?? { file: '', line: 0, col: 0 };
  const text = `${structureName(change)}${says === '' ? '' : `: ${says}`}`;
  return { rule: `${level}/structure`, group: kind, name, state: states[level], says: text, at };
}

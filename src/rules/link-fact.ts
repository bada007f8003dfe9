import { type Grade, grades } from '../kernel/fact.ts';
import { error, type Place } from '../kernel/fault.ts';
import { formatDuration, parseDuration } from '../kernel/value.ts';
import type { FactDeclaration } from '../kernel/vocabulary.ts';
import { shown } from '../source/shown.ts';
import { child, entryOf, type Tree } from '../source/tree.ts';
import { declarationOf, gradeWord, reportDuration } from '../source/words.ts';
import type { FactRef } from './condition.ts';
import { type PackContext, type Standing, scopeInWords } from './link-scope.ts';

/** Before the name of a fact: what it was when the cohort was frozen. */
export const frozen = 'cohort.';

/** A fact's name, with the `maxAge` and `grade` beside it → what is read, or undefined with the reason reported.
 *  `beside` is the map that the name stands in. */
export function linkFact(
  name: string,
  at: Place,
  beside: Tree,
  standing: Standing,
  context: PackContext,
): FactRef | undefined {
  const isFrozen = name.startsWith(frozen);
  if (isFrozen && !standing.inMachine) {
    const hint = 'a cohort is frozen by a workflow; read it in states and guards';
    context.report(error('PACK_OUT_OF_SCOPE', at, `\`${shown(name)}\` stands outside of states and guards`, hint));
    return undefined;
  }
  const fact = declarationOf(isFrozen ? name.slice(frozen.length) : name, at, context);
  if (fact === undefined) return undefined;
  if (!standing.scope.has(fact.subject)) {
    context.report(
      error(
        'PACK_OUT_OF_SCOPE',
        at,
        `\`${fact.name}\` is about a ${fact.subject}; in scope here: ${scopeInWords(standing.scope)}`,
        `put it under a quantifier over ${fact.subject}`,
      ),
    );
    return undefined;
  }
  const maxAgeMs = isFrozen ? frozenAge(beside, name, context) : maxAgeOf(beside, fact, context);
  const grade = gradeOf(child(beside, 'grade'), standing.grade);
  if (maxAgeMs === undefined || grade === undefined) return undefined;
  if (grades.indexOf(fact.grade) > grades.indexOf(grade)) {
    context.report(
      error(
        'PACK_GRADE',
        at,
        `\`${fact.name}\` is ${fact.grade} at best, and ${grade} is asked for here`,
        `ask for \`grade: ${fact.grade}\`, or read another fact`,
      ),
    );
    return undefined;
  }
  return { kind: 'fact', name, subject: fact.subject, type: fact.type, maxAgeMs, grade };
}

/** What was frozen does not age: it is what the fact was. */
function frozenAge(beside: Tree, name: string, context: PackContext): number | undefined {
  const stray = entryOf(beside, 'maxAge');
  if (stray === undefined) return Number.POSITIVE_INFINITY;
  const message = `\`${name}\` is what the fact was when the cohort was frozen, and has no \`maxAge\``;
  context.report(error('SHAPE_UNKNOWN_FIELD', stray.keyAt, message, 'remove it'));
  return undefined;
}

function maxAgeOf(beside: Tree, fact: FactDeclaration, context: PackContext): number | undefined {
  const tree = child(beside, 'maxAge');
  if (tree === undefined) return fact.maxAgeMs;
  const asked = tree.kind === 'scalar' && typeof tree.value === 'string' ? parseDuration(tree.value) : undefined;
  if (asked === undefined) {
    reportDuration(tree, context);
    return undefined;
  }
  if (asked > fact.maxAgeMs) {
    const limit = formatDuration(fact.maxAgeMs);
    const message = `\`${fact.name}\` may be at most ${limit} old, and this lets it be ${formatDuration(asked)}`;
    context.report(error('PACK_MAX_AGE', tree.at, message, `remove it, or ask for ${limit} or less`));
    return undefined;
  }
  return asked;
}

/** The grade that is asked for here: what the part says itself, else what stands around it. A part may say less than its
 *  rule: that is then written where a reviewer reads it, as for the legacy DaemonSet's word, which nobody else can give. */
function gradeOf(tree: Tree | undefined, around: Grade): Grade | undefined {
  if (tree === undefined) return around;
  return gradeWord(tree); // where it is no grade, the shape has said so
}

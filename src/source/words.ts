import { type Grade, grades } from '../kernel/fact.ts';
import { error, type Fault, type Place } from '../kernel/fault.ts';
import { type SubjectKind, subjectKinds } from '../kernel/subject.ts';
import { parseDuration } from '../kernel/value.ts';
import type { FactDeclaration, Vocabulary } from '../kernel/vocabulary.ts';
import { shown } from './shown.ts';
import { hintFor, likely, listed } from './suggest.ts';
import type { Tree } from './tree.ts';

/** Where what is wrong is told. */
export interface Telling {
  readonly report: (fault: Fault) => void;
}

/** The vocabulary's entry of a name. */
export function declarationOf(
  name: string,
  at: Place,
  context: Telling & { readonly vocabulary: Vocabulary },
): FactDeclaration | undefined {
  const fact = context.vocabulary.get(name);
  if (fact !== undefined) return fact;
  const [kind = '', word = ''] = name.split('.', 2);
  const isKind = (subjectKinds as readonly string[]).includes(kind);
  const names = [...context.vocabulary.keys()];
  const own = names.filter((known) => known.startsWith(`${kind}.`));
  if (isKind && word !== '') {
    const words = own.map((known) => known.slice(kind.length + 1));
    const near = likely(word, words);
    const hint =
      near === undefined ? hintFor(name, names, `it has ${listed(words, 'and')}`) : `did you mean \`${kind}.${near}\`?`;
    context.report(error('PACK_UNKNOWN_FACT', at, `${kind} has no fact \`${shown(word)}\``, hint));
  } else {
    const bare = names.find((known) => known.endsWith(`.${name}`));
    const hint =
      bare === undefined ? hintFor(name, names, '`nwctl facts` lists them all') : `did you mean \`${bare}\`?`;
    context.report(error('PACK_UNKNOWN_FACT', at, `there is no fact \`${shown(name)}\``, hint));
  }
  return undefined;
}

/** A duration that stands in a field of its own. */
export function durationOf(tree: Tree | undefined, context: Telling): number | undefined {
  if (tree === undefined) return undefined;
  const parsed = tree.kind === 'scalar' && typeof tree.value === 'string' ? parseDuration(tree.value) : undefined;
  if (parsed === undefined) reportDuration(tree, context);
  return parsed;
}

export function reportDuration(tree: Tree, context: Telling): void {
  const word = tree.kind === 'scalar' ? `\`${shown(tree.text)}\`` : `a ${tree.kind}`;
  const hint = 'units are ms, s, m, h and d, the larger first: 1m30s';
  context.report(error('PACK_VALUE_TYPE', tree.at, `${word} is no duration`, hint));
}

export function gradeWord(tree: Tree | undefined): Grade | undefined {
  return grades.find((grade) => tree?.kind === 'scalar' && grade === tree.value);
}

export function subjectWord(tree: Tree | undefined): SubjectKind | undefined {
  return subjectKinds.find((kind) => tree?.kind === 'scalar' && kind === tree.value);
}

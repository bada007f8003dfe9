import { digestOf, type Json } from '../../kernel/digest.ts';
import { type SubjectKind, subjectKinds } from '../../kernel/subject.ts';
import { type Reason, TRUE } from '../../kernel/verdict.ts';
import type { Asked } from '../asked.ts';
import { byText, type DecisionKind } from '../change.ts';
import { wordOf } from '../decisions.ts';
import type { SideSight } from '../sight.ts';
import type { WorkflowWord } from '../workflow.ts';

/** All that one side decides of one capture at one moment. */
export interface Decided {
  /** How many there are of each kind; null where nobody could say. */
  readonly objects: ReadonlyMap<SubjectKind, number | null>;
  readonly told: readonly Told[];
}

export interface Told {
  readonly kind: DecisionKind;
  readonly name: string;
  readonly per: SubjectKind;
  readonly object: string;
  /** `closed`, `raised`, `Degraded`, `hold in Protect`. */
  readonly is: string;
  /** The same without names of objects, where `is` or `name` has some. */
  readonly alike?: string;
  /** What stands against it, or raises it: facts (`bond.mode`, `node.ready unknown`), sorted. Neither values nor sentences: two captures
   *  differ in those without anything being decided otherwise. */
  readonly because: readonly string[];
}

export function decidedBy(sight: SideSight, asked: Iterable<Asked>, workflows: readonly WorkflowWord[]): Decided {
  const { populations } = sight.snapshot;
  const told: Told[] = [];
  for (const one of asked) {
    const { kind, name, per } = one;
    for (const [object, word] of sight.words(one)) {
      const tells = kind === 'finding' ? word.truth > 0 : word.truth !== TRUE;
      told.push({ kind, name, per, object, is: wordOf(one, word), because: tells ? codesOf(word.why()) : [] });
    }
  }
  const { phase, why } = sight.phase();
  told.push({ kind: 'phase', name: 'phase', per: 'site', object: 'site', is: phase, because: codesOf(why()) });
  for (const { id, word, alike, because } of workflows) {
    const of = id.slice(0, id.indexOf('/'));
    const about = { kind: 'workflow', name: id, per: 'site', object: 'site' } as const;
    told.push({ ...about, is: word, alike: `${of} ${alike}`, because: codesOf(because) });
  }
  const objects = subjectKinds.map((kind) => {
    const { state, members } = populations[kind];
    return [kind, state === 'known' ? members.length : null] as const;
  });
  return { objects: new Map(objects), told };
}

function codesOf(reasons: readonly Reason[]): readonly string[] {
  const codes = reasons.map(({ fact, unknown, law }) =>
    [fact, ...(unknown ? ['unknown'] : []), ...(law === undefined ? [] : [law])].join(' '),
  );
  return [...new Set(codes)].sort(byText);
}

/** Two captures have the same key if and only if nothing that is asked tells them apart, whatever their objects are called: of each kind
 *  there are as many, and as many of which the same is decided for the same facts. Which of them belongs to which is no part of it. */
export function keyOf({ objects, told }: Decided): string {
  const words = new Map<string, string[]>();
  for (const { kind, name, per, object, is, alike, because } of told) {
    const word = JSON.stringify(alike === undefined ? [kind, name, is, because] : [kind, alike, because]);
    const whose = JSON.stringify([per, object]);
    const before = words.get(whose);
    if (before === undefined) words.set(whose, [word]);
    else before.push(word);
  }
  const counts = [...objects].map(([kind, count]) => [kind, count] as const);
  return digestOf([
    counts,
    [...words.values()].map((all) => all.sort(byText).join('\n')).sort(byText),
  ] as unknown as Json);
}

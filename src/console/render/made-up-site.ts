import type { Grade } from '../../kernel/fact.ts';
import type { StatedFact } from '../../kernel/raw.ts';
import { formatDuration, formatValue } from '../../kernel/value.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import type { MadeUpSite } from '../../witness/answer.ts';

/** A site that nobody saw, for people: who there is, then of each what is known. Whatever is not in it nobody knows. Its names are ours
 *  or the profile's, its texts may be a rule's: whoever prints makes the lines harmless. */
export function siteLines({ lists, facts, frozen, mayBeSmaller }: MadeUpSite): readonly string[] {
  const known: readonly StatedFact[] = [
    ...facts,
    ...frozen.map(({ fact, of, value }) => ({ fact: `cohort.${fact}`, of, value, ageMs: 0, grade: observed })),
  ];
  const nobody = lists.filter(({ members }) => members.length === 0).map(({ kind }) => kind);
  return [
    ...lists
      .filter(({ members }) => members.length > 0)
      .map(({ kind, members, ageMs }) => {
        const old = ageMs === undefined ? '' : ', by a list that is too old';
        return `${kind}${members.length === 1 ? '' : 's'} ${members.join(', ')}${old}`;
      }),
    ...(nobody.length === 0 ? [] : [`no ${nobody.join(', ')}`]),
    ...[...Map.groupBy(known, ({ of }) => of)].flatMap(([object, own]) => [
      object,
      ...own.map((fact) => `  ${factLine(fact)}`),
    ]),
    ...(mayBeSmaller ? ['there may be a smaller one: the time was over'] : []),
  ];
}

const observed: Grade = 'observed';

function factLine(fact: StatedFact): string {
  return `${fact.fact} = ${factText(fact)}`;
}

/** `UpToDate (seen 31s before, reported)`; what is fresh and observed says neither. */
export function factText({ fact, value, ageMs, grade }: StatedFact): string {
  const declared = vocabulary.get(fact.replace(/^cohort\./, ''));
  const text = declared === undefined ? String(value) : formatValue(declared.type, value);
  const marks = [ageMs === 0 ? '' : `seen ${formatDuration(ageMs)} before`, grade === observed ? '' : grade];
  const aside = marks.filter((mark) => mark !== '').join(', ');
  return `${text}${aside === '' ? '' : ` (${aside})`}`;
}

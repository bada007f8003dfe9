import type { Showing } from '../../review/corpus/shown.ts';
import { moment } from '../ages.ts';
import type { Look } from '../paint.ts';
import { type Cell, table } from '../table.ts';
import { showingWords } from './corpus-words.ts';
import { count } from './count.ts';
import type { Data } from './data.ts';

/** What becomes of one capture, and why. */
export interface Fate {
  readonly name: string;
  readonly takenAtMs: number | null;
  readonly why: 'goes' | 'young' | 'only one' | 'not added' | 'other profile' | 'broken';
  /** What it alone shows of all that stay, the most telling first. */
  readonly only?: readonly Showing[];
}

export interface Expired {
  readonly corpus: string;
  readonly fates: readonly Fate[];
  readonly deleted: readonly string[];
}

/** `corpus expire -o json`: described in schemas/corpus-expire.v1.json. */
export function expiredData({ corpus, fates, deleted }: Expired): Data {
  return {
    schemaVersion: 'corpus-expire/v1',
    corpus,
    captures: fates.map(({ name, takenAtMs, why, only }) => ({
      name,
      takenAt: takenAtMs === null ? null : moment(takenAtMs),
      goes: why === 'goes',
      why,
      only: (only ?? []).map(showingWords),
    })),
    deleted: [...deleted],
  };
}

/** Who goes. */
export function expiredNames({ fates }: Expired): readonly string[] {
  return fates.flatMap(({ name, why }) => (why === 'goes' ? [name] : []));
}

export function expiredText({ fates }: Expired, deletes: boolean, look: Look): string {
  const rows = fates.map(({ name, takenAtMs, why, only = [] }): readonly Cell[] => {
    const goes = why === 'goes';
    const word = goes ? (deletes ? 'deleted' : 'goes') : 'stays';
    const taken = takenAtMs === null ? '' : moment(takenAtMs).slice(0, 10);
    return [{ text: word, paint: goes ? look.unsure : look.quiet }, name, taken, whyText(why, only, look)];
  });
  const going = fates.filter(({ why }) => why === 'goes').length;
  const note = going === 0 || deletes ? '' : `nothing was deleted: --delete deletes ${count(going, 'capture')}\n`;
  return `${table(look, ['FATE', 'NAME', 'TAKEN', 'WHY'], rows)}${note}`;
}

function whyText(why: Fate['why'], only: readonly Showing[], look: Look): string {
  if (why !== 'only one') return whys[why];
  const shown = only.slice(0, look.wide ? 5 : 1);
  const more = only.length - shown.length;
  return `alone shows ${shown.map(showingWords).join('; ')}${more === 0 ? '' : `, and ${more} more`}`;
}

const whys: Readonly<Record<Exclude<Fate['why'], 'only one'>, string>> = {
  goes: 'others that stay show all that it shows',
  young: 'is not so old',
  'not added': 'nobody added it',
  'other profile': 'was added by another profile, and this one does not judge it',
  broken: 'cannot be judged',
};

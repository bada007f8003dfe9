import type { Kept } from '../../review/corpus/kept.ts';
import type { Look } from '../paint.ts';
import { type Cell, table } from '../table.ts';
import { decidesWords, shownWords, showsOf } from './corpus-words.ts';
import type { Data } from './data.ts';

/** What became of one capture. `same`: nothing that is asked tells it from the one of that name. `there`: it was added before. */
export type Added = { readonly from: string; readonly name: string } & (
  | { readonly kind: 'added'; readonly kept: Kept }
  | { readonly kind: 'same' | 'there' }
);

type Counts = ReadonlyMap<string, number>;

/** `corpus add -o json`: described in schemas/corpus-add.v1.json. */
export function addedData(corpus: string, all: readonly Added[], counts: Counts): Data {
  return {
    schemaVersion: 'corpus-add/v1',
    corpus,
    captures: all.map((one) => ({
      from: one.from,
      name: one.name,
      result: one.kind,
      shows: one.kind === 'added' ? [...showsOf(one.kept, counts)] : [],
    })),
  };
}

/** What was added, and nothing else. */
export function addedNames(all: readonly Added[]): readonly string[] {
  return all.flatMap(({ kind, name }) => (kind === 'added' ? [name] : []));
}

export function addedText(all: readonly Added[], counts: Counts, look: Look): string {
  const rows = all.map((one): readonly Cell[] => {
    const { kind, from, name } = one;
    if (kind !== 'added') {
      const told = kind === 'there' ? 'was added before' : `${from} decides as it does: not added`;
      return [{ text: kind, paint: look.quiet }, name, '', told];
    }
    const shows = shownWords(showsOf(one.kept, counts), look);
    return [{ text: kind, paint: look.good }, name, decidesWords(one.kept), shows];
  });
  return table(look, ['RESULT', 'NAME', 'DECIDES', 'SHOWS'], rows);
}

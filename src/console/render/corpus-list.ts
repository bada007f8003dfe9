import { populated } from '../../review/corpus/kept.ts';
import { moment } from '../ages.ts';
import type { CorpusFolder, Member } from '../corpus.ts';
import type { Look } from '../paint.ts';
import { type Cell, table } from '../table.ts';
import { countsOf, decidesWords, objectsWords, shownWords, showsOf } from './corpus-words.ts';
import type { Data } from './data.ts';

type Counts = ReadonlyMap<string, number>;

/** `corpus list -o json`: described in schemas/corpus-list.v1.json. */
export function listedData({ path, members }: CorpusFolder, counts: Counts): Data {
  return {
    schemaVersion: 'corpus-list/v1',
    corpus: path,
    captures: members.map(({ name, path: at, kept, unreadable }) => ({
      name,
      path: at,
      state: stateOf({ kept, unreadable }),
      takenAt: kept === undefined || kept.takenAtMs === null ? null : moment(kept.takenAtMs),
      addedAt: kept === undefined ? null : moment(kept.addedAtMs),
      profile: kept === undefined ? null : { ...kept.profile },
      objects: kept === undefined ? null : Object.fromEntries(populated(kept)),
      decides: kept === undefined ? null : { phase: kept.phase.is, ...countsOf(kept) },
      shows: kept === undefined ? [] : [...showsOf(kept, counts)],
    })),
  };
}

function stateOf({ kept, unreadable }: Pick<Member, 'kept' | 'unreadable'>): 'added' | 'not added' | 'unreadable' {
  return kept !== undefined ? 'added' : unreadable ? 'unreadable' : 'not added';
}

export function listedText({ path, members }: CorpusFolder, counts: Counts, look: Look): string {
  if (members.length === 0) return `no capture is kept in ${path}\n`;
  const rows = members.map(({ name, kept, unreadable }): readonly Cell[] => {
    if (kept === undefined) {
      const told = unreadable ? 'what it decided cannot be read' : 'not added: nobody wrote down what it decides';
      return [name, '', '', '', '', { text: told, paint: look.unsure }];
    }
    const shows = showsOf(kept, counts);
    const { takenAtMs, profile } = kept;
    return [
      name,
      takenAtMs === null ? 'unknown' : look.wide ? moment(takenAtMs) : moment(takenAtMs).slice(0, 10),
      look.wide ? `${profile.name} ${profile.version}` : profile.name,
      look.wide ? objectsWords(kept) : '',
      decidesWords(kept),
      shownWords(shows, look),
    ];
  });
  return table(look, ['NAME', 'TAKEN', 'PROFILE', 'OBJECTS', 'DECIDES', 'SHOWS'], rows);
}

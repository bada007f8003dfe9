import type { Profile } from '../profile/profile.ts';
import type { Bound } from '../witness/bound.ts';
import { percentGiven } from './coverage.ts';
import type { Survivor } from './mutation-proof.ts';
import type { MutationsFound } from './mutation-run.ts';

/** All that `mutate` has to say. */
export interface Mutations {
  readonly profile: Profile;
  readonly tests: number;
  readonly found: Omit<MutationsFound, 'survived'>;
  readonly seed: number;
  readonly survived: readonly Survivor[];
  /** How far sites were looked for; undefined: nobody looked. */
  readonly looked: { readonly bound: Bound; readonly solver: string } | undefined;
}

export interface Score {
  readonly pack: string;
  readonly killed: number;
  readonly survived: number;
  /** Of those that survived: of which it is not known whether any site shows them. */
  readonly open: number;
  /** No site shows them: they are no matter of tests, and not counted. */
  readonly unseen: number;
}

/** Of each pack of which something was looked at, in their order. */
export function scoresOf({ profile, found, survived }: Mutations): readonly Score[] {
  const of = (pack: string): Score => {
    const own = survived.filter((one) => one.pack === pack);
    return scoreOf(pack, found.killed.filter((one) => one.pack === pack).length, own);
  };
  return profile.packs
    .map(({ name }) => of(name))
    .filter(({ killed, survived: left, unseen }) => killed + left + unseen > 0);
}

export function wholeScore({ found, survived }: Mutations): Score {
  return scoreOf('', found.killed.length, survived);
}

function scoreOf(pack: string, killed: number, survived: readonly Survivor[]): Score {
  const unseen = survived.filter(isUnseen).length;
  const open = survived.filter(({ could }) => could === undefined || could.kind === 'unfinished').length;
  return { pack, killed, survived: survived.length - unseen, open, unseen };
}

export function isUnseen({ could }: Survivor): boolean {
  return could?.kind === 'none';
}

export function percentOf({ killed, survived }: Pick<Score, 'killed' | 'survived'>): number {
  return percentGiven({ seen: killed, of: killed + survived });
}

import type { Survivor } from '../mutation-proof.ts';
import type { Killed } from '../mutation-run.ts';
import { isUnseen, type Mutations, percentOf, type Score, scoresOf, wholeScore } from '../mutation-score.ts';
import { where } from '../ready-test.ts';
import type { Data } from './data.ts';
import { changeText, couldText } from './mutate-words.ts';
import { placeData, profileData } from './parts.ts';
import { siteData } from './proof-data.ts';
import type { Report } from './report.ts';

export function mutateData(mutations: Mutations): Data {
  const { profile, tests, found, seed, survived, looked } = mutations;
  return {
    schemaVersion: 'mutate/v1',
    profile: profileData(profile),
    tests,
    changes: {
      all: found.all,
      drawn: found.drawn,
      seed,
      looked: found.looked,
      same: found.same,
      stopped: found.stopped ?? null,
    },
    looked: looked === undefined ? null : { bound: { ...looked.bound }, solver: looked.solver },
    score: scoreData(wholeScore(mutations)),
    packs: scoresOf(mutations).map((score) => ({ pack: score.pack, ...scoreData(score) })),
    noticed: found.killed.map((one) => ({ ...mutantData(one), test: one.test, step: one.step })),
    survived: survived.filter((one) => !isUnseen(one)).map(survivorData),
    unseen: survived.filter(isUnseen).map(survivorData),
  };
}

function scoreData(score: Score): { readonly [name: string]: Data } {
  const { killed, survived, open, unseen } = score;
  return { noticed: killed, survived, open, unseen, percent: percentOf(score) };
}

function mutantData({ pack, mutation, askedBy }: Pick<Killed, 'pack' | 'mutation' | 'askedBy'>) {
  const { kind, was, is, at } = mutation;
  return { pack, kind, was, is, askedBy: [...askedBy], at: placeData(at) };
}

function survivorData(one: Survivor): Data {
  const { could, ready } = one;
  return {
    ...mutantData(one),
    could: could?.kind ?? 'not-looked',
    says: couldText(one),
    witness: could?.kind === 'site' ? witnessData(could) : null,
    test: ready === undefined ? null : { name: ready.name, files: [{ ...ready.test }, { ...ready.capture }] },
  };
}

function witnessData({ of, name, object, was, is, site }: Extract<Survivor['could'], { kind: 'site' }>): Data {
  return { of, name, object, was, is, site: siteData(site) };
}

/** One case for each change: noticed is well, not noticed has failed, and what no site shows is a note. */
export function mutateReport(mutations: Mutations): Report {
  const { profile, found, survived } = mutations;
  const score = wholeScore(mutations);
  const caseOf = (one: Pick<Killed, 'pack' | 'mutation' | 'askedBy'>) => ({
    rule: `mutate-${one.mutation.kind}`,
    group: `${profile.name}/${one.pack}`,
    name: `${where(one)} ${changeText(one)}`,
    at: one.mutation.at,
  });
  return {
    name: `mutate ${profile.name}`,
    properties: {
      signature: 'unsigned',
      [`digest of ${profile.name}`]: profile.digest,
      score: `${percentOf(score)} %`,
      'not looked at': String(found.drawn - found.looked),
    },
    cases: [
      ...found.killed.map((one) => ({ ...caseOf(one), state: 'ok' as const, says: '' })),
      ...survived.map((one) => ({
        ...caseOf(one),
        state: isUnseen(one) ? ('note' as const) : ('failed' as const),
        says: `no test notices ${changeText(one)}: ${couldText(one)}`,
      })),
    ],
  };
}

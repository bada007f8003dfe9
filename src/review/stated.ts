import { normalise } from '../facts/normalise.ts';
import { createStore } from '../facts/store.ts';
import type { FactValue } from '../kernel/fact.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { Cohort } from '../kernel/workflow.ts';
import type { MadeUpSite } from '../witness/answer.ts';
import type { Judge, SideSight } from './sight.ts';

/** One side's look at a made-up site, taken as it takes every other. */
export function lookAtStated(judge: Judge, site: MadeUpSite): SideSight {
  return judge.look(snapshotOfStated(site, judge.side.profile.shape), cohortOfStated(site));
}

/** When a made-up site is looked at: ages count back from here. */
const statedAtMs = 0;

/** A made-up site as every other site is seen: stated, normalised, stored, cut. */
function snapshotOfStated({ lists, facts }: MadeUpSite, shape: SiteShape): Snapshot {
  const store = createStore(vocabulary);
  const raw = { from: 'stated', at: statedAtMs, lists, facts } as const;
  for (const report of normalise([raw], shape)) store.fold(report);
  return store.cut(statedAtMs);
}

/** What a workflow on it was frozen with. */
function cohortOfStated({ frozen }: MadeUpSite): Cohort {
  const facts: Record<string, Record<string, FactValue>> = Object.create(null);
  for (const { fact, of, value } of frozen) {
    const values = facts[fact] ?? Object.create(null);
    values[of] = value;
    facts[fact] = values;
  }
  return { nodes: [], hand: '', facts };
}

/** What a review costs: a change of rules over many captures beside judging them alone, and sites that nobody saw. */
import { workflowsOf } from '../src/console/review-workflows.ts';
import { normalise } from '../src/facts/normalise.ts';
import { createStore } from '../src/facts/store.ts';
import { TRUE } from '../src/kernel/verdict.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { type Z3Solver, z3 } from '../src/platform/z3.ts';
import { askedOf } from '../src/review/asked.ts';
import { heldOf } from '../src/review/held.ts';
import { review } from '../src/review/review.ts';
import type { Side } from '../src/review/side.ts';
import { compile } from '../src/rules/compile.ts';
import type { Condition } from '../src/rules/condition.ts';
import { usualBound } from '../src/witness/bound.ts';
import type { Claim, Held } from '../src/witness/claim.ts';
import { search } from '../src/witness/search.ts';
import { captureOf, momentsOfUpgrade, type SiteMoment } from './review-moments.ts';
import { limitChanged, sideWith, sixteenNodes } from './review-sides.ts';
import type { Row } from './row.ts';

const captures = 200;
const rounds = 3;

export async function measure(): Promise<readonly Row[]> {
  return [...(await corpusRows()), ...(await witnessRows())];
}

/** By the processor's time and in turns, so that whoever else works on the machine is counted on neither side. */
async function corpusRows(): Promise<readonly Row[]> {
  const [old, fresh] = [sideWith(sixteenNodes), sideWith(sixteenNodes, limitChanged)];
  const moments = await momentsOfUpgrade(old, captures);
  const corpus = moments.map(captureOf);
  const [alone, whole]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await secondsOf(() => judgedAlone([old, fresh], moments)));
    whole.push(
      await secondsOf(async () => {
        const found = await review(old, fresh, corpus, { moments: false, workflows: workflowsOf });
        if (found.corpus.moments !== captures) throw new Error('not every capture was reviewed');
        return found.corpus.equal;
      }),
    );
  }
  const [seconds, ratio] = [Math.min(...whole), Math.min(...whole) / Math.min(...alone)];
  const name = `review: two versions of the whole profile, one limit changed, over ${captures} captures of 16 nodes`;
  return [
    { name, figure: seconds, unit: 's of one core', goal: '≤ 2 s', ok: seconds <= 2 },
    {
      name: `${name}, against judging them alone, once for each side`,
      figure: ratio,
      unit: '×',
      goal: '≤ 3×',
      ok: ratio <= 3,
    },
  ];
}

/** How many gates and findings are open: the evaluations that a review cannot do without, and nothing else. */
function judgedAlone(sides: readonly Side[], moments: readonly SiteMoment[]): number {
  const compiled = sides.map(({ profile }) => ({ shape: profile.shape, rules: compile(profile.packs) }));
  let open = 0;
  for (const { atMs, raws } of moments) {
    for (const { shape, rules } of compiled) {
      const store = createStore(vocabulary);
      for (const report of normalise(raws, shape)) store.fold(report);
      const { gates, findings } = rules.evaluate(store.cut(atMs));
      for (const { truths } of [...gates, ...findings]) open += truths.filter((truth) => truth === TRUE).length;
    }
  }
  return open;
}

interface Timed {
  readonly name: string;
  readonly seconds: number;
}

/** Of each gate, guard and question of a state both claims of a review: itself open while a copy without the last part of its first `all` is not,
 *  of which there must be none, and the other way round. */
async function witnessRows(): Promise<readonly Row[]> {
  const side = sideWith();
  const solver = await z3();
  try {
    const totals: (readonly [number, readonly Timed[]])[] = [];
    for (const size of [1, 2, 3, 4]) totals.push([size, await askedWithin(side, solver, size)]);
    return totals.flatMap(([size, timed]): readonly Row[] => {
      const total = timed.reduce((sum, { seconds }) => sum + seconds, 0);
      const slowest = timed.reduce((most, one) => (one.seconds > most.seconds ? one : most));
      const name = `witness: ${size} nodes, ${size} volumes, ${size} VMs, what opens and what closes`;
      const all = {
        name: `${name}, the shipped profile's ${timed.length} rules`,
        figure: total,
        unit: 's of one core',
      };
      if (size !== usualBound.nodes) return [all];
      const one = { name: `${name}, the slowest rule`, figure: slowest.seconds, unit: 's of one core' };
      return [
        { ...one, goal: '≤ 10 s', ok: slowest.seconds <= 10 },
        { ...all, goal: '≤ 60 s', ok: total <= 60 },
      ];
    });
  } finally {
    await solver.close();
  }
}

async function askedWithin(side: Side, solver: Z3Solver, size: number): Promise<readonly Timed[]> {
  const bound = { nodes: size, volumes: size, vms: size };
  const { shape } = side.profile;
  const ask = (claim: Claim) => search(claim, { bound, vocabulary, shape, solver, leftMs: () => 60_000 });
  const timed: Timed[] = [];
  for (const asked of askedOf(side, undefined).values()) {
    if (asked.kind === 'finding') continue;
    const { name, per } = asked;
    const itself = heldOf(asked, 'open');
    const weaker: Held = { is: 'open', ways: itself.ways.map((way) => way.map(weakened)) };
    const seconds = await secondsOf(async () => {
      const none = await ask({ per, holds: [itself, { ...weaker, is: 'not open' }] });
      if (none.kind !== 'none') throw new Error(`${name} opens where it asks less: ${none.kind}`);
      const some = await ask({ per, holds: [weaker, { ...itself, is: 'not open' }] });
      if (some.kind === 'unfinished') throw new Error(`${name} is not answered within a minute`);
      return 1;
    });
    timed.push({ name, seconds });
  }
  return timed;
}

/** Without the last part of its first `all`; what has none asks the same. */
function weakened(condition: Condition): Condition {
  switch (condition.kind) {
    case 'leaf':
    case 'asks-unknown':
    case 'not':
      return condition;
    case 'all': {
      const [first, ...rest] = condition.of;
      return { ...condition, of: [first, ...rest.slice(0, -1)] };
    }
    case 'any': {
      const [first, ...rest] = condition.of;
      return { ...condition, of: [weakened(first), ...rest] };
    }
    case 'named':
      return { ...condition, of: weakened(condition.of) };
    case 'quantified':
      // What asks less of those who must not be there asks more.
      if (condition.quantifier.kind === 'none' || condition.quantifier.kind === 'atMost') return condition;
      return { ...condition, satisfies: weakened(condition.satisfies) };
  }
}

/** Seconds of the processor, the solver's threads included. */
async function secondsOf(what: () => number | Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const came = await what();
  const { user, system } = process.cpuUsage(before);
  if (came === 0) throw new Error('nothing was done');
  return (user + system) / 1e6;
}

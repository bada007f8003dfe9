/** Many runs of the simulated site: `node scripts/campaign.ts [--steps N] [--seed S] [--workers W] [--minutes M] [--rounds R] [--out FOLDER]
 *  [--all]`.
 *  The same seed and build give the same runs and the same digest, however many workers there are. Exit 3: a law was broken, and the
 *  shortest story of it lies in the folder; exit 1: something that must be tried was not. `--all` goes on after a broken law. */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { WorkflowKind } from '../src/crd/workflow-object.ts';
import { type CoverageCount, coverageOf, coverageTable, missed } from '../src/sim/coverage.ts';
import { type Deed, deeds as deedNames } from '../src/sim/deeds.ts';
import type { RunEnd } from '../src/sim/story.ts';
import { courseOf, type Job, profiles, roundOf, runsInRound, workflows } from './campaign-plan.ts';
import { type Done, profileAt } from './campaign-run.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: 'Infinity' },
    out: { type: 'string', default: 'reports/campaign' },
    all: { type: 'boolean', default: false },
  },
});
const [stepsWanted, seed, workers] = [values.steps, values.seed, values.workers].map(Number) as [
  number,
  number,
  number,
];
const untilMs = performance.now() + Number(values.minutes) * 60_000;
/** Rounds beyond the steps that were asked for, to try what is still untried. */
const roundsMore = 8;

const courses = new Map(
  workflows.map((kind) => {
    const machine = profileAt(profiles[0]).machineOf(kind)?.machine;
    if (machine === undefined) throw new Error(`no pack drives a ${kind}`);
    return [kind, courseOf(machine)] as const;
  }),
);
const statesOf = (kind: WorkflowKind): readonly string[] =>
  profileAt(profiles[0])
    .machineOf(kind)
    ?.machine.states.map(({ name }) => name) ?? [];
const heldOf = new Map(
  profiles.map((path) => {
    const { atLeast, atMost } = profileAt(path).shape.nodes;
    return [path, { nodes: [atLeast, atMost] as const }] as const;
  }),
);

const coverages = new Map<WorkflowKind, CoverageCount>(workflows.map((kind) => [kind, coverageOf(statesOf(kind))]));
const ends = new Map<string, Map<RunEnd, number>>();
const because = new Map<string, number>();
/** The first run of each reason, to be looked at. */
const examples = new Map<string, { readonly job: Job; readonly begun: readonly string[] }>();
const deedCounts = new Map<Deed, number>();
const broken: { readonly job: Job; readonly done: Done }[] = [];
const restless: string[] = [];
const digest = createHash('sha256');
let [runs, steps, simulatedMs, decidingMs, round] = [0, 0, 0, 0, 0];
const beganMs = performance.now();

mkdirSync(values.out, { recursive: true });
const children = Array.from({ length: workers }, () =>
  fork(join(import.meta.dirname, 'campaign-worker.ts'), { serialization: 'advanced' }),
);

let roundsOver = 0;
while (roundsOver <= roundsMore && round < Number(values.rounds) && performance.now() < untilMs) {
  const isFull = untried('ReplicationUpgrade').length === 0;
  if (steps >= stepsWanted) {
    if (isFull) break;
    roundsOver += 1;
  }
  const jobs = roundOf(seed, round, courses, coverages, heldOf, isFull);
  const results = await carriedOut(jobs);
  for (const [at, done] of results.entries()) count(jobs[at] as Job, done);
  round += 1;
  save();
  progress();
  if (broken.length > 0 && !values.all) break;
}
for (const child of children) child.kill();
print();
/** Liveness: a run that ends by its bound waits for something that nobody says. */
const isWanting = untried('ReplicationUpgrade').length + undone().length + restless.length > 0;
process.exitCode = broken.length > 0 ? 3 : isWanting ? 1 : 0;

/** Each worker takes the next job when it has none; what comes back is put in the jobs' order. */
async function carriedOut(jobs: readonly Job[]): Promise<readonly Done[]> {
  const results: Done[] = [];
  let next = 0;
  const serve = async (child: ChildProcess): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      results[job.index - round * runsInRound] = await answerOf(child, job);
    }
  };
  await Promise.all(children.map(serve));
  return results;
}

function answerOf(child: ChildProcess, job: Job): Promise<Done> {
  return new Promise((resolve, reject) => {
    const died = (): void => reject(new Error(`the worker died in run ${job.index}`));
    child.once('exit', died);
    child.once('message', (done) => {
      child.off('exit', died);
      resolve(done as Done);
    });
    child.send(job);
  });
}

function count(job: Job, done: Done): void {
  runs += 1;
  steps += done.steps;
  simulatedMs += done.simulatedMs;
  decidingMs += done.decidingMs;
  const coverage = coverages.get(job.workflow);
  for (const [state, kind, many] of done.hits) for (let hit = 0; hit < many; hit += 1) coverage?.hit(state, kind);
  for (const [deed, many] of done.deeds) deedCounts.set(deed, (deedCounts.get(deed) ?? 0) + many);
  const group = `${job.workflow}, ${job.profile.replace('profiles/', '')}`;
  const ofGroup = ends.get(group) ?? new Map<RunEnd, number>();
  ends.set(group, ofGroup.set(done.end, (ofGroup.get(done.end) ?? 0) + 1));
  const why = `${done.end}: ${plain(done.because)}`;
  if (done.end !== 'complete') because.set(why, (because.get(why) ?? 0) + 1);
  if (done.end !== 'complete' && !examples.has(why)) examples.set(why, { job, begun: done.begun });
  if (done.end === 'bound') restless.push(`${job.seed} ${job.workflow} ${done.state} ${done.begun.join(',')}`);
  const { index, end, violations } = done;
  digest.update(JSON.stringify([index, done.steps, end, done.because, done.simulatedMs, done.hits, violations]));
  if (done.violations.length === 0) return;
  broken.push({ job, done });
  writeFileSync(storyPath(job), portable(done.story ?? ''));
}

/** Profiles as seen from the folder that the story lies in. */
function portable(story: string): string {
  return story.replaceAll(join(import.meta.dirname, '..'), relative(values.out, join(import.meta.dirname, '..')));
}

/** Without the names of this run. */
function plain(says: string): string {
  return says
    .replaceAll(/\b(pvc|vm|node)-(new-)?[\w-]+/g, '$1-*')
    .replaceAll(/\(as seen at [^)]*\)/g, '')
    .replaceAll(/\d+/g, 'N')
    .slice(0, 140);
}

function untried(kind: WorkflowKind): readonly string[] {
  const coverage = coverages.get(kind);
  return coverage === undefined ? [] : missed(coverage).map(({ state, kind: fault }) => `${state} × ${fault}`);
}

function undone(): readonly string[] {
  return Object.keys(deedNames).filter((deed) => !deedCounts.has(deed as Deed));
}

function figures(): object {
  const seconds = (performance.now() - beganMs) / 1_000;
  const sorted = (map: ReadonlyMap<string, number>): object =>
    Object.fromEntries([...map].sort(([one, many], [other, less]) => less - many || (one < other ? -1 : 1)));
  return {
    seed,
    workers,
    runs,
    steps,
    seconds: Math.round(seconds),
    stepsPerSecond: Math.round(steps / seconds),
    simulatedHours: Math.round(simulatedMs / 3_600_000),
    shareInOperator: Number((decidingMs / 1_000 / seconds / workers).toFixed(2)),
    digest: digest.copy().digest('hex').slice(0, 16),
    ends: Object.fromEntries([...ends].sort().map(([group, of]) => [group, sorted(of)])),
    because: sorted(because),
    examples: Object.fromEntries(examples),
    restless,
    deeds: sorted(deedCounts),
    violations: broken.map(({ job, done }) => ({
      seed: job.seed,
      workflow: job.workflow,
      profile: job.profile,
      site: job.site,
      begun: done.begun,
      laws: done.violations,
    })),
    untried: Object.fromEntries(workflows.map((kind) => [kind, untried(kind)])),
    coverage: Object.fromEntries(
      workflows.map((kind) => [
        kind,
        Object.fromEntries(
          [...(coverages.get(kind)?.hits ?? [])].map(([state, row]) => [state, Object.fromEntries(row)]),
        ),
      ]),
    ),
  };
}

function save(): void {
  writeFileSync(join(values.out, 'campaign.json'), `${JSON.stringify(figures(), null, 1)}\n`);
}

function progress(): void {
  const seconds = (performance.now() - beganMs) / 1_000;
  const tried = `${untried('ReplicationUpgrade').length} + ${untried('BondModeFlipPlan').length} untried`;
  process.stdout.write(
    `${runs} runs, ${steps.toLocaleString('en')} steps, ${Math.round(steps / seconds).toLocaleString('en')}/s, ${tried}, ${broken.length} broken, ${restless.length} restless\n`,
  );
}

function print(): void {
  for (const kind of workflows) {
    const coverage = coverages.get(kind);
    if (coverage !== undefined) line(`\n${kind}: kinds of faults × states\n${coverageTable(coverage)}`);
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  line(`${number(runs)} runs, ${number(steps)} steps, ${number(simulatedMs / 3_600_000)} hours of sites`);
  line(`${number(seconds)} s on ${workers} workers: ${number(steps / seconds)} steps/s`);
  for (const [group, of] of [...ends].sort()) {
    line(
      `  ${group.padEnd(34)} ${[...of]
        .sort()
        .map(([end, many]) => `${many} ${end}`)
        .join(', ')}`,
    );
  }
  const most = [...because].sort(([one, many], [other, less]) => less - many || (one < other ? -1 : 1));
  line('why not complete, the most frequent:');
  for (const [why, many] of most.slice(0, 20)) line(`  ${String(many).padStart(5)}  ${why}`);
  if (most.length > 20) line(`  and ${most.length - 20} more, all of them in ${join(values.out, 'campaign.json')}`);
  line('what really came of the faults:');
  for (const [deed, means] of Object.entries(deedNames))
    line(`  ${String(deedCounts.get(deed as Deed) ?? 0).padStart(7)}  ${deed}: ${means}`);
  for (const kind of workflows) line(`${kind}: ${untried(kind).length} pairs of state and fault untried`);
  for (const pair of untried('ReplicationUpgrade')) line(`  ${pair}`);
  for (const seedOf of restless) line(`not at rest, and nobody says what for: ${seedOf}`);
  for (const { job, done } of broken) {
    line(
      `BROKEN: seed ${job.seed}, ${job.workflow}: ${done.violations.map(({ law, says }) => `${law} ${says}`).join('; ')}`,
    );
    line(`  nwctl replay ${storyPath(job)}`);
  }
  line(`violations: ${broken.length}; seed ${seed}, digest ${digest.copy().digest('hex').slice(0, 16)}`);
}

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}

function storyPath({ workflow, seed: ofRun }: Job): string {
  return join(values.out, `story-${workflow}-${ofRun}.yaml`);
}

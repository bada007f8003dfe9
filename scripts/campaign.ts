/** Many runs of the simulated site: `node scripts/campaign.ts [--steps N] [--seed S] [--workers W] [--minutes M] [--out FOLDER] [--all]`.
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
while (roundsOver <= roundsMore && performance.now() < untilMs) {
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
process.exitCode = broken.length > 0 ? 3 : untried('ReplicationUpgrade').length + undone().length > 0 ? 1 : 0;

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
  if (done.end === 'bound') restless.push(`${job.seed} ${job.workflow} ${done.state} ${done.begun.join(',')}`);
  const { index, end, violations } = done;
  digest.update(JSON.stringify([index, done.steps, end, done.because, done.simulatedMs, done.hits, violations]));
  if (done.violations.length === 0) return;
  broken.push({ job, done });
  writeFileSync(join(values.out, `story-${job.workflow}-${job.seed}.yaml`), portable(done.story ?? ''));
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
  const { coverage: _, because: why, ...shown } = figures() as { coverage: object; because: object };
  for (const kind of workflows) {
    const coverage = coverages.get(kind);
    if (coverage !== undefined) process.stdout.write(`\n${kind}: kinds of faults × states\n${coverageTable(coverage)}`);
  }
  process.stdout.write(`${JSON.stringify({ ...shown, because: why }, null, 1)}\n`);
  for (const deed of undone()) process.stdout.write(`never really happened: ${deed}\n`);
}

import { apiVersion } from '../crd/workflow-object.ts';
import { type KubeObject, kindOf } from '../kernel/raw.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { type Deed, deedsOf } from './deeds.ts';
import { endingOf } from './ending.ts';
import type { Fault } from './fault-kinds.ts';
import { drawFaults, type FaultChoice } from './faults.ts';
import { notaryOf } from './notary.ts';
import { statusIn } from './oracles/court.ts';
import { journalsOf } from './oracles/journals.ts';
import { juryOf } from './oracles/jury.ts';
import { slackOf } from './oracles/slack.ts';
import { truthsOf } from './oracles/truth.ts';
import type { Violation } from './oracles/violation.ts';
import { patienceOf } from './patience.ts';
import { leaders, metered, operatorNames, realPrograms } from './processes.ts';
import { progressOf } from './progress.ts';
import { randomOf } from './random.ts';
import type { RunOptions } from './run-options.ts';
import { startMs, statesOfRun, targetsIn, worldOfRun } from './run-site.ts';
import { siteOf } from './site.ts';
import { type RunEnd, storyBoundMs } from './story.ts';
import { planFaults } from './strike.ts';
import { tellerOf } from './teller.ts';
import { type Told, transcriptOf } from './transcript.ts';

/** What came of a run. */
export interface RunResult {
  readonly seed: number | string;
  readonly steps: number;
  readonly end: RunEnd;
  /** Why it halted or went back, or what it waits for; empty where it did not. */
  readonly because: string;
  readonly violations: readonly Violation[];
  readonly coverage: Coverage;
  /** What really came of them. */
  readonly deeds: ReadonlyMap<Deed, number>;
  readonly faults: readonly Fault[];
  /** Those of them that began: the others waited for a state that never came. */
  readonly begun: readonly Fault[];
  readonly states: readonly string[];
  readonly simulatedMs: number;
  readonly transcript: readonly Told[];
  /** Milliseconds of our own time spent in the operator, if somebody measured. */
  readonly decidingMs: number;
}

const workflowName = 'site';
const askedForAtMs = 20_000;
/** If it was forgotten with an old database, somebody finds out and asks for it again. */
const askedAgainAfterMs = 60_000;
const lookEveryMs = 10_000;
const violationsMax = 20;
const plentyOfSteps = 2_000_000;

export async function simulate(options: RunOptions): Promise<RunResult> {
  const random = randomOf(options.seed);
  const { profile, workflow } = options;
  const compiled = profile.machineOf(workflow);
  if (compiled === undefined) throw new RangeError(`no pack of the profile drives a ${workflow}`);
  const states = statesOfRun(options);
  const world = worldOfRun(options);
  const site = siteOf(startMs, random, world, options.keeperOf);
  const { time, api, work, keeper } = site;
  const lock = profile.shape.lock?.lease;
  const kind = `${apiVersion}/${workflow}`;
  const object = { kind, name: workflowName };

  const violations: Violation[] = [];
  const transcript = transcriptOf(startMs, options.linesMax ?? 0);
  const violated = (law: Violation['law'], says: string): void => {
    if (violations.some((one) => one.law === law && one.says === says) || violations.length >= violationsMax) return;
    violations.push({ law, atMs: time.nowMs - startMs, says });
    transcript.tell(time.nowMs, 'law', `${law} BROKEN: ${says}`);
  };
  const coverage = coverageOf(states);
  const slack = slackOf();
  const truths = truthsOf();
  const journals = journalsOf();
  const slackMs = (): number => slack.atMs(time.nowMs);
  const isLiedTo = (): boolean => slack.feels('linstor-lies', time.nowMs);
  const jury = juryOf({ time, api, compiled, truths, journals, slackMs, isLiedTo, violated }, object);
  const teller = tellerOf(transcript, time, object, lock);
  const deeds = deedsOf(api, journals, leaders, object);
  const notary = notaryOf(site, world, profile.shape, journals, truths);

  // The site as it stands before anybody asks for anything.
  for (const one of world.objects()) api.put(one);
  if (lock !== undefined) api.put(leaseOf(lock));
  notary.note();

  let profiles: readonly HeldProfile[] = [profile];
  let decidingMs = 0;
  const programs = options.programs ?? realPrograms(world, profile, () => profiles, keeper, options);
  const { meter } = options;
  for (const node of world.nodes()) site.addAgent(node, (life) => programs.agent(node, life));
  for (const name of operatorNames) {
    site.addOperator(name, (life) => {
      const program = programs.operator(name, life);
      if (meter === undefined) return program;
      return metered(program, meter, (ms) => {
        decidingMs += ms;
      });
    });
  }

  const { faults: asked } = options;
  const faults = isChoice(asked) ? drawFaults(random.split('faults'), targetsIn(world, states), asked) : asked;
  const begun: Fault[] = [];
  const plan = planFaults(
    {
      site,
      strike(fault) {
        notary.touched();
        world.strike(fault);
      },
      relieve(fault) {
        notary.touched();
        world.relieve(fault);
      },
      objects: () => world.objects(),
      workflow: object,
      lock,
      operators: operatorNames,
      changeProfile() {
        if (options.nextProfile !== undefined) profiles = [options.nextProfile, profile];
      },
      transcript,
      begun(fault) {
        begun.push(fault);
        slack.begun(fault.kind);
        coverage.hit(progress.state, fault.kind);
        site.later(0, notary.note); // it strikes after this
      },
      ended(fault) {
        slack.ended(fault.kind, time.nowMs);
        site.later(0, notary.note);
      },
    },
    faults,
  );
  const progress = progressOf(states[0] ?? '', time, (state) => {
    for (const fault of work.faults) coverage.hit(state, fault.kind);
    plan.entered(state);
  });
  const ask = (): void => {
    const isAsked = api.look(kind, workflowName) !== undefined;
    if (!isAsked) api.put({ apiVersion, kind: workflow, metadata: { name: workflowName }, spec: {} });
  };
  api.onWrite((write) => {
    if (write.after !== undefined) options.onWrite?.(write.after, time.nowMs);
    for (const onlooker of [notary, teller, deeds, jury]) onlooker.wrote(write);
    const one = write.after ?? write.before;
    if (one?.metadata.name !== workflowName || kindOf(one) !== kind) return;
    if (write.after !== undefined) progress.stands(statusIn(write.after));
    else {
      // Nobody asks for it any more, and whoever did finds out.
      progress.isGone();
      site.later(askedAgainAfterMs, ask);
    }
  });
  site.onlookers.push(teller, deeds, jury, notary, {
    moved() {
      for (const says of world.harm()) violated('harm', says);
    },
    powered(node, power) {
      if (power !== 'up' || site.runners.has(node)) return;
      site.addAgent(node, (life) => programs.agent(node, life));
      site.start(node);
    },
  });

  const standing = (): KubeObject | undefined => api.look(kind, workflowName);
  const patience = patienceOf(compiled.machine);
  const ending = endingOf({ time, jury, progress, plan, patience, transcript, standing });
  const look = (): void => {
    ending.look();
    site.later(lookEveryMs, look);
  };
  look();
  site.later(askedForAtMs, ask);
  for (const node of world.nodes()) site.start(node);
  site.start(operatorNames[0]);
  if (random.split('standby').chance(0.3)) site.start(operatorNames[1]);

  const boundMs = startMs + (options.boundMs ?? storyBoundMs);
  const stepsMax = options.stepsMax ?? plentyOfSteps;
  try {
    while (time.nowMs < boundMs + ending.leaptMs && site.steps < stepsMax && !ending.isOver() && site.step()) {
      const promise = site.waits();
      if (promise !== undefined) await promise;
    }
  } catch (problem) {
    // Nothing of ours may throw, whatever it is told; where it does, the run is the shortest way to see it again.
    violated('crash', problem instanceof Error ? `${problem.message} ${whereIn(problem)}` : String(problem));
  }
  await keeper.close();
  return {
    seed: options.seed,
    steps: site.steps,
    end: ending.end,
    because: ending.because,
    violations,
    coverage,
    deeds: deeds.counts,
    faults,
    begun,
    states: progress.passed,
    simulatedMs: time.nowMs - startMs,
    transcript: transcript.lines,
    decidingMs,
  };
}

function isChoice(faults: RunOptions['faults']): faults is FaultChoice {
  return !Array.isArray(faults);
}

function leaseOf({ namespace, name }: { readonly namespace: string; readonly name: string }): KubeObject {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name }, spec: {} };
}

/** The first line of a stack that is ours, without the machine's paths. */
function whereIn({ stack = '' }: Error): string {
  return /src\/[\w./-]+:\d+:\d+/.exec(stack)?.[0] ?? '';
}

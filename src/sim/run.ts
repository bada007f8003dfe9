import { agent } from '../agent/agent.ts';
import type { Senses } from '../agent/sense.ts';
import { agentStatusKind } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { apiVersion, type WorkflowKind } from '../crd/workflow-object.ts';
import { type KubeObject, kindOf, type Raw } from '../kernel/raw.ts';
import { formatDuration } from '../kernel/value.ts';
import type { WorkflowStatus } from '../kernel/workflow.ts';
import { defaultTimes, Operator, operate } from '../operator/operator.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { type Deed, deedsOf } from './deeds.ts';
import type { Fault } from './fault-kinds.ts';
import { drawFaults, type FaultChoice, type Targets } from './faults.ts';
import { statusIn } from './oracles/court.ts';
import { journalsOf } from './oracles/journals.ts';
import { juryOf } from './oracles/jury.ts';
import { slackOf } from './oracles/slack.ts';
import { truthsOf } from './oracles/truth.ts';
import type { Violation } from './oracles/violation.ts';
import { patienceOf, saidOf } from './patience.ts';
import { randomOf } from './random.ts';
import { simWorld } from './real-world.ts';
import { type SimWorld, truthOf } from './sim-world.ts';
import { type Asked, changes, isOurs, type Life, type Program, siteOf } from './site.ts';
import { type RunEnd, type SiteSize, storyBoundMs } from './story.ts';
import { planFaults } from './strike.ts';
import { tellerOf } from './teller.ts';
import { type Told, transcriptOf } from './transcript.ts';

/** One run: everything that decides what happens in it. The same options and the same build give the same bytes. */
export interface RunOptions {
  readonly seed: number | string;
  readonly workflow: WorkflowKind;
  /** With the machine of the workflow's kind, compiled. */
  readonly profile: HeldProfile;
  /** What the site gets when its profile changes. */
  readonly nextProfile?: HeldProfile;
  readonly site?: SiteSize;
  /** These, or drawn by the seed from these kinds. */
  readonly faults: readonly Fault[] | FaultChoice;
  readonly boundMs?: number;
  readonly stepsMax?: number;
  /** Lines of transcript that are kept; 0 for none. */
  readonly linesMax?: number;
  /** For tests: another world than the real one. */
  readonly makeWorld?: MakeWorld;
  /** For the bench: a clock that measures our own time, milliseconds. */
  readonly meter?: () => number;
  /** For whoever keeps what a site looked like: everything that is written to the API server, when it is. */
  readonly onWrite?: (object: KubeObject, nowMs: number) => void;
  /** For whoever compares: every record of a decision before it is written, with everything that its operator had heard by
   *  that moment of its own clock. */
  readonly onRecord?: (line: string, heard: (nowMs: number) => readonly Raw[]) => void;
  /** For tests: other programs than the real ones. */
  readonly programs?: Programs;
}

export type MakeWorld = typeof simWorld;

export interface Programs {
  agent(node: string, life: Life): Program;
  operator(name: string, life: Life): Program;
}

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

/** Everything begins on a spring morning. */
export const startMs = Date.UTC(2026, 2, 4, 10, 0, 0);
export const operatorNames = ['operator-1', 'operator-2'] as const;
const leaders = { namespace: 'nodewright', name: 'operator' };
const workflowName = 'site';
const askedForAtMs = 20_000;
/** If it was forgotten with an old database, somebody finds out and asks for it again. */
const askedAgainAfterMs = 60_000;
/** After it has come to rest it is watched a little longer: nothing may act any more. */
const watchedOnMs = 60_000;
const lookEveryMs = 10_000;
const violationsMax = 20;

export async function simulate(options: RunOptions): Promise<RunResult> {
  const random = randomOf(options.seed);
  const { profile, workflow } = options;
  const compiled = profile.machineOf(workflow);
  if (compiled === undefined) throw new RangeError(`no pack of the profile drives a ${workflow}`);
  const states = compiled.machine.states.map(({ name }) => name);
  const world = (options.makeWorld ?? simWorld)(options.site ?? {}, workflow, profile, random.split('world'), startMs);
  const site = siteOf(startMs, random, world);
  const { time, api, work } = site;
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
  const senses = new Map<string, Senses>();
  const uids = new Map(world.nodes().map((node) => [node, world.uid(node)]));
  const slackMs = (): number => slack.atMs(time.nowMs);
  const isLiedTo = (): boolean => slack.feels('linstor-lies', time.nowMs);
  const court = { time, api, compiled, truths, journals, slackMs, isLiedTo, violated };
  const jury = juryOf(court, object);
  const teller = tellerOf(transcript, time, object, lock);
  const deeds = deedsOf(api, journals, leaders, object);
  const patience = patienceOf(compiled.machine);
  /** Since the truth was noted last somebody did something to the world. */
  let mayHaveMoved = true;
  const note = (): void => {
    mayHaveMoved = false;
    truths.note(time.nowMs, truthOf(site, world, profile.shape, journals, senses));
  };

  // The site as it stands before anybody asks for anything.
  for (const one of world.objects()) api.put(one);
  if (lock !== undefined) api.put(leaseOf(lock));
  note();

  let profiles: readonly HeldProfile[] = [profile];
  let decidingMs = 0;
  const measured = (program: Program): Program =>
    options.meter === undefined ? program : timed(program, options.meter);
  function* timed(program: Program, meter: () => number): Program {
    let answer: Parameters<Program['next']>[0] | undefined;
    for (;;) {
      const before = meter();
      const turn = answer === undefined ? program.next() : program.next(answer);
      decidingMs += meter() - before;
      if (turn.done === true) return turn.value;
      answer = yield turn.value;
    }
  }
  const programs = options.programs ?? realPrograms(world, profile, () => profiles, options.onRecord);
  for (const node of world.nodes()) site.addAgent(node, (life) => programs.agent(node, life));
  for (const name of operatorNames) site.addOperator(name, (life) => measured(programs.operator(name, life)));

  const targets = targetsIn(world, states);
  const { faults: asked } = options;
  const faults = isChoice(asked) ? drawFaults(random.split('faults'), targets, asked) : asked;
  const begun: Fault[] = [];
  const plan = planFaults(
    {
      site,
      strike(fault) {
        mayHaveMoved = true;
        world.strike(fault);
      },
      relieve(fault) {
        mayHaveMoved = true;
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
        coverage.hit(state, fault.kind);
        site.later(0, note); // it strikes after this
      },
      ended(fault) {
        slack.ended(fault.kind, time.nowMs);
        site.later(0, note);
      },
    },
    faults,
  );

  let state = states[0] ?? '';
  const passed: string[] = [];
  let restedAtMs = Number.POSITIVE_INFINITY;
  let outcome: WorkflowStatus['outcome'];
  let because = '';
  const enters = (status: WorkflowStatus): void => {
    if (status.outcome !== outcome) {
      // A database that is put back can also put an end back.
      outcome = status.outcome;
      because = status.because ?? '';
      restedAtMs = outcome === undefined ? Number.POSITIVE_INFINITY : time.nowMs;
    }
    if (status.state === state && passed.length > 0) return;
    state = status.state;
    passed.push(state);
    for (const fault of work.faults) coverage.hit(state, fault.kind);
    plan.entered(state);
  };
  /** Nobody has written a status yet: it is where it starts. */
  const begins = (): void => {
    if (passed.length > 0) return;
    for (const fault of work.faults) coverage.hit(state, fault.kind);
    plan.entered(state);
  };
  const ask = (): void => {
    const isAsked = api.look(kind, workflowName) !== undefined;
    if (!isAsked) api.put({ apiVersion, kind: workflow, metadata: { name: workflowName }, spec: {} });
  };
  api.onWrite((write) => {
    if (write.after !== undefined) options.onWrite?.(write.after, time.nowMs);
    if (lock !== undefined && isLock(write.after ?? write.before, lock)) note();
    const written = write.after ?? write.before;
    if (written !== undefined && !isOurs(written)) mayHaveMoved = true; // whoever watches it acts on it
    teller.wrote(write);
    deeds.wrote(write);
    jury.wrote(write);
    const one = write.after ?? write.before;
    if (one?.metadata.name !== workflowName || kindOf(one) !== kind) return;
    if (write.after === undefined) {
      // Nobody asks for it any more, and whoever did finds out.
      outcome = undefined;
      restedAtMs = Number.POSITIVE_INFINITY;
      site.later(askedAgainAfterMs, ask);
      return;
    }
    const status = statusIn(write.after);
    if (status !== undefined) enters(status);
    else begins();
  });
  site.onlookers.push(teller, deeds, jury, {
    moved() {
      note();
      for (const says of world.harm()) violated('harm', says);
    },
    carriedOut(runner, instruction) {
      if (!changes(instruction)) return;
      const isTold = tells(instruction);
      // What an agent says of its node is no part of what is true there. All else may act on the world, also after this.
      if (runner.kind === 'agent' && (!isTold || mayHaveMoved || world.flows())) note();
      if (!isTold) mayHaveMoved = true;
    },
    powered(node, power) {
      if (uids.get(node) !== world.uid(node)) journals.forget(node); // another machine has another disk
      uids.set(node, world.uid(node));
      if (power === 'up' && !site.runners.has(node)) {
        site.addAgent(node, (life) => programs.agent(node, life));
        site.start(node);
      }
    },
  });

  let isOverdue = false;
  let leaptMs = 0;
  const look = (): void => {
    jury.tick();
    wait();
    // Whoever keeps his hands off moves no status, and will not until people come.
    if (outcome === undefined)
      restedAtMs = jury.handsOff === undefined ? Number.POSITIVE_INFINITY : Math.min(restedAtMs, time.nowMs);
    site.later(lookEveryMs, look);
  };
  const wait = (): void => {
    const { status } = jury;
    const standing = api.look(kind, workflowName);
    if (standing === undefined || status?.outcome !== undefined || jury.handsOff !== undefined) return;
    const waits = patience.look(time.nowMs, status, standing, plan.open === 0);
    if (waits.kind === 'overdue') {
      isOverdue = true;
      because = saidOf(standing, 'Overdue');
    }
    if (waits.kind !== 'leap') return;
    transcript.tell(time.nowMs, 'time', `nothing moves, and ${formatDuration(waits.ms)} go by`);
    leaptMs += waits.ms;
    time.nowMs += waits.ms;
  };
  look();
  site.later(askedForAtMs, ask);
  for (const node of world.nodes()) site.start(node);
  site.start(operatorNames[0]);
  if (random.split('standby').chance(0.3)) site.start(operatorNames[1]);

  const boundMs = startMs + (options.boundMs ?? storyBoundMs);
  const stepsMax = options.stepsMax ?? 2_000_000;
  const isOver = (): boolean => plan.open === 0 && (isOverdue || time.nowMs - restedAtMs > watchedOnMs);
  try {
    while (time.nowMs < boundMs + leaptMs && site.steps < stepsMax && !isOver() && site.step()) {
      const promise = site.waits();
      if (promise !== undefined) await promise;
    }
  } catch (problem) {
    // Nothing of ours may throw, whatever it is told; where it does, the run is the shortest way to see it again.
    violated('crash', problem instanceof Error ? `${problem.message} ${whereIn(problem)}` : String(problem));
  }
  return {
    seed: options.seed,
    steps: site.steps,
    end: outcome ?? (jury.handsOff !== undefined ? 'halted' : isOverdue ? 'overdue' : 'bound'),
    because: outcome === undefined ? (jury.handsOff ?? (isOverdue ? because : '')) : because,
    violations,
    coverage,
    deeds: deeds.counts,
    faults,
    begun,
    states: passed,
    simulatedMs: time.nowMs - startMs,
    transcript: transcript.lines,
    decidingMs,
  };
}

function targetsIn(world: SimWorld, states: readonly string[]): Targets {
  return {
    nodes: world.nodes(),
    volumes: world.volumes(),
    vms: world.vms(),
    processes: [...world.nodes(), ...operatorNames],
    operators: [...operatorNames],
    states,
  };
}

/** Whom faults can strike in the site of a run. */
export function targetsOfRun({ seed, site, workflow, profile, makeWorld }: Omit<RunOptions, 'faults'>): Targets {
  const world = (makeWorld ?? simWorld)(site ?? {}, workflow, profile, randomOf(seed).split('world'), startMs);
  const states = profile.machineOf(workflow)?.machine.states.map(({ name }) => name) ?? [];
  return targetsIn(world, states);
}

function isChoice(faults: RunOptions['faults']): faults is FaultChoice {
  return !Array.isArray(faults);
}

/** The real ones: the agent's protocol, and the operator. */
function realPrograms(
  world: SimWorld,
  profile: HeldProfile,
  profiles: () => readonly HeldProfile[],
  onRecord: RunOptions['onRecord'],
): Programs {
  const { storageBond } = profile.shape;
  return {
    agent(node, { clock }) {
      const peers = world.nodes().flatMap((peer) => (peer === node ? [] : [world.address(peer)]));
      const bond = storageBond === undefined ? {} : { bond: storageBond.name };
      const config = { node, ...bond, peers, mtu: storageBond?.mtu ?? 1500, beatMs: 3_000 };
      return agent(
        config,
        () => clock.monotonicMs(),
        () => clock.wallMs(),
      );
    },
    operator(name, { clock, incarnation, watches }) {
      const config = { identity: `${name}-${incarnation}`, leaders, ...defaultTimes, auditPath: '/audit.ndjson' };
      const ports = { clock, inbox: watches, profiles };
      const operator = new Operator(config, ports);
      const program = operate(config, ports, operator);
      return onRecord === undefined ? program : recorded(program, operator, onRecord);
    },
  };
}

function* recorded(program: Program, operator: Operator, onRecord: NonNullable<RunOptions['onRecord']>): Program {
  let turn = program.next();
  while (turn.done !== true) {
    if (turn.value.do === 'append') onRecord(turn.value.line, (nowMs) => operator.observer.raws(nowMs));
    turn = program.next(yield turn.value);
  }
  return turn.value;
}

function leaseOf({ namespace, name }: { readonly namespace: string; readonly name: string }): KubeObject {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name }, spec: {} };
}

function isLock(object: KubeObject | undefined, lock: { readonly namespace: string; readonly name: string }): boolean {
  const metadata = object?.metadata;
  const isLease = object !== undefined && `${object.apiVersion}/${object.kind}` === leaseKind;
  return isLease && metadata?.name === lock.name && metadata.namespace === lock.namespace;
}

/** An agent's report of what it saw: the most frequent write of all, and one that changes nothing but the database. */
function tells(instruction: Asked): boolean {
  if (instruction.do !== 'api') return false;
  const { call } = instruction;
  return call.verb === 'update-status' && kindOf(call.object) === agentStatusKind;
}

/** The first line of a stack that is ours, without the machine's paths. */
function whereIn({ stack = '' }: Error): string {
  return /src\/[\w./-]+:\d+:\d+/.exec(stack)?.[0] ?? '';
}

import type { Answer } from '../agent/instruction.ts';
import { answerOpinion } from '../operator/second-opinion.ts';
import { type ApiServer, apiServer } from './api.ts';
import { changes, isOurs, writes } from './asked.ts';
import { clockOf, type TrueTime } from './clock.ts';
import { type AtWork, atWork, fateOf } from './fates.ts';
import { type Keeper, lightKeeper } from './keeper.ts';
import { type EventQueue, eventQueue } from './queue.ts';
import type { Random } from './random.ts';
import type { Asked, Life, Onlooker, Program, Runner } from './runner.ts';
import { type Death, runningOf } from './running.ts';
import { watchesOf } from './watch.ts';
import { send } from './wire.ts';
import type { WorldPort } from './world-port.ts';

export interface Site {
  readonly time: TrueTime;
  readonly queue: EventQueue;
  readonly api: ApiServer;
  readonly world: WorldPort;
  readonly work: AtWork;
  readonly keeper: Keeper;
  readonly runners: ReadonlyMap<string, Runner>;
  readonly onlookers: Onlooker[];
  /** Events so far: instructions carried out, messages delivered, changes of the world. */
  readonly steps: number;
  later(afterMs: number, event: () => void): void;
  addAgent(node: string, program: (life: Life) => Program): Runner;
  addOperator(name: string, program: (life: Life) => Program): Runner;
  start(name: string): void;
  kill(name: string, downMs: number): void;
  pause(name: string): void;
  resume(name: string): void;
  /** What the world says has changed goes to the API server. */
  flush(): void;
  /** One event. False: nothing will ever happen any more. */
  step(): boolean;
  /** A promise that the loop has to wait for before its next step. */
  waits(): Promise<void> | undefined;
}

/** How long a client of the API server waits for an answer. */
export const apiPatienceMs = 10_000;
/** How long after a boot, or after its death, a process runs again. */
const startsAfterMs = 2_000;

/** A whole site under one true time: everything that happens is one event of one queue. */
export function siteOf(
  startMs: number,
  random: Random,
  world: WorldPort,
  keeperOf: (time: TrueTime) => Keeper = lightKeeper,
): Site {
  const time: TrueTime = { nowMs: startMs };
  const keeper = keeperOf(time);
  const queue = eventQueue();
  const api = apiServer(time);
  const work = atWork();
  const runners = new Map<string, Runner>();
  const onlookers: Onlooker[] = [];
  const wireRandom = random.split('wire');
  const powers = new Map<string, string>();
  let steps = 0;
  let awaited: Promise<void> | undefined;

  const later = (afterMs: number, event: () => void): void => queue.push(time.nowMs + Math.max(0, afterMs), event);

  const flush = (): void => {
    for (const { object, gone } of world.changedObjects()) {
      if (object !== undefined) api.put(object);
      if (gone !== undefined) api.remove(gone.kind, gone.name, gone.namespace);
    }
  };
  const moveWorld = (toMs: number): void => {
    world.advance(toMs);
    flush();
    for (const node of world.nodes()) {
      const power = world.power(node);
      if (powers.get(node) === power) continue;
      powers.set(node, power);
      for (const onlooker of onlookers) onlooker.powered?.(node, power);
      onPower(node, power);
    }
    for (const onlooker of onlookers) onlooker.moved?.();
  };
  const onPower = (node: string, power: string): void => {
    for (const runner of runners.values()) {
      if (runner.node !== node) continue;
      if (power === 'hung') pause(runner);
      else if (power === 'up') {
        resume(runner);
        if (!runner.running.alive) later(startsAfterMs, () => startIfMay(runner));
      } else {
        runner.paused = false;
        runner.held.length = 0;
        if (runner.running.alive) runner.running.kill();
        runner.clock.restart();
      }
    }
  };

  const pause = (runner: Runner): void => {
    runner.paused = true;
  };
  const resume = (runner: Runner): void => {
    if (!runner.paused) return;
    runner.paused = false;
    for (const event of runner.held.splice(0)) event();
  };
  const startIfMay = (runner: Runner): void => {
    const isDown = runner.node !== undefined && world.power(runner.node) !== 'up';
    if (runner.running.alive || isDown || time.nowMs < runner.downUntilMs) return;
    runner.watches.clear();
    runner.running.start();
    for (const onlooker of onlookers) onlooker.started?.(runner);
  };

  /** Answers are heard while it runs; a suspended process hears them when it goes on. */
  const hear = (runner: Runner, asked: number, answer: Answer): void => {
    if (runner.paused) runner.held.push(() => runner.running.hear(asked, answer));
    else runner.running.hear(asked, answer);
  };
  const saw = (runner: Runner, instruction: Asked, answer: Answer): Answer => {
    for (const onlooker of onlookers) onlooker.carriedOut?.(runner, instruction, answer);
    return answer;
  };

  const carryOut = (runner: Runner, instruction: Asked, asked: number): void => {
    steps += 1;
    for (const onlooker of onlookers) onlooker.asked?.(runner, instruction);
    switch (instruction.do) {
      case 'sleep':
        later(Math.ceil(runner.clock.trueMs(instruction.ms)), () => hear(runner, asked, { kind: 'done' }));
        return;
      case 'second-opinion':
        awaited = answerOpinion(instruction.pass).then((answer) => {
          later(0, () => hear(runner, asked, saw(runner, instruction, answer)));
        });
        return;
      case 'record': {
        const heard = (answer: Answer): void => later(1, () => hear(runner, asked, saw(runner, instruction, answer)));
        const answer = keeper.record(runner.name, instruction);
        if (answer instanceof Promise) awaited = answer.then(heard);
        else heard(answer);
        return;
      }
      case 'api':
        request(runner, asked, 'api', writes(instruction.call), (staleMs) => {
          const answer = saw(runner, instruction, api.answer(runner.name, instruction.call, staleMs));
          if (answer.kind === 'object' && writes(instruction.call) && !isOurs(answer.object))
            world.applied(answer.object);
          if (answer.kind === 'done' && instruction.call.verb === 'delete') world.deleted(instruction.call);
          flush();
          return answer;
        });
        return;
      case 'linstor':
        request(
          runner,
          asked,
          'linstor',
          instruction.method !== 'GET',
          () => {
            const answer = world.linstor(instruction.method, instruction.path, instruction.body);
            flush();
            return saw(runner, instruction, answer);
          },
          instruction.timeoutMs,
        );
        return;
      default: {
        if (runner.node === undefined) {
          later(1, () => hear(runner, asked, saw(runner, instruction, { kind: 'done' })));
          return;
        }
        const { answer, tookMs } = world.carryOut(runner.node, instruction);
        flush();
        saw(runner, instruction, answer);
        const unheard = instruction.do === 'run' && work.find('command-unheard', runner.node) !== undefined;
        if (unheard) later(instruction.timeoutMs, () => hear(runner, asked, { kind: 'unheard' }));
        else later(tookMs, () => hear(runner, asked, answer));
      }
    }
  };
  const request = (
    runner: Runner,
    asked: number,
    to: 'api' | 'linstor',
    isWrite: boolean,
    serve: (staleMs: number) => Answer,
    patienceMs = apiPatienceMs,
  ): void => {
    const fate = fateOf({ who: runner.name, writes: isWrite, to, patienceMs }, work, wireRandom);
    for (const onlooker of onlookers) onlooker.sent?.(runner, fate, isWrite);
    send<Answer>(fate, {
      later,
      patienceMs,
      unheard: { kind: 'unheard' },
      conflict: { kind: 'conflict' },
      refuse: (why) => ({ kind: 'refused', why }),
      serve,
      hear: (answer) => hear(runner, asked, answer),
    });
  };

  const dies = (runner: Runner, instruction: Asked): Death => {
    const { dying } = runner;
    if (dying === undefined || !changes(instruction)) return undefined;
    dying.left -= 1;
    if (dying.left > 0) return undefined;
    runner.dying = undefined;
    runner.downUntilMs = time.nowMs + dying.downMs;
    return dying.when;
  };
  const add = (
    name: string,
    kind: Runner['kind'],
    node: string | undefined,
    program: (life: Life) => Program,
  ): Runner => {
    const clock = clockOf(time);
    const watches = watchesOf(api, time, 2 + wireRandom.below(10));
    const runner: Runner = {
      name,
      kind,
      node,
      clock,
      watches,
      running: runningOf<Asked, Answer>(name, {
        program: () => program({ name, clock, incarnation: runner.running.incarnation, watches }),
        carryOut: (instruction, asked) => carryOut(runner, instruction, asked),
        dies: (instruction) => dies(runner, instruction),
        ended(why) {
          for (const onlooker of onlookers) onlooker.ended?.(runner, why);
          const backMs = Math.max(runner.downUntilMs - time.nowMs, startsAfterMs);
          if (Number.isFinite(backMs)) later(backMs, () => startIfMay(runner));
        },
      }),
      downUntilMs: 0,
      paused: false,
      held: [],
      dying: undefined,
    };
    runners.set(name, runner);
    return runner;
  };

  moveWorld(startMs);
  return {
    time,
    queue,
    api,
    world,
    work,
    keeper,
    runners,
    onlookers,
    get steps() {
      return steps;
    },
    later,
    flush,
    addAgent: (node, program) => add(node, 'agent', node, program),
    addOperator: (name, program) => add(name, 'operator', undefined, program),
    start(name) {
      const runner = runners.get(name);
      if (runner !== undefined) startIfMay(runner);
    },
    kill(name, downMs) {
      const runner = runners.get(name);
      if (runner === undefined) return;
      runner.downUntilMs = time.nowMs + downMs;
      runner.paused = false;
      runner.held.length = 0;
      if (runner.running.alive) runner.running.kill();
    },
    pause(name) {
      const runner = runners.get(name);
      if (runner !== undefined) pause(runner);
    },
    resume(name) {
      const runner = runners.get(name);
      if (runner !== undefined) resume(runner);
    },
    step() {
      const [queueMs, worldMs] = [queue.nextAtMs(), world.nextEventAt()];
      const nextMs = Math.min(queueMs, worldMs);
      if (!Number.isFinite(nextMs)) return false;
      steps += 1;
      time.nowMs = Math.max(time.nowMs, nextMs);
      if (worldMs <= queueMs) {
        moveWorld(time.nowMs);
        return true;
      }
      world.advance(time.nowMs);
      queue.pop()?.();
      return true;
    },
    waits() {
      const promise = awaited;
      awaited = undefined;
      return promise;
    },
  };
}

import { agent } from '../agent/agent.ts';
import { defaultTimes, Operator, type OperatorPorts, operate } from '../operator/operator.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import type { Keeper } from './keeper.ts';
import type { Programs, RunOptions } from './run-options.ts';
import type { Program } from './runner.ts';
import type { SimWorld } from './sim-world.ts';

export const operatorNames = ['operator-1', 'operator-2'] as const;
/** The Lease by which they know who leads. */
export const leaders = { namespace: 'nodewright', name: 'operator' };

/** The real ones: the agent's protocol, and the operator. */
export function realPrograms(
  world: SimWorld,
  profile: HeldProfile,
  profiles: () => readonly HeldProfile[],
  keeper: Keeper,
  { onRecord, engine = 'unsaid' }: Pick<RunOptions, 'onRecord' | 'engine'>,
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
      const config = { identity: `${name}-${incarnation}`, leaders, ...defaultTimes, engine };
      const again: OperatorPorts['again'] = (workflow, record, atMs) => keeper.again(name, workflow, record, atMs);
      const ports = { clock, inbox: watches, profiles, again };
      const operator = new Operator(config, ports);
      const program = operate(config, ports, operator);
      return onRecord === undefined ? program : recorded(program, operator, onRecord);
    },
  };
}

function* recorded(program: Program, operator: Operator, onRecord: NonNullable<RunOptions['onRecord']>): Program {
  let turn = program.next();
  while (turn.done !== true) {
    if (turn.value.do === 'record') onRecord(turn.value, (nowMs) => operator.observer.raws(nowMs));
    turn = program.next(yield turn.value);
  }
  return turn.value;
}

/** The same program, and what it itself takes: `spent` hears the milliseconds of each of its turns. */
export function* metered(program: Program, meter: () => number, spent: (ms: number) => void): Program {
  let answer: Parameters<Program['next']>[0] | undefined;
  for (;;) {
    const before = meter();
    const turn = answer === undefined ? program.next() : program.next(answer);
    spent(meter() - before);
    if (turn.done === true) return turn.value;
    answer = yield turn.value;
  }
}

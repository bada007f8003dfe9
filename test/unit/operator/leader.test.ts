import { describe, expect, test } from 'vitest';
import type { Answer, ApiCall, Instruction } from '../../../src/agent/instruction.ts';
import { leaseKind } from '../../../src/crd/lease.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import { Leadership } from '../../../src/operator/leader.ts';

const lease = { namespace: 'nodewright', name: 'operator' };

/** One Lease and what is asked of it. */
class Server {
  object: KubeObject | undefined;
  #version = 1;

  put(spec: object): void {
    this.#version += 1;
    const metadata = { ...lease, uid: 'u', resourceVersion: String(this.#version) };
    this.object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
  }

  get spec(): { holderIdentity: string; leaseTransitions: number } {
    return this.object?.spec as never;
  }

  answer(call: ApiCall): Answer {
    if (call.verb === 'get')
      return this.object === undefined ? { kind: 'missing' } : { kind: 'object', object: this.object };
    if (call.verb === 'list' || call.verb === 'delete') return { kind: 'refused', why: 'nobody asks that here' };
    const replaced = call.object.metadata.resourceVersion;
    if (this.object?.metadata.resourceVersion !== replaced) return { kind: 'conflict' };
    this.put(call.object.spec as object);
    return { kind: 'object', object: this.object as unknown as KubeObject };
  }
}

function candidate(server: Server, identity: string, clock: { nowMs: number }) {
  const config = { lease, identity, durationMs: 15_000, retryMs: 2_000 };
  const leadership = new Leadership(
    config,
    () => clock.nowMs,
    () => {},
  );
  /** `deaf`: it is done, and nobody says so; `lost`: it is not even done. */
  const tend = (how: 'heard' | 'deaf' | 'lost' = 'heard'): string[] => {
    const asked: string[] = [];
    const program = leadership.tend();
    let turn = program.next();
    while (turn.done !== true) {
      const { call } = turn.value as Extract<Instruction, { do: 'api' }>;
      asked.push(call.verb);
      const answer = how === 'lost' ? undefined : server.answer(call);
      turn = program.next(
        answer === undefined || (how === 'deaf' && call.verb !== 'get') ? { kind: 'unheard' } : answer,
      );
    }
    return asked;
  };
  return { leadership, tend };
}

describe('taking', () => {
  test('a Lease that is not there is made, and the first leader has epoch 1', () => {
    const server = new Server();
    const one = candidate(server, 'one', { nowMs: 0 });
    one.tend();
    expect(one.leadership.leads()).toBe(true);
    expect(one.leadership.epoch).toBe(1);
    expect(server.object).toMatchObject({
      metadata: lease,
      spec: { holderIdentity: 'one', leaseDurationSeconds: 15, leaseTransitions: 1 },
    });
  });

  test.each([[{ holderIdentity: '', leaseTransitions: 6 }], [{ leaseTransitions: 6 }]])(
    'one that is free: %j',
    (spec) => {
      const server = new Server();
      server.put({ ...spec, ofSomebody: 'kept' });
      const one = candidate(server, 'one', { nowMs: 0 });
      one.tend();
      expect(one.leadership.epoch).toBe(7);
      expect(server.spec).toMatchObject({ holderIdentity: 'one', ofSomebody: 'kept' });
    },
  );

  test('one that is held only once we saw it unchanged for longer than its whole duration, whatever its times say', () => {
    const server = new Server();
    server.put({
      holderIdentity: 'two',
      leaseTransitions: 3,
      leaseDurationSeconds: 20,
      renewTime: '1999-01-01T00:00:00.000000Z',
    });
    const clock = { nowMs: 1_000_000 };
    const one = candidate(server, 'one', clock);
    for (let ms = 0; ms <= 20_000; ms += 2_000) {
      clock.nowMs = 1_000_000 + ms;
      expect(one.tend()).toEqual(['get']);
      expect(one.leadership.leads()).toBe(false);
    }
    clock.nowMs += 2_000;
    one.tend();
    expect(one.leadership.epoch).toBe(4);
    expect(server.spec.holderIdentity).toBe('one');
  });

  test('one that is renewed now and then is never taken', () => {
    const server = new Server();
    const clock = { nowMs: 0 };
    const one = candidate(server, 'one', clock);
    for (clock.nowMs = 0; clock.nowMs < 300_000; clock.nowMs += 2_000) {
      if (clock.nowMs % 14_000 === 0) server.put({ holderIdentity: 'two', leaseTransitions: 3, at: clock.nowMs });
      one.tend();
      expect(one.leadership.leads()).toBe(false);
    }
  });

  test('one that bears our name, but was not written by this process, is somebody else’s', () => {
    const server = new Server();
    server.put({ holderIdentity: 'one', leaseTransitions: 3 });
    const one = candidate(server, 'one', { nowMs: 0 });
    one.tend();
    expect(one.leadership.leads()).toBe(false);
  });

  test.each([
    ['a spec that is none', 'held'],
    ['a holder that is a number', { holderIdentity: 7 }],
    ['transitions below zero', { leaseTransitions: -1 }],
  ])('one that nobody of us wrote is left alone: %s', (_, spec) => {
    const server = new Server();
    server.put(spec as object);
    const before = server.object;
    const one = candidate(server, 'one', { nowMs: 0 });
    expect(one.tend()).toEqual(['get']);
    expect(server.object).toBe(before);
  });
});

describe('keeping', () => {
  function leader(): { server: Server; clock: { nowMs: number }; one: ReturnType<typeof candidate> } {
    const server = new Server();
    const clock = { nowMs: 0 };
    const one = candidate(server, 'one', clock);
    one.tend();
    return { server, clock, one };
  }

  test('it is renewed while it is ours, and the epoch stays', () => {
    const { clock, one } = leader();
    for (clock.nowMs = 2_000; clock.nowMs < 100_000; clock.nowMs += 2_000) {
      expect(one.tend()).toEqual(['update']);
      expect([one.leadership.leads(), one.leadership.epoch]).toEqual([true, 1]);
    }
  });

  test('not renewed, we lead no longer before anybody may take it, and come back as somebody new', () => {
    const { server, clock, one } = leader();
    const two = candidate(server, 'two', clock);
    let both = 0;
    let taken: number | undefined;
    for (clock.nowMs = 1_000; clock.nowMs < 60_000; clock.nowMs += 1_000) {
      one.tend('lost');
      two.tend();
      if (two.leadership.leads()) taken ??= clock.nowMs;
      if (one.leadership.leads() && two.leadership.leads()) both += 1;
    }
    expect(both).toBe(0);
    expect(taken).toBeGreaterThan(15_000);
    expect(two.leadership.epoch).toBe(2);
  });

  test('held by somebody else, we step down at once', () => {
    const { server, clock, one } = leader();
    server.put({ holderIdentity: 'two', leaseTransitions: 2 });
    clock.nowMs = 2_000;
    one.tend();
    expect(one.leadership.leads()).toBe(false);
  });

  test('a renewal that nobody answered counts from when it is seen to have been done', () => {
    const { clock, one } = leader();
    for (clock.nowMs = 2_000; clock.nowMs <= 8_000; clock.nowMs += 2_000) one.tend('deaf');
    clock.nowMs = 9_999;
    expect(one.leadership.leads()).toBe(true);
    clock.nowMs = 10_000;
    expect(one.leadership.leads()).toBe(false);
    one.tend();
    expect([one.leadership.leads(), one.leadership.epoch]).toEqual([true, 1]);
  });

  test('an epoch that we have seen does not come again, also from a database that has forgotten it', () => {
    const { server, clock, one } = leader();
    server.put({ holderIdentity: 'two', leaseTransitions: 9 });
    clock.nowMs = 2_000;
    one.tend();
    server.put({ holderIdentity: '', leaseTransitions: 1 });
    clock.nowMs = 4_000;
    one.tend();
    expect(one.leadership.epoch).toBe(10);
  });

  test('it is asked for as often as it is said, and not oftener', () => {
    const { clock, one } = leader();
    clock.nowMs = 1_999;
    expect(one.tend()).toEqual([]);
  });
});

test('the kind that is asked for is the Lease', () => {
  const one = new Leadership(
    { lease, identity: 'one', durationMs: 1, retryMs: 1 },
    () => 0,
    () => {},
  );
  expect(one.tend().next().value).toEqual({ do: 'api', call: { verb: 'get', kind: leaseKind, ...lease } });
});

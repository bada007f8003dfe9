import { describe, expect, test } from 'vitest';
import { leaseKind } from '../../../src/crd/lease.ts';
import { normalise } from '../../../src/facts/normalise.ts';
import { createStore } from '../../../src/facts/store.ts';
import { canonical, type Json } from '../../../src/kernel/digest.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import { snapshotDigest } from '../../../src/kernel/snapshot-document.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import type { WorkflowStatus } from '../../../src/kernel/workflow.ts';
import { answerOpinion } from '../../../src/operator/second-opinion.ts';
import { passWorkflow } from '../../../src/operator/spine.ts';
import {
  type Fate,
  isWrite,
  kindOfWorkflow,
  runToEnd,
  ToyOperator,
  ToySite,
  toyProfile,
} from '../../support/operator-site.ts';

const profile = toyProfile();
const newer = toyProfile('1.1.0');

function begun(): { site: ToySite; operator: ToyOperator } {
  const site = new ToySite();
  return { site, operator: new ToyOperator(site, 'one', [profile]) };
}

/** So many instructions, as a whole run has. */
const whole = (() => {
  const { operator } = begun();
  runToEnd(operator);
  return operator.instructions;
})();
const boundaries = Array.from({ length: whole }, (_, index) => index);

/** What must hold however it came about. INVARIANTS K1, K9, K10. */
function expectOneWay(site: ToySite): void {
  const contents = new Map<string, string>();
  for (const { epoch: _, ...order } of site.orders) {
    const key = `${order.workflow} ${order.step}`;
    const text = canonical(order as unknown as Json);
    expect(contents.get(key) ?? text, `two different orders ${key}`).toBe(text);
    contents.set(key, text);
  }
  const serials = site.statuses.map(({ serial }) => serial);
  expect(serials, 'the serial goes back').toEqual([...serials].sort((left, right) => left - right));
  const epochs = site.orders.map(({ node, epoch }) => ({ node, epoch }));
  for (const name of ['node-a', 'node-b']) {
    const own = epochs.filter(({ node }) => node === name).map(({ epoch }) => epoch);
    expect(own, 'an order of an older leader stands over a newer one’s').toEqual([...own].sort((a, b) => a - b));
  }
}

function expectComplete(site: ToySite): void {
  expect(site.status?.outcome, JSON.stringify(site.told)).toBe('complete');
  expect([...site.agents.values()].map(({ staged }) => staged)).toEqual(['active-backup', 'active-backup']);
  expect(site.lock).toBeNull();
  expectOneWay(site);
}

test('a workflow runs to its end: each node is ordered once, each decision is recorded once and hangs on the one before', () => {
  const { site, operator } = begun();
  runToEnd(operator);
  expectComplete(site);
  expect(site.orders.map(({ node, step, epoch }) => [node, step, epoch])).toEqual([
    ['node-a', 8, 1],
    ['node-b', 9, 1],
  ]);
  const records = site.audit.map((line) => JSON.parse(line) as { parent: string | null; decision: { serial: number } });
  expect(records.map(({ decision }) => decision.serial)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(records.map(({ parent }) => parent === null)).toEqual([true, ...Array(9).fill(false)]);
  expect(new Set(records.map(({ parent }) => parent)).size).toBe(10);
});

describe('whoever is killed and started anew comes to the same end', () => {
  test.each(boundaries)('killed before instruction %i is carried out', (at) => {
    const { site, operator } = begun();
    while (operator.instructions < at) operator.step();
    operator.stop();
    const next = new ToyOperator(site, 'two', [profile]);
    runToEnd(next);
    expectComplete(site);
  });

  test.each(boundaries)('killed after instruction %i was carried out, and before it was answered', (at) => {
    const { site, operator } = begun();
    while (operator.instructions < at) operator.step();
    if (isWrite(operator.waitsFor)) operator.step();
    operator.stop();
    const next = new ToyOperator(site, 'two', [profile]);
    runToEnd(next);
    expectComplete(site);
  });
});

describe('one thing goes wrong, and it is looked at again', () => {
  const fates: readonly Fate[] = ['unheard', 'lost', 'conflict', 'refused'];
  test.each(fates)('%s, at each instruction', (fate) => {
    for (const at of boundaries) {
      const { site, operator } = begun();
      while (operator.instructions < at) operator.step();
      operator.step(operator.waitsFor.do === 'second-opinion' ? 'heard' : fate);
      runToEnd(operator);
      expectComplete(site);
    }
  });

  test.each([5, 15, 40])('a read is answered by a cache %i requests old, at each instruction', (staleBy) => {
    for (const at of boundaries) {
      const { site, operator } = begun();
      while (operator.instructions < at) operator.step();
      site.staleBy = staleBy;
      operator.step();
      site.staleBy = 0;
      runToEnd(operator);
      expectComplete(site);
    }
  });

  test('every read after a restart is answered by a cache, and nothing is done on it twice', () => {
    for (const at of boundaries) {
      const { site, operator } = begun();
      while (operator.instructions < at) operator.step();
      operator.stop();
      const next = new ToyOperator(site, 'two', [profile]);
      site.staleBy = 12;
      for (let count = 0; count < 60; count += 1) next.step();
      site.staleBy = 0;
      expectOneWay(site);
      runToEnd(next);
      expectComplete(site);
    }
  });
});

describe('two operators believe to lead', () => {
  test.each(boundaries)(
    'one is frozen at instruction %i, and thaws when the other has gone any part of the way',
    (at) => {
      for (const part of [10, 25, 35, 45, 60, 4_000]) {
        const { site, operator } = begun();
        while (operator.instructions < at) operator.step();
        operator.stop(); // its clock stands still: it does not know that it leads no longer
        const other = new ToyOperator(site, 'two', [profile]);
        for (let count = 0; count < part && site.status?.outcome === undefined; count += 1) other.step();
        // What was on its way arrives now, and it goes on for a while with its old clock, in turns with the other.
        for (let count = 0; count < 40; count += 1) {
          operator.step();
          if (site.status?.outcome === undefined) other.step();
        }
        expectOneWay(site);
        delete operator.clock.stopsAtMs;
        runToEnd(other);
        expectComplete(site);
      }
    },
  );
});

describe('K5: a workflow keeps the profile that it was begun with', () => {
  test('a newer one is not used as long as the old one is there', () => {
    const { site, operator } = begun();
    while (site.status?.state !== 'Stage') operator.step();
    operator.profiles = [newer, profile];
    runToEnd(operator);
    expectComplete(site);
    expect(site.status?.profile).toBe(profile.digest);
  });

  test('without the old one nothing happens, people are told, and with it everything goes on', () => {
    const { site, operator } = begun();
    while (site.orders.length === 0) operator.step();
    operator.profiles = [newer];
    const before = site.status;
    for (let count = 0; count < 400; count += 1) operator.step();
    expect(site.status).toEqual(before);
    expect(site.orders.length).toBe(1);
    expect(site.told).toMatchObject({ kind: 'hold', overdue: true, because: [{ law: 'K5' }] });
    expect(site.told.because?.[0]?.detail).toContain(profile.digest);
    operator.profiles = [newer, profile];
    runToEnd(operator);
    expectComplete(site);
  });

  test('one that asks for a profile begins with that one', () => {
    const { site, operator } = begun();
    site.put({ ...site.workflow, spec: { profile: newer.digest } });
    operator.profiles = [profile, newer];
    runToEnd(operator);
    expect(site.status).toMatchObject({ outcome: 'complete', profile: newer.digest });
  });
});

describe('a status that nobody of us wrote is left as it is, and the record names the field', () => {
  const mutations: readonly [string, (status: WorkflowStatus) => unknown, string][] = [
    ['an unknown state', (status) => ({ ...status, state: 'Elsewhere' }), 'state'],
    ['another pack', (status) => ({ ...status, machine: 'sha256:0' }), 'machine'],
    ['a negative time', (status) => ({ ...status, sinceMs: -1 }), 'sinceMs'],
    ['another object', (status) => ({ ...status, uid: 'somebody' }), 'uid'],
    ['another name', (status) => ({ ...status, workflow: 'ReplicationUpgrade/other' }), 'workflow'],
    ['a profile that is a number', (status) => ({ ...status, profile: 7 }), 'profile'],
    ['no map at all', () => 'Stage', 'profile'],
  ];
  test.each(mutations)('%s', (_, mutate, field) => {
    const { site, operator } = begun();
    while (site.orders.length === 0) operator.step();
    const { status } = site.workflow as unknown as { status: { workflow: WorkflowStatus } };
    const foreign = site.put({ ...site.workflow, status: { ...status, workflow: mutate(status.workflow) } });
    for (let count = 0; count < 200; count += 1) operator.step();
    expect(site.workflow).toEqual(foreign);
    expect(site.orders.length).toBe(1);
    const last = JSON.parse(site.audit.at(-1) ?? '') as { decision: { kind: string; because: { fact: string }[] } };
    expect(last.decision.kind).toBe('halt');
    expect(last.decision.because[0]?.fact).toBe(`status.workflow.${field}`);
    // The same halt again is no news.
    expect(site.audit.filter((line) => line.includes(`status.workflow.${field}`))).toHaveLength(1);
  });
});

test('K10: a status that went back is a slow cache’s at first, and an old database’s when nothing newer comes', () => {
  const { site, operator } = begun();
  const stepTo = (serial: number): void => {
    while (site.status?.serial !== serial) operator.step();
  };
  stepTo(5);
  const old = site.workflow;
  stepTo(6);
  const { resourceVersion: _, ...metadata } = old.metadata;
  const put = site.put({ ...old, metadata });
  const until = site.nowMs + 55_000;
  while (site.nowMs < until) operator.step();
  expect(site.workflow).toEqual(put);
  while (site.nowMs < until + 15_000) operator.step();
  expect(site.told).toMatchObject({ kind: 'rest', outcome: 'halted' });
  expect(site.status).toMatchObject({ outcome: 'halted', serial: 7 });
  expect(site.status?.because).toContain('K10');
  expectOneWay(site);
});

test('nothing gives up on an old copy: the workflow is asked for once more before that', () => {
  for (let staleBy = 1; staleBy < 60; staleBy += 1) {
    const { site, operator } = begun();
    while (site.agents.get('node-a')?.step !== 8) operator.step();
    operator.stop();
    const next = new ToyOperator(site, 'two', [profile]);
    let lists = 0;
    for (let count = 0; count < 600 && site.status?.outcome === undefined; count += 1) {
      const { waitsFor } = next;
      const isList = waitsFor.do === 'api' && waitsFor.call.verb === 'list' && waitsFor.call.kind === kindOfWorkflow;
      if (isList) lists += 1;
      // By the time that it is answered, and then by an old cache, the agents have been seen to be further.
      site.staleBy = isList && lists < 6 ? staleBy : 0;
      next.step(isList && lists < 5 ? 'lost' : 'heard');
    }
    expect(site.audit.filter((line) => line.includes('"kind":"halt"'))).toEqual([]);
    expectComplete(site);
  }
});

test('who leads again asks for everything again before it writes', () => {
  const { site, operator } = begun();
  while (site.status?.state !== 'Stage') operator.step();
  const lease = site.find(leaseKind, 'operator', 'nodewright') as KubeObject;
  site.put({ ...lease, spec: { holderIdentity: 'two', leaseTransitions: 5 } });
  const isOurs = () => JSON.stringify(site.find(leaseKind, 'operator', 'nodewright')?.spec).includes('"one"');
  const waitsFor = () => operator.waitsFor;
  while (isOurs() || waitsFor().do !== 'sleep') operator.step();
  while (!isOurs()) operator.step();
  const listed: string[] = [];
  for (let asked = waitsFor(); asked.do !== 'record'; asked = waitsFor()) {
    if (asked.do === 'api' && asked.call.verb === 'list') listed.push(asked.call.kind);
    operator.step();
  }
  expect(listed).toContain(kindOfWorkflow);
  expect(listed).toContain('v1/Node');
});

test('an abort takes everything back, and leaves the facts as they were', () => {
  const { site, operator } = begun();
  while (site.orders.length < 2) operator.step();
  site.put({ ...site.workflow, spec: { abort: { by: 'ops@example' } } });
  runToEnd(operator);
  expect(site.status).toMatchObject({ outcome: 'undone', state: 'Idle' });
  expect([...site.agents.values()].map(({ staged }) => staged)).toEqual(['none', 'none']);
  expect(site.lock).toBeNull();
  expect(site.audit.some((line) => line.includes('"askedBy":"ops@example"'))).toBe(true);
  expectOneWay(site);
});

test('an abort that nobody signed stops everything until somebody mends it, and says so', () => {
  const { site, operator } = begun();
  while (site.orders.length === 0) operator.step();
  site.put({ ...site.workflow, spec: { abort: {} } });
  for (let count = 0; count < 200; count += 1) operator.step();
  expect(site.orders.length).toBe(1);
  expect(site.told).toMatchObject({ kind: 'hold', overdue: true });
  expect(JSON.stringify(site.told)).toContain('spec.abort.by');
  site.put({ ...site.workflow, spec: {} });
  runToEnd(operator);
  expectComplete(site);
});

test('an order that arrives after it has given up is taken away again', () => {
  const { site, operator } = begun();
  while (site.orders.length === 0) operator.step();
  site.agents.delete('node-a'); // nobody there answers any more
  const kind = 'nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus';
  const carrier = (): KubeObject => site.find(kind, 'node-a') as KubeObject;
  const late = carrier().spec;
  site.put({ ...(site.find(leaseKind, 'site-lock', 'nodewright') as KubeObject), spec: { holderIdentity: null } });
  const pass = (ms: number): void => {
    for (const until = site.nowMs + ms; site.nowMs < until; ) operator.step();
  };
  pass(5_000);
  expect(site.told).toMatchObject({ kind: 'rest', outcome: 'halted' });
  expect(carrier().spec).toEqual({ node: 'node-a' });
  site.put({ ...carrier(), spec: late });
  pass(3_000);
  expect(carrier().spec).toEqual({ node: 'node-a' });
});

test('what cannot be written down is not done, and does not wait unseen; once it can it goes on', () => {
  const { site, operator } = begun();
  while (site.status?.state !== 'AcquireLock') operator.step();
  for (let count = 0; count < 300; count += 1) operator.step(operator.waitsFor.do === 'record' ? 'refused' : 'heard');
  expect(site.lock).toBeNull();
  expect(site.told).toMatchObject({ kind: 'hold', overdue: true, because: [{ fact: 'audit' }] });
  runToEnd(operator);
  expectComplete(site);
  const parents = site.audit.map((line) => (JSON.parse(line) as { parent: unknown }).parent);
  expect(new Set(parents).size).toBe(parents.length);
});

describe('the second opinion', () => {
  test('is asked before anything is done, and agrees', async () => {
    const { site, operator } = begun();
    let asked = 0;
    while (site.status?.outcome === undefined) {
      const { waitsFor } = operator;
      if (waitsFor.do === 'second-opinion') {
        asked += 1;
        operator.answer(await answerOpinion(waitsFor.pass));
      } else operator.step();
    }
    expectComplete(site);
    expect(asked).toBeGreaterThanOrEqual(3);
  });

  test.each([{ kind: 'refused', why: '0' }, { kind: 'refused', why: 'something else' }, { kind: 'unheard' }] as const)(
    'holds everything when it is %j',
    (answer) => {
      const { site, operator } = begun();
      for (let count = 0; count < 300; count += 1) {
        if (operator.waitsFor.do === 'second-opinion') operator.answer(answer);
        else operator.step();
      }
      expect(site.status?.state).toBe('Idle');
      expect(site.lock).toBeNull();
      expect(site.told.because?.[0]?.detail).toContain('RULES_SPLIT');
    },
  );
});

test('a capture of any moment is judged as the operator judged it, byte for byte', async () => {
  const { site, operator } = begun();
  let compared = 0;
  while (site.status?.outcome === undefined) {
    const { waitsFor } = operator;
    if (waitsFor.do === 'second-opinion') {
      const { pass } = waitsFor;
      const raws = JSON.parse(JSON.stringify(operator.operator.observer.raws(pass.sight.snapshot.nowMs)));
      const store = createStore(vocabulary);
      for (const report of normalise(raws, profile.shape)) store.fold(report);
      const snapshot = store.cut(pass.sight.snapshot.nowMs);
      expect(snapshotDigest(snapshot)).toBe(snapshotDigest(pass.sight.snapshot));
      const evaluator = profile.machineOf('ReplicationUpgrade');
      if (evaluator === undefined) throw new Error('the toy profile drives it');
      const again = await passWorkflow(profile, evaluator, snapshot, pass.status, pass.sight.epoch, {});
      expect(bytesOf(again)).toBe(bytesOf(pass.decision));
      compared += 1;
    }
    operator.step();
  }
  expect(compared).toBeGreaterThanOrEqual(3);
});

function bytesOf(decision: object): string {
  const { relies: _, ...plain } = decision as { relies: unknown };
  return canonical(plain as unknown as Json);
}

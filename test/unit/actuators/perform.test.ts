import { describe, expect, test } from 'vitest';
import type { Desk } from '../../../src/actuators/desk.ts';
import type { RecordInstruction } from '../../../src/actuators/instruction.ts';
import { type Act, type Performed, perform } from '../../../src/actuators/perform.ts';
import { refreshMs, statusToWrite } from '../../../src/actuators/status.ts';
import type { Answer, Instruction } from '../../../src/agent/instruction.ts';
import { workflowFrom } from '../../../src/crd/kept-object.ts';
import { readWorkflow, type WorkflowObject } from '../../../src/crd/workflow-object.ts';
import type { Attachment } from '../../../src/kernel/audit.ts';
import { digestOfText, type Json } from '../../../src/kernel/digest.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { Reason } from '../../../src/kernel/verdict.ts';
import { newWorkflow, type Order, type WorkflowStatus } from '../../../src/kernel/workflow.ts';
import type { Advance, Hold } from '../../../src/kernel/workflow-decision.ts';

const nowMs = 1_000_000;
const order: Order = {
  workflow: 'u1',
  step: 5,
  epoch: 2,
  node: 'node-a',
  bootId: 'boot',
  object: 'node-a',
  command: 'network.stage',
  with: { mode: 'active-backup' },
  dependsOn: [],
  givenAtMs: nowMs,
};
const id = { workflow: 'ReplicationUpgrade/site', uid: 'u1', profile: 'p', machine: 'm' };
const standing: WorkflowStatus = { ...newWorkflow(id, 'Stage', 2, 900_000), serial: 7, locked: true };
const turn = {
  of: 'Stage',
  way: 'do',
  members: ['node-a'],
  excused: [],
  orders: { 'node-a': order },
  ended: {},
  tries: {},
} as const;

function workflowWith(status: unknown): WorkflowObject {
  const read = readWorkflow({
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'ReplicationUpgrade',
    metadata: { name: 'site', uid: 'u1', resourceVersion: '3', generation: 4 },
    spec: {},
    ...(status === undefined ? {} : { status }),
  });
  if (!read.ok) throw new Error(read.says);
  return read.value;
}

const advance: Advance = {
  kind: 'advance',
  from: 'Stage',
  to: 'Stage',
  says: 'network.stage for node-a',
  orders: [order],
  stands: [],
  lock: { do: 'take', from: null, to: 'u1@2' },
  relies: [],
  next: { ...standing, serial: 8, turn, step: 5 },
};
const reason: Reason = {
  says: 'every node is ready',
  fact: 'node.ready',
  object: 'node-a',
  detail: 'is false',
  unknown: false,
  at: { file: 'pack.yaml', line: 1, col: 1 },
  seenAtMs: 999_000,
};
const hold: Hold = {
  kind: 'hold',
  state: 'Stage',
  because: [reason],
  sinceMs: 900_000,
  dueAtMs: 1_500_000,
  overdue: false,
  stands: [],
  releases: 'node.ready of node-a',
  next: { ...standing, serial: 8 },
};

const lease: KubeObject = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { namespace: 'n', name: 'lock', resourceVersion: '9' },
  spec: {},
};
const agent: KubeObject = {
  apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
  kind: 'NodewrightAgentStatus',
  metadata: { name: 'node-a', resourceVersion: '11' },
  spec: { node: 'node-a' },
};

type Asked = Instruction | RecordInstruction;

interface Run {
  readonly performed: Performed;
  readonly asked: readonly string[];
  readonly doubts: readonly string[];
  readonly took: number;
  readonly written: readonly KubeObject[];
}

function run(
  change: Partial<Act>,
  answerTo: (at: number, asked: Asked) => Answer | undefined = () => undefined,
  carrier: KubeObject = agent,
): Run {
  const asked: string[] = [];
  const written: KubeObject[] = [];
  const doubts: string[] = [];
  let took = 0;
  let leads = true;
  const desk: Desk = {
    find: (kind) => (kind.endsWith('Lease') ? lease : carrier),
    took: () => {
      took += 1;
    },
    doubt: (kind, name) => doubts.push(`${kind.split('/').at(-1)} ${name}`),
    leads: () => leads,
  };
  const act: Act = {
    workflow: workflowWith({ workflow: standing }),
    decision: advance,
    grounds: {
      nowMs,
      epoch: 2,
      by: { how: 'pass' },
      profile: 'p',
      profiles: ['p', 'q'],
      machine: 'm',
      engine: 'e',
      snapshot: () => 's',
      documents: () => [{ digest: 's', text: 'a snapshot' }],
    },
    lockIsOurs: true,
    standing: [],
    lock: { namespace: 'n', name: 'lock' },
    recorded: undefined,
    again: () => true,
    ...change,
  };
  const program = perform(desk, act);
  let next = program.next();
  while (next.done !== true) {
    const { value } = next;
    const what =
      value.do === 'api' && 'object' in value.call ? `${value.call.verb} ${value.call.object.kind}` : value.do;
    asked.push(what);
    if (value.do === 'api' && 'object' in value.call) written.push(value.call.object);
    const usual: Answer =
      value.do === 'record' ? { kind: 'recorded', digest: 'of the record' } : { kind: 'object', object: agent };
    const answer = answerTo(asked.length - 1, value) ?? usual;
    if (answer.kind === 'missing' && answer === deposed) leads = false;
    next = program.next(answer === deposed ? usual : answer);
  }
  return { performed: next.value, asked, doubts, took, written };
}

/** Not an answer: what is asked is answered as usual, and from then on we lead no longer. */
const deposed: Answer = { kind: 'missing' };
const all = ['record', 'update-status ReplicationUpgrade', 'update Lease', 'update NodewrightAgentStatus'];

test('audit, then status, then lock, then orders', () => {
  const { performed, asked, took } = run({});
  expect(asked).toEqual(all);
  expect(performed.stopped).toBeUndefined();
  expect(took).toBe(3);
});

describe('the first write that was not heard to be done is the last', () => {
  const cases = [1, 2, 3].flatMap((at) =>
    (['conflict', 'unheard', 'missing', 'refused'] as const).map((kind) => [kind, at] as const),
  );
  test.each(cases)('%s at write %i', (kind, at) => {
    const answer: Answer = kind === 'refused' ? { kind, why: 'no' } : { kind };
    const { performed, asked, doubts } = run({}, (index) => (index === at ? answer : undefined));
    expect(asked).toEqual(all.slice(0, at + 1));
    expect(performed.stopped?.at).toBe(['audit', 'status', 'lock', 'order'][at]);
    expect(performed.stopped?.why).toBe(kind);
    expect(doubts).toHaveLength(1);
  });

  test.each([0, 1, 2])('who leads no longer after write %i writes nothing more', (at) => {
    const { performed, asked } = run({}, (index) => (index === at ? deposed : undefined));
    expect(asked).toEqual(all.slice(0, at + 1));
    expect(performed.stopped?.why).toBe('not-leading');
  });
});

describe('what cannot be written down', () => {
  const full = (at: number): Answer | undefined => (at === 0 ? { kind: 'refused', why: 'no space' } : undefined);
  const statusIn = (object: KubeObject | undefined): unknown => object?.status;

  test('is not done, and that is said: the workflow stays as it stood', () => {
    const { performed, asked, written } = run({}, full);
    expect(asked).toEqual(all.slice(0, 2));
    expect(performed).toMatchObject({ recorded: undefined, stopped: { at: 'audit', why: 'refused' } });
    expect(statusIn(written[0])).toMatchObject({
      workflow: standing,
      decision: { kind: 'hold', overdue: true, because: [{ fact: 'audit', object: 'the audit log' }] },
    });
  });

  test('and takes away all the same what is not wanted any more', () => {
    const given = { ...agent, spec: { node: 'node-a', order } };
    const closed = { ...hold, next: { ...standing, turn, serial: 8 } };
    const { asked, written } = run({ decision: closed, standing: [order] }, full, given);
    expect(asked).toEqual([...all.slice(0, 2), 'update NodewrightAgentStatus']);
    expect(written.at(-1)?.spec).toEqual({ node: 'node-a' });
    const stands = { ...closed, stands: [order] };
    expect(run({ decision: stands, standing: [order] }, full, given).asked).toEqual(all.slice(0, 2));
  });

  test('of a status that is nobody’s, or of an end, is not written over it', () => {
    const foreign = { kind: 'halt', state: 'Stage', because: [reason], nodes: [] } as const;
    const rest = { kind: 'rest', state: 'Complete', outcome: 'complete' } as const;
    for (const decision of [foreign, rest]) expect(run({ decision }, full).asked).toEqual(['record']);
  });
});

describe('K7: orders', () => {
  test('are not given without the lock', () => {
    expect(run({ lockIsOurs: false }).asked).toEqual(all.slice(0, 3));
  });

  test('that stand are given again while it waits', () => {
    const waiting = { ...hold, stands: [order], next: { ...standing, turn, serial: 8 } };
    const { asked } = run({ decision: waiting, workflow: workflowWith({ workflow: { ...standing, turn } }) });
    expect(asked).toEqual(['record', 'update-status ReplicationUpgrade', 'update NodewrightAgentStatus']);
  });

  test('are not given again once it has given up or is at rest', () => {
    const halt = { kind: 'halt', state: 'Stage', because: [reason], nodes: [], next: { ...standing, turn } } as const;
    const rest = { kind: 'rest', state: 'Complete', outcome: 'complete' } as const;
    for (const decision of [halt, rest]) expect(run({ decision }).asked).not.toContain(all[3]);
  });
});

describe('K2: what no longer stands', () => {
  const given = { ...agent, spec: { node: 'node-a', order } };
  const waiting = { ...hold, next: { ...standing, turn, serial: 8 } };

  test('is taken away while nobody has seen it', () => {
    const { asked, written } = run({ decision: waiting, standing: [order] }, undefined, given);
    expect(asked.at(-1)).toBe('update NodewrightAgentStatus');
    expect(written.at(-1)?.spec).toEqual({ node: 'node-a' });
  });

  test('is not followed by the one before it, which is over', () => {
    const over = { ...order, step: 4, object: 'pvc-1' };
    const both = {
      ...standing,
      turn: { ...turn, members: ['pvc-1', 'node-a'], orders: { 'pvc-1': over, 'node-a': order } },
      serial: 8,
    };
    const { written } = run(
      { decision: { ...hold, stands: [over], next: both }, standing: [over, order] },
      undefined,
      given,
    );
    expect(written.filter(({ kind }) => kind === 'NodewrightAgentStatus').map(({ spec }) => spec)).toEqual([
      { node: 'node-a' },
    ]);
  });

  test('stays while it stands, and is not ours to take from a newer leader', () => {
    const stays = run({ decision: { ...waiting, stands: [order] }, standing: [order] }, undefined, given);
    expect(stays.asked).not.toContain('update NodewrightAgentStatus');
    const newer = { ...agent, spec: { node: 'node-a', order: { ...order, epoch: 3 } } };
    expect(run({ decision: waiting, standing: [order] }, undefined, newer).asked).not.toContain(
      'update NodewrightAgentStatus',
    );
  });
});

describe('what has given up', () => {
  const halt = { kind: 'halt', state: 'Stage', because: [reason], nodes: [], next: { ...standing, turn } } as const;
  const given = { ...agent, spec: { node: 'node-a', order } };
  const seen = { ...given, status: { order: { workflow: 'u1', step: 5 } } };

  test.each([
    ['that no agent has seen is taken away', given, true],
    ['that its agent has seen is left', seen, false],
    ['of another workflow is left', { ...given, spec: { node: 'node-a', order: { ...order, workflow: 'u2' } } }, false],
    ['of another step is left', { ...given, spec: { node: 'node-a', order: { ...order, step: 6 } } }, false],
  ] as const)('an order %s', (_, object, taken) => {
    const { asked, written } = run({ decision: halt, standing: [order] }, undefined, object);
    expect(asked.includes('update NodewrightAgentStatus')).toBe(taken);
    if (taken) expect(written.at(-1)?.spec).toEqual({ node: 'node-a' });
  });

  test('also when it was found at rest, and not of a status that is nobody’s', () => {
    const rest = { kind: 'rest', state: 'Halted', outcome: 'halted' } as const;
    const foreign = { kind: 'halt', state: 'Stage', because: [reason], nodes: [] } as const;
    expect(run({ decision: rest, standing: [order] }, undefined, given).asked).toContain(
      'update NodewrightAgentStatus',
    );
    expect(run({ decision: foreign, standing: [order] }, undefined, given).asked).not.toContain(
      'update NodewrightAgentStatus',
    );
    const complete = { kind: 'rest', state: 'Complete', outcome: 'complete' } as const;
    expect(run({ decision: complete, standing: [order] }, undefined, given).asked).not.toContain(
      'update NodewrightAgentStatus',
    );
  });
});

describe('the record', () => {
  const recordOf = (change: Partial<Act>): Readonly<Record<string, unknown>> => {
    let body: Readonly<Record<string, unknown>> = {};
    run(change, (_, asked) => {
      if (asked.do === 'record') body = asked.body;
      return undefined;
    });
    return body;
  };

  test('says what, when, who, why and on what it rests', () => {
    expect(recordOf({})).toMatchObject({
      kind: 'decision',
      at: '1970-01-01T00:16:40.000Z',
      askedBy: 'ReplicationUpgrade/site',
      intent: {},
      by: { how: 'pass' },
      uid: 'u1',
      engine: 'e',
      profiles: ['p', 'q'],
      workflow: 'ReplicationUpgrade/site',
      epoch: 2,
      profile: 'p',
      machine: 'm',
      snapshot: 's',
      parent: null,
      decision: { kind: 'advance', serial: 8, orders: [{ step: 5, node: 'node-a' }], lock: { do: 'take' } },
    });
    expect(recordOf({ decision: hold })).toMatchObject({
      decision: { kind: 'hold', because: [{ fact: 'node.ready', detail: 'is false' }] },
    });
  });

  test('hangs on the one before it, by the digest that its log answered', () => {
    const { performed } = run({});
    expect(performed.recorded?.digest).toBe('of the record');
    expect(recordOf({ decision: hold, recorded: performed.recorded })).toMatchObject({ parent: 'of the record' });
  });

  test('names whoever wants it taken back', () => {
    const workflow = { ...workflowWith({ workflow: standing }), intent: { abort: { by: 'ops' } } };
    expect(recordOf({ workflow })).toMatchObject({ askedBy: 'ops', intent: { abort: { by: 'ops' } } });
  });

  test('comes with the documents that it names, the workflow as it was read among them', () => {
    let documents: readonly Attachment[] = [];
    run({}, (_, asked) => {
      if (asked.do === 'record') documents = asked.documents();
      return undefined;
    });
    const [object, ...others] = documents;
    expect(others).toEqual([{ digest: 's', text: 'a snapshot' }]);
    expect(recordOf({})).toMatchObject({ object: object?.digest });
    expect(digestOfText(object?.text ?? '')).toBe(object?.digest);
    const kept = workflowFrom(JSON.parse(object?.text ?? '') as Json);
    const { object: whole, version, ...asRead } = workflowWith({ workflow: standing });
    expect(kept).toMatchObject({ ok: true, value: asRead });
    expect([whole.metadata.resourceVersion, version, kept.ok && kept.value.version]).toEqual(['3', '3', 'kept']);
  });

  test('says another status another way: its digest is in it', () => {
    const next = (change: Partial<WorkflowStatus>): unknown =>
      (recordOf({ decision: { ...advance, next: { ...advance.next, ...change } } }).decision as { next: unknown }).next;
    const digests = [{}, { step: 6 }, { sinceMs: 1 }, { unguardedSinceMs: { a: 1 } }].map(next);
    expect(new Set(digests).size).toBe(4);
  });

  test('of the same decision is made anew where our log does not count the one before', () => {
    const { recorded } = run({ decision: hold }).performed;
    expect(recordOf({ decision: hold, recorded, again: () => false })).toMatchObject({ parent: 'of the record' });
    const asked: string[] = [];
    run({ decision: hold, recorded, again: (record) => asked.push(record) > 0 });
    expect(asked).toEqual(['of the record']);
  });

  test('of the same wait is made once, whatever its figures say meanwhile; of another again', () => {
    const { recorded } = run({ decision: hold }).performed;
    const moved = { ...hold, because: [{ ...reason, detail: 'is 12 MiB, must be 0' }] } as const;
    expect(recordOf({ decision: moved, recorded })).toEqual({});
    for (const other of [
      { ...hold, overdue: true },
      { ...hold, state: 'Other' },
      { ...hold, because: [{ ...reason, object: 'node-b' }] } as const,
      { ...hold, because: [reason, { ...reason, object: 'node-b' }] } as const,
    ])
      expect(recordOf({ decision: other, recorded })).toMatchObject({ decision: { kind: 'hold' } });
  });

  test('can be made of whatever words come from outside', () => {
    const odd = {
      ...hold,
      because: [{ ...reason, object: 'half \ud800', seenAtMs: Number.NEGATIVE_INFINITY }],
    } as const;
    expect(recordOf({ decision: odd })).toMatchObject({ decision: { because: [{ seenAt: 'never' }] } });
  });

  test('is not made where nobody leads', () => {
    const program = perform({ find: () => undefined, took: () => {}, doubt: () => {}, leads: () => false }, {
      decision: hold,
    } as unknown as Act);
    expect(program.next()).toMatchObject({ done: true, value: { stopped: { why: 'not-leading' } } });
  });
});

describe('K6: the status is written when people would read something new, and says when it was seen', () => {
  const written = (status: unknown, decision: Hold | Advance = hold, at = nowMs) =>
    statusToWrite(workflowWith(status), decision, at, 'r')?.status as Record<string, never> | undefined;
  const first = written({ workflow: standing });

  test('a new wait', () => {
    expect(first).toMatchObject({
      workflow: standing,
      observedAt: '1970-01-01T00:16:40.000Z',
      decision: {
        kind: 'hold',
        since: '1970-01-01T00:15:00.000Z',
        due: '1970-01-01T00:25:00.000Z',
        overdue: false,
        releases: 'node.ready of node-a',
        because: [{ object: 'node-a', detail: 'is false', seenAt: '1970-01-01T00:16:39.000Z' }],
        record: 'r',
      },
    });
  });

  test('a wait does not count writes: the workflow stays as it stands, to the last member', () => {
    expect(first?.workflow).toEqual(standing);
  });

  test('the same wait again is none, however late', () => {
    expect(written(first, hold, nowMs + 10 * refreshMs)).toBeUndefined();
  });

  test('one whose figures move is told anew, now and then', () => {
    const moved: Hold = { ...hold, because: [{ ...reason, detail: 'is 12 MiB' }] };
    expect(written(first, moved, nowMs + refreshMs - 1)).toBeUndefined();
    expect(written(first, moved, nowMs + refreshMs)).toBeDefined();
  });

  test('one that somebody dated into the future is told anew at once', () => {
    const moved: Hold = { ...hold, because: [{ ...reason, detail: 'is 12 MiB' }] };
    expect(
      written(
        { ...first, decision: { ...(first?.decision as object | undefined), observedAt: '2999-01-01T00:00:00Z' } },
        moved,
      ),
    ).toBeDefined();
  });

  test('what moves the workflow is written, whatever people read', () => {
    const next: WorkflowStatus = { ...standing, serial: 8, unguardedSinceMs: { calm: 1 } };
    expect(written(first, { ...hold, next })).toMatchObject({ workflow: next });
  });

  test('who acts signs with its epoch, also where nothing else is new', () => {
    const took = { ...advance, orders: [], next: { ...standing, epoch: 3, serial: 8 } };
    expect(written({ workflow: standing }, took)).toMatchObject({ workflow: { epoch: 3, serial: 8 } });
    expect(
      written({ ...first, workflow: standing }, { ...hold, next: { ...standing, epoch: 3, serial: 8 } }),
    ).toBeUndefined();
  });

  test('a workflow that nobody has begun gets its first status', () => {
    expect(written(undefined)).toMatchObject({ workflow: { serial: 8 } });
  });

  test('one that is nobody’s we know is not even told about', () => {
    const halt = { kind: 'halt', state: 'x', because: [reason], nodes: [] } as const;
    expect(statusToWrite(workflowWith({ workflow: 'foreign' }), halt, nowMs, undefined)).toBeUndefined();
  });

  test('what nobody could begin on is told, and nothing of a workflow is written', () => {
    const { next: _, ...handsOff } = hold;
    const object = statusToWrite(workflowWith(undefined), handsOff, nowMs, undefined);
    expect(object?.status).toMatchObject({ decision: { kind: 'hold' } });
    expect(object?.status).toHaveProperty('workflow', undefined);
  });

  test('it replaces the copy that was read', () => {
    expect(statusToWrite(workflowWith({ workflow: standing }), hold, nowMs, 'r')?.metadata.resourceVersion).toBe('3');
  });
});

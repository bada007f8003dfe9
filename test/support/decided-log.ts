/** A log by the real writer, of decisions in the form that the operator gives them: a machine that advances, waits, gives up. */
import type { Json } from '../../src/kernel/digest.ts';
import { recordDecision } from '../../src/log/decisions.ts';
import type { Attachment } from '../../src/log/facts.ts';
import type { Log, LogLimits } from '../../src/log/log.ts';
import { openLog } from '../../src/log/writer.ts';
import { fileDisk } from '../../src/platform/file-disk.ts';
import { documentOf, keyFor, startMs } from './log-folder.ts';

export const flip = 'BondModeFlipPlan/site';

const column = documentOf('[]');
/** What was seen, as an index that names a document of its own. */
export const seen = documentOf(
  JSON.stringify({ facts: { 'bond.mode': { cells: column.digest } }, populations: {}, version: 1 }),
);
export const profile = documentOf('{"profile":"three-node"}');
export { column };

export interface Decided {
  readonly workflow?: string;
  readonly afterMs?: number;
  readonly decision: Json;
  /** How often the same is decided again, a second apart. */
  readonly again?: number;
  readonly by?: string;
  readonly documents?: readonly Attachment[];
}

export const begins: Decided = {
  decision: {
    kind: 'advance',
    from: 'Idle',
    to: 'PreconditionsCheck',
    says: 'looks at every node',
    serial: 1,
    orders: [],
    stands: [],
    relies: [],
  },
};
export const rests: Decided = { decision: { kind: 'rest', state: 'Complete', outcome: 'complete' } };
export const flips: Decided = {
  decision: {
    kind: 'advance',
    from: 'FlipBonds',
    to: 'FlipBonds',
    says: 'bond.set-mode for node-a',
    serial: 2,
    orders: ['node-a', 'node-b'].map((node, at) => ({
      step: at + 1,
      epoch: 1,
      node,
      object: `${node}/bond1`,
      command: 'bond.set-mode',
      with: {},
      dependsOn: null,
    })),
    stands: [],
    relies: [],
  },
};
export const waits: Decided = {
  decision: {
    kind: 'hold',
    state: 'FlipBonds',
    overdue: false,
    stands: [1],
    because: [
      {
        says: 'every peer answers a full-size packet',
        fact: 'bond.peersReachable',
        object: 'node-b/bond1',
        detail: 'is false, must be true',
        unknown: false,
      },
    ],
  },
  again: 40,
};
export const givesUp: Decided = {
  by: 'ops@site',
  decision: {
    kind: 'halt',
    state: 'FlipBonds',
    because: [
      {
        says: 'the nodes are not those that this was begun with',
        fact: 'node.bootId',
        object: 'node-a',
        detail: 'was restarted',
        unknown: false,
        law: 'K4',
      },
    ],
    nodes: [{ node: 'node-a', facts: ['bond.mode of node-a/bond1: balance-rr'], order: 'order 1 (done)' }],
  },
};

export interface WrittenLog {
  readonly folder: string;
  readonly origin: string;
  /** `name+id+base64` of its key stands in `key.pub`; the digests of its decisions. */
  readonly digests: readonly string[];
}

/** Written, closed and signed; each decision a second after the one before, or later. */
export async function writeDecisions(
  folder: string,
  decisions: readonly Decided[],
  {
    origin = 'nodewright.example/site-7/node-a',
    limits = {},
    clock = { nowMs: startMs },
    signed = true,
  }: {
    readonly origin?: string;
    readonly limits?: Partial<LogLimits>;
    readonly clock?: { nowMs: number };
    readonly signed?: boolean;
  } = {},
): Promise<WrittenLog> {
  const opened = await openLog(fileDisk(folder), {
    origin,
    nowMs: () => clock.nowMs,
    ...(signed ? { signing: keyFor(origin) } : {}),
    opened: { by: 'a test' },
    limits,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  const log = opened.value;
  const digests: string[] = [];
  for (const one of decisions) digests.push(await decide(log, one, clock));
  await log.close();
  return { folder, origin, digests };
}

async function decide(log: Log, one: Decided, clock: { nowMs: number }): Promise<string> {
  const { workflow = flip, afterMs = 1_000, decision, again = 0, by, documents = [seen, column, profile] } = one;
  clock.nowMs += afterMs;
  const [snapshot] = documents;
  const appended = await recordDecision(log, {
    workflow: `uid of ${workflow}`,
    documents: () => documents,
    body: {
      kind: 'decision',
      at: new Date(clock.nowMs).toISOString(),
      workflow,
      uid: `uid of ${workflow}`,
      epoch: 1,
      askedBy: by ?? workflow,
      intent: by === undefined ? {} : { abort: { by } },
      by: { how: 'pass' },
      decision,
      profile: profile.digest,
      snapshot: snapshot?.digest ?? null,
      engine: `sha256:${'0'.repeat(64)}`,
    },
  });
  if (!appended.ok) throw new Error(JSON.stringify(appended.faults));
  for (let count = 0; count < again; count += 1) {
    clock.nowMs += 1_000;
    log.again(`uid of ${workflow}`, appended.value.digest, clock.nowMs);
  }
  return appended.value.digest;
}

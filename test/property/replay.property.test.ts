import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type LogRecord, readRecord } from '../../src/kernel/audit.ts';
import { canonical, digestOfText, type Json } from '../../src/kernel/digest.ts';
import { documentsIn } from '../../src/kernel/snapshot-from.ts';
import { type Decided, decidedIn, type Instead, Replayer } from '../../src/operator/replay.ts';
import { type Fault, type FaultKind, faultNames } from '../../src/sim/fault-kinds.ts';
import { nextProfileOf } from '../../src/sim/next-profile.ts';
import { simulate } from '../../src/sim/run.ts';
import { KeptRun, shippedProfile } from '../support/kept-runs.ts';
import { runs } from '../support/runs.ts';

const profile = shippedProfile();
const nextProfile = nextProfileOf(profile);
const engine = digestOfText('the build of this test');

async function keptRun(seed: number, kinds: readonly FaultKind[] = faultNames): Promise<KeptRun> {
  const kept = new KeptRun();
  const result = await simulate({
    seed,
    workflow: seed % 2 === 0 ? 'BondModeFlipPlan' : 'ReplicationUpgrade',
    profile,
    nextProfile,
    site: { nodes: 3, volumes: 1, vms: seed % 3 === 0 ? 1 : 0 },
    faults: { kinds, atMost: 8, withinMs: 20 * 60_000 },
    keeperOf: () => kept,
    engine,
  });
  expect(result.violations).toEqual([]);
  return kept;
}

/** Another process, in another place of the world. `NW_OTHER_NODE` names another Node to run it. */
function elsewhere(): {
  replay(kept: KeptRun): Promise<{ same: number; others: readonly string[]; where: string }>;
  end(): void;
} {
  const child = spawn(env.NW_OTHER_NODE ?? execPath, [join(import.meta.dirname, '..', 'support', 'replay-child.ts')], {
    env: { PATH: env.PATH, TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async replay({ documents, lines }) {
      child.stdin.write(`${JSON.stringify({ documents: [...documents], lines })}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error('it went away');
      return JSON.parse(answer.value) as { same: number; others: readonly string[]; where: string };
    },
    end: () => void child.stdin.end(),
  };
}

test('decisions with everything going wrong are decided again to the same bytes, in another time zone and locale', async () => {
  const wanted = runs('REPLAY', 10_000).numRuns;
  const other = elsewhere();
  const [kinds, ways] = [new Set<string>(), new Set<string>()];
  let [replayed, seed] = [0, Number(env.NW_SEED ?? 1)];
  let pending: Promise<void> = Promise.resolve();
  while (replayed < wanted) {
    const kept = await keptRun(seed);
    await pending; // one run is replayed while the next is simulated
    replayed += kept.lines.length;
    pending = other.replay(kept).then(({ same, others, where }) => {
      expect(others).toEqual([]);
      expect(same).toBe(kept.lines.length);
      expect(where).toContain('GMT+1400');
    });
    for (const line of kept.lines) {
      const { decision, by } = JSON.parse(line) as { decision: { kind: string }; by: { how: string } };
      kinds.add(decision.kind);
      ways.add(by.how);
    }
    seed += 1;
  }
  await pending;
  other.end();
  if (wanted < 2_000) return;
  expect([...kinds].sort()).toEqual(['advance', 'halt', 'hold', 'rest', 'undo']);
  expect([...ways].sort()).toEqual(['pass', 'prepared', 'went-back']);
}, 1_200_000);

describe('what is rare is decided again too', () => {
  const flip = {
    seed: 1,
    workflow: 'BondModeFlipPlan',
    profile,
    nextProfile,
    site: { nodes: 3, volumes: 1, vms: 0 },
  } as const;
  const strange = (kind: FaultKind, state: string, afterMs: number, how = 3): Fault => {
    return { kind, state, afterMs, forMs: 0, on: 'site', how };
  };
  test.each<{ says: string; fault: Fault; is: (record: LogRecord) => boolean }>([
    {
      says: 'by the profile that it was begun with, when the site has another',
      fault: strange('profile-changes', 'StageNetwork', 0),
      is: ({ profile: one, profiles }) => (profiles as readonly string[]).indexOf(String(one)) === 1,
    },
    {
      says: 'a status that went back',
      fault: strange('api-restored', 'FlipBonds', 10_000, 25),
      is: ({ by }) => (by as { how: string }).how === 'went-back',
    },
    {
      says: 'a status that somebody wrote by hand',
      fault: strange('status-mangled', 'FlipBonds', 5_000, 0),
      is: ({ by, decision: what }) =>
        (by as { how: string }).how === 'prepared' && (what as { kind: string }).kind === 'halt',
    },
  ])(
    '$says',
    async ({ fault, is }) => {
      const kept = new KeptRun();
      await simulate({ ...flip, faults: [fault], keeperOf: () => kept, engine, boundMs: 20 * 60_000 });
      const replayer = kept.replayer();
      const decided = kept.lines.map(decision);
      expect(decided.filter(({ record }) => is(record))).not.toEqual([]);
      for (const one of decided) expect(await replayer.replay(one), one.line.slice(0, 300)).toEqual({ kind: 'same' });
    },
    120_000,
  );
});

describe('one run', () => {
  let kept: KeptRun;
  let decided: readonly Decided[];
  beforeAll(async () => {
    kept = await keptRun(3, ['abort', 'agent-dies', 'linstor-away']);
    decided = kept.lines.map(decision);
  }, 120_000);

  test('every altered document is found, and what it holds is said', async () => {
    const [one] = decided.filter(({ record }) => (record.decision as { kind: string }).kind === 'advance').slice(3);
    const index = kept.documents.get(String(one?.record.snapshot)) ?? '';
    const named = new Map([
      [String(one?.record.snapshot), 'what was seen'],
      [String(one?.record.object), 'the workflow’s object'],
      [String(one?.record.profile), 'the profile'],
      ...(documentsIn(index) ?? []),
    ]);
    expect(named.size).toBeGreaterThan(40);
    for (const [digest, holds] of named) {
      const answers = { damaged: { kind: 'damaged' }, missing: { kind: 'missing' } } as const;
      for (const why of ['damaged', 'missing'] as const) {
        const replayer = new Replayer((asked) => {
          const text = kept.documents.get(asked) ?? '';
          return Promise.resolve(asked === digest ? answers[why] : { kind: 'text', text });
        });
        expect(await replayer.replay(one as Decided)).toEqual({ kind: 'unknown', why, digest, holds });
      }
    }
    expect([...named.values()].some((holds) => /^what is said of .*bond\.mode/.test(holds))).toBe(true);
  });

  test('one altered fact, with every digest made to fit it, decides otherwise, and the fact is named', async () => {
    const fact = 'node.ready';
    let found = 0;
    for (const one of decided) {
      const forged = forge(one, kept.documents, fact, (text) => text.replace('"value":true', '"value":false'));
      if (forged === undefined) continue;
      const came = await kept.replayer(forged.documents).replay(forged.decided);
      // Its digest is not the one that the next record, and the tree, know.
      expect(digestOfText(forged.decided.line)).not.toBe(digestOfText(one.line));
      if (came.kind !== 'differs') continue;
      found += 1;
      expect(JSON.stringify(came.differences)).toContain(fact);
    }
    expect(found).toBeGreaterThan(0);
  });

  test('no member of a record can be altered unseen: it decides otherwise, or the line is not the one that the chain names', async () => {
    const replayer = kept.replayer();
    const given = new Set(['sequence', 'previous', 'before', 'parent', 'engine', 'version']);
    const members = new Set<string>();
    for (const { record, line } of decided.slice(0, 12)) {
      for (const name of Object.keys(record)) {
        members.add(name);
        for (const value of ['other', 7, null, digestOfText('other')] as const) {
          const altered = canonical({ ...record, [name]: value } as unknown as Json);
          if (altered === line) continue;
          expect(digestOfText(altered)).not.toBe(digestOfText(line));
          const read = decidedIn(altered);
          if ('not' in read || given.has(name)) continue;
          expect(await replayer.replay(read), `${name} made ${value}`).not.toEqual({ kind: 'same' });
        }
      }
    }
    expect(members.size).toBeGreaterThan(18);
  });

  test('whatever is altered in a record, an answer comes and nothing is thrown', async () => {
    const replayer = kept.replayer();
    const anything = fc.tuple(fc.nat(), fc.nat(), fc.jsonValue()).map(([which, at, value]) => {
      const one = decided[which % decided.length] as Decided;
      const names = Object.keys(one.record);
      return canonical({ ...one.record, [names[at % names.length] ?? '']: value as Json } as unknown as Json);
    });
    await fc.assert(
      fc.asyncProperty(anything, async (line) => {
        const read = decidedIn(line);
        if ('not' in read) return;
        expect(['same', 'differs', 'unknown', 'unread']).toContain((await replayer.replay(read)).kind);
      }),
      runs('REPLAYED', 150),
    );
  });

  test('another profile decides on the same facts, and both can be laid side by side', async () => {
    const other = shippedProfile('profiles/single-node');
    const replayer = kept.replayer();
    const one = decided.at(5) as Decided;
    const same = await replayer.instead(one, nextProfile);
    expect(same).toMatchObject({ profile: nextProfile.digest });
    const { kind } = (same as Instead).decision as { kind: string };
    expect(kind).toBe((one.record.decision as { kind: string }).kind);
    expect(await replayer.instead(one, other)).toMatchObject({ profile: other.digest });
  });

  test('a decision counts how often the one before it was made again', () => {
    const counted = decided.filter(({ record }) => record.before !== undefined);
    expect(counted.length).toBeGreaterThan(3);
    for (const { record } of counted) expect(record.before).toMatchObject({ again: expect.any(Number) });
  });
});

function decision(line: string): Decided {
  const read = decidedIn(line);
  if ('not' in read) throw new Error(read.not);
  return read;
}

/** Somebody who alters what is said of a fact and makes every digest fit, up to the record. */
function forge(
  { line, record }: Decided,
  kept: ReadonlyMap<string, string>,
  fact: string,
  alter: (text: string) => string,
): { readonly decided: Decided; readonly documents: ReadonlyMap<string, string> } | undefined {
  if (typeof record.snapshot !== 'string') return undefined;
  const documents = new Map(kept);
  const put = (text: string): string => {
    documents.set(digestOfText(text), text);
    return digestOfText(text);
  };
  const index = kept.get(record.snapshot) ?? '';
  const { cells } = (JSON.parse(index) as { facts: Record<string, { cells: string }> }).facts[fact] ?? { cells: '' };
  const text = kept.get(cells) ?? '';
  if (alter(text) === text) return undefined;
  const altered = put(alter(text));
  const snapshot = put(index.replace(`"${fact}":{"cells":"${cells}"`, `"${fact}":{"cells":"${altered}"`));
  return { decided: decision(line.replace(record.snapshot, snapshot)), documents };
}

test('a line that is no decision says what it is', () => {
  expect(decidedIn('{}')).toMatchObject({ not: expect.stringContaining('has no') });
  const opened = canonical({ at: '2026-03-04T10:15:02.000Z', kind: 'opened', previous: null, sequence: 0, version: 1 });
  expect(readRecord(opened)).toMatchObject({ ok: true });
  expect(decidedIn(opened)).toEqual({ not: 'is no decision but says `opened`' });
  const record = JSON.parse(opened) as LogRecord;
  expect(decidedIn(canonical({ ...record, kind: 'decision' }))).toEqual({ not: 'names no workflow, or no build' });
});

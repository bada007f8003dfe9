import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Loaded } from '../../src/kernel/fault.ts';
import {
  consistencyProof,
  type Hash,
  inclusionProof,
  leafHash,
  provesConsistency,
  provesInclusion,
} from '../../src/kernel/merkle.ts';
import { checkCheckpoint, cosignCheckpoint } from '../../src/log/checkpoint.ts';
import { formatNoteKey, parseNoteKey } from '../../src/signing/note.ts';
import { checkpointOf, madeKey, makeLog, nowhere, signedCheckpoint } from '../support/made-log.ts';

interface Inclusion {
  readonly size: number;
  readonly index: number;
  readonly path: readonly string[] | null;
}
interface Consistency {
  readonly old: number;
  readonly size: number;
  readonly proof: readonly string[] | null;
}
interface Request {
  readonly logKey: string;
  readonly witnessKey: string;
  readonly leaves: readonly string[];
  readonly checkpoints: readonly string[];
  readonly inclusion: readonly Inclusion[];
  readonly consistency: readonly Consistency[];
}
interface Answer {
  readonly checkpoints: readonly string[];
  readonly inclusion: readonly string[];
  readonly consistency: readonly string[];
  readonly theirs: Request;
}

const go = spawnSync('go', ['version'], { encoding: 'utf8' });
const hasGo = go.status === 0;
// Loud on purpose: what is not run here proves nothing here.
if (!hasGo)
  process.stderr.write(
    'NOT RUN: test/interop, what Go says of our checkpoints and proofs: there is no `go` on this machine\n',
  );

const most = 40;
const log = makeLog(most);
const [key, witness] = [madeKey(1), madeKey(2, 'witness.example/w', 'cosignature')];
const toBase64 = (hashes: readonly Hash[]): string[] =>
  hashes.map((hash) => Buffer.from(hash, 'hex').toString('base64'));
const toHex = (hashes: readonly string[] | null): Hash[] =>
  (hashes ?? []).map((hash) => Buffer.from(hash, 'base64').toString('hex'));
function mustBe<T>(loaded: Loaded<T>): T {
  if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
  return loaded.value;
}

describe.runIf(hasGo)('golang.org/x/mod/sumdb and transparency-dev/formats', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodewright-interop-'));
  const program = join(folder, 'interop');
  let ours: Request;
  let answer: Answer;

  function ask(request: Request): Answer {
    const { status, stdout, stderr } = spawnSync(program, {
      input: JSON.stringify(request),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Answer;
  }

  beforeAll(async () => {
    const built = spawnSync('go', ['build', '-mod=readonly', '-o', program, '.'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(`go build: ${built.stderr}`);
    const [checkpoints, inclusion, consistency]: [string[], Inclusion[], Consistency[]] = [[], [], []];
    for (let size = 1; size <= most; size += 1) {
      const note = { file: 'checkpoint', text: await signedCheckpoint(log, size, key) };
      checkpoints.push(mustBe(await cosignCheckpoint(note, witness, witness.signer, 1_700_000_000 + size)));
      for (let index = 0; index < size; index += 1) {
        inclusion.push({ size, index, path: toBase64(await inclusionProof(index, size, log.tiles)) });
        consistency.push({ old: index + 1, size, proof: toBase64(await consistencyProof(index + 1, size, log.tiles)) });
      }
    }
    ours = {
      logKey: formatNoteKey(key),
      witnessKey: formatNoteKey(witness),
      leaves: log.lines,
      checkpoints,
      inclusion,
      consistency,
    };
    answer = ask(ours);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('verify every checkpoint of ours, with its cosignature', () => {
    expect(answer.checkpoints).toEqual(ours.checkpoints.map(() => ''));
    expect(answer.checkpoints.length).toBe(most);
  });
  test('verify every inclusion and every consistency proof of ours, of every size up to 40', () => {
    expect(answer.inclusion).toEqual(ours.inclusion.map(() => ''));
    expect(answer.consistency).toEqual(ours.consistency.map(() => ''));
    expect(answer.inclusion.length).toBe((most * (most + 1)) / 2);
  });
  test('make the same proofs as we do', () => {
    const filled = <T extends object>(list: readonly T[]): T[] =>
      JSON.parse(JSON.stringify(list).replaceAll('null', '[]')) as T[];
    expect(filled(answer.theirs.inclusion)).toEqual(ours.inclusion);
    expect(filled(answer.theirs.consistency)).toEqual(ours.consistency);
  });
  test('refuse what was altered', () => {
    const [note = ''] = ours.checkpoints.slice(-1);
    const altered = ask({
      ...ours,
      checkpoints: [
        note.replace('\n40\n', '\n39\n'),
        note.replace(/(— witness.*)AAAA/, '$1AAAB'),
        note.replace(/— witness.*\n/, ''),
      ],
      inclusion: [
        { size: 40, index: 6, path: ours.inclusion.find(({ size, index }) => size === 40 && index === 5)?.path ?? [] },
      ],
      consistency: [
        { old: 6, size: 40, proof: ours.consistency.find(({ size, old }) => size === 40 && old === 5)?.proof ?? [] },
      ],
    });
    expect([...altered.checkpoints, ...altered.inclusion, ...altered.consistency].map((says) => says !== '')).toEqual(
      Array(5).fill(true),
    );
  });
  test('make checkpoints, cosigned, that we believe; under their keys alone', () => {
    const { theirs } = answer;
    const policy = {
      origin: 'go.example/log',
      logKeys: [mustBe(parseNoteKey(theirs.logKey, nowhere))],
      witnesses: [mustBe(parseNoteKey(theirs.witnessKey, nowhere))],
      witnessesNeeded: 1,
    };
    expect(theirs.checkpoints.length).toBe(most);
    for (const [at, text] of theirs.checkpoints.entries()) {
      const believed = mustBe(checkCheckpoint({ file: 'checkpoint', text }, policy));
      expect(believed.checkpoint).toEqual({ ...checkpointOf(log, at + 1), origin: 'go.example/log' });
      expect(believed.seenBy.length).toBe(1);
      expect(checkCheckpoint({ file: 'checkpoint', text }, { ...policy, logKeys: [key] }).ok).toBe(false);
    }
  });
  test('make proofs that we verify', () => {
    for (const { size, index, path } of answer.theirs.inclusion) {
      const root = checkpointOf(log, size).root;
      expect(provesInclusion(index, size, leafHash(log.lines[index] ?? ''), toHex(path), root)).toBe(true);
    }
    for (const { old, size, proof } of answer.theirs.consistency) {
      const growth = { oldSize: old, oldRoot: checkpointOf(log, old).root, size, root: checkpointOf(log, size).root };
      expect(provesConsistency(growth, toHex(proof))).toBe(true);
    }
  });
});

test.runIf(!hasGo)('Go is not here, so that nothing was compared', () => {
  expect(go.error ?? go.status).toBeTruthy();
});

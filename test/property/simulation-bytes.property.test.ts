import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Grounds, recordOf } from '../../src/actuators/audit.ts';
import { missingOf } from '../../src/capture/assemble.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { openCapture } from '../../src/capture/files.ts';
import { capturePages } from '../../src/capture/pack.ts';
import { diskFrom, folderOf } from '../../src/console/disk.ts';
import { judged } from '../../src/console/inputs.ts';
import { decidedOn, workflowObjects } from '../../src/console/workflows.ts';
import { readWorkflow } from '../../src/crd/workflow-object.ts';
import type { RecordBody } from '../../src/kernel/audit.ts';
import { canonical } from '../../src/kernel/digest.ts';
import type { Raw } from '../../src/kernel/raw.ts';
import { snapshotDigest } from '../../src/kernel/snapshot-document.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { held } from '../../src/operator/held.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { insecureUnsigned } from '../../src/profile/verify.ts';
import type { Fault } from '../../src/sim/fault-kinds.ts';
import { simulate } from '../../src/sim/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'nw-bytes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = join(import.meta.dirname, '..', '..');
const verified = (() => {
  const { folder: port, file } = folderOf(diskFrom(root), 'profiles/three-node');
  const loaded = loadProfile(port, file, vocabulary, insecureUnsigned);
  if (!loaded.ok) throw new Error('the shipped profile does not load');
  return loaded.value.profile;
})();
const profile = held(verified);

interface Recorded {
  readonly body: RecordBody;
  readonly heard: readonly Raw[];
}

/** Every record of a run, each with what its operator had heard when it decided. */
async function recordsOf(
  seed: number,
  workflow: 'ReplicationUpgrade' | 'BondModeFlipPlan',
  faults: readonly Fault[],
): Promise<readonly Recorded[]> {
  const records: Recorded[] = [];
  const result = await simulate({
    seed,
    workflow,
    profile,
    site: { nodes: 3, volumes: 2, vms: 1 },
    faults,
    onRecord({ body }, heard) {
      const nowMs = Date.parse(body.at);
      // Before it gives up it asks once more how the workflow stands: the same object, seen after the decision.
      const then = heard(nowMs).map((raw) => (raw.at > nowMs ? { ...raw, at: nowMs } : raw));
      records.push({ body, heard: then });
    },
  });
  expect(result.violations).toEqual([]);
  return records;
}

/** The way of `nwctl eval`: a file is opened, judged at the moment it was taken, and each workflow in it passed over. */
async function evaluated({ body, heard }: Recorded, number: number): Promise<RecordBody> {
  const { at } = body;
  const nowMs = Date.parse(at);
  const taken: Capture = {
    name: `moment-${number}`,
    takenAtMs: nowMs,
    takenBy: 'a test',
    complete: missingOf(heard, []).length === 0,
    hasManifest: true,
    raws: heard,
    missing: missingOf(heard, []),
    digest: '',
  };
  const path = join(folder, `${number}.ndjson`);
  writeFileSync(path, Buffer.concat([...capturePages(taken)]));
  const opened = await openCapture(path, { stdin: (async function* () {})() });
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  const { judgement, capture } = judged(verified, opened.value, nowMs);
  const [object] = workflowObjects(capture.raws).values();
  if (object === undefined) throw new Error('no workflow is in the capture');
  const { decision } = await decidedOn(profile, object, judgement.snapshot);
  const workflow = readWorkflow(object);
  if (!workflow.ok) throw new Error(workflow.says);
  const {
    epoch,
    by,
    profile: digest,
    profiles,
    machine,
    engine,
    parent,
  } = body as unknown as Omit<Grounds, 'documents'> & {
    readonly parent: string | null;
  };
  const snapshot = (): string => snapshotDigest(judgement.snapshot);
  const grounds = { nowMs, epoch, by, profile: digest, profiles, machine, engine, snapshot };
  return recordOf(workflow.value, decision, grounds, parent);
}

const fault = (kind: Fault['kind'], state: string, on: string, forMs: number): Fault => ({
  kind,
  state,
  afterMs: 0,
  forMs,
  on,
  how: 3,
});

const cases = [
  { says: 'an upgrade', seed: 11, workflow: 'ReplicationUpgrade', faults: [] },
  { says: 'a flip', seed: 12, workflow: 'BondModeFlipPlan', faults: [] },
  {
    says: 'an upgrade that is taken back',
    seed: 13,
    workflow: 'ReplicationUpgrade',
    faults: [fault('abort', 'FlipBonds', 'site', 0)],
  },
  {
    says: 'an upgrade that gives up',
    seed: 14,
    workflow: 'ReplicationUpgrade',
    faults: [fault('node-restarts', 'VerifyBonds', 'node-b', 30_000)],
  },
  {
    says: 'an upgrade with silence in it',
    seed: 15,
    workflow: 'ReplicationUpgrade',
    faults: [
      fault('linstor-away', 'RaisePlacement', 'site', 30_000),
      fault('agent-dies', 'FlipBonds', 'node-c', 9_000),
    ],
  },
] as const;

describe('one decision, three ways, the same bytes', () => {
  test.each(cases)('$says: the operator and `nwctl eval` on a capture of that moment', async (one) => {
    const records = await recordsOf(one.seed, one.workflow, one.faults);
    expect(records.length).toBeGreaterThan(25);
    const kinds = new Set<string>();
    for (const [number, record] of records.entries()) {
      expect(canonical({ ...(await evaluated(record, number)) })).toBe(canonical({ ...record.body }));
      kinds.add((record.body.decision as { kind: string }).kind);
    }
    expect([...kinds]).toEqual(expect.arrayContaining(['advance', 'hold']));
  });

  test.each(cases)('$says: the same story again', async ({ seed, workflow, faults }) => {
    const lines = async (): Promise<readonly string[]> =>
      (await recordsOf(seed, workflow, faults)).map(({ body }) => canonical({ ...body }));
    const first = await lines();
    expect(await lines()).toEqual(first);
  });
});

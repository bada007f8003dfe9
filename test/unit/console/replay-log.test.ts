import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { diskFrom } from '../../../src/console/disk.ts';
import { engineDigest } from '../../../src/console/engine.ts';
import { keptLogs } from '../../../src/console/kept-logs.ts';
import { simLogs } from '../../../src/console/sim-logs.ts';
import type { World } from '../../../src/console/world.ts';
import { digestOfText } from '../../../src/kernel/digest.ts';
import { factsPath } from '../../../src/log/folder.ts';
import { framed } from '../../../src/log/frame.ts';
import { fileDisk } from '../../../src/platform/file-disk.ts';
import { simulate } from '../../../src/sim/run.ts';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { shippedProfile } from '../../support/kept-runs.ts';
import { validates } from '../../support/schemas.ts';

const disk = diskFrom(join(process.cwd(), 'src'));
const world = { disk, logFolder: (path: string) => Promise.resolve(fileDisk(path)) } as unknown as World;
const root = folderWith();
const logs = join(root, 'logs');
const log = join(logs, 'seed-7', 'operator-1');
const lines: string[] = [];

/** A run until the first orders are out: some ten decisions. */
beforeAll(async () => {
  const profile = shippedProfile();
  const options = {
    workflow: 'ReplicationUpgrade',
    profile,
    site: { nodes: 3, volumes: 1, vms: 0 },
    faults: [],
  } as const;
  const engine = await engineDigest({ disk });
  await simulate({ ...options, seed: 7, boundMs: 60_000, ...simLogs(logs, world, engine)(7) });
  const kept = await keptLogs(logs, world);
  if (!kept.ok) throw new Error('no log was written');
  for (const one of kept.value) for await (const some of one.kept.lines()) lines.push(...some.map(String));
}, 120_000);

/** The log, and somebody who lays hands on it. */
function altered(how: (folder: string) => void): string {
  const copy = folderWith();
  cpSync(logs, copy, { recursive: true });
  how(join(copy, 'seed-7', 'operator-1'));
  return copy;
}

const aDecision = (): { readonly snapshot: string; readonly sequence: number } => {
  const advance = lines.find((line) => line.includes('"kind":"advance"')) ?? '{}';
  return JSON.parse(advance) as { snapshot: string; sequence: number };
};

/** Every line of the log, one of them another. */
function rewritten(sequence: number, forged: string): string {
  const all = lines.with(sequence, forged);
  return altered((at) => {
    writeFileSync(
      segmentOf(at),
      all.map((line) => framed({ line, digest: digestOfText(line), synced: false })).join(''),
    );
  });
}

/** The document that says when the nodes were seen ready, or whatever else this index names of a fact. */
function cellsOf(folder: string, fact: string): string {
  const index = readFileSync(join(folder, factsPath(aDecision().snapshot) ?? ''), 'utf8');
  const { facts } = JSON.parse(index) as { facts: Record<string, { cells: string }> };
  return join(folder, factsPath(facts[fact]?.cells ?? '') ?? '');
}

function segmentOf(folder: string): string {
  return join(folder, readdirSync(folder).find((name) => name.startsWith('records-')) ?? '');
}

describe('replay of a log', () => {
  test('every decision again, the same bytes: exit 0', async () => {
    const { code, out, err } = await nwctl(['replay', '--all', logs]);
    expect({ code, err }).toEqual({ code: 0, err: 'replaying 1 log\n' });
    const decisions = lines.filter((line) => line.includes('"kind":"decision"')).length;
    expect(decisions).toBeGreaterThan(8);
    expect(out).toContain(`✓ ${log}: ${decisions} decided again, ${decisions} the same\n`);
    expect(out).toContain(`${decisions} decisions, ${decisions} the same bytes\n`);
  });

  test('as data by its schema', async () => {
    const { code, out } = await nwctl(['replay', '--all', logs, '-o', 'json']);
    expect(code).toBe(0);
    validates('replay-all', out);
  });

  test('one record, by its number and by the beginning of its digest', async () => {
    const { sequence } = aDecision();
    const digest = digestOfText(lines[sequence] ?? '');
    const byNumber = await nwctl(['replay', String(sequence), '--log', log]);
    expect(byNumber.code).toBe(0);
    expect(byNumber.out).toContain(
      `✓ record ${sequence} (${digest.slice(0, 19)}) of sim.nodewright.example/seed-7/operator-1`,
    );
    expect(byNumber.out).toContain('  advance: ');
    for (const id of [digest, digest.slice(7, 27)]) {
      expect((await nwctl(['replay', id, '--log', logs])).out).toBe(byNumber.out);
    }
    const data = await nwctl(['replay', String(sequence), '--log', log, '-o', 'json']);
    validates('replayed', data.out);
    expect(JSON.parse(data.out)).toMatchObject({
      came: 'same',
      engine: { same: true },
      differences: [],
      instead: null,
    });
  });

  test('a fact that was altered: exit 3, and the document is named by what it holds', async () => {
    const folder = altered((at) => {
      const path = cellsOf(at, 'node.ready');
      writeFileSync(path, readFileSync(path, 'utf8').replace('true', 'false'));
    });
    const one = await nwctl(['replay', String(aDecision().sequence), '--log', folder]);
    expect(one.code).toBe(3);
    expect(one.out).toMatch(
      /\? record \d+ .*nobody can say: what is said of [\w., ]*node\.ready[\s\S]*is not the\s+document of that digest/,
    );
    const all = await nwctl(['replay', '--all', folder]);
    expect(all.code).toBe(3);
    expect(all.out).toContain('with a document that was altered');
  });

  test('a document that is not there: exit 4, since nobody can know', async () => {
    const folder = altered((at) => rmSync(cellsOf(at, 'node.ready')));
    expect((await nwctl(['replay', String(aDecision().sequence), '--log', folder])).code).toBe(4);
    const all = await nwctl(['replay', '--all', folder, '-o', 'json']);
    expect(all.code).toBe(4);
    validates('replay-all', all.out);
    expect((await nwctl(['replay', '--all', folder, '--exit-zero'])).code).toBe(0);
  });

  test('a record that was altered: it decides otherwise, and the next one does not hang on it: exit 3', async () => {
    const { sequence } = aDecision();
    const forged = (lines[sequence] ?? '').replace('"kind":"advance"', '"kind":"undo"');
    const folder = rewritten(sequence, forged);
    const one = await nwctl(['replay', String(sequence), '--log', folder]);
    expect(one.code).toBe(3);
    expect(one.out).toContain('  decision.kind: was "undo", is "advance"\n');
    const all = await nwctl(['replay', '--all', folder]);
    expect(all.code).toBe(3);
    expect(all.out).toContain(`record ${sequence + 1} does not hang on the line before it`);
  });

  test('another build: said first, and the same bytes are the same all the same', async () => {
    const { sequence } = aDecision();
    const forged = (lines[sequence] ?? '').replace(/"engine":"[^"]*"/, `"engine":"${digestOfText('another build')}"`);
    const folder = rewritten(sequence, forged);
    const { code, out } = await nwctl(['replay', String(sequence), '--log', folder]);
    expect(code).toBe(0);
    expect(out).toMatch(/^decided by the build sha256:/);
  });

  test('a line that holds no record: exit 2, and its number', async () => {
    const folder = altered((at) => {
      const text = readFileSync(segmentOf(at), 'utf8').split('\n');
      writeFileSync(segmentOf(at), [...text.slice(0, 4), 'nonsense', ...text.slice(5)].join('\n'));
    });
    const { code, out } = await nwctl(['replay', '--all', folder]);
    expect(code).toBe(2);
    expect(out).toContain('1 line no record, the first at 4');
  });

  test.each([
    { says: 'no log', args: ['replay', '3', '--log', '/nowhere'], err: 'does not exist' },
    { says: 'a record without a log', args: ['replay', '3'], err: 'in which log is the record 3' },
    { says: 'nothing', args: ['replay'], err: 'what is to be replayed' },
    { says: 'all of nothing', args: ['replay', '--all'], err: '--all needs the folder of a log' },
    { says: 'a record that there is not', args: ['replay', '99999', '--log', log], err: 'there is no record `99999`' },
    {
      says: 'a record that is no decision',
      args: ['replay', '0', '--log', log],
      err: 'is no decision but says `opened`',
    },
  ])('of $says: exit 2', async ({ args, err }) => {
    const ran = await nwctl(args);
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: '' });
    expect(ran.err).toContain(err);
  });
});

test('sim --log wants a folder of its own', async () => {
  const ran = await nwctl(['sim', '-p', 'profiles/three-node', '--runs', '1', '--log', logs]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('is no empty folder');
});

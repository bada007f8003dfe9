import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskError } from '../../../src/log/disk.ts';
import { openLog } from '../../../src/log/writer.ts';
import { fileDisk } from '../../../src/platform/file-disk.ts';
import { decision, documentOf, heldIn, optionsFor } from '../../support/log-folder.ts';

const home = mkdtempSync(join(tmpdir(), 'nodewright-disk-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
let folders = 0;

function newFolder(): string {
  folders += 1;
  return join(home, `log-${folders}`);
}

async function problemOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
    return 'none';
  } catch (problem) {
    if (problem instanceof DiskError) return problem.problem;
    throw problem;
  }
}

describe('the real disk', () => {
  test('holds a log, which another life goes on with', async () => {
    const folder = newFolder();
    const promised = [];
    for (const life of ['first', 'second']) {
      const opened = await openLog(fileDisk(folder), optionsFor());
      if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
      const documents = [documentOf('the profile'), documentOf(life)];
      const done = await opened.value.append(decision(life, documents));
      if (!done.ok) throw new Error(JSON.stringify(done.faults));
      promised.push({ ...done.value, documents });
      expect((await opened.value.close()).ok).toBe(true);
    }
    const held = await heldIn(fileDisk(folder), promised);
    expect(held).toEqual({ kinds: ['opened', 'decision', 'opened', 'decision'], size: 4, signed: 4 });
  });

  test('names what the system refuses', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const disk = fileDisk(folder);
    expect(await problemOf(disk.read('none', 0, 10))).toBe('missing');
    expect(await problemOf(disk.truncate('none', 0))).toBe('missing');
    await disk.create('one');
    expect(await problemOf(disk.create('one'))).toBe('exists');
    expect(await problemOf(disk.rename('none', 'other'))).toBe('missing');
    expect(await problemOf(disk.append('sub', new Uint8Array(1)))).toBe('other');
    symlinkSync('/dev/full', join(folder, 'full'));
    expect(await problemOf(disk.append('full', new Uint8Array(10)))).toBe('no-space');
    expect(await problemOf(fileDisk('/proc/self/log').lock())).not.toBe('none');
  });

  test('has no path that leads out', async () => {
    const disk = fileDisk(newFolder());
    for (const path of ['../out', 'a/../../out', '/etc/passwd', 'a//b', '']) {
      await expect(disk.size(path), path).rejects.toThrow(RangeError);
    }
  });

  test('appends behind what is there, cuts, and puts whole files in the place of others', async () => {
    const folder = newFolder();
    const disk = fileDisk(folder);
    mkdirSync(folder);
    await disk.create('a');
    await disk.append('a', Buffer.from('one'));
    await disk.append('a', Buffer.from('two'));
    await disk.fsync('a');
    await disk.truncate('a', 4);
    await disk.append('a', Buffer.from('!'));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('onet!');
    await disk.create('b');
    await disk.append('b', Buffer.from('b'));
    await disk.rename('b', 'a');
    // Not into the file that had the name before.
    await disk.append('a', Buffer.from('c'));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('bc');
    expect(Buffer.from(await disk.read('a', 1, 100)).toString()).toBe('c');
    expect(await disk.list('.')).toEqual(['a']);
    expect(await disk.list('a')).toEqual([]);
    await disk.remove('a');
    await disk.remove('a');
    expect(await disk.size('a')).toBeUndefined();
  });
});

describe('the lock', () => {
  test('lets one in; the other hears who holds it', async () => {
    const folder = newFolder();
    const release = await fileDisk(folder).lock();
    const refused = await openLog(fileDisk(folder), optionsFor());
    expect(refused.ok ? [] : refused.faults.map(({ code }) => code)).toEqual(['LOG_LOCKED']);
    expect(refused.ok ? '' : refused.faults[0]?.message).toContain(`process ${process.pid}`);
    await release();
    const opened = await openLog(fileDisk(folder), optionsFor());
    expect(opened.ok).toBe(true);
    if (opened.ok) await opened.value.close();
  });

  test('of a process that was killed is taken over; of one that is only slow it is not', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const script = `require('node:net').createServer().listen(${JSON.stringify(join(folder, 'lock'))}, () => console.log('there'))`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => other.stdout.once('data', resolve));
    // Stopped: it answers nobody, but it lives, and goes on when it is woken.
    other.kill('SIGSTOP');
    expect(await problemOf(fileDisk(folder).lock())).toBe('locked');
    const gone = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    await (await fileDisk(folder).lock())();
  });

  test('of many that come at once over a dead one, one writes', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'lock'), 'somebody put a file here');
    const disks = Array.from({ length: 8 }, () => fileDisk(folder));
    const taken = await Promise.all(
      disks.map(async (disk) => ((await problemOf(disk.lock())) === 'none' ? disk : undefined)),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    const writing = [];
    for (const disk of taken)
      if (disk !== undefined && (await problemOf(disk.create(`by-${writing.length}`))) === 'none') writing.push(disk);
    expect(writing).toHaveLength(1);
  });

  test('that another has taken is noticed before the next write', async () => {
    const folder = newFolder();
    const disk = fileDisk(folder);
    await disk.lock();
    await disk.create('a');
    rmSync(join(folder, 'lock'));
    expect(await problemOf(disk.append('a', new Uint8Array(1)))).toBe('locked');
    await (await fileDisk(folder).lock())();
    expect(readFileSync(join(folder, 'a')).length).toBe(0);
  });
});

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import * as disk from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCapture, type WriteDisk, writeFileAtomically } from '../../../src/capture/files.ts';
import { chunksOf, manifest, opened, packed, sayings, twoNodes } from './support.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nodewright-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const io = { stdin: chunksOf('') };

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

describe('opening', () => {
  test('a folder, its one file, and standard input are one capture', async () => {
    write({ ...twoNodes, 'capture.yaml': manifest(), '.git/HEAD': 'x', 'README.md': '# calm' });
    const folder = opened(await openCapture(root, { ...io, keep: 'all' }));
    const bytes = await packed(folder);
    writeFileSync(join(root, '..', 'site.bin'), bytes);
    const file = opened(await openCapture(join(root, '..', 'site.bin'), io));
    const stdin = opened(await openCapture('-', { stdin: chunksOf(bytes) }));
    rmSync(join(root, '..', 'site.bin'));
    expect(file).toEqual(stdin);
    expect(file.digest).toBe(folder.digest);
  });

  test('a fault inside a folder names the path from where one stands', async () => {
    write({ 'a/n.json': '{' });
    expect(sayings(await openCapture(root, io))).toEqual([
      `CAPTURE_FORMAT ${root}/a/n.json:1:2 ends in the middle of its JSON`,
    ]);
  });

  test('what is not there', async () => {
    expect(sayings(await openCapture(join(root, 'nope'), io))).toEqual([
      `FILE_MISSING ${root}/nope:1:1 does not exist`,
    ]);
  });

  test('a folder where a file should be, and a file where a folder should be', async () => {
    mkdirSync(join(root, 'capture.yaml'));
    write({ ...twoNodes, 'x.json': '{}' });
    expect(sayings(await openCapture(join(root, 'x.json', 'y'), io))[0]).toContain('FILE_UNREADABLE');
    expect((await openCapture(root, io)).ok).toBe(false);
  });

  test('links that lead to themselves, around or out of the capture', async () => {
    write(twoNodes);
    symlinkSync('self', join(root, 'self'));
    symlinkSync('..', join(root, 'kubernetes', 'around'));
    symlinkSync('/etc/hostname', join(root, 'out.json'));
    symlinkSync('nodes.json', join(root, 'kubernetes', 'fine.json'));
    expect(sayings(await openCapture(root, io))).toEqual([
      `FILE_UNREADABLE ${root}/kubernetes/around:1:1 is a link to a folder around it, so it never ends`,
      `FILE_UNREADABLE ${root}/out.json:1:1 is a link that leads out of the capture`,
      `FILE_UNREADABLE ${root}/self:1:1 is a link that leads to itself`,
    ]);
  });

  test('no permission', async ({ skip }) => {
    if (process.getuid?.() === 0) return skip('root may read everything');
    write(twoNodes);
    chmodSync(join(root, 'kubernetes', 'nodes.json'), 0);
    expect(sayings(await openCapture(root, io))[0]).toContain('FILE_UNREADABLE');
  });

  test('a device that never ends is left', async () => {
    expect(sayings(await openCapture('/dev/zero', io))[0]).toContain('CAPTURE_TOO_LARGE /dev/zero:1:1');
    expect(sayings(await openCapture('/dev/null', io))[0]).toContain('CAPTURE_FORMAT /dev/null:1:1 is empty');
  });
});

describe('writing', () => {
  const target = (): string => join(root, 'out.gz');
  const text = (words: string): Uint8Array[] => [Buffer.from(words)];

  test('replaces the whole file and leaves nothing beside it', async () => {
    writeFileSync(target(), 'old and longer');
    expect(await writeFileAtomically(target(), text('new'))).toEqual({ ok: true, value: { bytes: 3 }, warnings: [] });
    expect(readFileSync(target(), 'utf8')).toBe('new');
    expect(readdirSync(root)).toEqual(['out.gz']);
  });

  test('what a killed run left does not stand in the way', async () => {
    writeFileSync(join(root, '.out.gz.part0'), 'half');
    expect((await writeFileAtomically(target(), text('new'))).ok).toBe(true);
    expect(readFileSync(target(), 'utf8')).toBe('new');
  });

  test('a link stays a link', async () => {
    symlinkSync('real.gz', target());
    writeFileSync(join(root, 'real.gz'), 'old');
    await writeFileAtomically(target(), text('new'));
    expect([readlinkSync(target()), readFileSync(join(root, 'real.gz'), 'utf8')]).toEqual(['real.gz', 'new']);
  });

  /** A disk that is full after so many bytes. */
  function fullAfter(bytes: number): WriteDisk {
    const open: WriteDisk['open'] = async (...args) => {
      const file = await disk.open(...args);
      let left = bytes;
      const plainWrite = file.write.bind(file) as (
        buffer: Uint8Array,
        from: number,
      ) => Promise<{ bytesWritten: number }>;
      Object.assign(file, {
        write: async (buffer: Uint8Array, from = 0) => {
          left -= buffer.length - from;
          if (left < 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
          return plainWrite(buffer, from);
        },
      });
      return file;
    };
    return { ...disk, open };
  }

  test('a full disk keeps the old file, and nothing half-written beside it', async () => {
    writeFileSync(target(), 'old');
    const loaded = await writeFileAtomically(target(), chunksOf('x'.repeat(100), 10), fullAfter(55));
    expect(sayings(loaded)).toEqual([`FILE_UNWRITABLE ${target()}:1:1 could not be written: no space left`]);
    expect(readFileSync(target(), 'utf8')).toBe('old');
    expect(readdirSync(root)).toEqual(['out.gz']);
  });

  test('a rename that fails keeps the old file too', async () => {
    writeFileSync(target(), 'old');
    const rename: WriteDisk['rename'] = () => Promise.reject(Object.assign(new Error('quota'), { code: 'EDQUOT' }));
    expect((await writeFileAtomically(target(), text('new'), { ...disk, rename })).ok).toBe(false);
    expect(readFileSync(target(), 'utf8')).toBe('old');
    expect(readdirSync(root)).toEqual(['out.gz']);
  });

  test('a mistake of ours while writing is no fault of the disk, and leaves nothing', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('ours');
    };
    await expect(writeFileAtomically(target(), failing())).rejects.toThrow('ours');
    expect(existsSync(target())).toBe(false);
    expect(readdirSync(root)).toEqual([]);
  });

  test.each([
    ['a really full device', () => '/dev/full', 'no space left'],
    ['a folder', () => root, 'is a folder'],
    ['a folder that is not there', () => join(root, 'no', 'out.gz'), 'does not exist'],
  ])('%s', async (_, path, says) => {
    const loaded = await writeFileAtomically(path(), text('new'));
    expect(sayings(loaded)).toEqual([expect.stringMatching(`^FILE_UNWRITABLE .*${says}`)]);
  });
});

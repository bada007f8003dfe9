import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';

const main = resolve('src/console/main.ts');
const env = { PATH: process.env.PATH ?? '' };
const site = ['--profile', resolve('profiles/three-node'), '--capture', resolve('captures/calm')];

/** What only a process of its own can show. */
describe('as a process', () => {
  test('started by a Node that is too old it says which it needs', () => {
    const older = 'data:text/javascript,Object.defineProperty(process,"version",{value:"v20.20.2"})';
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', older, main, 'version'], {
      env,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: 'nwctl needs Node 24 or newer, and was started by v20.20.2\n',
    });
  });

  test('a reader that goes away ends it quietly', () => {
    const script = `"$0" "$@" 2>err.txt | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const cwd = folderWith();
    const { stdout } = spawnSync('bash', ['-c', script, process.execPath, main, 'facts', ...site], {
      cwd,
      env,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^three-node .*\n0\n$/);
    expect(readFileSync(join(cwd, 'err.txt'), 'utf8')).toBe('');
  });

  test('Ctrl-C exits 130, and the old file is intact', async () => {
    const target = join(folderWith({ 'old.gz': 'old' }), 'old.gz');
    const child = spawn(process.execPath, [main, 'capture', 'pack', '-', '-o', target], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    await new Promise((go) => setTimeout(go, 1500));
    child.kill('SIGINT');
    const code = await new Promise((done) => child.on('exit', done));
    expect({ code, err }).toEqual({ code: 130, err: 'interrupted\n' });
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  test('Ctrl-C ends many runs with what they found so far', async () => {
    const args = ['sim', '--profile', site[1] ?? '', '--runs', '100000', '--faults', 'api'];
    const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    await new Promise<void>((go) => {
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
        if (err.includes('simulating')) go();
      });
    });
    child.kill('SIGINT');
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, err }).toEqual({ code: 130, err: expect.stringMatching(/^simulating .*\ninterrupted\n$/) });
    expect(out).toMatch(/\nstopped by you: seeds \d+ to 100000 were not run\n/);
  }, 60_000);

  test.each([
    ['a pipe', '| cat >'],
    ['a file', '>'],
  ])('what leads to standard output is written to and stays what it is: %s', (_, into) => {
    const cwd = folderWith();
    // As /dev/stdout is made, which a test had better leave alone.
    symlinkSync('/proc/self/fd/1', join(cwd, 'stdout'));
    const script = `"$0" "$@" -o stdout 2>err.txt ${into} got.gz; "$0" "$1" capture show got.gz`;
    const { stdout } = spawnSync('bash', ['-c', script, process.execPath, main, 'capture', 'pack', site[3] ?? ''], {
      cwd,
      env,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^calm \(unsigned/);
    expect(readlinkSync(join(cwd, 'stdout'))).toBe('/proc/self/fd/1');
  });

  test('in a folder with a nodewright.yaml its settings hold', () => {
    const root = folderWith();
    const run = (args: readonly string[], cwd: string) =>
      spawnSync(process.execPath, [main, ...args], { cwd, env, encoding: 'utf8' });
    expect(run(['init', 'my-site'], root).status).toBe(0);
    const { status, stdout } = run(['check'], join(root, 'my-site', 'packs'));
    expect(stdout).toContain('my-site 1.0.0 (unsigned');
    expect(status).toBe(0);
  });

  test('called kubectl-nwctl, help says kubectl nwctl', () => {
    const plugin = join(folderWith(), 'kubectl-nwctl');
    symlinkSync(main, plugin);
    const { stdout } = spawnSync(process.execPath, [plugin, '--help'], { env, encoding: 'utf8' });
    expect(stdout).toMatch(/^Usage: kubectl nwctl COMMAND/);
  });

  test('locale and time zone change nothing', () => {
    const run = (more: Readonly<Record<string, string>>): string =>
      spawnSync(process.execPath, [main, 'eval', ...site], { env: { ...env, ...more }, encoding: 'utf8' }).stdout;
    expect(run({ LC_ALL: 'C', TZ: 'Asia/Tokyo' })).toBe(run({ LC_ALL: 'de_DE.UTF-8', TZ: 'UTC' }));
  });
});

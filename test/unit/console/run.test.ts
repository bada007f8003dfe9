import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { everywhere, formOf } from '../../../src/console/options.ts';
import { verbs } from '../../../src/console/verbs.ts';
import { faultCodes } from '../../../src/kernel/fault-codes.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

const typed = verbs.filter(({ hidden }) => !hidden);

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])('`nwctl %j` lists every verb', async (args) => {
    const { code, out, err } = await nwctl(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { name } of typed) expect(out).toContain(`\n  ${name.split(' ')[0]}`);
  });

  test.each(typed.map((verb) => [verb.name, verb] as const))(
    'of %s shows an example and every flag',
    async (name, verb) => {
      const { code, out } = await nwctl([...name.split(' '), '--help']);
      expect(code).toBe(0);
      expect(verb.examples.length).toBeGreaterThan(0);
      for (const { args } of verb.examples) expect(out).toContain(`nwctl ${args}`);
      for (const option of [...verb.options, ...everywhere]) expect(out).toContain(`--${formOf(option).name}`);
    },
  );

  test.each([
    [['help', 'capture', 'pack'], 'Usage: nwctl capture pack'],
    [['help', 'capture'], 'Usage: nwctl capture COMMAND'],
    [['help', 'help'], 'Usage: nwctl COMMAND'],
    [['-v'], 'Usage: nwctl COMMAND'],
    [['--color', 'never'], 'Usage: nwctl COMMAND'],
  ])('%j says %s', async (args, says) => {
    const { code, out, err } = await nwctl(args);
    expect({ code, err, out: out.startsWith(says) }).toEqual({ code: 0, err: '', out: true });
  });

  test('as a plugin of kubectl it says so', async () => {
    for (const args of [['--help'], ['help', 'eval'], ['eval', '--bogus']]) {
      const { out, err } = await nwctl(args, { calledAs: 'kubectl nwctl' });
      expect(out + err).toMatch(/(^|\n)(Usage|help): kubectl nwctl/);
      expect(out + err).not.toMatch(/(^|\n) *nwctl /);
    }
  });

  test('`help config` lists every setting with its flag, variable and field', async () => {
    const { out } = await nwctl(['help', 'config']);
    expect(out).toMatch(/--log-format +NW_LOG_FORMAT +logFormat\n/);
    expect(out).toMatch(/--exit-zero +NW_EXIT_ZERO +-\n/);
  });
});

describe('a command line that does not fit exits 2, names the likely word and prints nothing as data', () => {
  test.each([
    [['evl'], 'unknown command `evl`; did you mean `eval`?'],
    [['help', 'evl'], 'unknown command `evl`; did you mean `eval`?'],
    [['help', 'capture', 'pak'], 'unknown command `capture pak`; did you mean `capture pack`?'],
    [['help', 'quite-else'], 'unknown command `quite-else`\nhelp: nwctl help\n'],
    [['help', '__complete'], 'unknown command `__complete`'],
    [['eval', '--profil', 'x'], 'unknown option `--profil`; did you mean `--profile`?'],
    [['why'], '`GATE` is missing'],
    [['explain', 'A', 'B'], 'too many arguments'],
    [['eval', '--profile'], 'argument missing'],
    [['capture', 'show', '-c', 'x'], 'help: nwctl help capture show\n'],
    [['capture', 'show'], 'help: nwctl help capture show\n'],
    [['capture'], '`capture` needs a second word; try `capture pack` or `capture show`'],
    [['capture', 'pak'], 'unknown command `pak`; did you mean `pack`?'],
    [
      ['version', '-o', 'jsno'],
      '--output is `jsno`; it takes text, wide, json, yaml, name, junit, sarif, github, markdown or html; did you mean `json`?',
    ],
    [
      ['version', '-o', 'junit'],
      '--output is `junit`, which `version` does not have; it has text, wide, json, yaml, name',
    ],
    [['eval', '--only', 'shut'], '--only is `shut`; it takes open, closed or unknown'],
    [['explain', 'PACK_UNKNOWN_FAKT'], 'there is no code `PACK_UNKNOWN_FAKT`; did you mean `PACK_UNKNOWN_FACT`?'],
    [['facts', 'bond.mod'], 'there is no fact and no subject `bond.mod`; did you mean `bond.mode`?'],
    [['completion', 'fihs'], 'there is no completion for `fihs`; did you mean `fish`?'],
    [
      ['init', '/nowhere/x', '--like', 'three-nod'],
      'there is no shipped profile `three-nod`; did you mean `three-node`?',
    ],
    [['eval'], 'no profile was given; name it: --profile DIR, NW_PROFILE, or `profile:` in nodewright.yaml'],
    [['eval', '--color', 'always', '\u001b[31m'], '\\x1b[31m'],
    [['explain', '\u001b[31m'], 'there is no code `\\x1b[31m`'],
  ])('%j', async (args, says) => {
    const { code, out, err } = await nwctl(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
    expect(err).toContain('help: nwctl help');
    expect(err).not.toContain('\u001b');
  });

  test('as JSON lines where that was asked for', async () => {
    const { err } = await nwctl(['evl'], { env: { NW_LOG_FORMAT: 'json' } });
    expect(
      err
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      expect.objectContaining({
        level: 'error',
        code: 'USAGE',
        message: 'unknown command `evl`',
        hint: 'did you mean `eval`?',
      }),
    ]);
  });
});

describe('explain', () => {
  test('knows every code, in words and without a network', async () => {
    const { out } = await nwctl(['explain', '-o', 'name']);
    expect(out.trim().split('\n')).toEqual(Object.keys(faultCodes).sort());
    for (const [code, { why, fix }] of Object.entries(faultCodes)) {
      const { out: one } = await nwctl(['explain', code.toLowerCase()]);
      expect(one).toBe(`${code}\n  ${why}\n  next: ${fix}\n`);
    }
  });
});

describe('facts', () => {
  test('prints the vocabulary', async () => {
    const { out } = await nwctl(['facts']);
    for (const { name, means } of vocabulary.values())
      expect(out).toMatch(new RegExp(`${name} .*${means.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  });

  test('a subject stands for its facts', async () => {
    const { out } = await nwctl(['facts', 'bond', '-o', 'name']);
    expect(
      out
        .split('\n')
        .filter((line) => line !== '')
        .every((line) => line.startsWith('bond.')),
    ).toBe(true);
    expect(out).toContain('bond.mode\n');
  });
});

describe('version', () => {
  test('names the engine by a digest, and vocabulary and documents by their versions', async () => {
    const { out } = await nwctl(['version', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      vocabulary: 'v1',
      engine: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      schemas: { eval: 'v1', 'rule-pack': 'v1' },
      signature: 'unsigned',
    });
    expect((await nwctl(['--version'])).out).toContain('unsigned');
  });
});

describe('completion', () => {
  const complete = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { out } = await nwctl(['__complete', '--', ...words]);
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t')[0] ?? '');
  };
  const site = ['-p', 'profiles/three-node', '-c', 'captures/calm'];

  test.each([
    [[''], ['eval', 'why', 'capture', 'config']],
    [['ca'], ['capture']],
    [
      ['capture', ''],
      ['pack', 'show'],
    ],
    [['eval', '--ex'], ['--exit-zero']],
    [
      ['eval', '-o', 'j'],
      ['json', 'junit'],
    ],
    [['facts', 'bond.mod'], ['bond.mode']],
    [['explain', 'PACK_UNKNOWN_F'], ['PACK_UNKNOWN_FACT']],
    [['why', ...site, 'node-may'], ['node-may-restart']],
    [['why', ...site, 'bond-modes'], ['bond-modes-differ']],
    [
      ['why', ...site, 'node-may-restart', ''],
      ['node-a', 'node-b', 'node-c'],
    ],
    [['eval', ...site, '--gate', 'snap'], ['snapshot-may-start']],
    [['eval', '--output=s'], ['--output=sarif']],
    [['eval', ...site, '--gate=snap'], ['--gate=snapshot-may-start']],
    [['eval', '--profile', ''], [':folders']],
    [['eval', '--profile=x'], [':folders']],
    [['eval', '--capture', ''], [':files']],
  ])('%j', async (words, expected) => {
    expect(await complete(...words)).toEqual(expect.arrayContaining(expected));
  });

  test('a broken profile completes to nothing, without a word', async () => {
    const { code, out, err } = await nwctl(['__complete', '--', 'why', '-p', '/nowhere', '']);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
  });

  test.each(['bash', 'zsh', 'fish'])('%s has a script that asks nwctl itself', async (shell) => {
    expect((await nwctl(['completion', shell])).out).toContain('nwctl __complete --');
  });
});

describe('init', () => {
  test.each(['three-node', 'two-node', 'single-node'])('--like %s makes a folder that checks clean', async (like) => {
    const dir = join(folderWith(), 'my-site');
    expect(await nwctl(['init', dir, '--like', like])).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(dir, 'profile.yaml'), 'utf8')).toContain('name: my-site');
    const checked = await nwctl(['check', dir, '-o', 'json']);
    expect(JSON.parse(checked.out)).toMatchObject({ errors: 0, warnings: 0 });
    expect((await nwctl(['check'], { env: { NW_PROFILE: dir } })).code).toBe(0);
  });

  test('never overwrites: one file that is there, and nothing is written', async () => {
    const dir = folderWith({ 'profile.yaml': 'mine\n' });
    const { code, err } = await nwctl(['init', dir]);
    expect(code).toBe(2);
    expect(err).toContain('profile.yaml:1:1: is there already; choose another folder; nothing was written');
    expect(readdirSync(dir)).toEqual(['profile.yaml']);
    expect(readFileSync(join(dir, 'profile.yaml'), 'utf8')).toBe('mine\n');
  });
});

describe('a bug of ours', () => {
  test('exits 1 with a sentence, and with its trace only where -v asks', async () => {
    const broken = {
      get NO_COLOR(): string {
        throw new Error('boom \u001b[31m');
      },
    };
    const quiet = await nwctl(['explain'], { env: broken });
    expect(quiet.code).toBe(1);
    expect(quiet.err).toMatch(/^nwctl has a bug: boom \?\[31m\nplease report it/);
    expect(quiet.err).not.toContain('    at ');
    expect((await nwctl(['explain', '-v'], { env: broken })).err).toContain('    at ');
  });
});

test('Ctrl-C while waiting for input exits 130', async () => {
  const ctrl = new AbortController();
  const waiting = nwctl(['capture', 'show', '-'], { interrupted: ctrl.signal, silent: true });
  ctrl.abort();
  expect(await waiting).toMatchObject({ code: 130, out: '' });
});

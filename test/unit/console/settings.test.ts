import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

async function colorFrom(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<readonly unknown[]> {
  const { out } = await nwctl(['config', 'view', '-o', 'json', ...args], { env, cwd });
  const { settings } = JSON.parse(out) as {
    settings: { setting: string; value: string; origin: string; where: string }[];
  };
  const found = settings.find(({ setting }) => setting === 'color');
  return [found?.value, found?.origin];
}

describe('a flag wins over its variable, that over the project file, that over the user file, that over the default', () => {
  const user = { 'user/nwctl/config.yaml': 'color: never\n' };
  const project = { 'site/nodewright.yaml': 'color: always\n', 'site/deep/er/x': '' };
  const root = folderWith({ ...user, ...project, 'else/x': '' });
  const env = { XDG_CONFIG_HOME: join(root, 'user') };

  test.each([
    ['flag', ['--color', 'auto'], { ...env, NW_COLOR: 'never' }, 'site/deep/er', ['auto', 'flag']],
    ['environment', [], { ...env, NW_COLOR: 'never' }, 'site/deep/er', ['never', 'environment']],
    ['project file, found upward', [], env, 'site/deep/er', ['always', 'project file']],
    ['user file', [], env, 'else', ['never', 'user file']],
    ['default', [], {}, 'else', ['auto', 'default']],
    ['an empty variable is none', [], { NW_COLOR: '' }, 'else', ['auto', 'default']],
  ])('%s', async (_, args, variables, cwd, expected) => {
    expect(await colorFrom(args, variables as Record<string, string>, join(root, cwd))).toEqual(expected);
  });
});

describe('a wrong setting says where it was said', () => {
  test.each([
    [
      'a field that does not exist',
      'outptu: json\n',
      /nodewright\.yaml:1:1: there is no setting `outptu` for a file; did you mean `output`\?/,
    ],
    [
      'a value that does not fit',
      'output: jsno\n',
      /nodewright\.yaml:1:9: nodewright\.yaml:1 is `jsno`; it takes .*; did you mean `json`\?/,
    ],
    [
      'what may not stand in a file',
      'exitZero: true\n',
      /there is no setting `exitZero` for a file; say it where it is meant/,
    ],
    ['a list of nothing', '- a\n', /must be a mapping/],
    ['broken YAML', 'output: [\n', /nodewright\.yaml:\d+:\d+: /],
    ['a repeated key', 'output: json\noutput: yaml\n', /stands here twice|this key stands/],
  ])('%s', async (_, text, says) => {
    const root = folderWith({ 'nodewright.yaml': text });
    const { code, out, err } = await nwctl(['explain'], { cwd: root });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
  });

  test('a variable', async () => {
    const { code, err } = await nwctl(['version'], { env: { NW_OUTPUT: 'xml' } });
    expect(code).toBe(2);
    expect(err).toContain('NW_OUTPUT is `xml`; it takes text');
  });

  test('a weaker place may be wrong without standing in the way', async () => {
    const { code } = await nwctl(['version', '-o', 'json'], { env: { NW_OUTPUT: 'xml' } });
    expect(code).toBe(0);
  });
});

test('a path in a project file is relative to that file', async () => {
  const root = folderWith({ 'nodewright.yaml': 'profile: my/site\n', 'deep/x': '' });
  const { out } = await nwctl(['config', 'view'], { cwd: join(root, 'deep') });
  expect(out).toMatch(/profile +(\.\.\/my\/site|.*\/my\/site)\n/);
});

describe('colour', () => {
  test.each([
    ['a terminal', { columns: 80 }, [], {}, true],
    ['no terminal', {}, [], {}, false],
    ['NO_COLOR on a terminal', { columns: 80 }, [], { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR counts as none', { columns: 80 }, [], { NO_COLOR: '' }, true],
    ['a flag wins over NO_COLOR', {}, ['--color', 'always'], { NO_COLOR: '1' }, true],
    ['a variable does not', {}, [], { NO_COLOR: '1', NW_COLOR: 'always' }, false],
    ['never', { columns: 80 }, ['--color=never'], {}, false],
    ['a dumb terminal', { columns: 80 }, [], { TERM: 'dumb' }, false],
  ])('%s', async (_, terminal, args, env, coloured) => {
    const { out } = await nwctl(['explain', 'USAGE', ...args], { ...terminal, env: env as Record<string, string> });
    expect(out.includes('\u001b[')).toBe(coloured);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gitTree } from '../../../src/platform/git.ts';
import { folderWith } from '../../support/folder.ts';

const repository = folderWith({ 'sites/a/profile.yaml': 'one\n', '.gitattributes': '*.yaml text eol=crlf\n' });
function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: repository, stdio: 'ignore' });
}
git('init', '-q', '-b', 'main');
git('add', '.');
git('commit', '-q', '-m', 'one');
writeFileSync(`${repository}/sites/a/profile.yaml`, 'two\n');
mkdirSync(`${repository}/sites/b`);

function treeAt(folder: string) {
  const tree = gitTree('main', `${repository}/${folder}`);
  if (!tree.ok) throw new Error(tree.faults[0]?.message);
  return tree.value;
}

describe('files of a revision', () => {
  test.each(['', 'sites', 'sites/b'])('are what was committed, whatever the work tree has, seen from /%s', (folder) => {
    const tree = treeAt(folder);
    const bytes = tree.read('sites/a/profile.yaml');
    expect(bytes instanceof Uint8Array && new TextDecoder().decode(bytes)).toBe('one\n');
    expect(tree.kindOf('sites/a')).toBe('folder');
    expect(tree.kindOf('sites/a/profile.yaml')).toBe('file');
    expect(tree.kindOf('sites/b')).toBe('none');
    expect(tree.read('sites/a')).toMatchObject({ code: 'FILE_UNREADABLE' });
    expect(tree.read('sites/b/profile.yaml')).toMatchObject({ code: 'FILE_MISSING' });
  });

  test.each([
    ['sites/a', 'sites', 'sites/a'],
    ['./a', 'sites', 'sites/a'],
    ['../a', 'sites/b', 'sites/a'],
    ['sites//./a/', '', 'sites/a'],
    ['../..', 'sites', undefined],
    ['', '', ''],
  ])('`%s` from /%s is /%s', (path, folder, found) => {
    expect(treeAt(folder).fromTop(path)).toBe(found);
  });
});

test('the built command is given every part of node:child_process that is used', () => {
  const used = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(`src/${file}`, 'utf8').matchAll(/import \{([^}]*)\} from 'node:child_process'/g),
    ])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
  const given = readFileSync('scripts/kept-code.ts', 'utf8').matchAll(/get (\w+)\(\)/g);
  expect(used.sort()).toEqual([...given].map(([, name]) => name).sort());
  expect(used).toContain('spawnSync');
});

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { savedAs } from '../../../src/console/saved.ts';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

const golden = 'test/golden/diff';
const pair = ['diff', '--captures', `${golden}/captures`, `${golden}/gate-removed/old`, `${golden}/gate-removed/new`];
const folder = folderWith();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('one run in several forms', () => {
  test('a file holds what -o would have printed, and standard output is as if nothing was saved', async () => {
    const forms = ['text', 'json', 'github', 'markdown', 'junit'];
    const saves = forms.flatMap((form) => ['--save', `${form}=${folder}/${form}`]);
    const all = await nwctl([...pair, ...saves, '-o', 'name']);
    expect(all).toEqual(await nwctl([...pair, '-o', 'name']));
    for (const form of forms) {
      expect(readFileSync(`${folder}/${form}`, 'utf8'), form).toBe((await nwctl([...pair, '-o', form])).out);
    }
  });

  test('text in a file has no colours and is as wide as it is, whatever the screen', async () => {
    await nwctl([...pair, '--color', 'always', '--save', `text=${folder}/plain`], { columns: 40 });
    expect(readFileSync(`${folder}/plain`, 'utf8')).toBe((await nwctl([...pair])).out);
  });

  test('Markdown is as long as it may be, and says what is not shown', async () => {
    const { code } = await nwctl([...pair, '--save', `markdown@700=${folder}/small.md`]);
    expect(code).toBe(0);
    const small = readFileSync(`${folder}/small.md`, 'utf8');
    expect(small.length).toBeLessThanOrEqual(700);
    expect(small).toContain('Not shown here');
  });

  test('what cannot be written is a fault, and nothing is printed', async () => {
    const { code, out, err } = await nwctl([...pair, '--save', `json=${folder}/no/such/folder`]);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('FILE_UNWRITABLE');
  });

  test.each([
    ['text', 'names no form and file'],
    ['=x', 'names no form and file'],
    ['text=', 'names no form and file'],
    ['markdown@0=x', 'names no form and file'],
    ['markdown@-1=x', 'names no form and file'],
    ['poem=x', 'there is no form `poem`'],
    ['json@9=x', 'only `markdown` has sizes'],
  ])('--save %s is a clear fault', async (word, says) => {
    const { code, out, err } = await nwctl([...pair, '--save', word]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(says);
    expect(existsSync('x')).toBe(false);
  });

  test('a file holds one form', () => {
    const twice = savedAs(['text=a', 'json=a'], ['text', 'json']);
    expect(twice.ok ? [] : twice.faults.map(({ message }) => message)).toEqual(['`--save` names `a` twice']);
  });
});

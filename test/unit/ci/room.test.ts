import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { verbs } from '../../../src/console/verbs.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = join(root, 'ci');
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
/** Processes of their own; all others are handed what belongs to the machine. */
const doors = ['review.ts', 'comment.ts', 'verdict.ts'];
const mayUse: Readonly<Record<string, readonly string[]>> = { 'profiles.ts': ['node:path'], 'sarif.ts': ['node:zlib'] };
/** Of the program only what makes names harmless: what it decides, it is asked for as a process. */
const ofTheProgram = ['../src/console/escape.ts', '../src/console/render/markdown.ts'];

function importsOf(file: string): readonly string[] {
  const { module } = parseSync(file, readFileSync(join(folder, file), 'utf8'));
  return module.staticImports.map((found) => found.moduleRequest.value);
}

test.each(files.filter((file) => !doors.includes(file)))(
  'ci/%s takes clock, randomness and I/O from outside',
  (file) => {
    const outside = importsOf(file).filter((from) => !from.startsWith('./') && !ofTheProgram.includes(from));
    expect(outside).toEqual(mayUse[file] ?? []);
    const { program, comments } = parseSync(file, readFileSync(join(folder, file), 'utf8'));
    expect(program.body.length).toBeGreaterThan(0);
    let code = readFileSync(join(folder, file), 'utf8');
    for (const { start, end } of comments) code = code.slice(0, start) + ' '.repeat(end - start) + code.slice(end);
    expect(
      code.match(/\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bconsole\.|\bsetTimeout\b/)?.[0],
    ).toBeUndefined();
  },
);

test('every file is used by a step, and named in the README', () => {
  const reached = new Set<string>(doors);
  for (const file of reached) for (const from of importsOf(file)) if (from.startsWith('./')) reached.add(from.slice(2));
  expect(files.filter((file) => !reached.has(file))).toEqual([]);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const file of files) expect.soft(readme).toContain(`\`${file}\``);
  for (const [, named = ''] of readme.matchAll(/`([a-z-]+\.ts)`/g)) expect.soft(files).toContain(named);
});

describe('what is pinned', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const node = manifest.devDependencies.node;

  test('everybody runs the Node of our lockfile', () => {
    const template = readFileSync(join(root, 'ci/gitlab/nodewright-review.gitlab-ci.yml'), 'utf8');
    expect(template).toContain(`default: node:${node}-bookworm`);
  });

  test('the hooks of pre-commit call verbs that there are', () => {
    const hooks = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as {
      id: string;
      entry: string;
      language: string;
      language_version: string;
    }[];
    expect(hooks.map(({ id }) => id)).toEqual(['nwctl-check', 'nwctl-fmt', 'nwctl-diff']);
    for (const { id, entry, language, language_version } of hooks) {
      const [program = '', verb] = entry.split(' ');
      expect(Object.keys(manifest.bin)).toContain(program);
      expect(verbs.map(({ name }) => name)).toContain(verb);
      expect([id, language, language_version]).toEqual([`nwctl-${verb}`, 'node', node]);
    }
  });

  test('actions of others are named by their whole commit, in workflows and in what the documents say', () => {
    for (const file of ['.github/workflows/review.yml', 'action.yml', 'docs/continuous-integration.md']) {
      const used = [...readFileSync(join(root, file), 'utf8').matchAll(/uses: (\S+)/g)].map(([, uses = '']) => uses);
      const others = used.filter((uses) => uses !== './' && !uses.startsWith('OWNER/'));
      expect(others.length).toBeGreaterThan(0);
      for (const uses of others) expect.soft(uses, file).toMatch(/@[0-9a-f]{40}$/);
    }
  });
});

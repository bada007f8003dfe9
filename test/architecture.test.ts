import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

/** Who may import whom. The table is the architecture; docs/layout.md explains it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  source: ['kernel'],
  facts: ['kernel'],
  rules: ['kernel', 'source'],
  signing: ['kernel', 'source'],
  profile: ['kernel', 'source', 'rules', 'signing'],
  log: ['kernel', 'source', 'signing'],
  platform: ['kernel', 'crd', 'signing', 'log', 'witness'],
  witness: ['kernel', 'rules'],
  capture: ['kernel', 'source'],
  crd: ['kernel'],
  agent: ['kernel', 'facts', 'crd'],
  actuators: ['kernel', 'crd'],
  operator: ['kernel', 'facts', 'rules', 'profile', 'crd', 'actuators'],
  sim: ['kernel', 'source', 'facts', 'rules', 'profile', 'log', 'crd', 'agent', 'actuators', 'operator'],
  review: ['kernel', 'source', 'facts', 'rules', 'profile', 'capture', 'operator', 'witness'],
  console: [
    'kernel',
    'source',
    'facts',
    'rules',
    'signing',
    'profile',
    'capture',
    'crd',
    'operator',
    'review',
    'sim',
    'log',
    'platform',
    'witness',
  ],
};

/** What is asked of a machine, and answered: types only, which both sides of the wall speak. */
const spokenByAll = 'agent/instruction.ts';

/** Which file may use which package or `node:` module. Whatever is not here may use none. */
const mayUse: Readonly<Record<string, RegExp>> = {
  'kernel/digest.ts': /^node:crypto$/,
  'source/yaml.ts': /^yaml$/,
  'signing/keys.ts': /^node:crypto$/,
  'rules/format.ts': /^yaml$/,
  'review/ask/question-grammar.ts': /^ohm-js$/,
  'source/suggest.ts': /^fastest-levenshtein$/,
  'rules/engine.ts': /^json-rules-engine$/,
  'capture/ndjson.ts': /^node:(buffer|crypto)$/,
  'capture/unpack.ts': /^node:(stream|zlib)$/,
  'capture/pack.ts': /^node:zlib$/,
  'capture/files.ts': /^node:(fs|fs\/promises|path|v8)$/,
  'platform/file-disk.ts': /^node:(fs\/promises|path)$/,
  'platform/signer-command.ts': /^node:child_process$/,
  'platform/git.ts': /^node:child_process$/,
  'platform/z3.ts': /^z3-solver$/,
  'platform/log-server.ts': /^node:(crypto|http|net)$/,
  'platform/folder-lock.ts': /^node:(fs|net|os|path)$/,
  'console/main.ts': /^node:/,
  'console/disk.ts': /^node:(fs|path)$/,
  'console/paint.ts': /^node:util$/,
  'console/program.ts': /^commander$/,
};

/** It stands outside of the rooms and only names what is in them. */
const libraryDoor = 'nodewright.ts';
const pureRooms = [
  'kernel',
  'source',
  'facts',
  'rules',
  'signing',
  'profile',
  'crd',
  'agent',
  'actuators',
  'operator',
  'review',
  'witness',
  'sim',
];
const impure = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\b|\bprocess\.|\bconsole\./;

const root = join(import.meta.dirname, '..', 'src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .sort();
const graph = new Map(sources.map((file) => [file, importsOf(file)]));

function importsOf(file: string): readonly string[] {
  const { module } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  const lazily = module.dynamicImports.map((found) => {
    const text = readFileSync(join(root, file), 'utf8').slice(found.moduleRequest.start, found.moduleRequest.end);
    return text.replaceAll(/['"`]/g, '');
  });
  const exported = module.staticExports.flatMap((found) =>
    found.entries.flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : [])),
  );
  return [...module.staticImports.map((found) => found.moduleRequest.value), ...exported, ...lazily];
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function targetOf(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier));
}

describe.each(sources.filter((file) => file !== libraryDoor))('src/%s', (file) => {
  const room = roomOf(file);

  test('imports only what its room may', () => {
    expect(Object.keys(mayImport)).toContain(room);
    for (const specifier of graph.get(file) ?? []) {
      if (!specifier.startsWith('.')) {
        expect.soft(mayUse[file]?.test(specifier) ?? false, `uses the package ${specifier}`).toBe(true);
        continue;
      }
      const target = targetOf(file, specifier);
      const mayAsk = target === spokenByAll && ['actuators', 'operator', 'sim'].includes(room) ? ['agent'] : [];
      expect.soft([room, ...mayAsk, ...(mayImport[room] ?? [])], `imports ${target}`).toContain(roomOf(target));
      expect.soft(target, 'nobody imports a main.ts').not.toMatch(/\/main\.ts$/);
    }
  });

  if (!pureRooms.includes(room)) return;
  test('takes clock, randomness and I/O from outside', () => {
    const { program, comments } = parseSync(file, readFileSync(join(root, file), 'utf8'));
    let code = readFileSync(join(root, file), 'utf8');
    for (const { start, end } of comments) code = code.slice(0, start) + ' '.repeat(end - start) + code.slice(end);
    expect(program.body.length).toBeGreaterThan(0);
    expect(code.match(impure)?.[0]).toBeUndefined();
  });
});

test('no circle of imports, types included', () => {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    expect(state.get(file), [...path, file].join(' → ')).toBeUndefined();
    state.set(file, 'open');
    for (const specifier of graph.get(file) ?? []) {
      if (specifier.startsWith('.') && graph.has(targetOf(file, specifier))) {
        visit(targetOf(file, specifier), [...path, file]);
      }
    }
    state.set(file, 'done');
  };
  for (const file of sources) visit(file, []);
});

test('every source is reached from a door', () => {
  // Until they have a process of their own, whoever runs them comes in here.
  const doors = ['console/main.ts', 'operator/operator.ts', 'operator/second-opinion.ts', 'log/writer.ts', libraryDoor];
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const specifier of graph.get(file) ?? []) if (specifier.startsWith('.')) visit(targetOf(file, specifier));
  };
  for (const door of doors) visit(door);
  expect(sources.filter((file) => !reached.has(file)).map((file) => relative('.', file))).toEqual([]);
});

test('who may say that a profile decides stands here', () => {
  const saying = (words: RegExp): readonly string[] =>
    sources.filter((file) => words.test(readFileSync(join(root, file), 'utf8')));
  // Text that nobody signed decides nothing: the type asks for `Verified`, and these are all who make one.
  expect(saying(/\bas (unknown as )?Verified/)).toEqual(['profile/verify.ts']);
  expect(saying(/\bbelievedUnsigned\b/)).toEqual(['profile/load.ts', 'profile/verify.ts']);
  expect(saying(/\binsecureUnsigned\b/)).toEqual(['console/profiles.ts', libraryDoor, 'profile/verify.ts']);
  // Tests of a draft and of its mutants, what a record says has decided, and captures before and after their names were taken out.
  const rehearsing = [
    'console/commands/redact.ts',
    'console/commands/test.ts',
    'console/mutation-run.ts',
    'console/ready-test.ts',
    'operator/held-from.ts',
    'profile/verify.ts',
  ];
  for (const file of saying(/\brehearsed\(/)) expect(rehearsing).toContain(file);
});

describe('what a room says of itself', () => {
  test.each(Object.keys(mayImport))('src/%s has a README of one screen', (room) => {
    const lines = readFileSync(join(root, room, 'README.md'), 'utf8').split('\n');
    expect(lines.length).toBeLessThan(42);
    expect(lines[0]).toMatch(new RegExp(`^# ${room}: `));
  });
  test('every file that a README names is there', () => {
    for (const room of Object.keys(mayImport)) {
      const named = readFileSync(join(root, room, 'README.md'), 'utf8').matchAll(/`([a-z0-9/-]+\.ts)`/g);
      for (const [, file = ''] of named) {
        const places = [join(root, room, file), join(root, file), join(root, '..', file)];
        const isThere = places.some((place) => existsSync(place));
        expect.soft(isThere, `${room}/README.md: ${file}`).toBe(true);
      }
    }
  });
  test('every test and every file that stands behind a guarantee is there', () => {
    const text = readFileSync(join(root, 'kernel/INVARIANTS.md'), 'utf8');
    const tests = [...text.matchAll(/`(test\/[^`]+\.test\.ts)`(?: «([^»]+)»)?/g)];
    expect(tests.length).toBeGreaterThan(15);
    for (const [, file = '', title = ''] of tests) {
      const path = join(root, '..', file);
      expect.soft(existsSync(path), file).toBe(true);
      if (existsSync(path)) expect.soft(readFileSync(path, 'utf8'), file).toContain(title);
    }
    for (const [, file = ''] of text.matchAll(/`((?:rules|facts|kernel|operator|source)\/[a-z0-9-]+\.ts)`/g)) {
      expect.soft(sources).toContain(file);
    }
  });
});

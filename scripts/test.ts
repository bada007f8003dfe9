/** Every test this machine can run, one stage after the other; stops at the first that fails. Says what it could not run. */
import { spawnSync } from 'node:child_process';
import { browserHere } from './browser.ts';

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
}

const stages: readonly Stage[] = [
  { name: 'build: validators and dist/', command: ['node', 'scripts/build.ts'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'lint and format', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'architecture, unit, golden and property tests', command: ['vitest', 'run'] },
  {
    name: 'the shipped profiles check clean',
    command: ['node', 'dist/nwctl.js', 'check', 'profiles/three-node', 'profiles/two-node', 'profiles/single-node'],
  },
  {
    name: 'the shipped packs pass their own tests',
    command: ['node', 'dist/nwctl.js', 'test', 'profiles/three-node', 'profiles/two-node', 'profiles/single-node'],
  },
  {
    name: 'the tests of the shipped packs notice four of five small changes, of a sample',
    command: [
      ...['node', 'dist/nwctl.js', 'mutate', 'profiles/three-node'],
      ...['--limit', '150', '--seed', '1', '--captures-only', '--min', '80%'],
    ],
  },
  {
    name: 'simulated sites: every kind of fault in each of the 21 states, and no law broken',
    command: ['node', 'scripts/campaign.ts', '--steps', '1000000', '--seed', '1', '--workers', '2'],
  },
];

for (const { name, command } of stages) {
  process.stdout.write(`\n── ${name}\n`);
  const [program = '', ...args] = command;
  const started = performance.now();
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, FORCE_COLOR: '0' } });
  if (status !== 0) {
    process.stdout.write(`\nfailed: ${name} (${program} ${args.join(' ')})\n`);
    process.exit(status ?? 1);
  }
  process.stdout.write(`── ${name}: ok, ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

process.stdout.write(
  `\nEvery stage passed. Not run on this machine:\n${
    notRunHere()
      .map((what) => `  - ${what}\n`)
      .join('') || '  nothing\n'
  }`,
);

function notRunHere(): readonly string[] {
  const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  const shells = ['bash', 'zsh', 'fish'].filter((shell) => !has(shell) || !has('script'));
  return [
    ...(process.getuid?.() === 0
      ? ['a file that may not be read (root reads everything): run the tests as another user']
      : []),
    ...(has('go')
      ? []
      : ['what Go says of our checkpoints and proofs, and actionlint of our workflows (test/interop): needs go']),
    'the hooks of .pre-commit-hooks.yaml within pre-commit, which builds us from git for two minutes: by hand',
    ...(has('shellcheck') ? [] : ['shellcheck over the scripts of action.yml: needs shellcheck']),
    ...(process.env.NW_OTHER_NODE === undefined
      ? [
          'decisions replayed, and a change of rules reviewed, under another minor of Node: name one, NW_OTHER_NODE=PATH',
        ]
      : []),
    ...(browserHere() === undefined
      ? ['the page of a review in a real browser: needs chromium, or one that NW_BROWSER names']
      : []),
    ...shells.map((shell) => `completion in a live ${shell}: needs ${shell}, and script(1) for a terminal`),
  ];
}

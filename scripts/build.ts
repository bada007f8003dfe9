/** Makes what is not kept in Git: the schema validators (needed to run from source as well) and the bundled `dist/`. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { generateValidators } from './validators.ts';

await generateValidators();

const consoleFolder = join(import.meta.dirname, '..', 'src', 'console');
/** What few need and takes long to load stands in files of its own: the simulator, what is kept of decisions with its disk and network,
 *  what speaks to the solver, and what takes questions apart. */
const apart: Readonly<Record<string, readonly string[]>> = {
  simulator: ['replay', 'sim'],
  logs: ['log-push', 'log-serve'],
  solver: [],
  questions: ['ask', 'implies'],
};
const all = readdirSync(join(consoleFolder, 'commands')).map((file) => basename(file, '.ts'));
const names = all.filter((name) => !Object.values(apart).flat().includes(name));

/** Loaded late by the door, by the file that holds it. */
const late: Readonly<Record<string, readonly string[]>> = {
  commands: [
    '../source/yaml.ts',
    '../capture/files.ts',
    './fault-text.ts',
    '../platform/ask-secret.ts',
    '../platform/git.ts',
    '../platform/signer-command.ts',
  ],
  logs: ['../platform/file-disk.ts', '../platform/http-sink.ts', '../platform/log-server.ts'],
  solver: ['../platform/z3.ts'],
};

const common: BuildOptions = {
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  legalComments: 'linked',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  // It brings a WebAssembly file of 35 MB, which it looks for beside itself.
  external: ['z3-solver'],
};

/** The command's own files are scripts that `kept-code.ts` loads: one function each, which is given what it asks for. */
const keptScript: BuildOptions = {
  ...common,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: '(function (exports, require, module, nextTo) {' },
  footer: { js: '})' },
  // Whatever is asked for late is a part of Node or is in the same file.
  supported: { 'dynamic-import': false },
};

/** Loading a file costs about a millisecond, and most commands need most of the program: so all commands are one file,
 *  beside the small door that prints help and finds out what was asked. */
const commandsStandApart: Plugin = {
  name: 'commands-stand-apart',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\/commands\/.*\.ts$/ }, ({ path }) => {
      return { path: basename(path, '.ts'), namespace: 'command' };
    });
    bundler.onLoad({ filter: /.*/, namespace: 'command' }, ({ path }) => {
      const file = Object.keys(apart).find((one) => apart[one]?.includes(path)) ?? 'commands';
      return { contents: `export const { run } = nextTo('${file}')[${JSON.stringify(path)}];` };
    });
    // The few pieces that the door itself asks for late are in those files too.
    bundler.onResolve({ filter: /\.ts$/ }, ({ path, kind }) => {
      const name = basename(path);
      const file = Object.keys(late).find((one) => late[one]?.some((from) => basename(from) === name));
      if (kind !== 'dynamic-import' || file === undefined) return undefined;
      return { path: file, namespace: 'late' };
    });
    bundler.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
      return { contents: `module.exports = nextTo(${JSON.stringify(path)});` };
    });
  },
};

/** The process's own file loads the door as a kept script. */
const doorStandsApart: Plugin = {
  name: 'door-stands-apart',
  setup(bundler) {
    bundler.onResolve({ filter: /\.ts$/ }, ({ kind }) => {
      return kind === 'dynamic-import' ? { path: 'door', namespace: 'door' } : undefined;
    });
    bundler.onLoad({ filter: /.*/, namespace: 'door' }, () => ({
      contents: `import { keptIn } from './kept-code.ts';
        export const { diskFrom, run, outsideOf } = keptIn(import.meta.dirname)('door');`,
      resolveDir: import.meta.dirname,
    }));
  },
};

function inConsole(name: string, lines: readonly string[]): NonNullable<BuildOptions['stdin']> {
  return { contents: lines.join('\n'), resolveDir: consoleFolder, loader: 'ts', sourcefile: `${name}.ts` };
}

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await build({
  ...common,
  entryPoints: { nwctl: 'src/console/main.ts' },
  plugins: [doorStandsApart],
});
await build({
  ...keptScript,
  stdin: inConsole('door', [
    "export * from './disk.ts';",
    "export * from './run.ts';",
    "export * from './outside.ts';",
  ]),
  entryNames: 'door',
  plugins: [commandsStandApart],
});
for (const [file, held] of [['commands', names], ...Object.entries(apart)] as const) {
  await build({
    ...keptScript,
    stdin: inConsole(file, [
      ...held.map((name) => `export * as ${JSON.stringify(name)} from './commands/${name}.ts';`),
      ...(late[file] ?? []).map((path) => `export * from '${path}';`),
    ]),
    entryNames: file,
  });
}
await build({ ...common, entryPoints: { nodewright: 'src/nodewright.ts' } });
execFileSync(process.execPath, [join(import.meta.dirname, 'keep-code.ts')], { stdio: 'inherit' });
// What is shipped is type-checked, and says its types.
execFileSync(join(import.meta.dirname, '..', 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
chmodSync('dist/nwctl.js', 0o755);

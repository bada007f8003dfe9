/** Makes what is not kept in Git: the schema validators (needed to run from source as well) and the bundled `dist/`. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { generateValidators } from './validators.ts';

await generateValidators();

const commands = join(import.meta.dirname, '..', 'src', 'console', 'commands');
const names = readdirSync(commands).map((file) => basename(file, '.ts'));

/** Loaded late by the door, and needed by most commands. */
const late = ['yaml', 'files', 'fault-text'];
const lateFrom = ['../../source/yaml.ts', '../../capture/files.ts', '../fault-text.ts'];

const common: BuildOptions = {
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Libraries that were written for CommonJS ask for `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'linked',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  logLevel: 'warning',
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
      const loaded = `(await import('./commands.js'))[${JSON.stringify(path)}]`;
      return { contents: `export const run = async (...given) => ${loaded}.run(...given);` };
    });
    // The few pieces that the door itself asks for late are in that file too.
    bundler.onResolve({ filter: /\.ts$/ }, ({ path, kind }) => {
      if (kind !== 'dynamic-import' || !late.includes(basename(path, '.ts'))) return undefined;
      return { path: './commands.js', external: true };
    });
    bundler.onResolve({ filter: /^\.\/commands\.js$/ }, ({ path }) => ({ path, external: true }));
  },
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await build({
  ...common,
  entryPoints: { nwctl: 'src/console/main.ts' },
  splitting: true,
  chunkNames: '[name]-[hash]',
  plugins: [commandsStandApart],
});
await build({
  ...common,
  stdin: {
    contents: [
      ...names.map((name) => `export * as ${JSON.stringify(name)} from './${name}.ts';`),
      ...lateFrom.map((path) => `export * from '${path}';`),
    ].join('\n'),
    resolveDir: commands,
    loader: 'ts',
    sourcefile: 'commands.ts',
  },
  entryNames: 'commands',
});
await build({ ...common, entryPoints: { nodewright: 'src/nodewright.ts' } });
// What is shipped is type-checked, and says its types.
execFileSync(join(import.meta.dirname, '..', 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
chmodSync('dist/nwctl.js', 0o755);

/** Makes what is not kept in Git: the schema validators (needed to run from source as well) and the bundled `dist/`. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { generateValidators } from './validators.ts';

await generateValidators();

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await build({
  entryPoints: { nwctl: 'src/console/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  chunkNames: 'chunks/[name]-[hash]',
  // Libraries that were written for CommonJS ask for `require`.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  legalComments: 'linked',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  logLevel: 'warning',
});
chmodSync('dist/nwctl.js', 0o755);

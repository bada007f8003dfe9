/** What npm runs after an install, and before it packs what it fetched with git. `npm install -g git+…`, and pre-commit with it, calls it where nothing is
 *  installed: npm hands its own `--global` on to the install within (npm 11.19). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
if (!existsSync(join(root, 'node_modules', 'esbuild'))) {
  const flags = [
    '--global=false',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ];
  const { status } = spawnSync('npm', ['ci', ...flags], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
await import('./build.ts');

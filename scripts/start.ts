/** `npm start`: the main job on shipped input. A site where one end of the storage network flipped and the other did not:
 *  what is known, what may not happen now, why, and what would release it. Needs no cluster and no rights. */
import { spawnSync } from 'node:child_process';

const where = ['--profile', 'profiles/three-node', '--capture', 'captures/one-side-flipped'];
const tour: readonly (readonly [string, readonly string[]])[] = [
  ['What is known of the bonds?', ['facts', 'bond.mode', 'bond.configuredMode', 'bond.peersReachable', ...where]],
  ['May the next step happen?', ['eval', '--gate', 'storage-network-agrees', '--gate', 'node-may-restart', ...where]],
  ['Why not, and what would release it?', ['why', 'storage-network-agrees', ...where]],
];

for (const [question, args] of tour) {
  process.stdout.write(`\n# ${question}\n$ nwctl ${args.join(' ')}\n\n`);
  const { status } = spawnSync(process.execPath, ['dist/nwctl.js', ...args], { stdio: 'inherit' });
  // 3 and 4 are answers: closed, and not known.
  if (status !== 0 && status !== 3 && status !== 4) process.exit(status ?? 1);
}
process.stdout.write('\nThe story behind it: captures/one-side-flipped/README.md. Your own site: docs/captures.md.\n');

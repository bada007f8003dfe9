/** Makes a capture of a simulated site: `node scripts/simulated-capture.ts PROFILE FOLDER [SEED]`. The moment: a BondModeFlipPlan has
 *  flipped node-a, and node-b has taken its order and not begun. The real operator and the real agents got there by themselves; what
 *  each host prints is the simulator's (`src/sim/world/guesses.md` says what of it is guessed). */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskFrom, folderOf } from '../src/console/disk.ts';
import { type KubeObject, kindOf, type Raw } from '../src/kernel/raw.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { held } from '../src/operator/held.ts';
import { loadProfile } from '../src/profile/load.ts';
import { insecureUnsigned } from '../src/profile/verify.ts';
import { simWorld } from '../src/sim/real-world.ts';
import { simulate } from '../src/sim/run.ts';
import { startMs } from '../src/sim/run-site.ts';
import type { SimWorld } from '../src/sim/sim-world.ts';

const [profilePath = 'profiles/three-node', folder = 'captures/flip-half-done', seed = '1'] = process.argv.slice(2);
const { folder: port, file } = folderOf(diskFrom(join(import.meta.dirname, '..', 'src')), profilePath);
const loaded = loadProfile(port, file, vocabulary, insecureUnsigned);
if (!loaded.ok) throw new Error(loaded.faults.map(({ at, message }) => `${at.file}:${at.line}: ${message}`).join('\n'));

/** All that could be fetched at one moment: hosts, LINSTOR, and what was last written to the API server. */
interface Moment {
  readonly nowMs: number;
  readonly raws: readonly Raw[];
  readonly written: ReadonlyMap<string, { readonly object: KubeObject; readonly atMs: number }>;
}

let taken: Moment | undefined;
const written = new Map<string, { readonly object: KubeObject; readonly atMs: number }>();

function watched(world: SimWorld): SimWorld {
  let nowMs = startMs;
  let flips = 0;
  const own: Partial<SimWorld> = {
    advance(toMs) {
      nowMs = Math.max(nowMs, toMs);
      world.advance(toMs);
    },
    carryOut(node, instruction) {
      const isFlip = instruction.do === 'run' && instruction.argv.includes('-batch');
      if (isFlip) flips += 1;
      // The second node's: it is in its journal, and its kernel has heard nothing.
      if (isFlip && flips === 2) taken ??= { nowMs, raws: world.takeRaws(nowMs)(), written: new Map(written) };
      return world.carryOut(node, instruction);
    },
  };
  // What is not watched stays as it is, also what it computes when it is asked.
  return Object.assign(Object.create(world) as SimWorld, own);
}

await simulate({
  seed: Number(seed),
  workflow: 'BondModeFlipPlan',
  profile: held(loaded.value.profile),
  site: { nodes: 3, volumes: 3, vms: 1 },
  faults: [],
  onWrite: (object, atMs) => {
    written.set(nameOf(object), { object, atMs });
  },
  makeWorld: (...all) => watched(simWorld(...all)),
});
if (taken === undefined) throw new Error('no second node was ever flipped');
write(taken);

function write({ nowMs, raws, written: objectsWritten }: Moment): void {
  // All but what a person wrote beside it.
  const before = existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'README.md') : [];
  for (const name of before) rmSync(join(folder, name), { recursive: true });
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const lists = new Map<string, KubeObject[]>();
  for (const raw of raws) if (raw.from === 'list') lists.set(raw.kind, []);
  // What the API server holds is newer than what the world first made of it.
  const objects = new Map<string, KubeObject>();
  for (const raw of raws) if (raw.from === 'object') objects.set(nameOf(raw.object), raw.object);
  for (const [name, { object }] of objectsWritten) objects.set(name, object);
  for (const object of objects.values()) {
    // What was written down for the audit and for leaders is nobody's fact.
    if (object.kind === 'Event') continue;
    lists.set(kindOf(object), [...(lists.get(kindOf(object)) ?? []), object]);
  }
  for (const [kind, items] of lists) {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: items.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)),
    };
    const [apiVersion, name] = [kind.slice(0, kind.lastIndexOf('/')), kind.slice(kind.lastIndexOf('/') + 1)];
    const shown = items.length > 0 ? list : { apiVersion, kind: `${name}List`, items: [] };
    put(`kubernetes/${kind.replaceAll('/', '_').toLowerCase()}.json`, `${JSON.stringify(shown, null, 1)}\n`);
  }
  for (const raw of raws) {
    if (raw.from === 'linstor') put(`linstor${raw.path}.json`, raw.text);
    if (raw.from === 'host') put(`hosts/${raw.node}/${raw.what}`, raw.text);
  }
  const heartbeats = [...objectsWritten.values()].filter(({ object }) => object.kind === 'NodewrightAgentStatus');
  const observer = heartbeats
    .sort((one, other) => (nameOf(one.object) < nameOf(other.object) ? -1 : 1))
    .map(
      ({ object, atMs }) =>
        `    ${object.metadata.name}: {heartbeatChangedAt: ${new Date(atMs).toISOString()}, clockSkew: 0ms}`,
    );
  put(
    'capture.yaml',
    `# yaml-language-server: $schema=../../schemas/capture.v1.json
apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Capture
metadata: {name: flip-half-done}
spec:
  formatVersion: 1
  takenAt: ${new Date(Math.ceil(nowMs)).toISOString()}
  takenBy: nwctl simulator
  requestedBy: scripts/simulated-capture.ts, seed ${seed}
  complete: true
  observer:
${observer.join('\n')}
`,
  );
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

import { normalise } from '../../src/facts/normalise.ts';
import { createStore } from '../../src/facts/store.ts';
import { canonical, type Json } from '../../src/kernel/digest.ts';
import type { FactValue } from '../../src/kernel/fact.ts';
import { type KubeObject, kindOf } from '../../src/kernel/raw.ts';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { HeldProfile } from '../../src/operator/prepare.ts';
import { simWorld } from '../../src/sim/real-world.ts';
import type { MakeWorld } from '../../src/sim/run-options.ts';
import type { SimWorld } from '../../src/sim/sim-world.ts';

const networkFolders = ['etc/systemd/network', 'run/systemd/network', 'oem'];

/** A simulated world that somebody keeps, to look into it while a run goes on. */
export interface Probe {
  readonly makeWorld: MakeWorld;
  /** The world, once the run has made it. */
  world(): SimWorld;
  nowMs(): number;
}

export function probeOf(): Probe {
  let kept: SimWorld | undefined;
  let nowMs = 0;
  return {
    makeWorld(...all) {
      const world = simWorld(...all);
      nowMs = all[4];
      const own: Partial<SimWorld> = {
        advance(toMs) {
          nowMs = Math.max(nowMs, toMs);
          world.advance(toMs);
        },
      };
      kept = world;
      return Object.assign(Object.create(world) as SimWorld, own);
    },
    world() {
      if (kept === undefined) throw new Error('the run has made no world yet');
      return kept;
    },
    nowMs: () => nowMs,
  };
}

/** Everything that can be known of a site, read from the world itself: facts by `FACT of OBJECT`, and what no fact says, byte for
 *  byte: the network files of every host, and what is asked of KubeVirt, LINSTOR and the storage classes. */
export function everythingOf({ world, nowMs }: Probe, { shape }: HeldProfile): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const raws = world().takeRaws(nowMs())();
  for (const [key, value] of factsOf(snapshotOf(raws, shape, nowMs()))) found.set(key, JSON.stringify(value));
  for (const raw of raws) {
    if (raw.from === 'host' && networkFolders.some((folder) => raw.what.startsWith(folder)))
      found.set(`file ${raw.node} ${raw.what}`, raw.text);
    if (raw.from === 'object' && asked.has(kindOf(raw.object)))
      found.set(`object ${nameOf(raw.object)}`, canonical(withoutEmpty(askedOf(raw.object)) as Json));
    if (raw.from === 'linstor' && raw.path.startsWith('/v1/controller/properties'))
      found.set(`linstor ${raw.path}`, raw.text);
  }
  return found;
}

export function snapshotOf(
  raws: Parameters<typeof normalise>[0],
  shape: HeldProfile['shape'],
  nowMs: number,
): Snapshot {
  const store = createStore(vocabulary);
  for (const report of normalise(raws, shape)) store.fold(report);
  return store.cut(nowMs);
}

export function factsOf(snapshot: Snapshot): ReadonlyMap<string, FactValue> {
  const facts = new Map<string, FactValue>();
  for (const [name, { fact, values }] of snapshot.columns) {
    for (const [at, { id }] of snapshot.populations[fact.subject].members.entries()) {
      const value = values[at];
      if (value !== undefined) facts.set(`${name} of ${id}`, value);
    }
  }
  return facts;
}

const asked = new Set([
  'kubevirt.io/v1/KubeVirt',
  'piraeus.io/v1/LinstorCluster',
  'storage.k8s.io/v1/StorageClass',
  'v1/Node',
]);

function askedOf({ metadata, spec, ...rest }: KubeObject): unknown {
  const { annotations, labels } = metadata as { readonly annotations?: unknown; readonly labels?: unknown };
  const { status: _, ...others } = rest as { readonly status?: unknown };
  return { annotations, labels, spec, ...others };
}

/** An empty map asks for nothing, and the API server takes it for none. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, held]) => [name, withoutEmpty(held)] as const);
  const kept = members.filter(([, held]) => held !== undefined && !isEmpty(held));
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

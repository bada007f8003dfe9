import type { WorkflowKind } from '../crd/workflow-object.ts';
import { invariant } from '../kernel/fault.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import type { Random } from './random.ts';
import type { SimWorld } from './sim-world.ts';
import type { SiteSize } from './story.ts';
import { isMoving } from './world/linstor-text.ts';
import type { VmSpec, VolumeSpec, WorldSpec } from './world/make.ts';
import { addressOf } from './world/network.ts';
import { makeWorld } from './world/world.ts';

/** A world behind the port that the loop uses. Its shape is the seed's as far as nobody says it: how many volumes and VMs,
 *  where they lie, how full they are. */
export function simWorld(
  size: SiteSize,
  workflow: WorkflowKind,
  { shape }: HeldProfile,
  random: Random,
  startMs: number,
): SimWorld {
  const spec = specOf(size, workflow, shape, random, startMs);
  const world = makeWorld(spec, random.split('by-itself'));
  let nowMs = startMs;
  const told = new Set<string>();
  let harm: ReturnType<typeof world.harm> = [];
  const hostOf = (node: string) => {
    const host = world.site.hosts.get(node);
    invariant(host !== undefined, `there is a host ${node}`);
    return host;
  };
  return {
    nodes: () => [...world.site.hosts.keys()],
    power: (node) => hostOf(node).power,
    uid: (node) => hostOf(node).uid,
    get revision() {
      return world.site.revision;
    },
    advance(toMs) {
      nowMs = Math.max(nowMs, toMs);
      world.advance(nowMs);
    },
    nextEventAt: () => world.nextEventAt(),
    carryOut: (node, instruction) => world.carryOut(node, instruction, nowMs),
    linstor(method, path, body) {
      const { status, text } = world.linstor(method, path, body, nowMs);
      return status === 0 ? { kind: 'unheard' } : { kind: 'reply', status, text };
    },
    changedObjects() {
      const changed = world.changedObjects();
      const gone = world.goneObjects();
      if (changed.length === 0 && gone.length === 0) return nothing;
      return [...gone.map((ref) => ({ gone: ref })), ...changed.map((object) => ({ object }))];
    },
    applied: (object) => world.applied(object, nowMs),
    deleted: (gone) => world.deleted(gone, nowMs),
    volumes: () => [...world.site.volumes.keys()],
    vms: () => [...world.site.vms.values()].map(({ name }) => name),
    address: (node) => addressOf(hostOf(node)),
    strike: (fault) => world.begin(fault, nowMs),
    relieve: (fault) => world.end(fault, nowMs),
    objects: () => world.objects(),
    takeRaws: () => world.takeRaws(nowMs),
    flows: () => [...world.site.volumes.values()].some(isMoving),
    harm() {
      const now = world.harm();
      if (now === harm) return nothing;
      harm = now;
      const news = now.filter(({ kind, object }) => !told.has(`${kind} ${object}`));
      for (const { kind, object } of news) told.add(`${kind} ${object}`);
      return news.map(({ kind, object, says }) => `${kind} of ${object}: ${says}`);
    },
  };
}

const nothing: readonly never[] = [];

/** What the seed decides of a site. Nobody says how many copies there are: before an upgrade one, and a flip finds it upgraded. */
function specOf(
  size: SiteSize,
  workflow: WorkflowKind,
  shape: HeldProfile['shape'],
  random: Random,
  startMs: number,
): WorldSpec {
  const { nodes: bounds, storageBond, legacy } = shape;
  const count = size.nodes ?? random.between(Math.max(bounds.atLeast, 2), Math.min(bounds.atMost, 5));
  const nodes = Array.from({ length: count }, (_, at) => `node-${'abcdefghijklmnop'[at]}`);
  const upgraded = (size.copies ?? (workflow === 'BondModeFlipPlan' ? 2 : 1)) > 1;
  const volumes = Array.from({ length: size.volumes ?? random.between(1, 4) }, (_, at): VolumeSpec => {
    const first = random.below(count);
    const on = nodes.filter((_, index) => index === first || (upgraded && index === (first + 1) % count));
    const breaker = upgraded && count > 2 ? nodes[(first + 2) % count] : undefined;
    const sizeKib = random.between(1, 8) * 1024 * 1024;
    return {
      name: `pvc-${at + 1}`,
      on,
      ...(breaker === undefined ? {} : { tieBreaker: breaker }),
      sizeKib,
      usedKib: Math.floor(sizeKib * (0.05 + random.below(50) / 100)),
    };
  });
  const vms = Array.from({ length: Math.min(size.vms ?? random.between(0, 3), volumes.length) }, (_, at): VmSpec => {
    const volume = volumes[at] as VolumeSpec; // there are no more VMs than volumes
    const runs = random.chance(0.8);
    const node = volume.on[random.below(volume.on.length)];
    return {
      name: `vm-${at + 1}`,
      volume: volume.name,
      ...(runs && node !== undefined ? { node } : {}),
      shared: random.chance(0.8),
    };
  });
  return {
    nodes,
    volumes,
    vms,
    bondMode: 'balance-rr',
    place: upgraded ? 2 : 1,
    startMs,
    ...(storageBond === undefined
      ? {}
      : { bond: storageBond.name, members: storageBond.members, mtu: storageBond.mtu }),
    legacy: legacy !== undefined,
  };
}

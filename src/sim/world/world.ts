import type { Instruction } from '../../agent/instruction.ts';
import { invariant } from '../../kernel/fault.ts';
import { type KubeObject, kindOf, type Raw } from '../../kernel/raw.ts';
import type { Random } from '../random.ts';
import type { Fault } from './fault.ts';
import { liftTaints, watchFailOver } from './ha.ts';
import { type Harm, HarmWatch } from './harm.ts';
import { type Carried, carryOut } from './host.ts';
import { begin, end } from './inject.ts';
import { keyOfObject, objectOf, publish } from './kube.ts';
import { linstorCluster, publishHa } from './kube-objects.ts';
import { type LinstorReply, linstorReply } from './linstor.ts';
import { makeSite, type WorldSpec } from './make.ts';
import { linstorRaws, rawsOf, takeRaws } from './raws.ts';
import type { Power, Ref, Site } from './state.ts';
import { endVm, migrate, scheduleMigrations, startVm } from './vms.ts';

/** Piraeus takes the HA controller's Pods away, or makes them, and then says Applied. */
const appliesMs = 3_000;

/** What a site is made of, from its cables to its VMs. It moves by itself as time is told to it, carries out what agents ask
 *  of their hosts and of LINSTOR, and says what has come to harm. The API server is somebody else's: the world hands over what
 *  controllers and kubelets write, and is told what others wrote. */
export interface World {
  /** Time goes on, never back; whatever was due by then has happened. */
  advance(nowMs: number): void;
  /** When something next happens by itself; +Infinity if nothing does. */
  nextEventAt(): number;
  carryOut(node: string, instruction: Instruction, nowMs: number): Carried;
  /** LINSTOR, as anybody reaches it who is on no node. */
  linstor(method: string, path: string, body: string | undefined, nowMs: number): LinstorReply;
  begin(fault: Fault, nowMs: number): void;
  end(fault: Fault, nowMs: number): void;
  objects(): readonly KubeObject[];
  /** Those that were written since this was last asked. */
  changedObjects(): readonly KubeObject[];
  /** Those that were deleted since this was last asked. */
  goneObjects(): readonly Ref[];
  /** Somebody wrote an object through the API server. */
  applied(object: KubeObject, nowMs: number): void;
  deleted(ref: Ref, nowMs: number): void;
  node(name: string): NodeView | undefined;
  nodes(): readonly NodeView[];
  harm(): readonly Harm[];
  raws(nowMs: number): readonly Raw[];
  /** The same, taken now and laid out when it is asked for. */
  takeRaws(nowMs: number): () => readonly Raw[];
  linstorRaws(nowMs: number): readonly Raw[];
  /** For those who look into it: oracles and tests. Nobody writes to it. */
  readonly site: Site;
}

export interface NodeView {
  readonly name: string;
  readonly uid: string;
  readonly bootId: string;
  readonly power: Power;
  readonly bondMode: string;
  readonly clockOffsetMs: number;
}

export function makeWorld(spec: WorldSpec, random: Random): World {
  const site = makeSite(spec, random);
  const harm = new HarmWatch(site);
  site.watchers.push((volume) => {
    watchFailOver(site, volume);
    liftTaints(site);
    harm.look(volume);
  });

  const advance = (nowMs: number): void => {
    if (nowMs === site.nowMs) return;
    invariant(nowMs > site.nowMs, `the world was at ${site.nowMs} and is told ${nowMs}`);
    for (let timer = site.timers.due(nowMs); timer !== undefined; timer = site.timers.due(nowMs)) {
      site.nowMs = Math.max(site.nowMs, timer.atMs);
      timer.run();
    }
    site.nowMs = nowMs;
  };
  const view = (name: string): NodeView | undefined => {
    const host = site.hosts.get(name);
    if (host === undefined) return undefined;
    const { uid, bootId, power, bond, clockOffsetMs } = host;
    return { name, uid, bootId, power, bondMode: bond.mode, clockOffsetMs };
  };

  return {
    site,
    advance,
    nextEventAt: () => site.timers.nextAt(),
    carryOut(node, instruction, nowMs) {
      advance(nowMs);
      const host = site.hosts.get(node);
      return host === undefined ? { answer: { kind: 'unheard' }, tookMs: 0 } : carryOut(site, host, instruction);
    },
    linstor(method, path, body, nowMs) {
      advance(nowMs);
      return linstorReply(site, method, path, body);
    },
    begin(fault, nowMs) {
      advance(nowMs);
      begin(site, fault);
    },
    end(fault, nowMs) {
      advance(nowMs);
      end(site, fault);
    },
    objects: () => [...site.kube.objects.values()],
    changedObjects() {
      if (site.kube.changed.size === 0) return none;
      const changed = [...site.kube.changed].flatMap((key) => site.kube.objects.get(key) ?? []);
      site.kube.changed.clear();
      return changed;
    },
    goneObjects() {
      if (site.kube.gone.size === 0) return none;
      const gone = [...site.kube.gone.values()];
      site.kube.gone.clear();
      return gone;
    },
    applied(object, nowMs) {
      advance(nowMs);
      applied(site, object);
    },
    deleted({ kind, name, namespace }, nowMs) {
      advance(nowMs);
      const object = objectOf(site, kind, name, namespace);
      if (object !== undefined) site.kube.objects.delete(keyOfObject(object));
    },
    node: view,
    nodes: () => [...site.hosts.keys()].flatMap((name) => view(name) ?? []),
    harm: () => harm.now(),
    raws(nowMs) {
      advance(nowMs);
      return rawsOf(site);
    },
    takeRaws(nowMs) {
      advance(nowMs);
      return takeRaws(site);
    },
    linstorRaws(nowMs) {
      advance(nowMs);
      return linstorRaws(site);
    },
  };
}

const none: readonly never[] = [];

/** What the site's own controllers do about an object that somebody wrote. */
function applied(site: Site, object: KubeObject): void {
  const kind = kindOf(object);
  site.kube.objects.set(keyOfObject(object), object);
  switch (kind) {
    case 'v1/Node': {
      const host = site.hosts.get(object.metadata.name);
      if (host !== undefined)
        host.cordoned = (object.spec as { unschedulable?: unknown } | undefined)?.unschedulable === true;
      return;
    }
    case 'kubevirt.io/v1/KubeVirt':
      scheduleMigrations(site);
      return;
    case 'piraeus.io/v1/LinstorCluster':
      site.timers.at(site.nowMs + appliesMs, () => reconcileCluster(site, object.metadata.name));
      return;
    case 'kubevirt.io/v1/VirtualMachine': {
      const vm = site.vms.get(`${object.metadata.namespace}/${object.metadata.name}`);
      const wanted = (object.spec as { runStrategy?: unknown } | undefined)?.runStrategy !== 'Halted';
      if (vm === undefined || vm.wanted === wanted) return;
      vm.wanted = wanted;
      if (wanted) startVm(site, vm);
      else endVm(site, vm);
      return;
    }
    case 'kubevirt.io/v1/VirtualMachineInstanceMigration': {
      const guest = (object.spec as { vmiName?: unknown } | undefined)?.vmiName;
      const vm = site.vms.get(`${object.metadata.namespace}/${String(guest)}`);
      if (vm !== undefined && vm.migration?.name !== object.metadata.name) migrate(site, vm, object.metadata.name);
      return;
    }
    default:
  }
}

function reconcileCluster(site: Site, name: string): void {
  const object = objectOf(site, 'piraeus.io/v1/LinstorCluster', name);
  if (object === undefined) return;
  const spec = object.spec as { highAvailabilityController?: { enabled?: unknown } } | undefined;
  const runs = spec?.highAvailabilityController?.enabled !== false;
  if (runs !== site.kube.haRuns) {
    site.kube.haRuns = runs;
    publishHa(site, runs);
    if (runs) for (const volume of site.volumes.values()) watchFailOver(site, volume);
  }
  publish(site, linstorCluster(object, site.nowMs));
}

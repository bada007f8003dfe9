import { leaseKind } from '../crd/lease.ts';
import { isForeign, member } from '../crd/read.ts';
import { apiVersion } from '../crd/workflow-object.ts';
import type { KubeObject } from '../kernel/raw.ts';
import { formatDuration } from '../kernel/value.ts';
import type { ApiCopy } from './api.ts';
import { isOurs } from './asked.ts';
import { type Fault, faultForm } from './fault-kinds.ts';
import type { Asked, Onlooker, Runner } from './runner.ts';
import type { Site } from './site.ts';
import type { Transcript } from './transcript.ts';
import type { Fault as WorldFault } from './world/fault.ts';
import { worldFaultOf } from './world-fault.ts';

/** What faults need besides the site itself. */
export interface Struck {
  readonly site: Site;
  /** Strikes the world; answers with whether it goes on until it is ended. */
  strike(fault: WorldFault): void;
  relieve(fault: WorldFault): void;
  /** The world's objects as it would write them now. */
  objects(): readonly KubeObject[];
  readonly workflow: { readonly kind: string; readonly name: string };
  readonly lock: { readonly namespace: string; readonly name: string } | undefined;
  readonly operators: readonly string[];
  changeProfile(): void;
  readonly transcript: Transcript;
  begun(fault: Fault): void;
  ended(fault: Fault): void;
}

/** Where the faults of a run begin and end. */
export interface Plan {
  /** The workflow has got to this state. */
  entered(state: string): void;
  /** Faults that have not begun, or not ended. */
  readonly open: number;
}

const human = 'ops@site';
const copyEveryMs = 15_000;
const copiesKept = 44;

/** Sets everything up that will go wrong: what is counted from the beginning now, the rest when its state is entered. */
export function planFaults(struck: Struck, faults: readonly Fault[]): Plan {
  const { site, transcript } = struck;
  const waiting = new Map<string, Fault[]>();
  let open = 0;
  const tell = (who: string, what: string): void => transcript.tell(site.time.nowMs, who, what);
  const copies: ApiCopy[] = [];
  if (faults.some(({ kind }) => kind === 'api-restored')) keepCopies(site, copies);

  const begin = (fault: Fault): void => {
    const form = faultForm(fault.kind);
    const lasts = fault.forMs > 0 ? `, for ${formatDuration(fault.forMs)}` : '';
    const who = form.family === 'human' ? human : 'fault';
    const whom = fault.on === 'site' ? '' : `${fault.on}: `;
    const what = form.family === 'human' ? form.means.replace('somebody ', '') : form.means;
    tell(who, `${whom}${what}${waysOf(fault)}${Number.isFinite(fault.forMs) ? lasts : ', for ever'}`);
    site.work.begin(fault);
    struck.begun(fault);
    const end = striking(struck, fault, copies);
    const over = (): void => {
      site.work.end(fault);
      struck.ended(fault);
      end?.();
      open -= 1;
      if (fault.forMs > 0) tell(who, `${whom}over: ${what}`);
    };
    if (fault.forMs === 0) over();
    else if (Number.isFinite(fault.forMs)) site.later(fault.forMs, over);
    else open -= 1; // nobody waits for the end of what has none
  };
  for (const fault of faults) {
    if (fault.state === undefined) {
      open += 1;
      site.later(fault.afterMs, () => begin(fault));
    } else waiting.set(fault.state, [...(waiting.get(fault.state) ?? []), fault]);
  }
  return {
    get open() {
      return open;
    },
    entered(state) {
      const now = waiting.get(state) ?? [];
      waiting.delete(state);
      for (const fault of now) {
        open += 1;
        site.later(fault.afterMs, () => begin(fault));
      }
    },
  };
}

/** Which of several ways, where that is for people to know. */
function waysOf({ kind, how }: Fault): string {
  return kind === 'clock-jumps'
    ? ` (${formatDuration(Math.abs(jumpMs(how)))} ${jumpMs(how) < 0 ? 'back' : 'ahead'})`
    : '';
}

function jumpMs(how: number): number {
  return ([-1, 1, -24, 24 * 400][how % 4] ?? 1) * 3_600_000;
}

function keepCopies(site: Site, copies: ApiCopy[]): void {
  copies.push(site.api.copy());
  if (copies.length > copiesKept) copies.shift();
  site.later(copyEveryMs, () => keepCopies(site, copies));
}

/** Does it; what is given back ends it. */
function striking(struck: Struck, fault: Fault, copies: readonly ApiCopy[]): (() => void) | undefined {
  const { site } = struck;
  const { api } = site;
  const inWorld = worldFaultOf(fault);
  if (inWorld !== undefined) {
    struck.strike(inWorld);
    if (fault.kind === 'ha-returns')
      for (const object of api.lookAll('piraeus.io/v1/LinstorCluster')) edit(site, withHa(object));
    site.flush();
    return () => {
      struck.relieve(inWorld);
      site.flush();
    };
  }
  const runner = site.runners.get(fault.on);
  switch (fault.kind) {
    case 'agent-dies':
    case 'operator-dies': {
      if (runner === undefined) return undefined;
      const ways = fault.kind === 'agent-dies' ? 30 : 8;
      const left = 1 + (Math.floor(fault.how / 2) % ways);
      runner.dying = { left, when: fault.how % 2 === 0 ? 'before' : 'after', downMs: fault.forMs };
      return undefined;
    }
    case 'second-leader':
      return secondLeader(struck, fault);
    case 'partition':
    case 'watch-lost':
      return cut(runner === undefined ? [] : [runner]);
    case 'api-away':
      return cut([...site.runners.values()]);
    case 'api-restored':
      restore(struck, copies, fault.how);
      return undefined;
    case 'clock-jumps': {
      const byMs = jumpMs(fault.how);
      runner?.clock.jump(byMs);
      // A node's clock is its agent's.
      if (runner?.node !== undefined) struck.strike({ kind: 'clock-jumps', node: fault.on, byMs });
      return undefined;
    }
    case 'clock-drifts':
      runner?.clock.drift((fault.how % 2 === 0 ? 1 : -1) * (1_000 + 49 * fault.how));
      return () => runner?.clock.drift(0);
    case 'abort':
      editWorkflow(struck, (object) => ({ ...object, spec: { ...specOf(object), abort: { by: human } } }));
      return undefined;
    case 'status-mangled':
      editWorkflow(struck, (object) => mangled(object, fault.how));
      return undefined;
    case 'migrations-edited':
      for (const object of api.lookAll('kubevirt.io/v1/KubeVirt')) edit(site, migrating(object));
      return undefined;
    case 'lock-freed':
      editLock(struck, () => null);
      return undefined;
    case 'lock-stolen':
      editLock(struck, () => 'somebody-else');
      return () => editLock(struck, (holder) => (holder === 'somebody-else' ? null : holder));
    case 'profile-changes':
      struck.changeProfile();
      return undefined;
    default:
      return undefined; // what strikes messages is looked up when one is sent (`fates.ts`)
  }
}

function cut(runners: readonly Runner[]): () => void {
  for (const { watches } of runners) watches.cut();
  return () => {
    for (const { watches } of runners) watches.mend();
  };
}

/** The one that leads is suspended with its machine after its record and before its status, or after its status and before its
 *  orders, so that by its own clock no time goes by; another takes over; then the first goes on with its next write. */
function secondLeader({ site, operators }: Struck, { how }: Fault): () => void {
  const [first, second] = byLeading(site, operators);
  if (first === undefined || second === undefined) return () => {};
  let isOver = false;
  const onlooker: Onlooker = {
    asked({ name }, instruction) {
      const isBetween = how % 2 === 0 ? instruction.do === 'record' : writesForWorkflow(instruction);
      if (isOver || name !== first.name || !isBetween) return;
      isOver = true;
      if (!second.running.alive) site.start(second.name);
      site.pause(first.name);
      first.clock.drift(-1_000_000);
    },
  };
  site.onlookers.push(onlooker);
  return () => {
    isOver = true;
    site.onlookers.splice(site.onlookers.indexOf(onlooker), 1);
    first.clock.drift(0);
    site.resume(first.name);
  };
}

/** Of two, the one that stands in the operators' Lease first. */
function byLeading(site: Site, operators: readonly string[]): readonly (Runner | undefined)[] {
  const leases = site.api.lookAll(leaseKind).map(({ spec }) => String(member(spec, 'holderIdentity') ?? ''));
  const leads = (name: string): boolean => leases.some((holder) => holder.startsWith(`${name}-`));
  return [...operators]
    .sort((one, other) => Number(leads(other)) - Number(leads(one)))
    .map((name) => site.runners.get(name));
}

/** A workflow's status, or an order: not the Lease by which it leads, and no Event. */
function writesForWorkflow(instruction: Asked): boolean {
  if (instruction.do !== 'api' || !('object' in instruction.call)) return false;
  return instruction.call.object.apiVersion === apiVersion;
}

function restore({ site, objects }: Struck, copies: readonly ApiCopy[], how: number): void {
  const { api, world } = site;
  const wantedMs = site.time.nowMs - 5_000 - 400 * how;
  const copy = copies.findLast(({ takenAtMs }) => takenAtMs <= wantedMs) ?? copies[0];
  if (copy === undefined) return;
  for (const object of api.restore(copy)) if (!isOurs(object)) world.applied(object);
  // Whoever writes by himself writes what is now; what was asked of him stays as old as the copy.
  for (const object of objects()) {
    const { kind, apiVersion, metadata } = object;
    const standing = api.look(`${apiVersion}/${kind}`, metadata.name, metadata.namespace);
    api.put(standing === undefined ? object : { ...object, ...('spec' in standing ? { spec: standing.spec } : {}) });
  }
  site.flush();
  for (const { watches } of site.runners.values()) {
    watches.cut();
    watches.mend();
  }
}

function edit(site: Site, object: KubeObject): void {
  const { api, world } = site;
  const { metadata } = object;
  api.put(object);
  const now = api.look(`${object.apiVersion}/${object.kind}`, metadata.name, metadata.namespace);
  if (now !== undefined && !isOurs(now)) world.applied(now);
  site.flush();
}

function editWorkflow({ site, workflow }: Struck, change: (object: KubeObject) => KubeObject): void {
  const object = site.api.look(workflow.kind, workflow.name);
  if (object !== undefined) edit(site, change(object));
}

function editLock({ site, lock }: Struck, change: (holder: string | null) => string | null): void {
  const lease = lock && site.api.look(leaseKind, lock.name, lock.namespace);
  if (lease === undefined) return;
  const holder = member(lease.spec, 'holderIdentity');
  const before = typeof holder === 'string' ? holder : null;
  edit(site, { ...lease, spec: { ...specOf(lease), holderIdentity: change(before) } });
}

function specOf(object: KubeObject): object {
  const spec = object.spec;
  return isForeign(spec) ? spec : {};
}

/** What somebody makes of a status who means well. */
function mangled(object: KubeObject, how: number): KubeObject {
  const status = isForeign(object.status) ? object.status : {};
  const workflow = isForeign(status.workflow) ? status.workflow : {};
  const cohort = isForeign(workflow.cohort) ? workflow.cohort : {};
  const nodes = Array.isArray(cohort.nodes) ? cohort.nodes : [];
  const edits: readonly object[] = [
    { state: 'Nowhere' },
    { step: -1 },
    { sinceMs: -5 },
    { machine: 'sha256:0' },
    { profile: 'sha256:0' },
    { cohort: { ...cohort, nodes: [...nodes, ...nodes.slice(0, 1)] } },
    { locked: 'yes' },
    { serial: null },
  ];
  return { ...object, status: { ...status, workflow: { ...workflow, ...edits[how % edits.length] } } };
}

function withHa(object: KubeObject): KubeObject {
  return { ...object, spec: { ...specOf(object), highAvailabilityController: { enabled: true } } };
}

function migrating(object: KubeObject): KubeObject {
  const spec = specOf(object) as Readonly<Record<string, unknown>>;
  const configuration = isForeign(spec.configuration) ? spec.configuration : {};
  const migrations = isForeign(configuration.migrations) ? configuration.migrations : {};
  const next = { ...configuration, migrations: { ...migrations, parallelMigrationsPerCluster: 5 } };
  return { ...object, spec: { ...spec, configuration: next } };
}

import type { Answer, Instruction } from '../agent/instruction.ts';
import type { Seen } from '../agent/seen.ts';
import { Senses, type Source, wireOf } from '../agent/sense.ts';
import { agentStatusKind } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { normalise } from '../facts/normalise.ts';
import { createStore } from '../facts/store.ts';
import type { KubeObject, Raw } from '../kernel/raw.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { Journals } from './oracles/journals.ts';
import type { Site } from './site.ts';
import type { Fault as WorldFault } from './world/fault.ts';
import type { WorldPort } from './world-port.ts';

/** The world as a run uses it. */
export interface SimWorld extends WorldPort {
  volumes(): readonly string[];
  vms(): readonly string[];
  /** The address of a node on the storage bond. */
  address(node: string): string;
  strike(fault: WorldFault): void;
  relieve(fault: WorldFault): void;
  objects(): readonly KubeObject[];
  /** Everything that could be fetched now, as of now: taken at once, laid out when it is asked for. */
  takeRaws(nowMs: number): () => readonly Raw[];
  /** Whether something of it goes on between two events, by time alone: a resync. */
  flows(): boolean;
  /** What was lost that no fault explains: told once each. */
  harm(): readonly string[];
}

/** What no text of a host says, and only its agent can tell. */
const agentsOwn: readonly Source[] = ['files', 'armed', 'peers'];

/** The whole truth at this moment, as a snapshot that is made when somebody asks. What it is made of is taken now. */
export function truthOf(
  site: Site,
  world: SimWorld,
  shape: SiteShape,
  journals: Journals,
  senses: Map<string, Senses>,
): () => Snapshot {
  const { nowMs } = site.time;
  const taken = world.takeRaws(nowMs);
  const own: Raw[] = [];
  for (const node of world.nodes()) {
    if (world.power(node) !== 'up') continue;
    const sense = senses.get(node) ?? sensesOf(world, shape, node);
    senses.set(node, sense);
    const parts = agentsOwn.map((source) => carriedOut(world, node, sense.look(source)));
    own.push(
      statusOf(
        node,
        parts.flatMap((part) => part?.seen ?? []),
        journals,
      ),
    );
  }
  const { lock } = shape;
  const lease = lock && site.api.look(leaseKind, lock.lease.name, lock.lease.namespace);
  if (lease !== undefined) own.push({ from: 'object', at: nowMs, object: lease });
  return () => {
    const raws = [...taken(), ...own];
    const asOfNow = raws.map((raw): Raw => (raw.at === nowMs ? raw : { ...raw, at: nowMs }));
    const store = createStore(vocabulary);
    for (const report of normalise(asOfNow, shape)) store.fold(report);
    return store.cut(nowMs);
  };
}

function sensesOf(world: SimWorld, shape: SiteShape, node: string): Senses {
  const { storageBond } = shape;
  const peers = world.nodes().flatMap((peer) => (peer === node ? [] : [world.address(peer)]));
  const bond = storageBond === undefined ? {} : { bond: storageBond.name };
  return new Senses({ node, ...bond, peers, mtu: storageBond?.mtu ?? 1500 }, () => 0);
}

/** An operation whose every instruction is carried out at once, and takes no time. */
function carriedOut<T>(world: SimWorld, node: string, operation: Generator<Instruction, T, Answer>): T {
  let turn = operation.next();
  while (turn.done !== true) turn = operation.next(world.carryOut(node, turn.value).answer);
  return turn.value;
}

function statusOf(node: string, seen: readonly Seen[], journals: Journals): Raw {
  const journal = journals.of(node);
  const said: readonly Seen[] = [
    ...seen,
    { fact: 'node.journalEpoch', object: node, value: journal?.epoch ?? 0 },
    { fact: 'node.journalStep', object: node, value: journal?.step ?? 0 },
    { fact: 'node.journalWorkflow', object: node, value: journal?.workflow ?? null },
    { fact: 'node.journalOutcome', object: node, value: journal?.outcome ?? 'none' },
  ];
  const [apiVersion, kind] = split(agentStatusKind);
  const observations = wireOf({ seen: said, askedAtMs: 0 }, 0);
  const object: KubeObject = {
    apiVersion,
    kind,
    metadata: { name: node },
    spec: { node },
    status: { heartbeat: { sequence: 1, bootId: '' }, observations },
  };
  return { from: 'object', at: 0, object };
}

function split(kind: string): readonly [string, string] {
  const slash = kind.lastIndexOf('/');
  return [kind.slice(0, slash), kind.slice(slash + 1)];
}

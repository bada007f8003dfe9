import type { Senses } from '../agent/sense.ts';
import { agentStatusKind } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { type KubeObject, kindOf } from '../kernel/raw.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { ApiWrite } from './api.ts';
import { changes, isOurs } from './asked.ts';
import type { Journals } from './oracles/journals.ts';
import type { Truths } from './oracles/truth.ts';
import type { Asked, Onlooker } from './runner.ts';
import { type SimWorld, truthOf } from './sim-world.ts';
import type { Site } from './site.ts';

/** Writes down what is true, whenever it may have changed. */
export interface Notary extends Onlooker {
  wrote(write: ApiWrite): void;
  note(): void;
  /** Somebody did something to the world, and what comes of it may show later. */
  touched(): void;
}

export function notaryOf(site: Site, world: SimWorld, shape: SiteShape, journals: Journals, truths: Truths): Notary {
  const lock = shape.lock?.lease;
  const senses = new Map<string, Senses>();
  const uids = new Map(world.nodes().map((node) => [node, world.uid(node)]));
  /** Since the truth was noted last somebody did something to the world. */
  let mayHaveMoved = true;
  const note = (): void => {
    mayHaveMoved = false;
    truths.note(site.time.nowMs, truthOf(site, world, shape, journals, senses));
  };
  return {
    note,
    touched() {
      mayHaveMoved = true;
    },
    wrote(write) {
      const written = write.after ?? write.before;
      if (lock !== undefined && isLock(written, lock)) note();
      if (written !== undefined && !isOurs(written)) mayHaveMoved = true; // whoever watches it acts on it
    },
    moved: note,
    carriedOut(runner, instruction) {
      if (!changes(instruction)) return;
      const isTold = tells(instruction);
      // What an agent says of its node is no part of what is true there. All else may act on the world, also after this.
      if (runner.kind === 'agent' && (!isTold || mayHaveMoved || world.flows())) note();
      if (!isTold) mayHaveMoved = true;
    },
    powered(node) {
      if (uids.get(node) !== world.uid(node)) journals.forget(node); // another machine has another disk
      uids.set(node, world.uid(node));
    },
  };
}

function isLock(object: KubeObject | undefined, lock: { readonly namespace: string; readonly name: string }): boolean {
  const metadata = object?.metadata;
  const isLease = object !== undefined && `${object.apiVersion}/${object.kind}` === leaseKind;
  return isLease && metadata?.name === lock.name && metadata.namespace === lock.namespace;
}

/** An agent's report of what it saw: the most frequent write of all, and one that changes nothing but the database. */
function tells(instruction: Asked): boolean {
  if (instruction.do !== 'api') return false;
  const { call } = instruction;
  return call.verb === 'update-status' && kindOf(call.object) === agentStatusKind;
}

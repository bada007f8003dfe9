import { agentStatusKind } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { member } from '../crd/read.ts';
import { kindOf } from '../kernel/raw.ts';
import type { ApiServer, ApiWrite } from './api.ts';
import { writes } from './asked.ts';
import { statusIn } from './oracles/court.ts';
import type { Journals } from './oracles/journals.ts';
import type { Onlooker } from './runner.ts';

/** What a fault is for, and what must really have come of it before anybody may say that it was tried. */
export const deeds = {
  'a leader that is none any more writes': 'an operator that was suspended asks for a write while another leads',
  'a write of an old leader is fenced': 'and is answered with a conflict, or finds the object gone',
  'an agent dies in an order': 'it took the order, and did not come to its end',
  'an operator dies between two writes': 'while a workflow is under way',
  'a workflow goes back': 'the database is restored to an older status of it',
  'a workflow is forgotten': 'the database is restored to before anybody asked for it',
  'orders go back': 'the database is restored to older orders than agents have seen',
  'a write is done and its answer lost': 'whoever wrote does not know',
  'a request is lost': 'nothing was done and nobody says so',
  'a request arrives after it was given up': 'it is done when nobody expects it any more',
  'a request arrives twice': 'the second is another write',
  'a conflict': 'somebody else was quicker, or it is said so',
  'a read is served from an old cache': 'what is read was so some time ago',
} as const;

export type Deed = keyof typeof deeds;

export interface Deeds extends Onlooker {
  wrote(write: ApiWrite): void;
  readonly counts: ReadonlyMap<Deed, number>;
}

const older = (before: unknown, after: unknown): boolean => Number(before ?? 0) > Number(after ?? 0);

export function deedsOf(
  api: ApiServer,
  journals: Journals,
  leaders: { readonly namespace: string; readonly name: string },
  workflow: { readonly kind: string; readonly name: string },
): Deeds {
  const counts = new Map<Deed, number>();
  const did = (deed: Deed): void => {
    counts.set(deed, (counts.get(deed) ?? 0) + 1);
  };
  /** Who of the operators leads, by what stands in their Lease. */
  const leads = (name: string): boolean => {
    const holder = member(api.look(leaseKind, leaders.name, leaders.namespace)?.spec, 'holderIdentity');
    return typeof holder !== 'string' || holder === '' || holder.startsWith(`${name}-`);
  };
  const isTheirLease = (object: { readonly name: string; readonly namespace?: string }): boolean =>
    object.name === leaders.name && object.namespace === leaders.namespace;
  let isUnderWay = false;

  return {
    counts,
    wrote({ before, after, how }) {
      const one = after ?? before;
      if (one === undefined) return;
      const kind = kindOf(one);
      if (kind === workflow.kind && one.metadata.name === workflow.name) {
        const [was, is] = [statusIn(before), statusIn(after)];
        isUnderWay = is !== undefined && is.outcome === undefined;
        if (how !== 'restore') return;
        if (after === undefined) did('a workflow is forgotten');
        else if (older(was?.serial, is?.serial)) did('a workflow goes back');
      }
      if (how === 'restore' && kind === agentStatusKind) {
        const step = member(member(after?.spec, 'order'), 'step');
        if (older(journals.of(one.metadata.name)?.step, step)) did('orders go back');
      }
    },
    asked({ kind, name }, instruction) {
      if (kind !== 'operator' || instruction.do !== 'api' || !('object' in instruction.call)) return;
      const { object } = instruction.call;
      const isLease = kindOf(object) === leaseKind && isTheirLease(object.metadata);
      if (!isLease && object.kind !== 'Event' && !leads(name)) did('a leader that is none any more writes');
    },
    carriedOut({ kind, name }, instruction, answer) {
      if (instruction.do !== 'api' || !writes(instruction.call) || answer.kind !== 'conflict') return;
      did('a conflict');
      if (kind !== 'operator' || !('object' in instruction.call)) return;
      const { object } = instruction.call;
      if (!(kindOf(object) === leaseKind && isTheirLease(object.metadata)) && !leads(name))
        did('a write of an old leader is fenced');
    },
    sent(_, fate, isWrite) {
      if (fate.lost === 'request') did('a request is lost');
      if (isWrite && fate.lost === 'answer') did('a write is done and its answer lost');
      if (isWrite && fate.thereMs > 9_000) did('a request arrives after it was given up');
      if (fate.againMs !== undefined) did('a request arrives twice');
      if (fate.conflict === true) did('a conflict');
      if (fate.staleMs !== undefined) did('a read is served from an old cache');
    },
    ended({ kind, node }, why) {
      if (why !== 'killed') return;
      if (kind === 'agent' && node !== undefined && journals.of(node)?.busy === true) did('an agent dies in an order');
      if (kind === 'operator' && isUnderWay) did('an operator dies between two writes');
    },
  };
}

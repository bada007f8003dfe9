import type { Tellable } from '../../crd/told.ts';
import { moment } from '../ages.ts';
import type { WorkflowAnswer } from '../workflows.ts';
import type { Data } from './data.ts';
import { reasonData } from './parts.ts';

/** One workflow in `eval -o json`, `plan -o json` and `test -o json`: the same members whatever is decided. */
export function workflowData({ id, uid, begun, state, status, decision, budgetMs }: WorkflowAnswer): Data {
  return {
    workflow: id,
    uid: uid === '' ? null : uid,
    begun,
    state,
    since: status === undefined ? null : moment(status.sinceMs),
    budget: budgetMs === null ? null : budgetMs / 1000,
    epoch: status?.epoch ?? null,
    cohort: (status?.cohort?.nodes ?? []).map(({ name }) => name),
    hand: status?.cohort?.hand ?? null,
    done: (status?.done ?? []).map(({ state: name, members }) => ({ state: name, members: [...members] })),
    pastReturn: status?.passed ?? null,
    ...decisionData(decision),
  };
}

function decisionData(decision: Tellable): { readonly [name: string]: Data } {
  const nothing = {
    decision: decision.kind,
    to: null,
    says: null,
    orders: [],
    because: [],
    due: null,
    overdue: false,
    releases: null,
    nodes: [],
    outcome: null,
  };
  switch (decision.kind) {
    case 'advance':
    case 'undo':
      return {
        ...nothing,
        to: decision.to,
        says: decision.says,
        orders: decision.orders.map(({ step, command, node, object, with: args }) => ({
          step,
          command,
          node,
          object,
          with: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, value as Data])),
        })),
      };
    case 'hold':
      return {
        ...nothing,
        because: decision.because.map(reasonData),
        due: decision.dueAtMs === null ? null : moment(decision.dueAtMs),
        overdue: decision.overdue,
        releases: decision.releases,
      };
    case 'halt':
      return {
        ...nothing,
        because: decision.because.map(reasonData),
        nodes: decision.nodes.map(({ node, facts, order }) => ({
          node,
          facts: facts.map(({ fact, object, reads }) => ({ fact, object, reads })),
          order: order ?? null,
        })),
      };
    case 'rest':
      return { ...nothing, says: decision.because ?? null, outcome: decision.outcome };
  }
}

import { type OrderHead, readOrder } from '../crd/agent-status.ts';
import { formOf } from '../kernel/command.ts';
import type { Order } from '../kernel/workflow.ts';
import { contentOf, type Ended, type Journal } from './journal.ts';

export type Acceptance =
  | { readonly kind: 'do'; readonly order: Order }
  /** It is the one that the journal knows: answered from there. `raises`: it comes from a newer leader, which is all that is
   *  written down. */
  | { readonly kind: 'again'; readonly outcome: Ended; readonly raises: boolean; readonly epoch: number }
  /** `records`: it is an order to this node, newer than all before it, that can never be done. Its number is used up, so that
   *  whoever gave it sees what became of it. */
  | { readonly kind: 'refuse'; readonly why: Refusal; readonly says: string; readonly records?: OrderHead };

export const refusals = [
  'malformed',
  'other-node',
  'other-boot',
  'older-epoch',
  'older-step',
  'other-content',
  'busy',
  'unknown-command',
  'not-an-agents',
] as const;
export type Refusal = (typeof refusals)[number];

/** Who is asked: this node, in this boot. */
export interface Here {
  readonly node: string;
  /** Undefined while it could not be read. */
  readonly bootId: string | undefined;
}

/** May this order still run here? Pure, total over any JSON, and it never throws.
 *  INVARIANT K9: nothing that is older than the journal, by epoch or by step, is ever done. */
export function accept(journal: Journal, json: unknown, { node, bootId }: Here): Acceptance {
  const read = readOrder(json);
  const head = read.ok ? read.order : read.head;
  if (head === undefined) return refuse('malformed', `not an order: ${read.ok ? '' : read.says}`);
  if (head.node !== node) return refuse('other-node', `an order to ${head.node}, not to ${node}`);
  if (head.epoch < journal.epoch) {
    return refuse('older-epoch', `epoch ${head.epoch} is older than ${journal.epoch}, which this node has heard of`);
  }
  if (head.step < journal.step) return refuse('older-step', `step ${head.step} is older than ${journal.step}`);
  if (head.step === journal.step) return again(journal, read.ok ? read.order : undefined, head);
  if (journal.phase === 'accepted') return refuse('busy', `step ${journal.step} is still under way`);
  if (!read.ok) return refuse(read.unknownCommand === true ? 'unknown-command' : 'malformed', read.says, head);
  if (formOf(read.order.command).by !== 'agent') {
    return refuse('not-an-agents', `${head.command} is the operator’s own`, head);
  }
  // INVARIANT K4: a node that was restarted is not the one that was meant.
  if (bootId === undefined) return refuse('other-boot', 'which boot of this node it is could not be read');
  if (read.order.bootId !== bootId) return refuse('other-boot', 'an order to an earlier boot of this node', head);
  return { kind: 'do', order: read.order };
}

/** The newest number once more. What the journal refused unread has no content to compare; its workflow and command must do. */
function again(journal: Journal, order: Order | undefined, head: OrderHead): Acceptance {
  const isSame =
    order !== undefined && journal.content !== unreadContent
      ? contentOf(order) === journal.content
      : journal.content === unreadContent &&
        head.workflow === journal.workflow &&
        head.command === journal.command &&
        head.object === journal.object;
  if (!isSame) return refuse('other-content', `step ${head.step} was another order when it was first seen`);
  if (journal.phase === 'accepted' || journal.phase === 'none') {
    return refuse('busy', `step ${head.step} is still under way`);
  }
  return { kind: 'again', outcome: journal.phase, raises: head.epoch > journal.epoch, epoch: head.epoch };
}

/** Stands in the journal for the content of an order that could not be read to its end. */
export const unreadContent = 'unread';

function refuse(why: Refusal, says: string, records?: OrderHead): Acceptance {
  return { kind: 'refuse', why, says, ...(records === undefined ? {} : { records }) };
}

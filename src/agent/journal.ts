import type { OrderHead } from '../crd/agent-status.ts';
import { canonical, digestOfText, type Json } from '../kernel/digest.ts';
import { type Order, type OrderOutcome, orderOutcomes } from '../kernel/workflow.ts';

/** What an agent has seen, on its own disk: the only memory that survives its death, its node's, and a database that was restored
 *  from an old copy. One line of JSON an entry, each under its own checksum, at the end and synced before the next thing is
 *  done; the first line holds everything that came before.
 *
 *  INVARIANT K9: of epoch and step neither ever decreases, whatever is replayed. */
export interface Journal {
  /** The newest leader's epoch. 0: never heard of one. */
  readonly epoch: number;
  /** The number of the newest order, of any workflow. 0: none yet. */
  readonly step: number;
  readonly workflow: string | null;
  readonly command: string;
  readonly object: string;
  /** What of that order may not differ when it comes again. */
  readonly content: string;
  readonly phase: OrderOutcome;
  /** Why it came to that, for people. */
  readonly why: string;
  /** How often a line that a crash had torn was cut off. */
  readonly cuts: number;
}

export const emptyJournal: Journal = {
  epoch: 0,
  step: 0,
  workflow: null,
  command: '',
  object: '',
  content: '',
  phase: 'none',
  why: '',
  cuts: 0,
};

export type Entry =
  | ({ readonly kind: 'base' } & Journal)
  | { readonly kind: 'epoch'; readonly epoch: number }
  | {
      readonly kind: 'intent';
      readonly epoch: number;
      readonly step: number;
      readonly workflow: string;
      readonly command: string;
      readonly object: string;
      readonly content: string;
    }
  | { readonly kind: 'outcome'; readonly step: number; readonly phase: Ended; readonly why: string };

export type Ended = 'done' | 'failed' | 'refused' | 'interrupted';
const ended: readonly string[] = ['done', 'failed', 'refused', 'interrupted'] satisfies readonly Ended[];

export type ReadJournal =
  | { readonly ok: true; readonly journal: Journal; readonly lines: number; readonly cut: boolean }
  /** Something of it is lost and nobody knows what: nothing may be done by this node until people have looked. */
  | { readonly ok: false; readonly says: string };

/** A journal is written whole again after so many lines. */
export const linesMax = 64;
export const whyLengthMax = 300;

/** Reads what is on disk. A crash tears one line, the last, and whoever was writing it had not been answered, so nothing was
 *  done on its account: it is cut off. Damage anywhere else, an entry that does not follow from the ones before, or a journal
 *  without its beginning is no crash. */
export function readJournal(text: string): ReadJournal {
  const lines = text.split('\n');
  const torn = lines.pop() ?? ''; // what stands behind the last line break
  const read = lines.map(readLine);
  const bad = read.indexOf(undefined);
  const badIsLast = bad === read.length - 1 && torn === '';
  const tail = bad === -1 ? torn : (lines[bad] ?? '');
  // One line that was two: the first of them had been answered, and was acted on.
  if (isSeveral(tail)) return { ok: false, says: 'the last line of the journal is damaged' };
  if (bad !== -1 && !badIsLast) return { ok: false, says: `line ${bad + 1} of the journal is damaged` };
  const entries = (bad === -1 ? read : read.slice(0, bad)) as readonly Entry[];
  const [first, ...rest] = entries;
  if (first?.kind !== 'base') return { ok: false, says: 'the journal has lost its beginning' };
  let journal = stateOf(first);
  for (const [at, entry] of rest.entries()) {
    const next = withEntry(journal, entry);
    if (next === undefined)
      return { ok: false, says: `line ${at + 2} of the journal does not follow from those before` };
    journal = next;
  }
  return { ok: true, journal, lines: entries.length, cut: bad !== -1 || torn !== '' };
}

/** Whether a line begins within a line. Inside the text of an entry every quote is escaped, so no text looks like one. */
function isSeveral(line: string): boolean {
  return /[0-9a-f]{16} \{"/.test(line.slice(1));
}

/** The journal with one more entry; undefined for an entry that cannot come next. */
export function withEntry(journal: Journal, entry: Entry): Journal | undefined {
  switch (entry.kind) {
    case 'base':
      return undefined;
    case 'epoch':
      return entry.epoch > journal.epoch ? { ...journal, epoch: entry.epoch } : undefined;
    case 'intent': {
      if (entry.epoch < journal.epoch || entry.step <= journal.step || journal.phase === 'accepted') return undefined;
      const { kind: _, ...head } = entry;
      return { ...journal, ...head, phase: 'accepted', why: '' };
    }
    case 'outcome':
      return entry.step === journal.step && journal.phase === 'accepted'
        ? { ...journal, phase: entry.phase, why: entry.why }
        : undefined;
  }
}

/** Written before anything of an order is done. `content` is given for an order that could not be read to its end. */
export function intentOf(order: Order): Entry;
export function intentOf(head: OrderHead, content: string): Entry;
export function intentOf(order: OrderHead | Order, content?: string): Entry {
  const { epoch, step, workflow, command, object } = order;
  return { kind: 'intent', epoch, step, workflow, command, object, content: content ?? contentOf(order as Order) };
}

/** What an order does, as opposed to who gives it again, when, and on account of what it was seen to be right. */
export function contentOf(order: Order): string {
  const { workflow, step, node, object, command, confirmWithinMs } = order;
  return digestOfText(canonical({ workflow, step, node, object, command, with: { ...order.with }, confirmWithinMs }));
}

/** A line as it stands on disk, without its line break. */
export function lineOf(entry: Entry): string {
  const said = canonical(entry as unknown as Json); // plain members only, all of them JSON
  return `${sumOf(said)} ${said}`;
}

/** A whole journal that begins with what is known. */
export function wholeOf(journal: Journal): string {
  return `${lineOf({ kind: 'base', ...journal })}\n`;
}

function sumOf(said: string): string {
  return digestOfText(said).slice('sha256:'.length, 'sha256:'.length + 16);
}

function readLine(line: string): Entry | undefined {
  const said = line.slice(17);
  if (line[16] !== ' ' || !said.isWellFormed() || sumOf(said) !== line.slice(0, 16)) return undefined;
  try {
    return entryOf(JSON.parse(said) as unknown);
  } catch {
    return undefined;
  }
}

function entryOf(json: unknown): Entry | undefined {
  const { kind, epoch, step, workflow, command, object, content, phase, why, cuts } = json as Record<string, unknown>;
  const isText = (...values: readonly unknown[]): boolean => values.every((value) => typeof value === 'string');
  const isOurs = ((): boolean => {
    switch (kind) {
      case 'base':
        return (
          [epoch, step, cuts].every(isCount) &&
          isText(command, object, content, why) &&
          (workflow === null || typeof workflow === 'string') &&
          orderOutcomes.some((outcome) => outcome === phase)
        );
      case 'epoch':
        return isCount(epoch);
      case 'intent':
        return isCount(epoch) && isCount(step) && isText(workflow, command, object, content);
      case 'outcome':
        return isCount(step) && isText(why) && ended.includes(phase as string);
      default:
        return false;
    }
  })();
  return isOurs ? (json as Entry) : undefined;
}

function stateOf(base: Extract<Entry, { kind: 'base' }>): Journal {
  const { kind: _, ...journal } = base;
  return journal;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

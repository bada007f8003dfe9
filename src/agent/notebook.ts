import type { OrderAnswer } from '../crd/agent-status.ts';
import { journalPath, type Operation } from './instruction.ts';
import {
  type Ended,
  type Entry,
  emptyJournal,
  type Journal,
  lineOf,
  linesMax,
  readJournal,
  wholeOf,
  whyLengthMax,
  withEntry,
} from './journal.ts';

/** The journal on its disk, and what of it is in the head. What was not surely written is not remembered either: then the disk
 *  is asked again, as after a death. */
export class Notebook {
  /** Undefined while it is not known what stands there. No order is looked at then. */
  journal: Journal | undefined;
  trouble = '';
  /** It has to be read again before anything is done. Not set by damage: that is for people. */
  mustOpen = true;
  #lines = 0;
  #refusal = '';

  /** Reads what is there, cuts off what a crash tore, and writes down that an order which was under way is not any more. */
  *open(): Operation<void> {
    this.journal = undefined;
    const held = yield { do: 'read', path: journalPath };
    if (held.kind !== 'text' && held.kind !== 'missing') {
      this.trouble = 'the journal could not be read; no order is obeyed';
      return;
    }
    const read = held.kind === 'missing' ? begun : readJournal(held.text);
    if (!read.ok) {
      this.trouble = `${read.says}; no order is obeyed until somebody has looked at ${journalPath}`;
      this.mustOpen = false;
      return;
    }
    const { journal } = read;
    const interrupted = journal.phase === 'accepted';
    if (read.lines > 0 && !read.cut && !interrupted) {
      this.#know(journal, read.lines);
      return;
    }
    yield* this.#writeWhole({
      ...journal,
      ...(interrupted ? { phase: 'interrupted', why: 'the agent died in the middle of it' } : {}),
      cuts: journal.cuts + (read.cut ? 1 : 0),
    });
  }

  /** Whether it is on disk. If it is not known to be, nothing may be done on its account. */
  *write(entry: Entry): Operation<boolean> {
    const next = this.journal === undefined ? undefined : withEntry(this.journal, entry);
    if (next === undefined) return false;
    if (this.#lines >= linesMax) return yield* this.#writeWhole(next);
    const answer = yield { do: 'append', path: journalPath, line: lineOf(entry) };
    if (answer.kind !== 'done') return this.#lose();
    this.#know(next, this.#lines + 1);
    return true;
  }

  /** What became of the order that is under way. Where even that cannot be written it will be `interrupted`, which is true. */
  *end(phase: Ended, why: string): Operation<void> {
    const { journal } = this;
    if (journal === undefined) return;
    yield* this.write({ kind: 'outcome', step: journal.step, phase, why: clean(why) });
  }

  /** Why the order that stands is not obeyed; empty when it is. */
  note(refusal: string): void {
    this.#refusal = clean(refusal);
  }

  /** The last order, for people. */
  get answer(): OrderAnswer | undefined {
    const { journal } = this;
    if (journal === undefined || (journal.step === 0 && this.#refusal === '')) return undefined;
    const { workflow, step, epoch, command, object, phase } = journal;
    const why = this.#refusal === '' || this.#refusal === journal.why ? journal.why : `refused: ${this.#refusal}`;
    return { workflow, step, epoch, command, object, outcome: phase, why };
  }

  *#writeWhole(journal: Journal): Operation<boolean> {
    const answer = yield { do: 'write', path: journalPath, text: wholeOf(journal) };
    if (answer.kind !== 'done') return this.#lose();
    this.#know(journal, 1);
    return true;
  }

  #know(journal: Journal, lines: number): void {
    this.journal = journal;
    this.#lines = lines;
    this.trouble = '';
    this.mustOpen = false;
  }

  #lose(): false {
    this.journal = undefined;
    this.mustOpen = true;
    this.trouble = 'the journal could not be written; no order is obeyed';
    return false;
  }
}

const begun = { ok: true, journal: emptyJournal, lines: 0, cut: false } as const;

/** Bounded, and without what JSON cannot carry: reasons hold words of other programs. */
function clean(text: string): string {
  return text.slice(0, whyLengthMax).toWellFormed();
}

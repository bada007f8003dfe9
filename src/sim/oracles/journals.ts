import { type Instruction, journalPath } from '../../agent/instruction.ts';

/** What really stands in the agents' journals, read off the disk as it is written: not what their statuses say of it. */
export interface JournalTrue {
  readonly workflow: string | null;
  readonly epoch: number;
  readonly step: number;
  /** An order is accepted and not ended. */
  readonly busy: boolean;
  readonly command: string;
  readonly outcome: string;
}

export interface Journals {
  /** Undefined: none was ever written there. */
  of(node: string): JournalTrue | undefined;
  /** What an agent wrote to its disk. Answers with what is wrong about it (K9), if anything is. */
  wrote(node: string, instruction: Instruction): string | undefined;
  /** The node got another disk. */
  forget(node: string): void;
}

const empty: JournalTrue = { workflow: null, epoch: 0, step: 0, busy: false, command: '', outcome: 'none' };

/** A line is a checksum of sixteen letters, a space, and JSON. */
const sumLength = 17;

export function journalsOf(): Journals {
  const known = new Map<string, JournalTrue>();
  return {
    of: (node) => known.get(node),
    wrote(node, instruction) {
      if (instruction.do !== 'append' && instruction.do !== 'write') return undefined;
      if (instruction.path !== journalPath) return undefined;
      const lines = instruction.do === 'append' ? [instruction.line] : instruction.text.split('\n').filter(Boolean);
      let now = instruction.do === 'append' ? (known.get(node) ?? empty) : empty;
      let wrong: string | undefined;
      for (const line of lines) {
        const entry = entryOf(line);
        if (entry === undefined) continue;
        wrong ??= instruction.do === 'append' ? outOfOrder(now, entry) : undefined;
        now = after(now, entry);
      }
      const before = known.get(node);
      if (before !== undefined && (now.epoch < before.epoch || now.step < before.step)) {
        wrong ??= `its journal went back from order ${before.step} of epoch ${before.epoch} to ${now.step} of ${now.epoch}`;
      }
      known.set(node, now);
      return wrong;
    },
    forget(node) {
      known.delete(node);
    },
  };
}

type Entry = Readonly<Record<string, unknown>>;

function entryOf(line: string): Entry | undefined {
  try {
    return JSON.parse(line.slice(sumLength)) as Entry;
  } catch {
    return undefined; // torn: nobody will read it
  }
}

function outOfOrder(before: JournalTrue, entry: Entry): string | undefined {
  if (entry.kind !== 'intent') return undefined;
  const [epoch, step] = [Number(entry.epoch), Number(entry.step)];
  const what = `accepts order ${step} of epoch ${epoch}`;
  if (epoch < before.epoch) return `${what} although it has heard of epoch ${before.epoch}`;
  if (step <= before.step) return `${what} although it has seen order ${before.step}`;
  return before.busy ? `${what} although order ${before.step} has not ended` : undefined;
}

function after(before: JournalTrue, entry: Entry): JournalTrue {
  const epoch = Number(entry.epoch ?? before.epoch);
  const step = Number(entry.step ?? before.step);
  switch (entry.kind) {
    case 'intent':
      return {
        workflow: String(entry.workflow),
        epoch,
        step,
        busy: true,
        command: String(entry.command),
        outcome: 'accepted',
      };
    case 'outcome':
      return { ...before, busy: false, outcome: String(entry.phase) };
    case 'base': {
      const workflow = entry.workflow;
      const outcome = String(entry.phase);
      return {
        workflow: typeof workflow === 'string' ? workflow : null,
        epoch,
        step,
        busy: outcome === 'accepted',
        command: String(entry.command),
        outcome,
      };
    }
    default:
      return { ...before, epoch };
  }
}

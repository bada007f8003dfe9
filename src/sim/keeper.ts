import type { RecordInstruction } from '../actuators/instruction.ts';
import type { Answer } from '../agent/instruction.ts';
import { emptyHead, type Head, nextLine } from '../kernel/audit.ts';
import { recordDecision, withBefore } from '../log/decisions.ts';
import type { Log } from '../log/log.ts';
import type { Still } from '../log/still.ts';

/** Keeps what operators decide, each in its own log, which outlives the process as its node's disk does. */
export interface Keeper {
  /** A promise where a real log is written: whoever drives the site waits for it, and no simulated time goes by. */
  record(operator: string, instruction: RecordInstruction): Answer | Promise<Answer>;
  again(operator: string, workflow: string, record: string, atMs: number): boolean;
  close(): Promise<void>;
}

/** Only the chain and the counts, in memory: the records are made, and nobody can read them afterwards. */
export function lightKeeper(): Keeper {
  const logs = new Map<string, { head: Head; readonly still: Map<string, Still> }>();
  return {
    record(operator, { body, workflow }) {
      const log = logs.get(operator) ?? { head: emptyHead, still: new Map() };
      logs.set(operator, log);
      try {
        const { digest, head } = nextLine(withBefore(body, log.still.get(workflow)), log.head);
        log.head = head;
        log.still.set(workflow, { record: digest, again: 0, lastMs: Date.parse(body.at) });
        return { kind: 'recorded', digest };
      } catch (problem) {
        if (!(problem instanceof RangeError)) throw problem;
        return { kind: 'refused', why: problem.message };
      }
    },
    again(operator, workflow, record, atMs) {
      const still = logs.get(operator)?.still;
      const last = still?.get(workflow);
      if (still === undefined || last?.record !== record) return false;
      still.set(workflow, { record, again: last.again + 1, lastMs: Math.max(last.lastMs, atMs) });
      return true;
    },
    close: () => Promise.resolve(),
  };
}

/** Real logs, documents and all. An operator that never records has none. */
export function logKeeper(open: (operator: string) => Promise<Log>): Keeper {
  const logs = new Map<string, Log>();
  return {
    async record(operator, instruction) {
      const log = logs.get(operator) ?? (await open(operator));
      logs.set(operator, log);
      const appended = await recordDecision(log, instruction);
      if (appended.ok) return { kind: 'recorded', digest: appended.value.digest };
      return { kind: 'refused', why: appended.faults[0]?.message ?? '' };
    },
    again: (operator, workflow, record, atMs) => logs.get(operator)?.again(workflow, record, atMs) ?? false,
    async close() {
      for (const log of logs.values()) await log.close();
    },
  };
}

import type { Asked } from './asked.ts';
import { grouped } from './sim-progress.ts';
import type { World } from './world.ts';

export interface LogProgress {
  tell(path: string, what: string, count: number): void;
  end(): void;
}

const everyMs = 200;
/** Where nobody watches a screen: rarely enough for a file of messages. */
const everyElsewhereMs = 10_000;

/** How far a log is read: on a terminal in one line again and again, elsewhere a line now and then. A small log says nothing. */
export function logProgress({ settings, messages }: Asked, { err, monotonicMs }: World): LogProgress {
  const isLive = err.isTerminal && settings.text('log-format') !== 'json';
  let shownMs = monotonicMs();
  let widest = 0;
  return {
    tell(path, what, count) {
      const nowMs = monotonicMs();
      if (nowMs - shownMs < (isLive ? everyMs : everyElsewhereMs)) return;
      shownMs = nowMs;
      const line = `${path}: ${grouped(count)} ${what}`;
      if (!isLive) return messages.note(line);
      err.write(`\r${line.padEnd(widest)}`);
      widest = Math.max(widest, line.length);
    },
    end() {
      if (widest > 0) err.write(`\r${' '.repeat(widest)}\r`);
    },
  };
}

import type { Asked } from './asked.ts';
import type { World } from './world.ts';

/** How far something is that takes its time. Nothing of it is an answer: it goes where messages go. */
export interface Progress {
  /** Words for how far it is by now; asked only when they are shown. */
  tell(words: () => string): void;
  end(): void;
}

const everyMs = 200;
/** Where nobody watches a screen: rarely enough for a file of messages. */
const everyElsewhereMs = 10_000;

/** On a terminal one line, again and again, and gone when it is over; elsewhere a message now and then, so that nobody takes what
 *  is slow for what hangs. What is over soon says nothing. */
export function progressOn(
  { settings, messages }: Pick<Asked, 'settings' | 'messages'>,
  { err, monotonicMs }: Pick<World, 'err' | 'monotonicMs'>,
): Progress {
  const isLive = err.isTerminal && settings.text('log-format') !== 'json';
  let shownMs = monotonicMs();
  let widest = 0;
  return {
    tell(words) {
      const nowMs = monotonicMs();
      if (nowMs - shownMs < (isLive ? everyMs : everyElsewhereMs)) return;
      shownMs = nowMs;
      const line = words();
      if (!isLive) return messages.note(line);
      err.write(`\r${line.padEnd(widest)}`);
      widest = Math.max(widest, line.length);
    },
    end() {
      if (widest > 0) err.write(`\r${' '.repeat(widest)}\r`);
    },
  };
}

/** `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

import type { Asked } from './asked.ts';
import { count } from './messages.ts';
import type { SimAsked, SimPorts } from './sim-runs.ts';
import type { World } from './world.ts';

export interface SimProgress {
  readonly tell: SimPorts['progress'];
  end(): void;
}

const everyMs = 200;

/** One line that says how far it is, again and again on a terminal; elsewhere one that says what is begun. */
export function simProgress(
  { workflow, runs, seed, kinds }: Pick<SimAsked, 'workflow' | 'runs' | 'seed' | 'kinds'>,
  { settings, messages }: Pick<Asked, 'settings' | 'messages'>,
  { err }: Pick<World, 'err'>,
): SimProgress {
  const isLive = err.isTerminal && settings.text('log-format') !== 'json';
  if (!isLive) {
    const faults =
      kinds.length === 0
        ? 'no faults'
        : count(kinds.length, 'kind of fault').replace('kind of faults', 'kinds of faults');
    messages.note(`simulating ${workflow}: ${count(runs, 'run')} from seed ${seed}, ${faults}`);
    return { tell: () => undefined, end: () => undefined };
  }
  let shownMs = Number.NEGATIVE_INFINITY;
  let widest = 0;
  const show = (line: string): void => {
    err.write(`\r${line.padEnd(widest)}`);
    widest = Math.max(widest, line.length);
  };
  return {
    tell({ runs: done, steps, elapsedMs }) {
      if (elapsedMs - shownMs < everyMs && done < runs) return;
      shownMs = elapsedMs;
      const speed = elapsedMs > 0 ? `, ${grouped(Math.round((steps / elapsedMs) * 1_000))}/s` : '';
      show(`${done} of ${runs} runs, ${grouped(steps)} steps${speed}`);
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

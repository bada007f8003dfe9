/** A log, its sink and the way between them, without a network: each on a disk of its own, each answer can be tampered with. */

import type { Log, LogLimits } from '../../src/log/log.ts';
import { LogKeeper, type ServedLog } from '../../src/log/serve.ts';
import { Spool, type SpoolOptions } from '../../src/log/spool.ts';
import { treeOf } from '../../src/log/tree-of.ts';
import type { Sink, SinkAnswer, SinkHead } from '../../src/log/wire.ts';
import { openLog } from '../../src/log/writer.ts';
import { keyFor, optionsFor, origin, startMs } from './log-folder.ts';
import type { SimDisk } from './sim-disk.ts';

export const clock = { nowMs: startMs };

export async function logOn(disk: SimDisk, limits: Partial<LogLimits> = {}): Promise<Log> {
  const opened = await openLog(disk.open(), optionsFor({ recordsPerCheckpoint: 1e6, ...limits }, clock));
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.value;
}

export function servedBy(more: Partial<ServedLog> = {}): ServedLog {
  return {
    origin,
    logKeys: [keyFor(origin).key],
    nowMs: () => clock.nowMs,
    segmentBytesMax: 1 << 20,
    factsBytesMax: 1 << 20,
    ...more,
  };
}

export async function keeperOn(disk: SimDisk, more: Partial<ServedLog> = {}): Promise<LogKeeper> {
  const opened = await LogKeeper.open(disk.open(), servedBy(more));
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.value;
}

export const away: SinkAnswer<never> = { kind: 'unheard', says: 'ECONNREFUSED' };

/** The way to a keeper that can be changed between two requests. */
export class Way implements Sink {
  keeper: LogKeeper | undefined;
  asked = 0;
  lines = 0;
  documents = 0;
  /** Instead of asking, or with what was answered. */
  before: (what: string) => SinkAnswer<never> | undefined = () => undefined;
  after: (what: string, answer: SinkAnswer<SinkHead>) => SinkAnswer<SinkHead> = (_, answer) => answer;

  async head(): Promise<SinkAnswer<SinkHead>> {
    this.asked += 1;
    if (this.keeper === undefined) return away;
    return this.before('head') ?? this.after('head', { kind: 'done', value: this.keeper.head() });
  }
  async extend(step: Parameters<Sink['extend']>[0]): Promise<SinkAnswer<SinkHead>> {
    this.asked += 1;
    if (this.keeper === undefined) return away;
    const struck = this.before('extend');
    if (struck !== undefined) return struck;
    this.lines += step.lines.length;
    return this.after('extend', await this.keeper.extend(step));
  }
  async missing(_: string, digests: readonly string[]): Promise<SinkAnswer<readonly string[]>> {
    if (this.keeper === undefined) return away;
    return this.before('missing') ?? { kind: 'done', value: this.keeper.missing(digests) };
  }
  async document(_: string, digest: string, text: string): Promise<SinkAnswer<true>> {
    if (this.keeper === undefined) return away;
    const struck = this.before('document');
    if (struck !== undefined) return struck;
    this.documents += 1;
    return this.keeper.document(digest, text);
  }
}

export function spoolOn(disk: SimDisk, sink: Sink, more: Partial<SpoolOptions> = {}): Spool {
  const open = disk.open();
  return new Spool({
    origin,
    disk: open,
    sink,
    nowMs: () => clock.nowMs,
    tiles: (size) => treeOf(open, size),
    logKeys: [keyFor(origin).key],
    documents: true,
    ...more,
  });
}

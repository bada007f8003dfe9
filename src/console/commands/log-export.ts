import { error } from '../../kernel/fault.ts';
import { bundleLines, planBundle } from '../../log/bundle.ts';
import type { Asked } from '../asked.ts';
import { onlyLog, readingLogs } from '../kept-logs.ts';
import { sinceAsked, unheardOf } from '../log-inputs.ts';
import { survey } from '../log-story.ts';
import { refuse } from '../refuse.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** One file of a log: all its records, and the documents of those that were asked for. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  return readingLogs(asked, world, () => write(asked, world));
}

async function write(asked: Asked, world: World): Promise<ExitCode> {
  const { settings, messages } = asked;
  const out = settings.text('out');
  if (out === undefined) return refuse([usage('-o FILE is needed', 'an export is a file')], asked, world);
  const log = await onlyLog(asked.args[0] ?? settings.text('log') ?? '.', world);
  if (!log.ok) return refuse(log.faults, asked, world);
  const { path, kept } = log.value;
  const since = sinceAsked(asked, world);
  if (!since.ok) return refuse(since.faults, asked, world);
  const workflow = settings.text('workflow');
  if (workflow !== undefined) {
    const strange = unheardOf('no record is of the workflow', workflow, (await survey(log.value, false)).workflows);
    if (strange.length > 0) return refuse(strange, asked, world);
  }
  const isAll = since.value === undefined && workflow === undefined;
  const bundle = await planBundle(kept, isAll ? undefined : chosenBy(since.value, workflow));
  if (!bundle.ok) {
    const faults = bundle.faults.map((fault) => ({
      ...fault,
      at: { file: fault.at.file === '' ? path : `${path}/${fault.at.file}`, line: 1, col: 1 },
    }));
    await refuse(faults, asked, world);
    return exit.denied;
  }
  const { records, documents } = bundle.value.head;
  /** What went wrong while it was written: a log that another process makes shorter meanwhile. */
  let gone: string | undefined;
  const written = await world.disk.write(out, bytesOf());
  if (gone !== undefined) {
    const fault = error('LOG_EXPORT', { file: path, line: 1, col: 1 }, gone, 'try again');
    await refuse([fault], asked, world);
    return exit.denied;
  }
  if (!written.ok) return refuse(written.faults, asked, world);
  const chosen = isAll ? '' : ' of the records that were asked for';
  messages.note(`${out}: ${records} records, ${documents} documents${chosen}, ${written.value.bytes} bytes`);
  return exit.ok;

  async function* bytesOf(): AsyncGenerator<Uint8Array> {
    if (!bundle.ok) return; // refused above
    try {
      for await (const text of bundleLines(kept, bundle.value)) yield Buffer.from(text);
    } catch (problem) {
      if (problem instanceof RangeError) gone = problem.message;
      throw problem;
    }
  }
}

function chosenBy(since: string | undefined, workflow: string | undefined) {
  return { ...(since === undefined ? {} : { since }), ...(workflow === undefined ? {} : { workflow }) };
}

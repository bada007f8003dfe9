import type { Asked } from '../asked.ts';
import { keptLogs, readingLogs } from '../kept-logs.ts';
import { sinceAsked, unheardOf } from '../log-inputs.ts';
import { isOf, type LogEntry, type LogSurvey, type StoryAsked, story, survey } from '../log-story.ts';
import { refuse } from '../refuse.ts';
import { json, yaml } from '../render/data.ts';
import { columnsFor, entryText, headText, showData } from '../render/log-show.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** Told as it is read: of a log of a year nobody waits for the end, or has the memory for it. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  return readingLogs(asked, world, () => show(asked, world));
}

async function show(asked: Asked, world: World): Promise<ExitCode> {
  const { settings, look, format } = asked;
  const logs = await keptLogs(asked.args[0] ?? settings.text('log') ?? '.', world);
  if (!logs.ok) return refuse(logs.faults, asked, world);
  const since = sinceAsked(asked, world);
  if (!since.ok) return refuse(since.faults, asked, world);
  const [workflow, object] = [settings.text('workflow'), settings.text('object')];
  const surveys: LogSurvey[] = [];
  for (const log of logs.value) surveys.push(await survey(log, object !== undefined));
  const workflows = new Set(surveys.flatMap((one) => [...one.workflows]));
  const objects = new Set(surveys.flatMap((one) => [...one.objects]));
  const isKnown = object === undefined || [...objects].some((one) => isOf(one, object));
  const strange = [
    ...unheardOf('no record is of the workflow', workflow, workflows),
    ...(isKnown ? [] : unheardOf('no record is about', object, objects)),
  ];
  if (strange.length > 0) return refuse(strange, asked, world);
  const wanted: StoryAsked = { since: since.value, workflow, object };
  if (format === 'json' || format === 'yaml') {
    const entries: LogEntry[] = [];
    for await (const entry of story(surveys, wanted)) entries.push(entry);
    const data = showData(surveys, entries);
    world.out.write(format === 'json' ? json(data) : yaml(data));
  } else if (format === 'name') {
    for await (const { digest } of story(surveys, wanted)) world.out.write(`${digest}\n`);
  } else {
    const columns = columnsFor(surveys);
    world.out.write(headText(surveys, look));
    let before: LogEntry | undefined;
    for await (const entry of story(surveys, wanted)) {
      if (world.interrupted.aborted) return exit.interrupted;
      world.out.write(entryText(entry, before, columns, look));
      before = entry;
    }
    if (before === undefined) world.out.write('nothing of that was recorded\n');
  }
  for (const { log, unread } of surveys) {
    if (unread.length === 0) continue;
    const what = unread.length === 1 ? 'a line that is no record' : `${unread.length} lines that are no records`;
    asked.messages.warn(`${log.path} has ${what}, at number ${unread[0]}: ${world.calledAs} log verify ${log.path}`);
  }
  return surveys.some(({ unread }) => unread.length > 0) ? exit.denied : exit.ok;
}

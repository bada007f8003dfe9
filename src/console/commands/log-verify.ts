import { error, type Loaded } from '../../kernel/fault.ts';
import { checkLog, type LogCheck } from '../../log/check.ts';
import { readCheckpoint } from '../../log/checkpoint.ts';
import type { SourceText } from '../../source/text.ts';
import type { Asked } from '../asked.ts';
import { type KeptLog, keptLogs, readingLogs } from '../kept-logs.ts';
import { type KeysAsked, keysAsked } from '../log-keys.ts';
import { grouped, type Progress, progressOn } from '../progress.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { type CheckedLog, verdictOf, verifiedData, verifiedText } from '../render/log-verify.ts';
import { readSource } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

const codes = { verified: exit.ok, wrong: exit.denied, unknown: exit.held } as const;

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  return readingLogs(asked, world, () => verify(asked, world));
}

async function verify(asked: Asked, world: World): Promise<ExitCode> {
  const { settings, format, look } = asked;
  const keys = keysAsked(asked, world);
  if (!keys.ok) return refuse(keys.faults, asked, world);
  const logs = await keptLogs(asked.args[0] ?? settings.text('log') ?? '.', world);
  if (!logs.ok) return refuse(logs.faults, asked, world);
  const kept = keptCheckpoints(asked, world, logs.value);
  if (!kept.ok) return refuse(kept.faults, asked, world);
  const progress = progressOn(asked, world);
  const checked: CheckedLog[] = [];
  for (const log of logs.value) {
    if (world.interrupted.aborted) return exit.interrupted;
    checked.push({ log, check: await checkOf(log, kept.value, keys.value, progress) });
  }
  progress.end();
  world.out.write(
    inForm(format, {
      data: () => verifiedData(checked),
      names: () => checked.filter(({ check }) => verdictOf(check) !== 'verified').map(({ log }) => log.path),
      text: () => verifiedText(checked, look, world.calledAs),
    }),
  );
  const verdicts = checked.map(({ check }) => verdictOf(check));
  const worst = (['wrong', 'unknown'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'verified';
  return settings.on('exit-zero') ? exit.ok : codes[worst];

  function checkOf(
    { path, kept: log }: KeptLog,
    notes: readonly SourceText[],
    by: KeysAsked,
    progress: Progress,
  ): Promise<LogCheck> {
    const ofThis = notes.filter((note) => originIn(note) === log.origin);
    const documents = !settings.on('records-only');
    return checkLog(log, {
      ...by,
      kept: ofThis,
      documents,
      progress: (what, count) => progress.tell(() => `${path}: ${grouped(count)} ${what}`),
    });
  }
}

/** What somebody kept must be a checkpoint, and of one of these logs: else nothing would be compared, and nobody told. */
function keptCheckpoints(
  { settings }: Asked,
  { disk }: World,
  logs: readonly KeptLog[],
): Loaded<readonly SourceText[]> {
  const notes: SourceText[] = [];
  for (const path of settings.list('checkpoint')) {
    const read = readSource(disk, path);
    if ('faults' in read) return { ok: false, faults: read.faults };
    const note = readCheckpoint(read.source);
    if (!note.ok) return note;
    const { origin } = note.value.checkpoint;
    if (!logs.some(({ kept }) => kept.origin === origin)) {
      const others = logs.slice(0, 3).map(({ kept }) => `\`${kept.origin}\``);
      const says = `is of \`${origin}\`, and there is no such log here`;
      const at = { file: path, line: 1, col: 1 };
      return { ok: false, faults: [error('LOG_CHECKPOINT', at, says, `there is ${others.join(', ')}`)] };
    }
    notes.push(read.source);
  }
  return { ok: true, value: notes, warnings: [] };
}

function originIn(note: SourceText): string | undefined {
  const read = readCheckpoint(note);
  return read.ok ? read.value.checkpoint.origin : undefined;
}

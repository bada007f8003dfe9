import type { Loaded } from '../../kernel/fault.ts';
import { held } from '../../operator/held.ts';
import { runOf, unknownNames, unmet } from '../../sim/play.ts';
import { simulate } from '../../sim/run.ts';
import { loadStory } from '../../sim/story.ts';
import type { Asked } from '../asked.ts';
import { isRecordId } from '../kept-logs.ts';
import { unknownName } from '../names.ts';
import { openVerified } from '../profiles.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { type Replayed, replayData, replayText } from '../render/replay.ts';
import { strangeStates } from '../story-states.ts';
import { beside } from '../tests.ts';
import { usage } from '../usage.ts';
import { readPiped, readSource } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** More than anybody reads; a story that needs more is two. */
const linesMax = 20_000;

/** A story, a record of a log, or all of them: what is a file is a story. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const { settings } = asked;
  const [what] = asked.args;
  const log = settings.text('log');
  if (settings.on('all')) {
    const folder = what ?? log;
    if (folder === undefined)
      return refuse([usage('--all needs the folder of a log', 'replay --all DIR')], asked, world);
    return (await import('../replay-record.ts')).replayAll(folder, asked, world);
  }
  if (what === undefined)
    return refuse([usage('what is to be replayed?', 'a story, or a record of --log DIR')], asked, world);
  if (isRecordId(what) && world.disk.kindOf(what) === 'none') {
    if (log === undefined) return refuse([usage(`in which log is the record ${what}?`, 'say --log DIR')], asked, world);
    return (await import('../replay-record.ts')).replayRecord(what, log, asked, world);
  }
  return runStory(what, asked, world);
}

async function runStory(path: string, asked: Asked, world: World): Promise<ExitCode> {
  const told = await replay(path, asked, world);
  if (!told.ok) return refuse(told.faults, asked, world);
  world.out.write(rendered(told.value, asked));
  return told.value.differences.length === 0 || asked.settings.on('exit-zero') ? exit.ok : exit.denied;
}

async function replay(path: string, asked: Asked, world: World): Promise<Loaded<Replayed>> {
  const read = path === '-' ? await readPiped(world.stdin) : readSource(world.disk, path);
  if ('faults' in read) return { ok: false, faults: read.faults };
  const story = loadStory(read.source);
  if (!story.ok) return story;
  const { profile: named, nextProfile, workflow } = story.value;
  const profile = await openVerified(beside(world.disk, path, named.path), asked, world);
  const next = nextProfile && (await openVerified(beside(world.disk, path, nextProfile.path), asked, world));
  if (!profile.ok || next?.ok === false) {
    return { ok: false, faults: [...(profile.ok ? [] : profile.faults), ...(next?.ok === false ? next.faults : [])] };
  }
  const machine = profile.value.profile.packs.find((pack) => pack.machine?.drives === workflow)?.machine;
  if (machine === undefined) {
    const says = `no pack of profile \`${profile.value.profile.name}\` drives a ${workflow}`;
    return { ok: false, faults: [{ ...unknownName(says), at: named.at }] };
  }
  const options = runOf(story.value, held(profile.value.profile), next && held(next.value.profile));
  const strange = [...unknownNames(story.value, options), ...strangeStates(read.source, machine)];
  if (strange.length > 0) return { ok: false, faults: strange };
  const result = await simulate({ ...options, linesMax });
  const differences = unmet(story.value, result);
  return {
    ok: true,
    value: { path, story: story.value, profile: profile.value.profile, result, differences },
    warnings: story.warnings,
  };
}

function rendered(replayed: Replayed, { format, look }: Asked): string {
  return inForm(format, {
    data: () => replayData(replayed),
    names: () => [replayed.story.name],
    text: () => replayText(replayed, look),
  });
}

import { type WorkflowKind, workflowKinds } from '../../crd/workflow-object.ts';
import type { Fault, Loaded } from '../../kernel/fault.ts';
import { parseDuration } from '../../kernel/value.ts';
import { held } from '../../operator/held.ts';
import type { HeldProfile } from '../../operator/prepare.ts';
import type { VerifiedProfile } from '../../profile/profile.ts';
import { type FaultKind, faultNames } from '../../sim/fault-kinds.ts';
import { parseFaults } from '../../sim/faults.ts';
import { nextProfileOf } from '../../sim/next-profile.ts';
import { storyOfRun } from '../../sim/play.ts';
import { expectsNothing } from '../../sim/story.ts';
import { storyText } from '../../sim/story-text.ts';
import { shown } from '../../source/shown.ts';
import { hintFor, listed } from '../../source/suggest.ts';
import type { Asked } from '../asked.ts';
import { engineDigest } from '../engine.ts';
import { count } from '../messages.ts';
import { unknownName } from '../names.ts';
import { openProfileAsked, openVerified } from '../profiles.ts';
import { grouped, progressOn } from '../progress.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { type SavedStory, type Simulated, simData, simText } from '../render/sim.ts';
import { runSimulations, type SimAsked, type SimFound, type SimSoFar } from '../sim-runs.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

const runsByDefault = 100;

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const loaded = await openProfileAsked(asked, world);
  if (!loaded.ok) return refuse(loaded.faults, asked, world);
  const { profile } = loaded.value;
  const path = asked.settings.text('next-profile');
  const next = path === undefined ? loaded : await openVerified(path, asked, world);
  if (!next.ok) return refuse(next.faults, asked, world);
  const logs = await logsAsked(asked, world);
  if (!logs.ok) return refuse(logs.faults, asked, world);
  const nextHeld = held(next.value.profile, next.value.bundle);
  const question = questionOf(asked, profile, held(profile, loaded.value.bundle), nextHeld, logs.value);
  if (!question.ok) return refuse(question.faults, asked, world);
  asked.messages.note(begun(question.value));
  const progress = progressOn(asked, world);
  const found = await runSimulations(question.value, {
    meterMs: () => world.monotonicMs(),
    isInterrupted: () => world.interrupted.aborted,
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    progress: (soFar) => progress.tell(() => howFar(soFar, question.value.runs)),
  });
  progress.end();
  const story = await save(found, question.value, asked, world);
  const simulated: Simulated = { profile, asked: question.value, found, ...(story === undefined ? {} : { story }) };
  world.out.write(rendered(simulated, asked, world));
  return codeOf(found, asked);
}

function begun({ workflow, runs, seed, kinds }: SimAsked): string {
  const faults =
    kinds.length === 0
      ? 'no faults'
      : count(kinds.length, 'kind of fault').replace('kind of faults', 'kinds of faults');
  return `simulating ${workflow}: ${count(runs, 'run')} from seed ${seed}, ${faults}`;
}

function howFar({ runs: done, steps, elapsedMs }: SimSoFar, runs: number): string {
  const speed = elapsedMs > 0 ? `, ${grouped(Math.round((steps / elapsedMs) * 1_000))}/s` : '';
  return `${done} of ${runs} runs, ${grouped(steps)} steps${speed}`;
}

/** A broken law outweighs a bound: that is what was asked for. */
function codeOf({ broken, stopped, restless }: SimFound, asked: Asked): ExitCode {
  if (broken !== undefined) return asked.settings.on('exit-zero') ? exit.ok : exit.denied;
  if (stopped === 'interrupted') return exit.interrupted;
  return stopped !== undefined || restless.length > 0 ? exit.bound : exit.ok;
}

/** The folder must be new, or empty: a run is one log, and not the end of another's. */
async function logsAsked({ settings }: Asked, world: World): Promise<Loaded<SimAsked['logs']>> {
  const folder = settings.text('log');
  if (folder === undefined) return { ok: true, value: undefined, warnings: [] };
  const names = world.disk.kindOf(folder) === 'none' ? [] : world.disk.list(folder);
  if (!Array.isArray(names) || names.length > 0) {
    const fault = usage(`--log is \`${folder}\`, which is no empty folder`, 'name one that is not there yet');
    return { ok: false, faults: [fault] };
  }
  const { simLogs } = await import('../sim-logs.ts');
  const engine = await engineDigest(world);
  return { ok: true, value: simLogs(folder, world, engine), warnings: [] };
}

function questionOf(
  { settings }: Asked,
  profile: VerifiedProfile,
  now: HeldProfile,
  next: HeldProfile,
  logs: SimAsked['logs'],
): Loaded<SimAsked> {
  const faults: Fault[] = [];
  const number = (name: 'seed' | 'runs' | 'steps', otherwise: number, least: number): number => {
    const text = settings.text(name);
    if (text === undefined) return otherwise;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least) return value;
    faults.push(usage(`--${name} is \`${text}\``, `write a whole number from ${least} on`));
    return otherwise;
  };
  const [seed, runs] = [number('seed', 1, 0), number('runs', runsByDefault, 1)];
  const stepsMax = number('steps', Number.POSITIVE_INFINITY, 1);
  const time = settings.text('time');
  const timeMaxMs = time === undefined ? Number.POSITIVE_INFINITY : parseDuration(time);
  if (timeMaxMs === undefined) faults.push(usage(`--time is \`${time}\``, 'write it as 10m'));
  const kinds = kindsAsked(settings.text('faults') ?? 'all', faults);
  const workflow = workflowKindAsked(settings.text('workflow'), profile, faults);
  if (faults.length > 0 || workflow === undefined) return { ok: false, faults };
  const nextProfile = nextProfileOf(now, next);
  const question = {
    workflow,
    profile: now,
    nextProfile,
    seed,
    runs,
    kinds,
    stepsMax,
    timeMaxMs: timeMaxMs ?? 0,
    ...(logs === undefined ? {} : { logs }),
  };
  return { ok: true, value: question, warnings: [] };
}

function kindsAsked(text: string, faults: Fault[]): readonly FaultKind[] {
  const { kinds, unknown } = parseFaults(text);
  for (const word of unknown) {
    const hint = hintFor(word, faultNames, `there are ${faultNames.join(', ')}; or say all, or none`);
    faults.push(usage(`there is no kind of fault \`${shown(word)}\``, hint));
  }
  return kinds;
}

/** `ReplicationUpgrade`, with or without a name behind it; without any, the first that the profile drives. */
function workflowKindAsked(
  word: string | undefined,
  { name, packs }: VerifiedProfile,
  faults: Fault[],
): WorkflowKind | undefined {
  const driven = packs.flatMap(({ machine }) => machine?.drives ?? []);
  const kinds = workflowKinds.filter((kind) => driven.includes(kind));
  const kind = word === undefined ? kinds[0] : kinds.find((one) => one === word || word.startsWith(`${one}/`));
  if (kind !== undefined) return kind;
  const says =
    word === undefined
      ? `no pack of profile \`${name}\` drives a workflow`
      : `profile \`${name}\` drives no \`${shown(word)}\``;
  const others = kinds.length === 0 ? undefined : `there are ${listed(kinds, 'and')}`;
  faults.push(unknownName(says, word === undefined ? others : hintFor(word.split('/')[0] ?? '', kinds, others)));
  return undefined;
}

/** The shortest way to see the broken law again, as a file that `replay` takes. It tells of no broken law, so that it is a
 *  test of the repair: until then `replay` exits 3. Where no file can be written the story is shown: hours went into it. */
async function save(
  { broken }: SimFound,
  { workflow }: SimAsked,
  { settings, messages }: Asked,
  { disk, cwd }: World,
): Promise<SavedStory | undefined> {
  if (broken === undefined) return undefined;
  const { seed, shrunk, options } = broken;
  const fromHere = (path: string): string => disk.relative(cwd, disk.resolve(path));
  const profile = fromHere(settings.text('profile') ?? '.');
  const nextProfile = fromHere(settings.text('next-profile') ?? profile);
  const story = storyOfRun(`seed-${seed}`, options, shrunk, { profile, nextProfile });
  const text = storyText({ ...story, expect: expectsNothing });
  const path = `story-${workflow}-${seed}.yaml`;
  const written = await disk.write(disk.resolve(cwd, path), text);
  if (written.ok) return { path };
  await messages.faults(written.faults, 'the story was not saved: it is printed instead');
  return { text };
}

function rendered(simulated: Simulated, { format, look }: Asked, { calledAs }: World): string {
  return inForm(format, {
    data: () => simData(simulated),
    names: () => (simulated.story?.path === undefined ? [] : [simulated.story.path]),
    text: () => simText(simulated, look, calledAs),
  });
}

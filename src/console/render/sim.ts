import type { VerifiedProfile } from '../../profile/profile.ts';
import { coverageTable } from '../../sim/coverage.ts';
import { type Deed, deeds } from '../../sim/deeds.ts';
import { firstOf } from '../../sim/shrink.ts';
import { type RunEnd, runEnds } from '../../sim/story.ts';
import { span } from '../ages.ts';
import { harmless } from '../escape.ts';
import { count } from '../messages.ts';
import { type Look, plainly } from '../paint.ts';
import { grouped } from '../progress.ts';
import { quoted } from '../shell.ts';
import type { SimAsked, SimFound } from '../sim-runs.ts';
import { paragraph, table } from '../table.ts';
import type { Data } from './data.ts';
import { profileLine } from './header.ts';
import { profileData } from './parts.ts';

/** The shortest story of the first broken law: the file that it was saved in, or what would stand in it. */
export type SavedStory =
  | { readonly path: string; readonly text?: never }
  | { readonly text: string; readonly path?: never };

/** What was asked of the simulator, and what came. */
export interface Simulated {
  readonly profile: VerifiedProfile;
  readonly asked: SimAsked;
  readonly found: SimFound;
  readonly story?: SavedStory;
}

const becauseShown = 8;
const deedNames = Object.keys(deeds) as readonly Deed[];
const endWords: Readonly<Record<RunEnd, string>> = {
  complete: 'complete',
  undone: 'taken back',
  halted: 'gave up',
  overdue: 'waits, overdue and saying so',
  bound: 'not at rest',
};

export function simText({ profile, asked, found, story }: Simulated, look: Look, calledAs: string): string {
  return [
    profileLine(profile, look),
    head(asked, found),
    endsText(found, look),
    brokenText(found, story, look, calledAs),
    unexplored(asked, found, look),
    look.wide && asked.kinds.length > 0
      ? `\nFaults at work in each state:\n${coverageTable(found.coverage, asked.kinds)}\nWhat came of them:\n${deedsText(found, look)}`
      : '',
    story?.text === undefined ? '' : `\n${story.text.split('\n').map(harmless).join('\n')}`,
  ].join('');
}

function head({ workflow, seed }: SimAsked, { runs, steps, elapsedMs, decidingMs, simulatedMs }: SimFound): string {
  const speed = elapsedMs > 0 ? `, ${grouped(Math.round((steps / elapsedMs) * 1_000))} steps/s` : '';
  const share = elapsedMs > 0 ? `, ${Math.round((decidingMs / elapsedMs) * 100)} % of it in the operator` : '';
  const seeds = runs === 0 ? '' : ` (seeds ${seed} to ${seed + runs - 1})`;
  return `${workflow}: ${count(runs, 'run') || 'no run'}${seeds}, ${grouped(steps)} steps, ${span(simulatedMs)} of site time in ${span(elapsedMs)}${speed}${share}\n`;
}

function endsText({ ends, because }: SimFound, look: Look): string {
  const rows = runEnds.flatMap((end) => {
    const many = ends.get(end);
    const paint = end === 'complete' ? look.good : end === 'bound' ? look.bad : look.unsure;
    return many === undefined ? [] : [[{ text: endWords[end], paint }, grouped(many)]];
  });
  const reasons = [...because].sort(([one, many], [other, less]) => less - many || (one < other ? -1 : 1));
  const shown = look.wide ? reasons : reasons.slice(0, becauseShown);
  const rest = reasons.length - shown.length;
  return [
    rows.length === 0 ? '' : `\n${table(look, undefined, rows).replaceAll(/^(?=.)/gm, '  ')}`,
    shown.length === 0 ? '' : '\nwhy not complete:\n',
    table(
      look,
      undefined,
      shown.map(([why, many]) => [grouped(many).padStart(6), why]),
    ),
    rest > 0 ? `${look.quiet(`  and ${rest} more; -o wide shows all`)}\n` : '',
  ].join('');
}

function brokenText({ broken }: SimFound, story: SavedStory | undefined, look: Look, calledAs: string): string {
  if (broken === undefined) return `\n${look.good(`${look.signs.open} no law was broken`)}\n`;
  const { seed, found, shrunk } = broken;
  const others = found.violations.length - 1;
  return [
    `\n${look.bad(`${look.signs.closed} BROKEN`)}  ${plainly(firstOf(found.violations), look)}${others > 0 ? ` (and ${others} more)` : ''}\n`,
    paragraph(
      look,
      '  ',
      `seed ${seed}: ${count(found.faults.length, 'fault') || 'no fault'}, shrunk to ${count(shrunk.faults.length, 'fault') || 'none'} in ${count(shrunk.runs, 'run')}`,
    ),
    storyLines(story, calledAs),
  ].join('');
}

function storyLines(story: SavedStory | undefined, calledAs: string): string {
  if (story === undefined) return '';
  if (story.path === undefined) return `  not saved; ${harmless(`${calledAs} replay -`)} takes the story at the end\n`;
  return `  saved: ${harmless(story.path)}\nreplay: ${harmless(`${calledAs} replay ${quoted(story.path)}`)}\n`;
}

/** A fault that changed nothing was not tried: what never came is named as well. */
function deedsText({ deeds: counts }: SimFound, look: Look): string {
  const rows = deedNames.map((deed) => [grouped(counts.get(deed) ?? 0).padStart(6), deed, deeds[deed]]);
  return table(look, undefined, rows);
}

/** What nobody can conclude from these runs. */
function unexplored(
  { runs, seed, kinds }: SimAsked,
  { runs: done, stopped, restless, missed }: SimFound,
  look: Look,
): string {
  const lines: string[] = [];
  const why = { steps: 'at --steps', time: 'at --time', interrupted: 'by you' };
  if (stopped !== undefined) {
    lines.push(`stopped ${why[stopped]}: seeds ${seed + done} to ${seed + runs - 1} were not run`);
  }
  if (restless.length > 0) {
    const seeds = restless.slice(0, 8).join(', ');
    lines.push(
      `${count(restless.length, 'run')} did not come to rest within the bound, so how they end was not explored: seeds ${seeds}${restless.length > 8 ? ' …' : ''}`,
    );
  }
  if (kinds.length > 0 && missed.length > 0) {
    lines.push(
      `${count(missed.length, 'pair')} of state and fault never met${look.wide ? '' : '; -o wide shows the table'}`,
    );
  }
  return lines.map((line) => paragraph(look, '', line, look.unsure)).join('');
}

/** `sim -o json`: described in schemas/sim.v1.json. All but `speed` is the same for the same question. */
export function simData({ profile, asked, found, story }: Simulated): Data {
  const { workflow, seed, runs, kinds, stepsMax, timeMaxMs } = asked;
  const { broken, elapsedMs, steps, decidingMs } = found;
  return {
    schemaVersion: 'sim/v1',
    profile: profileData(profile),
    asked: {
      workflow,
      seed,
      runs,
      faults: [...kinds],
      nextProfile: asked.nextProfile.digest,
      steps: Number.isFinite(stepsMax) ? stepsMax : null,
      seconds: Number.isFinite(timeMaxMs) ? timeMaxMs / 1000 : null,
    },
    runs: found.runs,
    steps,
    simulatedSeconds: found.simulatedMs / 1000,
    ends: Object.fromEntries(runEnds.map((end) => [end, found.ends.get(end) ?? 0])),
    because: [...found.because]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([says, times]) => ({ says, times })),
    broken:
      broken === undefined
        ? null
        : {
            seed: broken.seed,
            violations: broken.found.violations.map(({ law, atMs, says }) => ({ law, atMs, says })),
            faults: broken.shrunk.faults.length,
            story: story?.path ?? null,
            unsaved: story?.text ?? null,
          },
    stopped: found.stopped ?? null,
    restless: [...found.restless],
    coverage: [...found.coverage.hits].flatMap(([state, row]) =>
      [...row].map(([fault, times]) => ({ state, fault, times })),
    ),
    deeds: deedNames.map((deed) => ({ deed, times: found.deeds.get(deed) ?? 0 })),
    missed: found.missed.map(({ state, kind }) => ({ state, fault: kind })),
    speed: {
      seconds: elapsedMs / 1000,
      stepsPerSecond: elapsedMs > 0 ? Math.round((steps / elapsedMs) * 1000) : null,
      operatorShare: elapsedMs > 0 ? decidingMs / elapsedMs : null,
    },
  };
}

import type { VerifiedProfile } from '../../profile/profile.ts';
import type { RunResult } from '../../sim/run.ts';
import type { Story } from '../../sim/story.ts';
import { momentOf, type Told } from '../../sim/transcript.ts';
import { span } from '../ages.ts';
import { count } from '../messages.ts';
import { type Look, plainly } from '../paint.ts';
import { columnsOf, paragraph, wrap } from '../table.ts';
import type { Data } from './data.ts';
import { profileLine } from './header.ts';
import { profileData } from './parts.ts';

/** A story that was run, and what of it did not come as it is told. */
export interface Replayed {
  readonly path: string;
  readonly story: Story;
  readonly profile: VerifiedProfile;
  readonly result: RunResult;
  readonly differences: readonly string[];
}

/** The transcript, as an operator would tell it, and whether it ended as told. */
export function replayText({ story, profile, result, differences }: Replayed, look: Look): string {
  const { end, because, steps, simulatedMs, states } = result;
  const ended = `${end} after ${span(simulatedMs)}${because === '' ? '' : `: ${because}`}`;
  const figures = `${count(steps, 'step')}, ${count(states.length, 'state')}: ${states.join(` ${look.signs.arrow} `)}`;
  const [first, ...others] = differences;
  return [
    profileLine(profile, look),
    `${look.strong(plainly(story.name, look))}  ${plainly(`${story.workflow}/site, seed ${story.seed}`, look)}\n`,
    paragraph(look, '  ', story.says, look.quiet),
    '\n',
    ...linesOf(result.transcript, look),
    '\n',
    paragraph(look, '', `ends ${ended}`, end === 'complete' ? look.good : look.unsure),
    paragraph(look, '', figures, look.quiet),
    first === undefined
      ? look.good(plainly(`${look.signs.open} as the story tells it`, look)).concat('\n')
      : paragraph(look, `${look.signs.closed} `, `not as the story tells it: ${first}`, look.bad),
    ...others.map((other) => paragraph(look, `${look.signs.closed} `, `and ${other}`, look.bad)),
  ].join('');
}

/** `  12:03  operator-1    FlipBonds → VerifyBonds`: three columns, of which the last wraps. The wide form has milliseconds. */
function linesOf(transcript: readonly Told[], look: Look): readonly string[] {
  const moments = transcript.map(({ atMs }) => `${momentOf(atMs)}${look.wide ? `.${thousandths(atMs)}` : ''}`);
  const first = Math.max(6, ...moments.map(({ length }) => length));
  const second = Math.max(8, ...transcript.map(({ who }) => who.length));
  const lead = ' '.repeat(first + 2 + second + 2);
  return transcript.map(({ who, what }, at) => {
    const room = Math.max(24, look.width - columnsOf(lead));
    const pieces = wrap(plainly(what.trimEnd(), look), room);
    const paint = who === 'law' ? look.bad : who === 'fault' ? look.unsure : undefined;
    const [words = '', ...rest] = pieces.map((piece) => (paint === undefined ? piece : paint(piece)));
    const moment = (moments[at] ?? '').padStart(first);
    const head = `${look.quiet(moment)}  ${plainly(who, look).padEnd(second)}  ${words}`;
    return [head, ...rest.map((piece) => `${lead}${piece}`)].map((line) => `${line.trimEnd()}\n`).join('');
  });
}

function thousandths(ms: number): string {
  return String(Math.floor(ms) % 1_000).padStart(3, '0');
}

/** `replay -o json`: described in schemas/replay.v1.json. */
export function replayData({ path, story, profile, result, differences }: Replayed): Data {
  const { end, because, steps, simulatedMs, states, violations, transcript } = result;
  return {
    schemaVersion: 'replay/v1',
    story: { name: story.name, says: story.says, file: path, workflow: `${story.workflow}/site`, seed: story.seed },
    profile: profileData(profile),
    asTold: differences.length === 0,
    differences: [...differences],
    end,
    because: because === '' ? null : because,
    steps,
    simulatedSeconds: simulatedMs / 1000,
    states: [...states],
    violations: violations.map(({ law, atMs, says }) => ({ law, atMs, says })),
    transcript: transcript.map(({ atMs, who, what }) => ({ atMs, who, what })),
  };
}

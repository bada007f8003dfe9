import { answered, type Told } from '../review/ask/asking.ts';
import type { Asking } from '../review/ask/claims.ts';
import type { Asked } from './asked.ts';
import { lookingFor } from './looking.ts';
import { takenFault, writeSite } from './made-up-capture.ts';
import { refuse } from './refuse.ts';
import { type AnySite, anySiteData, anySiteNames, anySiteText } from './render/any-site.ts';
import { inForm } from './render/form.ts';
import { type ExitCode, exit, type World } from './world.ts';

/** What `ask` and `implies` do once they know what is asked: look for a site, write it if somebody wants it, tell it. */
export async function answerAnySite(
  asking: Asking,
  words: Pick<AnySite, 'verb' | 'question' | 'notes'>,
  asked: Asked,
  world: World,
): Promise<ExitCode> {
  const path = asked.settings.text('site');
  const taken = path === undefined ? undefined : takenFault(path, world);
  if (taken !== undefined) return refuse([taken], asked, world);
  const sides = asking.gates.map(({ side }) => side);
  const looking = await lookingFor(asked, sides, world);
  if (!looking.ok) return refuse(looking.faults, asked, world);
  const told = await answered(asking, looking.value);
  if (path !== undefined && told.kind === 'example') {
    const written = await writeSite(told.site, path, `made up for: ${words.question}`, world);
    if (!written.ok) return refuse(written.faults, asked, world);
  }
  const { bound, solver } = looking.value;
  const answer: AnySite = { ...words, asking, bound, solver: solver.name, told, calledAs: world.calledAs, path };
  world.out.write(
    inForm(asked.format, {
      data: () => anySiteData(answer),
      names: () => anySiteNames(answer),
      text: () => anySiteText(answer, asked.look),
    }),
  );
  return told.kind === 'unfinished' && world.interrupted.aborted ? exit.interrupted : codeOf(told);
}

/** Nobody is told «no» where nothing was proved. */
function codeOf({ kind }: Told): ExitCode {
  return { none: exit.ok, example: exit.denied, unfinished: exit.bound }[kind];
}

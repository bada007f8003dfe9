import { showCounts, showingsOf } from '../../review/corpus/shown.ts';
import type { Asked } from '../asked.ts';
import { corpusAsked, openCorpus } from '../corpus.ts';
import { refuse } from '../refuse.ts';
import { listedData, listedText } from '../render/corpus-list.ts';
import { inForm } from '../render/form.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** What was kept, as it was written down; nothing is judged. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = corpusAsked(asked);
  const corpus = path.ok ? openCorpus(path.value, world) : path;
  if (!corpus.ok) return refuse(corpus.faults, asked, world);
  const { members, faults } = corpus.value;
  const counts = showCounts(members.flatMap(({ kept }) => (kept === undefined ? [] : [showingsOf(kept)])));
  const { format, look } = asked;
  world.out.write(
    inForm(format, {
      data: () => listedData(corpus.value, counts),
      names: () => members.map(({ name }) => name),
      text: () => listedText(corpus.value, counts, look),
    }),
  );
  if (faults.length === 0) return exit.ok;
  await asked.messages.faults(faults);
  return exit.invalid;
}

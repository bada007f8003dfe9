import type { Fault } from '../../kernel/fault.ts';
import { driftsOf } from '../../review/corpus/drift.ts';
import type { Kept } from '../../review/corpus/kept.ts';
import { keptText } from '../../review/corpus/kept-file.ts';
import type { Asked } from '../asked.ts';
import { addedAt, CorpusJudge, corpusAsked, keptPath, openCorpus, sideAsked } from '../corpus.ts';
import { mention, refuse } from '../refuse.ts';
import { type Checked, checkedData, checkedNames, checkedText, type Drifted } from '../render/corpus-check.ts';
import { inForm } from '../render/form.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** Every capture judged again, held against what was kept of it. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = corpusAsked(asked);
  const side = await sideAsked(asked, world);
  const corpus = path.ok ? openCorpus(path.value, world) : path;
  if (!side.ok || !corpus.ok) {
    const faults = [side, corpus].flatMap((loaded): readonly Fault[] => (loaded.ok ? [] : loaded.faults));
    return refuse(faults, asked, world);
  }
  await mention(side.warnings, asked);
  const { settings, format, look } = asked;
  const judge = new CorpusJudge(side.value);
  const faults: Fault[] = [...corpus.value.faults];
  const broken: string[] = [];
  const [same, altered, notAdded]: [string[], string[], string[]] = [[], [], []];
  const renewed: Kept[] = [];
  const others: Kept[] = [];
  const drifted: Drifted[] = [];
  const byKey = new Map<string, string[]>();
  for (const { name, path: at, kept, unreadable } of corpus.value.members) {
    if (kept !== undefined && kept.profile.name !== side.value.profile.name) {
      others.push(kept);
      continue;
    }
    const judged = await judge.open(at, world);
    if (!judged.ok) {
      broken.push(name);
      faults.push(...judged.faults);
      continue;
    }
    const { key, decided, capture } = judged.value;
    byKey.set(key, [...(byKey.get(key) ?? []), name]);
    if (kept === undefined) {
      if (unreadable) broken.push(name);
      else notAdded.push(name);
      continue;
    }
    const drifts = driftsOf(kept, decided);
    if (kept.capture !== capture.digest) altered.push(name);
    if (drifts.length === 0) same.push(name);
    else drifted.push({ name, drifts });
    if (drifts.length > 0 || altered.includes(name)) renewed.push(judge.kept(name, judged.value, addedAt(world)));
  }
  const updated: string[] = [];
  for (const now of settings.on('update') ? renewed : []) {
    const written = await world.disk.write(keptPath(corpus.value.path, now.name), keptText(now));
    if (!written.ok) return refuse(written.faults, asked, world);
    updated.push(now.name);
  }
  const alike = [...byKey.values()].filter(({ length }) => length > 1);
  const checked: Checked = { side: side.value, same, drifted, altered, alike, notAdded, others, broken, updated };
  world.out.write(
    inForm(format, {
      data: () => checkedData(corpus.value.path, checked),
      names: () => checkedNames(checked),
      text: () => checkedText(checked, look),
    }),
  );
  if (faults.length > 0) {
    await asked.messages.faults(faults);
    return exit.invalid;
  }
  return settings.on('exit-code') && !settings.on('update') && drifted.length > 0 ? exit.differs : exit.ok;
}

import type { Fault } from '../../kernel/fault.ts';
import { parseDuration } from '../../kernel/value.ts';
import { type Member, partings, showingsOf } from '../../review/corpus/shown.ts';
import type { Asked } from '../asked.ts';
import { CorpusJudge, corpusAsked, keptPath, openCorpus, sideAsked } from '../corpus.ts';
import { mention, refuse } from '../refuse.ts';
import { type Expired, expiredData, expiredNames, expiredText, type Fate } from '../render/corpus-expire.ts';
import { inForm } from '../render/form.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** Of old captures those go that others make needless. By what is decided now: what was kept may be long past. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const { settings, format, look } = asked;
  const path = corpusAsked(asked);
  const side = await sideAsked(asked, world);
  const corpus = path.ok ? openCorpus(path.value, world) : path;
  const age = settings.text('older-than');
  const olderMs = age === undefined ? undefined : parseDuration(age);
  const wrong = olderMs === undefined ? [usage(ageFault(age), 'such as --older-than 180d')] : [];
  if (!side.ok || !corpus.ok || olderMs === undefined) {
    const faults = [side, corpus].flatMap((loaded): readonly Fault[] => (loaded.ok ? [] : loaded.faults));
    return refuse([...faults, ...wrong], asked, world);
  }
  await mention(side.warnings, asked);
  const judge = new CorpusJudge(side.value);
  const faults: Fault[] = [...corpus.value.faults];
  const fates: Fate[] = [];
  const members: Member[] = [];
  for (const { name, path: at, kept, unreadable } of corpus.value.members) {
    const stays = (why: Fate['why']): void => void fates.push({ name, takenAtMs: kept?.takenAtMs ?? null, why });
    if (kept === undefined) stays(unreadable ? 'broken' : 'not added');
    else if (kept.profile.name !== side.value.profile.name) stays('other profile');
    else {
      const judged = await judge.open(at, world);
      if (judged.ok) {
        const shows = showingsOf(judge.kept(name, judged.value, 0));
        // Of whom nobody knows when it was taken, it is known since when it is kept.
        members.push({ name, takenAtMs: judged.value.capture.takenAtMs ?? kept.addedAtMs, shows });
      } else {
        faults.push(...judged.faults);
        stays('broken');
      }
    }
  }
  for (const { name, goes, only } of partings(members, world.nowMs() - olderMs)) {
    const takenAtMs = members.find((member) => member.name === name)?.takenAtMs ?? null;
    fates.push({ name, takenAtMs, why: goes ? 'goes' : only.length > 0 ? 'only one' : 'young', only });
  }
  const sorted = fates.sort((left, right) => (left.name < right.name ? -1 : 1));
  const gone = settings.on('delete') ? sorted.filter(({ why }) => why === 'goes') : [];
  for (const { name } of gone) {
    const member = corpus.value.members.find((one) => one.name === name);
    for (const one of [member?.path ?? '', keptPath(corpus.value.path, name)]) {
      const removed = world.disk.remove(one);
      if (!removed.ok) return refuse(removed.faults, asked, world);
    }
  }
  const expired: Expired = { corpus: corpus.value.path, fates: sorted, deleted: gone.map(({ name }) => name) };
  world.out.write(
    inForm(format, {
      data: () => expiredData(expired),
      names: () => expiredNames(expired),
      text: () => expiredText(expired, settings.on('delete'), look),
    }),
  );
  if (faults.length === 0) return exit.ok;
  await asked.messages.faults(faults);
  return exit.invalid;
}

function ageFault(age: string | undefined): string {
  return age === undefined ? 'it was not said how old is old' : `\`${age}\` is no duration`;
}

import type { Fault } from '../../kernel/fault.ts';
import type { Level } from '../../review/change.ts';
import { prove } from '../../review/prove.ts';
import { type Review, type ReviewOptions, review } from '../../review/review.ts';
import type { Asked } from '../asked.ts';
import { type Looking, lookingFor } from '../looking.ts';
import { writeSites } from '../made-up-captures.ts';
import type { Look } from '../paint.ts';
import { type Progress, progressOn } from '../progress.ts';
import { mention, refuse } from '../refuse.ts';
import { diffData, diffNames } from '../render/diff-data.ts';
import { diffHtml } from '../render/diff-html.ts';
import { diffMarkdown } from '../render/diff-markdown.ts';
import { diffReport } from '../render/diff-report.ts';
import { diffSarif } from '../render/diff-sarif.ts';
import { diffText } from '../render/diff-text.ts';
import { inForm } from '../render/form.ts';
import { reportForms } from '../render/report.ts';
import { corpusOf, openSide, usualCorpus } from '../review-inputs.ts';
import { workflowsOf } from '../review-workflows.ts';
import { type Saved, save, savedAs } from '../saved.ts';
import { verbs } from '../verbs.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const { settings } = asked;
  const saved = savedAs(settings.list('save'), verbs.find(({ name }) => name === asked.verb)?.formats ?? []);
  if (!saved.ok) return refuse(saved.faults, asked, world);
  const [older = '', newer = ''] = asked.args;
  const named = settings.list('captures');
  const usual = world.disk.kindOf(usualCorpus) === 'folder' ? [usualCorpus] : [];
  const corpus = corpusOf(named.length > 0 ? named : usual, world);
  const [old, fresh] = [await openSide(older, world), await openSide(newer, world)];
  if (!old.ok || !fresh.ok || !corpus.ok) {
    const faults = [old, fresh, corpus].flatMap((loaded): readonly Fault[] => (loaded.ok ? [] : loaded.faults));
    const distinct = [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
    return refuse(distinct, asked, world);
  }
  const looking = settings.on('captures-only') ? undefined : await lookingFor(asked, [old.value, fresh.value], world);
  if (looking?.ok === false) return refuse(looking.faults, asked, world);
  await mention(fresh.warnings, asked);
  const progress = progressOn(asked, world);
  const found = await review(old.value, fresh.value, corpus.value, {
    moments: settings.on('moments'),
    workflows: workflowsOf,
    ...(looking === undefined ? {} : { prove: proving(looking.value, progress) }),
  });
  progress.end();
  if (world.interrupted.aborted) return exit.interrupted;
  const sites = settings.text('sites');
  const kept = sites === undefined ? [] : await writeSites(found, sites, world);
  if (kept.length > 0) return refuse(kept, asked, world);
  const unwritten = await save(saved.value, (as, plain) => rendered(found, as, plain), world);
  if (unwritten.length > 0) return refuse(unwritten, asked, world);
  world.out.write(rendered(found, asked, asked.look));
  const { broken } = found.corpus;
  if (broken.length > 0) {
    await asked.messages.faults(broken.flatMap(({ faults }) => faults));
    return exit.invalid;
  }
  return codeOf(found, asked);
}

/** Whatever means something else is looked at on sites that are in no capture. */
function proving(looking: Looking, progress: Progress): NonNullable<ReviewOptions['prove']> {
  return (pairs, old, fresh) =>
    prove(pairs, old, fresh, {
      ...looking,
      progress: (done, of) => progress.tell(() => `sites are looked for: question ${done + 1} of ${of}`),
    });
}

/** Danger before a bound that was hit, past which there may be one, before a difference; without the flags nothing but 0. */
function codeOf({ level, corpus, proof }: Review, { settings }: Asked): ExitCode {
  const failOn = settings.text('fail-on') as Exclude<Level, 'routine'> | undefined;
  if (failOn === undefined && !settings.on('exit-code')) return exit.ok;
  if (level === 'danger' || (level === 'caution' && failOn === 'caution')) return exit.denied;
  if (!settings.on('exit-code')) return exit.ok;
  const unfinished = proof?.questions.some(({ opens, closes }) =>
    [opens, closes].some(({ kind }) => kind === 'unfinished'),
  );
  if (unfinished || corpus.momentsNotJudged > 0) return exit.bound;
  // What no site can tell is no difference.
  return level === 'caution' ? exit.differs : exit.ok;
}

function rendered(found: Review, { format, most }: Pick<Saved, 'format' | 'most'>, look: Look): string {
  return inForm(format, {
    data: () => diffData(found),
    names: () => diffNames(found),
    text: () => diffText(found, look),
    markdown: () => diffMarkdown(found, most),
    html: () => diffHtml(found),
    report: (form) => (form === 'sarif' ? diffSarif(found) : reportForms[form](diffReport(found))),
  });
}

import type { Truth } from '../../kernel/verdict.ts';
import { verdictWords } from '../../kernel/verdict.ts';
import { explainRule } from '../../rules/explain.ts';
import type { Finding, Gate } from '../../rules/pack.ts';
import { waysToClose, waysToOpen } from '../../rules/ways.ts';
import { shown } from '../../source/shown.ts';
import { hintFor, listed } from '../../source/suggest.ts';
import type { Asked } from '../asked.ts';
import { lookOf, openSite, type Site } from '../inputs.ts';
import { nobodyFault, objectAsked, unknownName } from '../names.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { type Why, type WhyObject, whyData, whyText } from '../render/why.ts';
import { nextCommand, siteFlags } from '../shell.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** Without an object: as many trees as a person reads at once; the others are named. */
const treesMax = 3;

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const site = await openSite(asked, world);
  if (!site.ok) return site.code;
  const [word, typed] = splitName(asked.args, site.value);
  const rule = rulesOf(site.value).find(({ name }) => name === word);
  if (rule === undefined) {
    const names = rulesOf(site.value).map(({ name }) => name);
    const hint = hintFor(word, names, `there are ${listed(names, 'and')}`);
    return refuse(
      [unknownName(`profile \`${site.value.profile.name}\` has no gate and no finding \`${shown(word)}\``, hint)],
      asked,
      world,
    );
  }
  const object = typed === undefined ? undefined : objectAsked(rule, typed, site.value);
  if (object?.ok === false) return refuse(object.faults, asked, world);
  const nobody = nobodyFault(rule, site.value);
  if (nobody !== undefined) return refuse([nobody], asked, world);
  const why = explained(rule, object?.value, site.value, asked.settings.on('all') || isData(asked));
  const next = why.others.map((one) =>
    nextCommand(world.calledAs, ['why', rule.name, site.value.names.shorten(one)], asked, siteFlags),
  );
  world.out.write(rendered(why, next[0], { ...asked, look: lookOf(site.value, asked.look) }));
  return exit.ok;
}

function isData({ format }: Asked): boolean {
  return format === 'json' || format === 'yaml' || format === 'name';
}

/** `why GATE OBJECT`, or in one word as `eval -o name` prints it; the pack may stand before either. */
function splitName([typed = '', object]: readonly string[], site: Site): readonly [string, string?] {
  const pack = site.profile.packs.find(({ name }) => typed.startsWith(`${name}/`));
  const inPack = [...(pack?.gates ?? []), ...(pack?.findings ?? [])];
  const isOfPack = inPack.some(({ name }) => `${typed}/`.startsWith(`${pack?.name}/${name}/`));
  const word = isOfPack ? typed.slice(`${pack?.name}/`.length) : typed;
  if (object !== undefined) return [word, object];
  const rule = rulesOf(site).find(({ name }) => word.startsWith(`${name}/`));
  return rule === undefined ? [word] : [rule.name, word.slice(rule.name.length + 1)];
}

function rulesOf({ profile }: Site): readonly (Gate | Finding)[] {
  return profile.packs.flatMap(({ gates, findings }) => [...gates, ...findings]);
}

function explained(rule: Gate | Finding, object: string | undefined, site: Site, all: boolean): Why {
  const { judgement, evaluator, profile, capture, nowMs } = site;
  const { snapshot } = judgement;
  const judged = (rule.kind === 'gate' ? judgement.gates : judgement.findings).filter((one) => one.rule === rule);
  const asked =
    object === undefined ? judged : judged.filter((one) => one.object === object || one.object === undefined);
  // A gate is asked about because it holds; a finding, because it is raised.
  const remarkable = asked.filter(({ truth }) => (rule.kind === 'gate' ? truth !== 2 : truth !== 0));
  const order = (truth: Truth): number => (rule.kind === 'gate' ? truth : -truth);
  const chosen = [...(remarkable.length === 0 ? asked : remarkable)].sort(
    (left, right) => order(left.truth) - order(right.truth),
  );
  const shownOnes = all ? chosen : chosen.slice(0, remarkable.length === 0 ? 1 : treesMax);
  const objects = shownOnes.map((one): WhyObject => {
    const base = { object: one.object, truth: one.truth, explanation: explainRule(rule, snapshot, one.object) };
    if (rule.kind === 'finding') return base;
    return one.truth === 2
      ? { ...base, closings: waysToClose(rule, snapshot, one.object, evaluator) }
      : { ...base, ways: waysToOpen(rule, snapshot, one.object, evaluator) };
  });
  const pack = profile.packs.find(({ gates, findings }) => [...gates, ...findings].includes(rule))?.name ?? '';
  return {
    profile,
    capture,
    nowMs,
    rule,
    pack,
    objects,
    others: chosen.slice(shownOnes.length).flatMap(({ object: id }) => (id === undefined ? [] : [id])),
    counts: verdictWords.map((verdict, truth) => ({
      verdict,
      count: judged.filter((one) => one.truth === truth).length,
    })),
    all,
  };
}

function rendered(why: Why, next: string | undefined, { format, look }: Asked): string {
  return inForm(format, {
    data: () => whyData(why),
    names: () => why.objects.map(({ object }) => `${why.rule.name}/${object ?? ''}`),
    text: () => whyText(why, look, next),
  });
}

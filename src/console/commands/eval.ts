import { error, type Fault } from '../../kernel/fault.ts';
import type { VerdictWord } from '../../kernel/verdict.ts';
import { decideOn } from '../../operator/spine.ts';
import { type Answer, type AskedGate, answerOf, gatesOf, nameOf } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { lookOf, openSite, type Site } from '../inputs.ts';
import { gatesAsked } from '../names.ts';
import { refuse } from '../refuse.ts';
import { evalData, evalNames } from '../render/eval-data.ts';
import { evalReport } from '../render/eval-report.ts';
import { evalText } from '../render/eval-text.ts';
import { inForm } from '../render/form.ts';
import { reportForms } from '../render/report.ts';
import { nextCommand, siteFlags } from '../shell.ts';
import { isWorkflow } from '../workflow-kinds.ts';
import type { WorkflowAnswer } from '../workflows.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const site = await openSite(asked, world);
  if (!site.ok) return site.code;
  const gates = gatesAsked(asked.settings.list('gate'), site.value);
  if (!gates.ok) return refuse(gates.faults, asked, world);
  const only = asked.settings.list('only') as readonly VerdictWord[];
  const workflows = gates.value.length > 0 ? [] : await workflowsOf(site.value);
  const answer = { ...answerOf(site.value, gates.value, only), workflows };
  const split = answer.verdict === 'open' ? await splitOver(site.value, gates.value) : undefined;
  if (split !== undefined) {
    await asked.messages.faults([split]);
    return exit.held;
  }
  world.out.write(rendered(answer, { ...asked, look: lookOf(site.value, asked.look) }, world));
  if (asked.settings.on('exit-zero')) return exit.ok;
  return { open: exit.ok, closed: exit.denied, unknown: exit.held }[answer.verdict];
}

/** Scripts act on an exit of 0: before it is given, the other engine must open the same gates. Where it does not, one of
 *  the two is wrong, nothing is told of either, and the step holds, `--exit-zero` or not. */
async function splitOver(site: Site, asked: readonly AskedGate[]): Promise<Fault | undefined> {
  const [first, ...rest] = gatesOf(site.judgement, asked);
  const decision = first === undefined ? undefined : await decideOn(site.judgement, 'eval', [first, ...rest]);
  if (decision?.kind !== 'hold') return undefined;
  const { fact, object, detail, at } = decision.because[0];
  const hint = 'please report it with the capture; until then the gate holds';
  return error('RULES_SPLIT', at, `\`${nameOf(fact, object)}\`: ${detail}`, hint);
}

/** Most sites have none, and then nothing is loaded for them. They change no exit code: that is what was asked of gates. */
async function workflowsOf({ capture, profile, judgement }: Site): Promise<readonly WorkflowAnswer[]> {
  if (!capture.raws.some((raw) => raw.from === 'object' && isWorkflow(raw.object))) return [];
  const [{ decidedOn, workflowObjects }, { held }] = await Promise.all([
    import('../workflows.ts'),
    import('../../operator/held.ts'),
  ]);
  const answers: WorkflowAnswer[] = [];
  const holder = held(profile);
  for (const found of workflowObjects(capture.raws).values()) {
    answers.push(await decidedOn(holder, found, judgement.snapshot));
  }
  return answers;
}

function rendered(answer: Answer, asked: Asked, world: World): string {
  return inForm(asked.format, {
    data: () => evalData(answer),
    names: () => evalNames(answer),
    text: () => evalText(answer, asked.look, whyNext(answer, asked, world)),
    report: (form) => reportForms[form](evalReport(answer)),
  });
}

/** The question that comes next, about the first gate that is closed, or else unknown. */
function whyNext({ gates }: Answer, asked: Asked, { calledAs }: World): string | undefined {
  const held = gates.find(({ verdict }) => verdict === 'closed') ?? gates.find(({ verdict }) => verdict === 'unknown');
  if (held === undefined) return undefined;
  const object = held.object === undefined || held.object === 'site' ? [] : [asked.look.short(held.object)];
  return nextCommand(calledAs, ['why', held.gate.name, ...object], asked, siteFlags);
}

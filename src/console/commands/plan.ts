import type { Asked } from '../asked.ts';
import { lookOf, openSite } from '../inputs.ts';
import { type PlanAnswer, planAnswer, workflowAsked } from '../plan-answer.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { planData } from '../render/plan-data.ts';
import { planText } from '../render/plan-text.ts';
import { nextCommand, siteFlags } from '../shell.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const site = await openSite(asked, world);
  if (!site.ok) return site.code;
  const id = workflowAsked(asked.args[0] ?? '', site.value);
  if (!id.ok) return refuse(id.faults, asked, world);
  const answer = await planAnswer(site.value, id.value);
  world.out.write(rendered(answer, { ...asked, look: lookOf(site.value, asked.look) }, world));
  if (asked.settings.on('exit-zero')) return exit.ok;
  return { open: exit.ok, closed: exit.denied, unknown: exit.held }[answer.verdict];
}

function rendered(answer: PlanAnswer, asked: Asked, world: World): string {
  return inForm(asked.format, {
    data: () => planData(answer),
    names: () => answer.steps.map(({ state }) => `${answer.workflow.id}/${state}`),
    text: () => planText(answer, asked.look, whyNext(answer, asked, world)),
  });
}

/** The question that comes next: about the first gate of the next step that is not open. */
function whyNext({ steps, verdict }: PlanAnswer, asked: Asked, { calledAs }: World): string | undefined {
  const gate = steps[0]?.waitsFor.find(({ truth }) => truth !== 2);
  if (verdict === 'open' || gate === undefined) return undefined;
  const object = gate.object === 'site' ? [] : [asked.look.short(gate.object)];
  return nextCommand(calledAs, ['why', gate.gate, ...object], asked, siteFlags);
}

import { error, type Fault } from '../../kernel/fault.ts';
import type { VerdictWord } from '../../kernel/verdict.ts';
import { type Answer, answerOf, nameOf } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { openSite, type Site } from '../inputs.ts';
import { count } from '../messages.ts';
import { gatesAsked } from '../names.ts';
import { refuse } from '../refuse.ts';
import { json, yaml } from '../render/data.ts';
import { evalData, evalNames } from '../render/eval-data.ts';
import { evalReport } from '../render/eval-report.ts';
import { evalText } from '../render/eval-text.ts';
import { reportForms } from '../render/report.ts';
import { nextCommand } from '../shell.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const site = await openSite(asked, world);
  if (!site.ok) return site.code;
  const gates = gatesAsked(asked.settings.list('gate'), site.value);
  if (!gates.ok) return refuse(gates.faults, asked, world);
  const only = asked.settings.list('only') as readonly VerdictWord[];
  const answer = answerOf(site.value, gates.value, only);
  if (asked.settings.on('second-opinion')) {
    const split = await disagreements(answerOf(site.value, gates.value, []), site.value);
    if (split.length > 0) {
      await asked.messages.faults(split);
      return exit.bug;
    }
    asked.messages.note(
      `json-rules-engine agrees on ${count(answer.counts.open, 'open gate') || 'all that is open: nothing'}`,
    );
  }
  world.out.write(rendered(answer, asked, world));
  if (asked.settings.on('exit-zero')) return exit.ok;
  return { open: exit.ok, closed: exit.denied, unknown: exit.held }[answer.verdict];
}

/** An open gate that the other engine would keep shut: one of the two is wrong, and nothing is told of either. Gates that
 *  are not open need no second opinion, because they let nothing through. */
async function disagreements({ gates }: Answer, { judgement }: Site): Promise<readonly Fault[]> {
  const { agreesToOpen } = await import('../../rules/engine.ts');
  const faults: Fault[] = [];
  for (const { gate, object, verdict } of gates) {
    if (verdict !== 'open' || (await agreesToOpen(gate, judgement.snapshot, object))) continue;
    const says = `\`${nameOf(gate.name, object)}\` is open here, and not for json-rules-engine`;
    faults.push(error('RULES_SPLIT', gate.at, says, 'please report it with the capture; until then the gate holds'));
  }
  return faults;
}

function rendered(answer: Answer, asked: Asked, world: World): string {
  switch (asked.format) {
    case 'text':
    case 'wide':
      return evalText(answer, asked.look, whyNext(answer, asked, world));
    case 'json':
      return json(evalData(answer));
    case 'yaml':
      return yaml(evalData(answer));
    case 'name':
      return evalNames(answer);
    case 'junit':
    case 'sarif':
    case 'github':
      return reportForms[asked.format](evalReport(answer));
  }
}

/** The question that comes next, about the first gate that is closed, or else unknown. */
function whyNext({ gates }: Answer, asked: Asked, { calledAs }: World): string | undefined {
  const held = gates.find(({ verdict }) => verdict === 'closed') ?? gates.find(({ verdict }) => verdict === 'unknown');
  if (held === undefined) return undefined;
  const object = held.object === undefined || held.object === 'site' ? [] : [held.object];
  return nextCommand(calledAs, ['why', held.gate.name, ...object], asked, ['profile', 'capture', 'now']);
}

import type { VerdictWord } from '../../kernel/verdict.ts';
import { type Answer, answerOf } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { openSite, refuse } from '../inputs.ts';
import { gatesAsked } from '../names.ts';
import { nextCommand } from '../shell.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const site = await openSite(asked, world);
  if (!site.ok) return site.code;
  const gates = gatesAsked(asked.settings.list('gate'), site.value);
  if (!gates.ok) return refuse(gates.faults, asked, world);
  const only = asked.settings.list('only') as readonly VerdictWord[];
  const answer = answerOf(site.value, gates.value, only);
  world.out.write(await rendered(answer, asked, world));
  if (asked.settings.on('exit-zero')) return exit.ok;
  return { open: exit.ok, closed: exit.denied, unknown: exit.held }[answer.verdict];
}

async function rendered(answer: Answer, asked: Asked, world: World): Promise<string> {
  switch (asked.format) {
    case 'text':
    case 'wide': {
      const { evalText } = await import('../render/eval-text.ts');
      const held =
        answer.gates.find(({ verdict }) => verdict === 'closed') ??
        answer.gates.find(({ verdict }) => verdict === 'unknown');
      const object = held?.object === undefined || held.object === 'site' ? [] : [held.object];
      const why =
        held && nextCommand(world.calledAs, ['why', held.gate.name, ...object], asked, ['profile', 'capture', 'now']);
      return evalText(answer, asked.look, why);
    }
    case 'json':
    case 'yaml': {
      const [{ evalData }, data] = await Promise.all([import('../render/eval-data.ts'), import('../render/data.ts')]);
      return data[asked.format](evalData(answer));
    }
    case 'name':
      return (await import('../render/eval-data.ts')).evalNames(answer);
    case 'junit':
    case 'sarif':
    case 'github': {
      const [{ evalReport }, { reportForms }] = await Promise.all([
        import('../render/eval-report.ts'),
        import('../render/report.ts'),
      ]);
      return reportForms[asked.format](evalReport(answer));
    }
  }
}

import { questionOf } from '../../review/ask/question.ts';
import { answerAnySite } from '../answer-any-site.ts';
import type { Asked } from '../asked.ts';
import { missing } from '../profiles.ts';
import { mention, refuse } from '../refuse.ts';
import { openSide } from '../review-inputs.ts';
import type { ExitCode, World } from '../world.ts';

/** Whether there is any site on which gates are like this while something holds. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = asked.settings.text('profile');
  if (path === undefined) return refuse([missing('profile', 'DIR')], asked, world);
  const side = await openSide(path, world);
  if (!side.ok) return refuse(side.faults, asked, world);
  const text = asked.args.join(' ');
  const question = questionOf({ file: 'question', text }, side.value);
  if (!question.ok) return refuse(question.faults, asked, world);
  await mention(side.warnings, asked);
  const { gates, condition, claim } = question.value;
  const asking = { gates: gates.map((gate) => ({ side: side.value, gate })), condition, claim };
  return answerAnySite(asking, { verb: 'ask', question: text, notes: [] }, asked, world);
}

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runOf, unknownNames, unmet } from '../../src/sim/play.ts';
import { simulate } from '../../src/sim/run.ts';
import { transcriptText } from '../../src/sim/transcript.ts';
import { faultsIn, storiesFolder, storyNames, storyOf } from '../support/stories.ts';

/** An incident or a fault each, told to the operator on call: a story in, its whole transcript out, byte for byte, and what it says
 *  must and must not happen held besides. To review a diff of these files is to review the behaviour. */
describe('stories', () => {
  test.each(storyNames)('%s', async (name) => {
    const { story, profile, nextProfile } = storyOf(name);
    expect(story.name, 'a story is called as its folder').toBe(name);
    const options = runOf(story, profile, nextProfile);
    expect(faultsIn(unknownNames(story, options))).toBe('');
    const result = await simulate(options);
    expect(result.begun.length, 'faults that never struck').toBe(story.events.length);
    const because = result.because === '' ? '' : `: ${result.because}`;
    const ended = `ends ${result.end}${because}\n`;
    const told = `${name}\n\n${paragraph(story.says)}\n${transcriptText({ lines: result.transcript, left: 0 })}\n${ended}`;
    await expect(told).toMatchFileSnapshot(join(storiesFolder, name, 'expected.txt'));
    expect(unmet(story, result)).toEqual([]);
  });
});

/** Each of them says what must not be, not only how it ends. */
test.each(storyNames)('%s says more than its end', (name) => {
  const { expect: told, says } = storyOf(name).story;
  expect(told.end).toBeDefined();
  expect(told.never.length + told.tells.length + told.neverTells.length).toBeGreaterThan(0);
  expect(says.length).toBeGreaterThan(100);
});

/** In lines of a page. */
function paragraph(text: string): string {
  const lines = [''];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length > 100) lines.push(`  ${word}`);
    else lines[lines.length - 1] = last === '' ? `  ${word}` : `${last} ${word}`;
  }
  return `${lines.join('\n')}\n`;
}

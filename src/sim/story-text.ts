import { apiVersion } from '../crd/workflow-object.ts';
import { formatDuration } from '../kernel/value.ts';
import { quoted } from '../source/quoted.ts';
import { type Fault, faultForm } from './fault-kinds.ts';
import type { Story } from './story.ts';

/** A story as the file that `loadStory` reads: what a run that broke a law is saved as. */
export function storyText(story: Story): string {
  const { site, expect } = story;
  const size = Object.entries(site).map(([name, count]) => `${name}: ${count}`);
  const expected = [
    ...(expect.end === undefined ? [] : [`end: ${expect.end}`]),
    ...(expect.passes.length === 0 ? [] : [`passes: [${expect.passes.join(', ')}]`]),
    ...(expect.never.length === 0 ? [] : [`never: [${expect.never.join(', ')}]`]),
    ...(['tells', 'neverTells'] as const).flatMap((name) =>
      expect[name].length === 0 ? [] : [`${name}:`, ...expect[name].map((piece) => `  - ${JSON.stringify(piece)}`)],
    ),
    ...(expect.breaks.length === 0 ? [] : [`breaks: [${expect.breaks.join(', ')}]`]),
  ];
  return [
    `apiVersion: ${apiVersion}`,
    'kind: Story',
    `metadata: {name: ${quoted(story.name)}}`,
    'spec:',
    `  says: ${quoted(story.says)}`,
    `  profile: ${quoted(story.profile.path)}`,
    ...(story.nextProfile === undefined ? [] : [`  nextProfile: ${quoted(story.nextProfile.path)}`]),
    `  workflow: ${story.workflow}`,
    ...(size.length === 0 ? [] : [`  site: {${size.join(', ')}}`]),
    `  seed: ${story.seed}`,
    `  bound: ${formatDuration(story.boundMs)}`,
    ...(story.events.length === 0 ? [] : ['  events:', ...story.events.map((fault) => `    - ${eventText(fault)}`)]),
    ...(expected.length === 0 ? [] : ['  expect:', ...expected.map((line) => `    ${line}`)]),
    '',
  ].join('\n');
}

function eventText({ kind, state, afterMs, forMs, on, how }: Fault): string {
  const form = faultForm(kind);
  const parts = [
    `fault: ${kind}`,
    ...(on === 'site' ? [] : [`on: ${quoted(on)}`]),
    ...(state === undefined ? [`at: ${formatDuration(afterMs)}`] : [`in: ${state}`]),
    ...(state === undefined || afterMs === 0 ? [] : [`after: ${formatDuration(afterMs)}`]),
    ...(form.lasts === 'moment' ? [] : [`for: ${Number.isFinite(forMs) ? formatDuration(forMs) : 'ever'}`]),
    ...(how === 0 ? [] : [`how: ${how}`]),
  ];
  return `{${parts.join(', ')}}`;
}

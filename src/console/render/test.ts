import type { Capture } from '../../capture/capture.ts';
import type { Place } from '../../kernel/fault.ts';
import type { Profile } from '../../profile/profile.ts';
import { moment } from '../ages.ts';
import { type CoverageSum, percentGiven } from '../coverage.ts';
import { count } from '../messages.ts';
import { indented, type Look, narrower, plainly } from '../paint.ts';
import type { StepResult } from '../run-test.ts';
import { paragraph, table } from '../table.ts';
import type { WorkflowAnswer } from '../workflows.ts';
import type { Data } from './data.ts';
import { captureData, placeData, profileData } from './parts.ts';
import type { Report } from './report.ts';
import { workflowData } from './workflow-data.ts';
import { decisionText, standsText } from './workflow-text.ts';

export interface TestResult {
  readonly name: string;
  readonly says: string;
  readonly file: string;
  readonly at: Place;
  readonly profile: Profile;
  readonly capture: Capture;
  readonly steps: readonly StepResult[];
}

export interface Coverage {
  readonly kind: 'gate' | 'finding';
  readonly name: string;
  readonly at: Place;
  readonly seen: readonly string[];
  readonly unseen: readonly string[];
}

const becauseShown = 4;

export function testText(
  results: readonly TestResult[],
  coverage: readonly Coverage[] | undefined,
  /** What tests saw of conditions, ready to be shown. */
  covered: string | undefined,
  look: Look,
  verbose: boolean,
): string {
  const lines: string[] = [];
  for (const { name, says, file, steps } of results) {
    const failed = steps.filter(({ failures }) => failures.length > 0);
    const mark = failed.length === 0 ? look.good(`${look.signs.open} ok    `) : look.bad(`${look.signs.closed} FAILED`);
    lines.push(
      `${mark}  ${look.strong(plainly(name, look))}  ${look.quiet(plainly(`${says} (${count(steps.length, 'step')})${look.wide ? `  ${file}` : ''}`, look))}\n`,
    );
    steps.forEach((step, at) => {
      if (step.failures.length === 0 && !verbose && !look.wide) return;
      lines.push(paragraph(look, '    ', `step ${at + 1}${step.says === '' ? '' : `: ${step.says}`}`, look.quiet));
      for (const failure of step.failures) {
        lines.push(
          paragraph(look, '      ', `${failure.at.file}:${failure.at.line}:${failure.at.col}: ${failure.says}`),
        );
        const shown = verbose ? failure.because : failure.because.slice(0, becauseShown);
        for (const because of shown) lines.push(paragraph(look, '        because ', because, look.quiet));
        const rest = failure.because.length - shown.length;
        if (rest > 0) lines.push(`        ${look.quiet(`and ${rest} more; -v shows all`)}\n`);
      }
      if (verbose || look.wide) lines.push(...step.workflows.map((one) => watched(one, step.nowMs, look)));
    });
  }
  if (coverage !== undefined) lines.push(coverageText(coverage, look));
  if (covered !== undefined) lines.push(covered);
  const failed = results.filter(({ steps }) => steps.some(({ failures }) => failures.length > 0)).length;
  const profiles = [...new Set(results.map(({ profile }) => `${profile.name} ${profile.version}`))];
  const total = `${count(results.length, 'test')}, ${failed === 0 ? 'all passed' : `${failed} failed`}; ${profiles.join(', ')} (unsigned)`;
  lines.push(`${failed === 0 ? look.good(plainly(total, look)) : look.bad(plainly(total, look))}\n`);
  return lines.join('');
}

/** What somebody who watched would have read. */
function watched(workflow: WorkflowAnswer, nowMs: number, look: Look): string {
  const inner = narrower(look, 6);
  return indented(
    `${look.quiet(moment(nowMs))}\n${standsText(workflow, nowMs, inner)}${decisionText(workflow, nowMs, inner)}`,
    6,
  );
}

function coverageText(coverage: readonly Coverage[], look: Look): string {
  const gaps = coverage.filter(({ unseen }) => unseen.length > 0);
  if (gaps.length === 0) return `\nevery verdict of ${coverage.length} gates and findings was seen\n`;
  const rows = gaps.map(({ kind, name, seen, unseen }) => [
    kind,
    name,
    seen.join(' '),
    { text: unseen.join(' '), paint: look.unsure },
  ]);
  return `\n${table(look, ['KIND', 'NAME', 'SEEN', 'NEVER SEEN'], rows)}\n`;
}

export function testData(
  results: readonly TestResult[],
  coverage: readonly Coverage[] | undefined,
  covered: CoverageSum | undefined,
): Data {
  return {
    schemaVersion: 'test/v1',
    passed: results.filter(({ steps }) => steps.every(({ failures }) => failures.length === 0)).length,
    failed: results.filter(({ steps }) => steps.some(({ failures }) => failures.length > 0)).length,
    tests: results.map(({ name, says, file, at, profile, capture, steps }) => ({
      name,
      says,
      result: steps.every(({ failures }) => failures.length === 0) ? 'passed' : 'failed',
      profile: profileData(profile),
      capture: captureData(capture),
      steps: steps.map((step) => ({
        says: step.says,
        result: step.failures.length === 0 ? 'passed' : 'failed',
        failures: step.failures.map((failure) => ({
          says: failure.says,
          because: [...failure.because],
          at: placeData(failure.at),
        })),
        workflows: step.workflows.map(workflowData),
        at: placeData(step.at),
      })),
      file,
      at: placeData(at),
    })),
    coverage: (coverage ?? []).map(({ kind, name, seen, unseen, at }) => ({
      kind,
      name,
      seen: [...seen],
      unseen: [...unseen],
      at: placeData(at),
    })),
    conditions: covered === undefined ? null : { seen: covered.seen, of: covered.of, percent: percentGiven(covered) },
  };
}

export function testReport(results: readonly TestResult[]): Report {
  const profiles = new Map(results.map(({ profile }) => [profile.name, profile]));
  return {
    name: `test ${[...profiles.keys()].join(' ')}`,
    properties: {
      signature: 'unsigned',
      ...Object.fromEntries([...profiles].map(([name, { digest }]) => [`digest of ${name}`, digest])),
    },
    cases: results.flatMap(({ name, profile, steps }) =>
      steps.map((step, at) => {
        const [first] = step.failures;
        return {
          rule: name,
          group: `${profile.name}/${name}`,
          name: `step ${at + 1}${step.says === '' ? '' : `: ${step.says}`}`,
          state: first === undefined ? 'ok' : 'failed',
          says: step.failures
            .map(({ says, because }) => `${says}${because[0] === undefined ? '' : `, because ${because[0]}`}`)
            .join('; '),
          at: first?.at ?? step.at,
        } as const;
      }),
    ),
  };
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation, Report } from '../../src/kernel/fact.ts';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { type Truth, UNKNOWN } from '../../src/kernel/verdict.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { compile } from '../../src/rules/compile.ts';
import { secondOpinion } from '../../src/rules/engine.ts';
import type { Evaluator } from '../../src/rules/evaluation.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { aSiteOf } from '../support/arbitrary-sites.ts';
import { aBlinding, blinded, siteOf } from '../support/blinding.ts';
import { type MadeSite, printSite, snapshotOf } from '../support/made-site.ts';
import { meaningOf } from '../support/reference.ts';
import { runs, thorough } from '../support/runs.ts';
import {
  cutOf,
  shippedCaptures,
  shippedProfiles,
  shippedReports,
  shippedSnapshot,
  valuesAsked,
} from '../support/shipped.ts';
import { movedByBlindness, verdictsOf } from '../support/verdicts.ts';

const profiles = shippedProfiles();
/** Whoever runs the tests a thousand times sees three of them: calm, silent and in trouble. */
const captures = thorough ? shippedCaptures : ['calm', 'silent-node', 'two-primaries'];

test('there are profiles and captures to prove this of', () => {
  expect(profiles.map(({ name }) => name)).toEqual(['single-node', 'three-node', 'two-node']);
  expect(shippedCaptures.length).toBeGreaterThanOrEqual(8);
});

/** The gates and the rollup, whose verdicts let something through, by every evaluator there is. */
async function agree(profile: Profile, evaluator: Evaluator, snapshot: Snapshot): Promise<void> {
  const { gates, findings, rollup } = evaluator.evaluate(snapshot);
  for (const { rule, objects, truths } of [...gates, ...findings, ...rollup]) {
    const asked = { per: rule.kind === 'rollup' ? ('site' as const) : rule.per, when: rule.when };
    for (const [index, object] of objects.entries()) {
      const what = `${profile.name}: ${rule.kind === 'rollup' ? rule.phase : rule.name} of ${object}`;
      const truth = truths[index] as Truth;
      expect(meaningOf(asked, snapshot, object), `${what}: the reference`).toBe(truth);
      expect(explainRule(rule, snapshot, object).truth, `${what}: explained`).toBe(truth);
      expect(await secondOpinion(asked, snapshot, object), `${what}: json-rules-engine`).toBe(truth);
    }
  }
}

function isDisputed({ columns, populations }: Snapshot, { fact, subject }: Observation): boolean {
  const index = populations[subject.kind].indexOf.get(subject.id);
  const cell = index === undefined ? undefined : columns.get(fact)?.cells[index];
  return cell?.kind === 'absent' && cell.why === 'disputed';
}

describe.each(profiles)('profile $name', (profile) => {
  const evaluator = compile(profile.packs);
  const aSite = aSiteOf(vocabulary, valuesAsked(profile.packs));
  const blindly = (before: MadeSite, after: MadeSite): void => {
    const moved = movedByBlindness(evaluator, snapshotOf(before, vocabulary), snapshotOf(after, vocabulary));
    expect(moved).toEqual([]);
  };
  const printed = (made: MadeSite) => ({ made, [fc.toStringMethod]: () => `\n${printSite(made, vocabulary)}\n` });

  test.each(captures)('all evaluators agree on capture %s', async (capture) => {
    await agree(profile, evaluator, await shippedSnapshot(capture, profile));
  });

  test('and on sites that nobody has seen', async () => {
    await fc.assert(
      fc.asyncProperty(aSite.map(printed), async ({ made }) => {
        await agree(profile, evaluator, snapshotOf(made, vocabulary));
      }),
      runs('SHIPPED', 150),
    );
  });

  test.each(captures)('K2: capture %s without any one of its facts or lists', async (capture) => {
    const made = siteOf(await shippedSnapshot(capture, profile));
    const kept = verdictsOf(evaluator, await shippedSnapshot(capture, profile));
    expect(verdictsOf(evaluator, snapshotOf(made, vocabulary))).toEqual(kept);
    const step = thorough ? 1 : 37;
    for (let index = 0; index < made.cells.length; index += step) {
      blindly(made, { ...made, cells: made.cells.toSpliced(index, 1) });
    }
    for (const kind of ['node', 'bond', 'volume', 'replica', 'connection', 'vm'] as const) {
      for (const members of [made.lists[kind].members, []]) {
        blindly(made, { ...made, lists: { ...made.lists, [kind]: { state: 'absent', members } } });
      }
    }
  });

  test.each(captures)('K2: capture %s without any set of its facts and lists', async (capture) => {
    const made = siteOf(await shippedSnapshot(capture, profile));
    fc.assert(
      fc.property(aBlinding, (blinding) => blindly(made, blinded(made, blinding))),
      runs('SHIPPED', 100),
    );
  });

  // Nearer to the source: what is computed of several facts must not become surer when one of them is gone. (It may for a
  // fact of which two sources say different things, once one of them was never heard: a single word of a dispute is left
  // out of this. In the operator the silent one's last word stands, and so does the dispute.)
  test.each(captures)(
    'K2: capture %s without any one observation, report or list, facts made anew',
    async (capture) => {
      const { reports, takenAtMs } = await shippedReports(capture, profile);
      const before = cutOf({ reports, takenAtMs });
      const without = [...reports.keys()].flatMap((at): (readonly Report[])[] => {
        const report = reports[at] as Report;
        const { observations, censuses } = report;
        const failed = (index: number) =>
          censuses.map((census, other) =>
            other === index ? { ...census, members: { failed: 'made to fail' } } : census,
          );
        return [
          reports.toSpliced(at, 1),
          ...censuses.map((_, index) => reports.with(at, { ...report, censuses: failed(index) })),
          ...observations
            .filter((one, index) => (thorough || index % 37 === 0) && !isDisputed(before, one))
            .map((one) => reports.with(at, { ...report, observations: observations.filter((other) => other !== one) })),
        ];
      });
      for (const left of without) {
        expect(movedByBlindness(evaluator, before, cutOf({ reports: left, takenAtMs }))).toEqual([]);
      }
    },
  );

  test('K2: sites that nobody has seen, without any set of their facts and lists', () => {
    const decided = { before: 0, after: 0 };
    fc.assert(
      fc.property(aSite.map(printed), aBlinding, ({ made }, blinding) => {
        const less = blinded(made, blinding);
        blindly(made, less);
        for (const truth of verdictsOf(evaluator, snapshotOf(made, vocabulary)).values()) {
          if (truth !== UNKNOWN) decided.before += 1;
        }
        for (const truth of verdictsOf(evaluator, snapshotOf(less, vocabulary)).values()) {
          if (truth !== UNKNOWN) decided.after += 1;
        }
      }),
      runs('SHIPPED', 1_000),
    );
    // Much was known, and some of it was lost.
    if (!thorough) return;
    expect(decided.before).toBeGreaterThan(200);
    expect(decided.after).toBeGreaterThan(50);
    expect(decided.after).toBeLessThan(decided.before);
  });
});

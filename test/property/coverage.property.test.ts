import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from '../../src/kernel/verdict.ts';
import type { Condition } from '../../src/rules/condition.ts';
import { ConditionCoverage } from '../../src/rules/coverage.ts';
import type { Gate } from '../../src/rules/pack.ts';
import { aGate } from '../support/arbitraries.ts';
import { aSite } from '../support/arbitrary-sites.ts';
import { printSite, snapshotOf } from '../support/made-site.ts';
import { meaningOf } from '../support/reference.ts';
import { runs, thorough } from '../support/runs.ts';

/** Each part on a line of its own, as the linker places them. */
function placed(condition: Condition, next: { line: number }): Condition {
  const at = { file: 'made.yaml', line: next.line++, col: 1 };
  switch (condition.kind) {
    case 'leaf':
    case 'asks-unknown':
      return { ...condition, at };
    case 'all':
    case 'any':
      return { ...condition, at, of: condition.of.map((part) => placed(part, next)) as [Condition, ...Condition[]] };
    case 'not':
    case 'named':
      return { ...condition, at, of: placed(condition.of, next) };
    case 'quantified': {
      const where = condition.where === undefined ? {} : { where: placed(condition.where, next) };
      return { ...condition, at, ...where, satisfies: placed(condition.satisfies, next) };
    }
  }
}

const words = { [FALSE]: 'false', [UNKNOWN]: 'unknown', [TRUE]: 'true' } as const;

/** What was seen, by the meaning alone: each part of each moment is said to be otherwise, one after the other, and the whole is
 *  evaluated again. */
function referee(
  gate: Gate,
  snapshot: Snapshot,
  can: ReadonlyMap<number, readonly string[]>,
): Map<number, Set<string>> {
  const seen = new Map<number, Set<string>>();
  for (const { id } of snapshot.populations[gate.per].members) {
    const parts: { line: number; truth: Truth }[] = [];
    const truth = meaningOf(gate, snapshot, id, ({ at }, came) => {
      parts.push({ line: at.line, truth: came });
      return came;
    });
    parts.forEach(({ line, truth: came }, index) => {
      const row = seen.get(line) ?? new Set<string>();
      seen.set(line, row.add(words[came]));
      const others = ([FALSE, UNKNOWN, TRUE] as const).filter(
        (one) => one !== came && can.get(line)?.includes(words[one]),
      );
      const changes = others.map((other) => {
        let heard = 0;
        return meaningOf(gate, snapshot, id, (_, was) => (heard++ === index ? other : was)) !== truth;
      });
      if (changes.length > 0 && changes.every(Boolean)) row.add('decided');
    });
  }
  return seen;
}

test('a condition decided alone exactly where saying it were otherwise, and nothing else, changes the verdict', () => {
  let decided = 0;
  fc.assert(
    fc.property(aGate, aSite, (made, site) => {
      const gate: Gate = { ...made, when: placed(made.when, { line: 1 }) };
      const snapshot = snapshotOf(site);
      const coverage = new ConditionCoverage();
      coverage.add(gate, 'gate');
      const { state, members } = snapshot.populations[gate.per];
      if (state !== 'known') return;
      for (const { id } of members) coverage.see(gate, gate.per, id, snapshot);
      const found = coverage.conditions();
      const expected = referee(gate, snapshot, new Map(found.map(({ at, can }) => [at.line, can])));
      for (const { at, seen } of found) {
        expect([at.line, [...seen].sort()], printSite(site)).toEqual([
          at.line,
          [...(expected.get(at.line) ?? [])].sort(),
        ]);
        if (seen.includes('decided')) decided += 1;
      }
    }),
    runs('COVERAGE', 600),
  );
  if (thorough) expect(decided).toBeGreaterThan(100);
}, 120_000);

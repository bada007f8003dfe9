import { expect, test } from 'vitest';
import { decide } from '../../../src/kernel/decide.ts';
import type { Reason, Verdict } from '../../../src/kernel/verdict.ts';

const reason = (says: string): Reason => ({
  says,
  fact: 'node.ready',
  object: 'node-a',
  detail: 'is false',
  unknown: false,
  at: { file: 'pack.yaml', line: 1, col: 1 },
});
const open: Verdict = { kind: 'open' };
const closed: Verdict = { kind: 'closed', because: [reason('closed')] };
const unknown: Verdict = { kind: 'unknown', missing: [reason('unknown')] };

test('K2: all gates open advance, and name where to', () => {
  expect(decide('Flip', [open, open])).toEqual({ kind: 'advance', to: 'Flip' });
});

test.each([
  ['one closed gate', [closed], ['closed']],
  ['one unknown gate', [unknown], ['unknown']],
  ['a closed gate behind open ones', [open, open, closed], ['closed']],
  ['an unknown gate before an open one', [unknown, open], ['unknown']],
  ['closed and unknown, in their order', [unknown, closed], ['unknown', 'closed']],
] as const)('K2: %s holds, with every reason', (_, verdicts, says) => {
  const decision = decide('Flip', verdicts);
  expect(decision.kind === 'hold' && decision.because.map((because) => because.says)).toEqual(says);
});

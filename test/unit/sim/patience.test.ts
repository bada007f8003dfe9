import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../src/kernel/machine.ts';
import type { KubeObject } from '../../../src/kernel/raw.ts';
import type { WorkflowStatus } from '../../../src/kernel/workflow.ts';
import { patienceOf, saidOf } from '../../../src/sim/patience.ts';

const minute = 60_000;
const machine = {
  states: [
    { name: 'Wait', budgetMs: 60 * minute },
    { name: 'Next', budgetMs: 30 * minute },
    { name: 'Ever', budgetMs: Number.POSITIVE_INFINITY },
  ],
} as unknown as Machine<unknown>;
const status = (state: string, done = 0): WorkflowStatus =>
  ({ uid: 'u', state, done: Array.from({ length: done }) }) as unknown as WorkflowStatus;
const object = (overdue = false): KubeObject => ({
  apiVersion: 'v',
  kind: 'K',
  metadata: { name: 'site' },
  status: { conditions: [{ type: 'Overdue', status: overdue ? 'True' : 'False', message: 'Wait: for somebody' }] },
});

describe('patience', () => {
  test('is there while anything moves, and then leaves out what is left of the budget, once', () => {
    const patience = patienceOf(machine);
    expect(patience.look(0, status('Wait'), object(), true)).toEqual({ kind: 'on' });
    expect(patience.look(6 * minute, status('Wait', 1), object(), true)).toEqual({ kind: 'on' });
    expect(patience.look(12 * minute, status('Wait', 1), object(), true)).toEqual({ kind: 'on' });
    expect(patience.look(13 * minute, status('Wait', 1), object(), true)).toEqual({ kind: 'leap', ms: 47 * minute });
    expect(patience.look(14 * minute, status('Wait', 1), object(), true)).toEqual({ kind: 'on' });
    expect(patience.look(61 * minute, status('Next'), object(), true)).toEqual({ kind: 'on' });
    expect(patience.look(68 * minute, status('Next'), object(), true)).toEqual({ kind: 'leap', ms: 23 * minute });
  });

  test('waits for the last fault', () => {
    const patience = patienceOf(machine);
    patience.look(0, status('Wait'), object(), true);
    expect(patience.look(8 * minute, status('Wait'), object(), false)).toEqual({ kind: 'on' });
    expect(patience.look(14 * minute, status('Wait'), object(), true)).toEqual({ kind: 'on' });
    expect(patience.look(15 * minute, status('Wait'), object(), true).kind).toBe('leap');
  });

  test('ends where it is said that it is overdue, and never leaps where no budget runs', () => {
    const patience = patienceOf(machine);
    patience.look(0, status('Ever'), object(true), true);
    expect(patience.look(6 * minute, status('Ever'), object(true), true)).toEqual({ kind: 'on' });
    expect(patience.look(7 * minute, status('Ever'), object(), true)).toEqual({ kind: 'on' });
    expect(patience.look(8 * minute, status('Ever'), object(true), true)).toEqual({ kind: 'overdue' });
    expect(saidOf(object(true), 'Overdue')).toBe('Wait: for somebody');
    expect(saidOf(undefined, 'Overdue')).toBe('');
  });

  test('also over a status that nobody can read', () => {
    const patience = patienceOf(machine);
    patience.look(0, undefined, object(true), true);
    expect(patience.look(7 * minute, undefined, object(true), true)).toEqual({ kind: 'overdue' });
  });
});

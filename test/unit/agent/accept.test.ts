import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Acceptance, accept, unreadContent } from '../../../src/agent/accept.ts';
import { type Entry, emptyJournal, intentOf, type Journal, withEntry } from '../../../src/agent/journal.ts';
import { readOrder } from '../../../src/crd/agent-status.ts';
import { anOrder } from '../../support/fake-host.ts';

const here = { node: 'node-a', bootId: 'boot-1' };

function journal(...entries: Entry[]): Journal {
  return entries.reduce<Journal>((state, entry) => withEntry(state, entry) as Journal, emptyJournal);
}
const ended = (phase: 'done' | 'interrupted' = 'done'): Entry => ({ kind: 'outcome', step: 5, phase, why: '' });
const five = anOrder({ step: 5, epoch: 3 });
const seen = journal(intentOf(five), ended());

function why(found: Acceptance): string {
  return found.kind === 'refuse' ? found.why : found.kind;
}

describe('an order', () => {
  test('of the next step is done', () => {
    expect(accept(seen, anOrder({ step: 6, epoch: 3 }), here)).toMatchObject({ kind: 'do', order: { step: 6 } });
    expect(accept(seen, anOrder({ step: 900, epoch: 4 }), here).kind).toBe('do');
  });

  test.each([
    ['of an older epoch', anOrder({ step: 6, epoch: 2 }), 'older-epoch', false],
    ['that is known, of an older epoch', { ...five, epoch: 2 }, 'older-epoch', false],
    ['of an older step', anOrder({ step: 4, epoch: 3 }), 'older-step', false],
    ['of an older step and a newer epoch', anOrder({ step: 4, epoch: 9 }), 'older-step', false],
    ['with the same step and another command', { ...five, command: 'drbd.connect' }, 'other-content', false],
    ['with the same step and other arguments', { ...five, with: { mode: 'balance-rr' } }, 'other-content', false],
    ['with the same step and another object', { ...five, object: 'node-a/x' }, 'other-content', false],
    ['with the same step of another workflow', { ...five, workflow: 'w-2' }, 'other-content', false],
    ['with the same step and another deadline', { ...five, confirmWithinMs: 1 }, 'other-content', false],
    ['to another node', anOrder({ step: 6, epoch: 3, node: 'node-b' }), 'other-node', false],
    ['to an earlier boot', anOrder({ step: 6, epoch: 3, bootId: 'boot-0' }), 'other-boot', true],
    ['with an unknown command', { ...anOrder({ step: 6, epoch: 3 }), command: 'run' }, 'unknown-command', true],
    ['that is the operator’s own', anOrder({ step: 6, epoch: 3, command: 'site.take-lock' }), 'not-an-agents', true],
    ['with arguments that are none', { ...anOrder({ step: 6, epoch: 3 }), with: { mode: {} } }, 'malformed', true],
    ['without arguments', { ...anOrder({ step: 6, epoch: 3 }), with: undefined }, 'malformed', true],
    ['with a negative deadline', { ...anOrder({ step: 6, epoch: 3 }), confirmWithinMs: -1 }, 'malformed', true],
    ['whose reads are no list', { ...anOrder({ step: 6, epoch: 3 }), dependsOn: {} }, 'malformed', true],
    ['given at no moment', { ...anOrder({ step: 6, epoch: 3 }), givenAtMs: 'now' }, 'malformed', true],
    ['of half a step', { ...anOrder(), step: 6.5 }, 'malformed', false],
    ['of step 0', { ...anOrder(), step: 0 }, 'malformed', false],
    ['of a step past what is counted exactly', { ...anOrder(), step: 2 ** 53 }, 'malformed', false],
    ['of an epoch in words', { ...anOrder({ step: 6 }), epoch: '3' }, 'malformed', false],
    ['that is a text', 'order', 'malformed', false],
    ['that is a list', [five], 'malformed', false],
  ])('%s is refused', (_, json, reason, records) => {
    const found = accept(seen, json, here);
    expect(why(found)).toBe(reason);
    expect(found.kind === 'refuse' && found.records !== undefined).toBe(records);
  });

  test('is refused while the one before is under way, and while this boot is not known', () => {
    expect(why(accept(journal(intentOf(five)), anOrder({ step: 6, epoch: 3 }), here))).toBe('busy');
    expect(why(accept(journal(intentOf(five)), five, here))).toBe('busy');
    const blind = accept(seen, anOrder({ step: 6, epoch: 3 }), { node: 'node-a', bootId: undefined });
    expect(blind).toMatchObject({ kind: 'refuse', why: 'other-boot' });
    expect(blind).not.toHaveProperty('records');
  });

  test('that comes again is answered, whoever gives it and for whatever reasons now', () => {
    expect(accept(seen, five, here)).toMatchObject({ kind: 'again', outcome: 'done', raises: false });
    const later = {
      ...five,
      epoch: 7,
      givenAtMs: 9,
      bootId: 'boot-1',
      dependsOn: [{ fact: 'x', object: 'y', value: 1 }],
    };
    expect(accept(seen, later, here)).toMatchObject({ kind: 'again', outcome: 'done', raises: true, epoch: 7 });
    const died = journal(intentOf(five), ended('interrupted'));
    expect(accept(died, five, here)).toMatchObject({ kind: 'again', outcome: 'interrupted' });
  });

  test('that could not be read is answered once it was refused', () => {
    const unknown = { ...five, command: 'reboot' };
    const read = readOrder(unknown);
    const head = read.ok ? undefined : read.head;
    expect(head).toBeDefined();
    const refused = journal(intentOf(head as never, unreadContent), {
      kind: 'outcome',
      step: 5,
      phase: 'refused',
      why: '',
    });
    expect(accept(refused, unknown, here)).toMatchObject({ kind: 'again', outcome: 'refused' });
    expect(why(accept(refused, five, here))).toBe('other-content');
  });

  test('may be any JSON: acceptance never throws, and does only what it could read', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constant(undefined));
    const near = fc.record(
      { ...Object.fromEntries(Object.keys(five).map((name) => [name, field])) },
      { requiredKeys: [] },
    );
    const mostly = near.map((change) => ({ ...anOrder({ step: 6, epoch: 3 }), ...change }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), mostly), (json) => {
        const found = accept(seen, json, here);
        if (found.kind === 'do') expect(found.order).toMatchObject({ node: 'node-a', bootId: 'boot-1' });
        if (found.kind === 'do') expect(found.order.step).toBeGreaterThan(5);
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agent } from '../../src/agent/agent.ts';
import { type Instruction, journalPath } from '../../src/agent/instruction.ts';
import { type Journal, readJournal } from '../../src/agent/journal.ts';
import type { CommandName } from '../../src/kernel/command.ts';
import { anOrder, config, drive, FakeHost } from '../support/fake-host.ts';

/** What happens to an agent between two looks: somebody orders something, or nothing; it lives so many instructions; an answer
 *  or two is lost; an append is torn. */
interface Turn {
  readonly order: ReturnType<typeof anOrder> | undefined;
  readonly lives: number;
  readonly lost: readonly number[];
  readonly tears: boolean;
}

const commands: readonly CommandName[] = [
  'network.unstage',
  'drbd.disconnect',
  'drbd.connect',
  'network.stage',
  'bond.set-mode',
  'bond.revert',
  'bond.confirm',
];

const anyOrder = fc
  .record({
    step: fc.integer({ min: 1, max: 6 }),
    epoch: fc.integer({ min: 0, max: 4 }),
    command: fc.constantFrom(...commands),
    node: fc.constantFrom('node-a', 'node-a', 'node-a', 'node-b'),
    workflow: fc.constantFrom('workflow-1', 'workflow-1', 'workflow-2'),
  })
  .map((change) => anOrder({ ...change, with: { mode: 'balance-rr' }, confirmWithinMs: 60_000 }));

const aTurn: fc.Arbitrary<Turn> = fc.record({
  order: fc.option(anyOrder, { nil: undefined, freq: 4 }),
  lives: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(500)),
  lost: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 2 }),
  tears: fc.boolean(),
});

function changesTheHost(instruction: Instruction): boolean {
  switch (instruction.do) {
    case 'write':
    case 'remove':
      return instruction.path !== journalPath;
    case 'arm':
    case 'disarm':
      return true;
    case 'run':
      return instruction.argv[0] === 'drbdadm' || instruction.argv.includes('-batch');
    default:
      return false;
  }
}

function onDisk(host: FakeHost): Journal | undefined {
  const read = readJournal(host.journal);
  return read.ok ? read.journal : undefined;
}

describe('K9: an agent is fenced by its journal', () => {
  test('whatever is ordered by whom, whenever it dies: the journal never goes back, and nothing older than it is done', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(aTurn, { minLength: 1, maxLength: 12 }), (turns) => {
        const host = new FakeHost();
        let newest = { epoch: 0, step: 0 };
        /** Steps that something was done for: every one belongs to one order, and is begun once. */
        const begun = new Map<number, string>();
        for (const turn of turns) {
          if (turn.order !== undefined) host.order(turn.order);
          let asked = 0;
          host.lost = () => {
            asked += 1;
            return turn.lost.includes(asked);
          };
          let before = onDisk(host);
          const watch = (instruction: Instruction): void => {
            const now = onDisk(host);
            if (host.journal !== '') {
              expect(now, 'the journal is whole, at its tail too').toBeDefined();
              expect(now?.epoch).toBeGreaterThanOrEqual(newest.epoch);
              expect(now?.step).toBeGreaterThanOrEqual(newest.step);
              newest = { epoch: now?.epoch ?? 0, step: now?.step ?? 0 };
            }
            if (now !== undefined && before !== undefined && now.step > before.step) {
              expect(begun.has(now.step), `step ${now.step} is begun once`).toBe(false);
              begun.set(now.step, now.content);
              outcomes.add(now.command);
            }
            // Whatever changes the host belongs to the order that the journal says is under way, and that stands there now.
            if (changesTheHost(instruction)) {
              expect(before?.phase).toBe('accepted');
              const order = (host.own.spec as { order: { step: number; epoch: number; node: string } }).order;
              expect(order).toMatchObject({ step: before?.step, epoch: before?.epoch, node: 'node-a' });
            }
            if (now !== undefined) outcomes.add(now.phase);
            before = now;
          };
          drive(
            agent(config, () => host.nowMs),
            host,
            { most: turn.lives, sleeps: 3, watch },
          );
          host.lost = () => false;
          // A death in the middle of an append leaves part of a line, which nobody was told was written.
          if (turn.tears && host.journal !== '') host.files.set(journalPath, `${host.journal}3f1c0d {"epo`);
        }
        drive(
          agent(config, () => host.nowMs),
          host,
          { sleeps: 2 },
        );
        const last = onDisk(host);
        expect(last?.phase).not.toBe('accepted');
        expect(host.said('node.journalStep')).toBe(last?.step);
        expect(host.said('node.journalEpoch')).toBe(last?.epoch);
      }),
      { numRuns: 400 },
    );
    // The walk went where it was meant to go.
    expect([...outcomes].sort()).toEqual(
      expect.arrayContaining(['accepted', 'done', 'failed', 'interrupted', ...commands]),
    );
  });

  test('a journal that is damaged before its end stops every order, and says so', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 3 }), (at, orders) => {
        const host = new FakeHost();
        for (let step = 1; step <= orders; step += 1) {
          host.order(anOrder({ step }));
          drive(
            agent(config, () => host.nowMs),
            host,
            { sleeps: 1 },
          );
        }
        const lines = host.journal.length - 1;
        const lastLine = host.journal.lastIndexOf('\n', lines - 1);
        const hit = at % lastLine;
        const text = host.journal;
        host.files.set(journalPath, `${text.slice(0, hit)}${text[hit] === 'x' ? 'y' : 'x'}${text.slice(hit + 1)}`);
        const damaged = host.journal;
        host.did.length = 0;
        host.order(anOrder({ step: 9, epoch: 9, command: 'drbd.disconnect' }));
        drive(
          agent(config, () => host.nowMs),
          host,
          { sleeps: 3 },
        );
        expect(host.did).toEqual([]);
        expect(host.journal).toBe(damaged);
        expect(host.said('node.journalStep')).toBeUndefined();
        expect((host.own.status as { trouble?: string }).trouble).toMatch(/journal .*no order is obeyed/);
      }),
      { numRuns: 100 },
    );
  });
});

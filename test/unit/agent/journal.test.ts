import { describe, expect, test } from 'vitest';
import {
  type Entry,
  emptyJournal,
  intentOf,
  type Journal,
  lineOf,
  readJournal,
  wholeOf,
  withEntry,
} from '../../../src/agent/journal.ts';
import { anOrder } from '../../support/fake-host.ts';

const intent = intentOf(anOrder({ step: 3, epoch: 2 }));
const outcome: Entry = { kind: 'outcome', step: 3, phase: 'done', why: 'a\nb "c"' };
const whole = `${wholeOf(emptyJournal)}${lineOf(intent)}\n${lineOf(outcome)}\n`;

function read(text: string): Journal | string {
  const found = readJournal(text);
  return found.ok ? found.journal : found.says;
}

describe('a journal', () => {
  test('reads back what was written', () => {
    expect(read(whole)).toMatchObject({
      epoch: 2,
      step: 3,
      command: 'network.unstage',
      phase: 'done',
      why: 'a\nb "c"',
    });
    expect(readJournal(whole)).toMatchObject({ lines: 3, cut: false });
  });

  test('cut off anywhere in its last line is the journal without that line, and says that it was cut', () => {
    const before = whole.slice(0, whole.lastIndexOf('\n', whole.length - 2) + 1);
    for (let end = before.length + 1; end < whole.length; end += 1) {
      expect(readJournal(whole.slice(0, end))).toMatchObject({
        ok: true,
        cut: true,
        lines: 2,
        journal: { step: 3, phase: 'accepted' },
      });
    }
    expect(readJournal(before)).toMatchObject({ cut: false, journal: { phase: 'accepted' } });
  });

  test('with one letter changed is never read as it was: cut at the last line, refused before it', () => {
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let at = 0; at < whole.length - 1; at += 1) {
      const text = `${whole.slice(0, at)}${whole[at] === '0' ? '1' : '0'}${whole.slice(at + 1)}`;
      const found = readJournal(text);
      if (at < lastLine) expect(found.ok, `letter ${at}`).toBe(false);
      else expect(found, `letter ${at}`).toMatchObject({ ok: true, cut: true, journal: { phase: 'accepted' } });
    }
  });

  test.each([
    ['nothing', '', 'the journal has lost its beginning'],
    ['no beginning', `${lineOf(intent)}\n`, 'the journal has lost its beginning'],
    ['two beginnings', wholeOf(emptyJournal).repeat(2), 'line 2 of the journal does not follow from those before'],
    ['an order twice', `${whole}${lineOf(intent)}\n`, 'line 4 of the journal does not follow from those before'],
    [
      'an outcome of nothing',
      `${whole}${lineOf(outcome)}\n`,
      'line 4 of the journal does not follow from those before',
    ],
    ['two damaged lines at its end', `${wholeOf(emptyJournal)}x\ny\n`, 'line 2 of the journal is damaged'],
    [
      'other JSON under a right checksum',
      `${wholeOf(emptyJournal)}${lineOf({ kind: 'epoch' } as never)}\n${lineOf(intent)}\n`,
      'line 2 of the journal is damaged',
    ],
  ])('with %s is refused', (_, text, says) => {
    expect(read(text)).toBe(says);
  });

  test('knows no entry that goes back', () => {
    const now = read(whole) as Journal;
    expect(withEntry(now, { kind: 'epoch', epoch: 2 })).toBeUndefined();
    expect(withEntry(now, { kind: 'epoch', epoch: 3 })?.epoch).toBe(3);
    expect(withEntry(now, intentOf(anOrder({ step: 3, epoch: 9 })))).toBeUndefined();
    expect(withEntry(now, intentOf(anOrder({ step: 4, epoch: 1 })))).toBeUndefined();
    const busy = withEntry(now, intentOf(anOrder({ step: 4, epoch: 2 }))) as Journal;
    expect(withEntry(busy, intentOf(anOrder({ step: 5, epoch: 2 })))).toBeUndefined();
    expect(withEntry(busy, { kind: 'outcome', step: 3, phase: 'done', why: '' })).toBeUndefined();
  });
});

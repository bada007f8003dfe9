import { describe, expect, test } from 'vitest';
import { faultText } from '../../../src/console/fault-text.ts';
import { error, type Place, warning } from '../../../src/kernel/fault.ts';
import { Places } from '../../../src/source/text.ts';

function at(text: string, word: string): Place {
  return new Places({ file: 'p.yaml', text }).at(text.indexOf(word), word.length);
}

describe('a fault', () => {
  test('says where, what and what next, and marks the place', () => {
    const text = 'a: 1\n  - {fact: connection.outOfSynch, operator: equal}\n';
    const fault = error(
      'PACK_UNKNOWN_FACT',
      at(text, 'connection.outOfSynch'),
      'connection has no fact `outOfSynch`',
      'did you mean `connection.outOfSync`?',
    );
    expect(faultText(fault)).toBe(
      [
        'p.yaml:2:12: connection has no fact `outOfSynch`; did you mean `connection.outOfSync`?',
        '    2 │   - {fact: connection.outOfSynch, operator: equal}',
        '      │            ^^^^^^^^^^^^^^^^^^^^^',
        '',
      ].join('\n'),
    );
  });

  test('a warning says that it is one; without an excerpt there is only the sentence', () => {
    expect(faultText(warning('PACK_UNUSED', { file: 'p.yaml', line: 3, col: 1 }, 'nothing uses it'))).toBe(
      'p.yaml:3:1: warning: nothing uses it\n',
    );
  });

  test('prints nothing that a terminal would obey, in name, message and excerpt', () => {
    const text = 'fact: "\u001b[31m\u202e\u0007red"';
    const fault = error(
      'PACK_UNKNOWN_FACT',
      { ...at(text, '"'), file: 'a\u001b[2Jb\nc' },
      'there is no `\u001b]0;x\u0007`',
      'line\u2028break',
    );
    const printed = faultText(fault);
    expect(printed).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e\u2028]/u);
    expect(printed.split('\n')).toHaveLength(4);
  });

  test('the mark stands under the place though characters before it are wide, combined, escaped or tabs', () => {
    const text = '日本\u0301\t\u0007é: bad';
    const [, line = '', mark = ''] = faultText(error('YAML_SYNTAX', at(text, 'bad'), 'x')).split('\n');
    const before = line.slice(0, line.indexOf('bad'));
    // Two wide characters take two columns each; the accent takes none.
    expect(mark.indexOf('^')).toBe([...before].length + 2 - 1);
    expect(mark.trimEnd().endsWith('^^^')).toBe(true);
  });

  test.each([40, 80])('a long line is cut to %i columns around the place', (width) => {
    const text = `${'x'.repeat(300)} HERE ${'y'.repeat(300)}`;
    const lines = faultText(error('YAML_SYNTAX', at(text, 'HERE'), 'x'), { width }).split('\n');
    const [, line = '', mark = ''] = lines;
    expect(line.length).toBeLessThanOrEqual(width);
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('HERE');
  });

  test('plain old terminals get plain old marks', () => {
    const printed = faultText(error('YAML_SYNTAX', at('a: bad', 'bad'), 'x → y … z'), { ascii: true });
    expect(printed).toMatch(/^[\u0020-\u007e\n]+$/);
  });

  test('colour is added only when asked for', () => {
    const fault = error('YAML_SYNTAX', at('a: bad', 'bad'), 'x');
    expect(faultText(fault)).not.toContain('\u001b');
    expect(faultText(fault, { color: true })).toContain('\u001b[');
  });
});

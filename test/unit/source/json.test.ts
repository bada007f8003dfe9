import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/source/json.ts';

const told = (text: string): string => {
  const parsed = parseJson({ file: 'x.json', text });
  return parsed.ok ? 'fine' : parsed.faults.map(({ at, message }) => `${at.line}:${at.col} ${message}`).join();
};

describe('what is not JSON is told where it stops being it', () => {
  test.each([
    ['what a server said instead', 'Error from server\n', '1:1 is not JSON from here on'],
    ['a word in the middle', '{"a": 1,\n "b": nope}', '2:8 is not JSON from here on'],
    ['a comma too many', '{"a": 1,}', '1:9 is not JSON from here on'],
    ['a bracket of the other kind', `[${'1, '.repeat(500)}\n}`, '2:1 is not JSON from here on'],
    ['more after the end', '[]\n[]', '2:1 is not JSON from here on'],
    ['cut off', '{"a": [1, 2', '1:12 ends in the middle of its JSON'],
    ['cut off, with a line break', '{"a": [1, 2\n', '2:1 ends in the middle of its JSON'],
    ['cut off in a text', '["ab', '1:5 ends in the middle of its JSON'],
    ['cut off in a word', '[tru', '1:5 ends in the middle of its JSON'],
    ['nothing', '', '1:1 ends in the middle of its JSON'],
    ['JSON', ' {"a": [1, 2]} ', 'fine'],
  ])('%s', (_, text, says) => {
    expect(told(text)).toBe(says);
  });

  test('a sign that no JSON has is found wherever it was put between two parts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(), (numbers, pick) => {
        const parts = JSON.stringify(numbers, null, 1).split('\n');
        const at = pick % parts.length;
        const text = [...parts.slice(0, at), `@${parts[at]}`, ...parts.slice(at + 1)].join('\n');
        expect(told(text)).toBe(`${at + 1}:1 is not JSON from here on`);
      }),
    );
  });
});

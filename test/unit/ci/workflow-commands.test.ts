import { expect, test } from 'vitest';
import { annotations, command, output, unobeyed } from '../../../ci/workflow-commands.ts';

test('a message of several lines is one command, and ends no field', () => {
  expect(command('warning', 'a, b: c', '100 % sure\n::error::no\r')).toBe(
    '::warning title=a%2C b%3A c::100 %25 sure%0A::error::no%0D\n',
  );
});

test('text of others stands where the runner obeys nothing, and ends before a line of ours', () => {
  expect(unobeyed('::error::no\n##[add-mask]x', 'secret')).toBe(
    '::stop-commands::secret\n::error::no\n##[add-mask]x\n::secret::\n',
  );
  expect(unobeyed('one line\n', 's')).toBe('::stop-commands::s\none line\n::s::\n');
  expect(unobeyed('', 's')).toBe('');
});

test('only annotations are taken for such', () => {
  const text =
    '::error file=a,line=1::x\n::warning title=b::y\n::notice title=c::z\n::add-mask::x\n::errors ::x\n ::error ::x\nsum';
  expect(annotations(text)).toEqual(text.split('\n').slice(0, 3));
});

test('an output may have several lines, whatever stands in them', () => {
  expect(output('html', 'a\nlevel=danger', 'secret')).toBe('html<<secret\na\nlevel=danger\nsecret\n');
});

import { expect, test } from 'vitest';
import { keptIn } from '../../../scripts/kept-code.ts';
import { folderWith } from '../../support/folder.ts';

const script = (body: string): string => `(function (exports, require, module, nextTo) { ${body} })`;

test('a built file is handed parts of Node, the files beside it, and packages that were left out of it', () => {
  const folder = folderWith({
    'first.cjs': script(
      "module.exports = { part: require('node:path').sep, beside: nextTo('second').said, left: require('left-out').said };",
    ),
    'second.cjs': script("exports.said = 'beside';"),
    'node_modules/left-out/index.js': "exports.said = 'left out';",
  });
  expect(keptIn(folder)('first')).toEqual({ part: '/', beside: 'beside', left: 'left out' });
});

test('what is not there is said to be missing', () => {
  const folder = folderWith({ 'first.cjs': script("require('nowhere-at-all');") });
  expect(() => keptIn(folder)('first')).toThrow(/Cannot find module 'nowhere-at-all'/);
});

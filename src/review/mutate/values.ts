import type { FactType } from '../../kernel/value.ts';
import type { Tree } from '../../source/tree.ts';
import { scalar } from './edits.ts';

/** The value next to a limit on either side, in the unit in which it was written: `30s` → `31s`, `29s`. None where nothing is ordered. */
export function nextTo(tree: Tree, type: FactType): readonly Tree[] {
  if (tree.kind !== 'scalar') return [];
  switch (type.kind) {
    case 'int':
      return typeof tree.value === 'number' ? [tree.value + 1, tree.value - 1].map((value) => scalar(value, tree)) : [];
    case 'duration':
    case 'size':
    case 'version':
      return stepped(tree.text).map((text) => scalar(text, tree));
    default:
      return [];
  }
}

/** A text whose last number is one more, and one less. */
function stepped(text: string): readonly string[] {
  const match = /^(.*?)(\d+)(\D*)$/.exec(text);
  if (match === null) return [];
  const [, before = '', digits = '', after = ''] = match;
  const number = Number(digits);
  return [number + 1, number - 1].filter((next) => next >= 0).map((next) => `${before}${next}${after}`);
}

import { error, type Fault } from '../kernel/fault.ts';
import type { Machine } from '../kernel/machine.ts';
import { shown } from '../source/shown.ts';
import { hintFor } from '../source/suggest.ts';
import type { SourceText } from '../source/text.ts';
import { child, type Tree } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';

/** States that a story expects and its machine does not have, each at its place: a story that waits for what cannot come
 *  would fail for ever, and one that forbids it would never fail. */
export function strangeStates(source: SourceText, { drives, states }: Machine): readonly Fault[] {
  const parsed = parseTree(source);
  const expect = parsed.ok ? child(child(parsed.value, 'spec'), 'expect') : undefined;
  const names = states.map(({ name }) => name);
  return ['passes', 'never'].flatMap((field) =>
    itemsOf(child(expect, field)).flatMap((tree): readonly Fault[] => {
      if (tree.kind !== 'scalar' || names.includes(tree.text)) return [];
      const says = `\`${drives}\` has no state \`${shown(tree.text)}\``;
      return [error('PACK_UNKNOWN_STATE', tree.at, says, hintFor(tree.text, names))];
    }),
  );
}

/** One alone may stand without a list around it. */
function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree === undefined ? [] : tree.kind === 'list' ? tree.items : [tree];
}

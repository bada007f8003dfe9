import { type CommandName, commands } from '../kernel/command.ts';
import type { Place } from '../kernel/fault.ts';
import type { Act, GateUse, State } from '../kernel/machine.ts';
import { child, type Entry, type MapTree, type Tree } from '../source/tree.ts';
import { durationOf } from '../source/words.ts';
import { commandOf, linkAct } from './link-machine-command.ts';
import { linkGateUses } from './link-machine-question.ts';
import type { PackContext } from './link-scope.ts';
import type { Question } from './pack.ts';

/** A state as its author wrote it. Where it leads are still words: a stretch's states lead to others in each machine. */
export interface WrittenState {
  readonly name: string;
  readonly at: Place;
  readonly says: string;
  /** For what is asked of the text itself: whether a part was written at all, sound or not. */
  readonly tree: MapTree;
  /** Of the pack that it stands in, which hears of what is wrong with it. */
  readonly context: PackContext;
  readonly command?: CommandName;
  readonly act?: Act<Question>;
  readonly goto: readonly WrittenTransition[];
  readonly onFailure?: Word;
  readonly budgetMs?: number;
  readonly overdue: State['overdue'];
  readonly pointOfNoReturn?: string;
  readonly takesBack: boolean;
  readonly ends?: NonNullable<State['ends']>;
}

export interface WrittenTransition {
  readonly to: Word;
  readonly gates: readonly GateUse<Question>[];
}

/** A name that somebody wrote, and where. */
export interface Word {
  readonly text: string;
  readonly at: Place;
}

export function linkState({ key, keyAt, value }: Entry, context: PackContext): WrittenState | undefined {
  if (value.kind !== 'map') return undefined; // the shape has said so
  const command = commandOf(child(value, 'step'));
  const says = wordIn(value, 'says')?.text ?? (command === undefined ? key : commands[command].means);
  const act = linkAct(key, says, value, context);
  const gotoTree = child(value, 'goto');
  const transitions = gotoTree?.kind === 'list' ? gotoTree.items : [];
  const onFailure = wordIn(value, 'onFailure');
  const budgetMs = durationOf(child(value, 'budget'), context);
  const pointOfNoReturn = wordIn(value, 'pointOfNoReturn')?.text;
  const ends = (['complete', 'halted'] as const).find((word) => word === wordIn(value, 'ends')?.text);
  const takesBack = child(value, 'takesBack');
  return {
    name: key,
    at: keyAt,
    says,
    tree: value,
    context,
    goto: transitions.flatMap((item) => {
      const to = wordIn(item, 'to');
      return to === undefined ? [] : [{ to, gates: linkGateUses(child(item, 'gates'), 'site', context) }];
    }),
    overdue: wordIn(value, 'overdue')?.text === 'fail' ? 'fail' : 'hold',
    takesBack: takesBack?.kind === 'scalar' && takesBack.value === true,
    ...(command === undefined ? {} : { command }),
    ...(act === undefined ? {} : { act }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
    ...(pointOfNoReturn === undefined ? {} : { pointOfNoReturn }),
    ...(ends === undefined ? {} : { ends }),
  };
}

export function wordIn(tree: Tree | undefined, key: string): Word | undefined {
  const word = child(tree, key);
  return word?.kind === 'scalar' && typeof word.value === 'string' ? { text: word.value, at: word.at } : undefined;
}

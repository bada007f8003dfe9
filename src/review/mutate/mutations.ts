import type { Place } from '../../kernel/fault.ts';
import type { Vocabulary } from '../../kernel/vocabulary.ts';
import type { PackTree } from '../../rules/link.ts';
import { conditionMutations, gradeMutations } from './conditions.ts';
import { entriesIn, inside, itemsIn, type Mutation, type Spot } from './edits.ts';
import { guardMutations, parameterMutations, stateMutations } from './machines.ts';

/** A pack's document → every small change of it that could decide otherwise, in the order of the file. A condition that is named once and
 *  used three times is changed once. Sentences, names, severities and next steps are never changed: they decide nothing. */
export function mutationsOf({ tree }: PackTree, vocabulary: Vocabulary): readonly Mutation[] {
  const spec = inside({ tree, put: (part) => part }, 'spec');
  if (spec === undefined) return [];
  const section = (key: string) => entriesIn(inside(spec, key));
  const conditions = (spot: Spot | undefined) => (spot === undefined ? [] : conditionMutations(spot, vocabulary));
  const states = [...section('states'), ...section('stretches').flatMap((stretch) => entriesIn(stretch))];
  const found = [
    ...section('parameters').flatMap(parameterMutations),
    ...section('conditions').flatMap(conditions),
    ...[...section('gates'), ...section('findings')].flatMap((rule) => [
      ...gradeMutations(rule),
      ...conditions(inside(rule, 'when')),
    ]),
    ...itemsIn(inside(spec, 'rollup')).flatMap((step) => conditions(inside(step, 'when'))),
    ...guardMutations(spec, vocabulary),
    ...states.flatMap((state) => stateMutations(state, vocabulary)),
  ];
  return found.sort((one, other) => inOrder(one.at, other.at));
}

function inOrder(one: Place, other: Place): number {
  return one.line - other.line || one.col - other.col;
}

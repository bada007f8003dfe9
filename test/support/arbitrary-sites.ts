import fc, { type Arbitrary } from 'fast-check';
import { type FactValue, grades } from '../../src/kernel/fact.ts';
import type { Cell } from '../../src/kernel/snapshot.ts';
import {
  bond,
  connection,
  node,
  replica,
  type Subject,
  type SubjectKind,
  site,
  subjectKinds,
  vm,
  volume,
} from '../../src/kernel/subject.ts';
import type { FactDeclaration, Vocabulary } from '../../src/kernel/vocabulary.ts';
import { type MadeCell, type MadeList, type MadeSite, madeNowMs, madeVocabulary } from './made-site.ts';

/** Values that a fact may have. They are few, so that two facts are often equal and a limit is often met exactly. */
export function valuesOf({ name, type }: FactDeclaration): readonly FactValue[] {
  switch (type.kind) {
    case 'bool':
      return [true, false];
    case 'int':
      return [0, 1, 2, 3];
    case 'duration':
      return [0, 9_999, 10_000, 10_001];
    case 'size':
      return [0, 1_024, 2_048];
    case 'version':
      return [90_000_200_014, 90_000_200_015, 90_000_300_000];
    case 'text': {
      const texts = name === 'node.name' || name === 'vm.node' ? ['a', 'b', 'c'] : ['', 'ops', 'Ops'];
      return type.optional ? [null, ...texts] : texts;
    }
    case 'enum':
      return type.words;
    case 'set': {
      const [one, two, three] = [...(type.words ?? ['a:NoSchedule', 'b:NoExecute', 'c'])].sort();
      return [[], [one], [one, two], [two], three === undefined ? [two] : [one, two, three]] as FactValue[];
    }
  }
}

/** What a number says of one fact of one member. 0 is silence, so that a failing case shrinks to what matters. */
function cellOf({ name, maxAgeMs }: FactDeclaration, choices: readonly FactValue[], number: number): Cell | undefined {
  const value = choices[(number >> 5) % choices.length];
  if (value === undefined) throw new Error(`no value for ${name}`);
  const limit = Number.isFinite(maxAgeMs) ? maxAgeMs : 0;
  const seen = (ageMs: number, grade = 0): Cell => {
    const seenAtMs = madeNowMs - ageMs;
    return { kind: 'present', value, seenAtMs, grade: grades[grade] ?? 'assumed', source: 'made' };
  };
  switch (number % 32) {
    case 0:
      return undefined;
    case 1:
      return { kind: 'absent', why: 'unreadable', says: 'SplitBrainish' };
    case 2:
      return { kind: 'absent', why: 'disputed', says: 'drbd says this, linstor that' };
    case 3:
      return seen(limit + 1);
    case 4:
      return seen(-1); // a clock ahead of ours: nobody knows how old this is
    case 5:
      return seen(limit);
    case 6:
      return seen(10_000, 1);
    case 7:
      return seen(10_001);
    case 8:
      return seen(0, 1);
    case 9:
      return seen(0, 2);
    default:
      return seen(0);
  }
}

const volumes = [volume('pvc', 0), volume('pvc', 1)];
/** `c` may be missing from the list of nodes and still hold replicas: a node that was taken out of the site. */
const nodes = [node('a'), node('b'), node('c')];
const everybody: Readonly<Record<SubjectKind, readonly Subject[]>> = {
  site: [site],
  node: nodes,
  bond: [bond('a', 'bond1'), bond('b', 'bond1'), bond('b', 'bond2')],
  volume: volumes,
  replica: ['a', 'b', 'c'].flatMap((on) => [replica('pvc', 0, on), replica('pvc', 1, on)]),
  connection: [
    connection('pvc', 0, 'a', 'b'),
    connection('pvc', 0, 'b', 'a'),
    connection('pvc', 0, 'c', 'a'),
    connection('pvc', 1, 'a', 'b'),
  ],
  vm: [vm('shop', 'till'), vm('shop', 'web')],
};

const aList = (kind: SubjectKind): Arbitrary<MadeList> =>
  fc
    .tuple(fc.nat(2 ** everybody[kind].length - 1), kind === 'site' ? fc.constant(0) : fc.nat(24))
    .map(([mask, state]) => ({
      state: state === 24 ? 'absent' : state === 23 ? 'stale' : 'known',
      members: kind === 'site' ? [site] : everybody[kind].filter((_, index) => (mask >> index) & 1),
    }));

const lists = fc.tuple(...subjectKinds.map(aList)).map((all) => {
  return Object.fromEntries(subjectKinds.map((kind, index) => [kind, all[index]])) as unknown as MadeSite['lists'];
});

/** Any site: populations of any size and state, and each fact of each member anything from fresh to disputed. `more`
 *  adds values that facts should often have, such as those that a pack compares them with. */
export function aSiteOf(vocabulary: Vocabulary, more?: ReadonlyMap<string, readonly FactValue[]>): Arbitrary<MadeSite> {
  const facts = [...vocabulary.values()].map((fact) => {
    // A pack's own values three times over, so that a gate that asks for ten facts opens now and then.
    const asked = more?.get(fact.name) ?? [];
    return { fact, choices: [...valuesOf(fact), ...asked, ...asked, ...asked] };
  });
  const cellsAtMost = facts.reduce((sum, { fact }) => sum + everybody[fact.subject].length, 0);
  const numbers = fc.uint16Array({ minLength: cellsAtMost, maxLength: cellsAtMost });
  return fc.tuple(lists, numbers).map(([made, drawn]) => {
    const cells: MadeCell[] = [];
    let next = 0;
    for (const { fact, choices } of facts) {
      for (const { id } of made[fact.subject].members) {
        const cell = cellOf(fact, choices, drawn[next] ?? 0);
        next += 1;
        if (cell !== undefined) cells.push({ fact: fact.name, object: id, cell });
      }
    }
    return { lists: made, cells };
  });
}

export const aSite: Arbitrary<MadeSite> = aSiteOf(madeVocabulary);

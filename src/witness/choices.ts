import type { Vocabulary } from '../kernel/vocabulary.ts';
import { allIn, type Condition, type FactRef } from '../rules/condition.ts';
import { frozen } from '../rules/link-fact.ts';
import { bestGradeOf, CellChoice, demandsOf } from './cells.ts';
import { no, type Script } from './script.ts';
import type { Universe } from './universe.ts';
import { valuesToTellApart } from './values.ts';

export function cellKey(fact: string, id: string): string {
  return `${fact} ${id}`;
}

/** Every fact that the conditions read, of everybody who may be there, with what must be true of facts whatever a site is like. */
export function choicesOf(
  conditions: readonly Condition[],
  universe: Universe,
  vocabulary: Vocabulary,
  script: Script,
): ReadonlyMap<string, CellChoice> {
  const parts = conditions.flatMap(allIn);
  const refs = parts.flatMap(factsRead);
  const demands = demandsOf(refs);
  const ids = universe.of.node.map(({ subject }) => subject.id);
  const values = valuesToTellApart(
    conditions,
    ({ subject }) => universe.of[subject].length,
    (fact) => (isNodeName(fact) ? ids : []),
  );
  const choices = new Map<string, CellChoice>();
  for (const [name, asked] of demands) {
    const ref = refs.find((one) => one.name === name);
    const apart = values.get(name);
    if (ref === undefined || apart === undefined) continue;
    const best = bestGradeOf(name, vocabulary);
    const cells = universe.of[ref.subject].map((whose) => new CellChoice(ref, whose, apart, asked, best, script));
    for (const cell of cells) choices.set(cellKey(name, cell.whose.subject.id), cell);
    if (isNodeName(name)) namedApart(cells, apart.areNamed, script);
    if (name === replicaKind) connectedByKind(cells, universe, script);
  }
  return choices;
}

function factsRead(part: Condition): readonly FactRef[] {
  const sides = part.kind === 'leaf' ? [part.read, part.against] : part.kind === 'asks-unknown' ? [part.read] : [];
  return sides.filter((side): side is FactRef => side.kind === 'fact' && side.setTo === undefined);
}

const nodeName = 'node.name';
const replicaKind = 'replica.kind';

function isNodeName(fact: string): boolean {
  return fact === nodeName || fact === frozen + nodeName;
}

/** No two nodes are called alike. What they are called matters only where a rule names somebody: elsewhere each is called as it is here. */
function namedApart(cells: readonly CellChoice[], areNamed: boolean, script: Script): void {
  for (const [at, cell] of cells.entries()) {
    const isOwn = cell.isAmong((value) => value === cell.whose.subject.id);
    if (!areNamed) script.assert(script.implies(cell.isSaid, isOwn));
    for (const other of cells.slice(0, at)) {
      const alike = script.equal(cell.place?.name ?? '', other.place?.name ?? '');
      script.assert(script.not(script.and(cell.isSaid, other.isSaid, alike)));
    }
  }
}

/** LINSTOR connects two copies or not by the kinds that it says they are of. */
function connectedByKind(cells: readonly CellChoice[], { diskless }: Universe, script: Script): void {
  for (const cell of cells) {
    const hasNone = cell.isAmong((value) => value !== 'diskful');
    script.assert(script.implies(cell.isSaid, script.same(hasNone, diskless.get(cell.whose.subject.id) ?? no)));
  }
}

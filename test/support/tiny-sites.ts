import type { FactValue, Grade } from '../../src/kernel/fact.ts';
import {
  bond,
  connectionOf,
  node,
  replica,
  type Subject,
  type SubjectKind,
  site,
  vm,
  volume,
} from '../../src/kernel/subject.ts';
import type { FactType } from '../../src/kernel/value.ts';
import type { FactDeclaration, Vocabulary } from '../../src/kernel/vocabulary.ts';
import { allIn, type Condition, type FactRef } from '../../src/rules/condition.ts';
import type { Claim } from '../../src/witness/claim.ts';
import { type Chosen, snapshotOf } from '../../src/witness/snapshot.ts';
import { meaningOf } from './reference.ts';

/** Every site of two nodes, a volume and a VM, one after the other: written to be checked by reading, and with nothing of the solver's in it. */

export const tinyBound = { nodes: 2, volumes: 1, vms: 1 };
export const tinyShape = {
  storageBond: { name: 'bond1', members: [], mtu: 9000 },
  nodes: { atLeast: 0, atMost: 16, matchLabels: {} },
};

const facts: readonly (readonly [string, FactType])[] = [
  ['site.calm', { kind: 'bool' }],
  ['site.holder', { kind: 'text', optional: true }],
  ['node.name', { kind: 'text' }],
  ['node.ready', { kind: 'bool' }],
  ['node.load', { kind: 'int', atLeast: 0, atMost: 4 }],
  ['node.limit', { kind: 'int', atLeast: 0, atMost: 4 }],
  ['bond.mode', { kind: 'enum', words: ['rr', 'backup', 'lacp'] }],
  ['volume.place', { kind: 'int', atLeast: 0, atMost: 3 }],
  ['replica.kind', { kind: 'enum', words: ['diskful', 'tie-breaker', 'client'] }],
  ['replica.open', { kind: 'bool' }],
  ['connection.up', { kind: 'bool' }],
  ['vm.node', { kind: 'text', optional: true }],
  ['vm.holds', { kind: 'set', words: ['cpu', 'disk'] }],
];

export const tinyVocabulary: Vocabulary = new Map(
  facts.map(([name, type]): [string, FactDeclaration] => {
    const subject = name.slice(0, name.indexOf('.')) as SubjectKind;
    return [name, { name, subject, type, maxAgeMs: 30_000, grade: 'observed', from: 'made', means: 'made' }];
  }),
);

/** All values that may matter: every number of the range, every word, and two words that nobody names. */
export function valuesOf({ type }: FactDeclaration): readonly FactValue[] {
  switch (type.kind) {
    case 'bool':
      return [false, true];
    case 'int':
      return Array.from({ length: (type.atMost ?? 0) + 1 }, (_, at) => at);
    case 'enum':
      return type.words;
    case 'set':
      return [[], ['cpu'], ['cpu', 'disk'], ['disk']];
    default:
      return [
        ...(type.kind === 'text' && type.optional ? [null] : []),
        'node-1',
        'node-2',
        'ops',
        'else-1',
        'else-2',
        'else-3',
      ];
  }
}

const nodes = [node('node-1'), node('node-2')] as const;
const disk = volume('pvc-1', 0);
const copies = nodes.map(({ id }) => replica('pvc-1', 0, id)) as [Subject, Subject];
const guest = vm('apps', 'vm-1');

interface Members {
  readonly of: Chosen['members'];
  /** Whether each copy, in their order, has no disk. */
  readonly diskless: readonly boolean[];
}

/** Who may be there. Kinds that nobody asks about have nobody. */
function membersFor(kinds: ReadonlySet<SubjectKind>): readonly Members[] {
  const some = <T>(kind: SubjectKind, list: readonly T[]): readonly (readonly T[])[] =>
    kinds.has(kind) ? subsetsOf(list) : [[]];
  const volumes = kinds.has('volume') || kinds.has('replica') || kinds.has('connection') ? subsetsOf([disk]) : [[]];
  const mayHaveCopies = kinds.has('replica') || kinds.has('connection');
  return some('node', nodes).flatMap((theNodes) =>
    volumes.flatMap((theVolumes) =>
      (mayHaveCopies && theVolumes.length > 0 ? subsetsOf(copies) : [[]]).flatMap((theCopies) =>
        (theCopies.length === 2 ? pairs : [[false, false]]).flatMap((diskless) =>
          some('vm', [guest]).map((guests): Members => {
            const connected = theCopies.length === 2 && !diskless.every((one) => one);
            const ends = nodes.map(({ id }) => id).reverse();
            const connections = connected ? copies.map((copy, at) => connectionOf(copy, ends[at] ?? '')) : [];
            const bonds = theNodes.map(({ id }) => bond(id, 'bond1'));
            return {
              of: {
                site: [site],
                node: theNodes,
                bond: bonds,
                volume: theVolumes,
                replica: theCopies,
                connection: connections,
                vm: guests,
              },
              diskless,
            };
          }),
        ),
      ),
    ),
  );
}

const pairs = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
];

function subsetsOf<T>(list: readonly T[]): readonly (readonly T[])[] {
  const [first, ...rest] = list;
  if (first === undefined) return [[]];
  const without = subsetsOf(rest);
  return [...without, ...without.map((some) => [first, ...some])];
}

export function refsIn(claim: Claim): readonly FactRef[] {
  return partsOf(claim).flatMap((part) => {
    if (part.kind === 'asks-unknown') return [part.read];
    if (part.kind !== 'leaf') return [];
    return [part.read, part.against].filter((side): side is FactRef => side.kind === 'fact');
  });
}

function partsOf({ holds }: Claim): readonly Condition[] {
  return holds.flatMap(({ ways }) => ways.flat()).flatMap(allIn);
}

/** What may be said of one fact of somebody: nothing, or any value, as old and as good as makes a difference to some rule. */
function saidOf(
  fact: FactDeclaration,
  object: string,
  refs: readonly FactRef[],
): readonly (Chosen['facts'][number] | undefined)[] {
  const mine = refs.filter(({ name }) => name === fact.name);
  const limits = [...new Set(mine.map(({ maxAgeMs }) => maxAgeMs))];
  const ages = limits.length > 1 ? [0, ...limits.map((limit) => limit + 1)] : [0];
  const asked = new Set(mine.map(({ grade }) => grade));
  const worths: readonly Grade[] = asked.size > 1 ? ['observed', 'reported', 'assumed'] : ['observed'];
  const said = valuesOf(fact).flatMap((value) =>
    ages.flatMap((ageMs) => worths.map((grade) => ({ fact: fact.name, of: object, value, ageMs, grade }))),
  );
  return [undefined, ...said];
}

/** How many sites there are to look at; too many take too long. */
export function countOf(claim: Claim): number {
  let count = 0;
  for (const members of membersFor(kindsIn(claim)))
    count += cellsOf(members, claim).reduce((all, { length }) => all * length, 1);
  return count * 2 ** listsIn(claim).length;
}

function kindsIn(claim: Claim): ReadonlySet<SubjectKind> {
  const quantified = partsOf(claim).flatMap((part) => (part.kind === 'quantified' ? [part.over] : []));
  const kinds = new Set<SubjectKind>([claim.per, ...quantified, ...refsIn(claim).map(({ subject }) => subject)]);
  if (kinds.has('bond')) kinds.add('node');
  return kinds;
}

/** Lists whose state matters: those that somebody ranges over. */
function listsIn(claim: Claim): readonly SubjectKind[] {
  const over = partsOf(claim).flatMap((part) => (part.kind === 'quantified' ? [part.over] : []));
  return [...new Set<SubjectKind>([claim.per, ...over])].filter((kind) => kind !== 'site');
}

function cellsOf({ of }: Members, claim: Claim) {
  const refs = refsIn(claim);
  return [...new Set(refs.map(({ name }) => name))].flatMap((name) => {
    const fact = tinyVocabulary.get(name) as FactDeclaration;
    return of[fact.subject].map(({ id }) => saidOf(fact, id, refs));
  });
}

/** Whether there is any, by looking at each. */
export function anySiteHas(claim: Claim): boolean {
  for (const members of membersFor(kindsIn(claim))) {
    const cells = cellsOf(members, claim);
    for (const listed of subsetsOf(listsIn(claim))) {
      if (!listsMayBe(new Set(listed), claim)) continue;
      for (const said of productOf(cells)) {
        if (!mayBe(members, said)) continue;
        const snapshot = snapshotOf(
          { members: members.of, listed: new Set(['site', ...listed]), facts: said, frozen: [] },
          tinyVocabulary,
        );
        if (members.of[claim.per].some(({ id }) => claimHolds(claim, snapshot, id))) return true;
      }
    }
  }
  return false;
}

/** Copies and connections stand in one reply; bonds are listed only where nodes are. */
function listsMayBe(listed: ReadonlySet<SubjectKind>, claim: Claim): boolean {
  const asked = listsIn(claim);
  const both = asked.includes('replica') && asked.includes('connection');
  if (both && listed.has('replica') !== listed.has('connection')) return false;
  return !(asked.includes('bond') && asked.includes('node') && listed.has('bond') && !listed.has('node'));
}

/** Copies of a kind have a disk or none; two nodes are not called alike. */
function mayBe({ of, diskless }: Members, said: Chosen['facts']): boolean {
  const names = said.flatMap((one) => (one.fact === 'node.name' ? [one.value] : []));
  if (new Set(names).size < names.length) return false;
  if (of.replica.length < 2) return true;
  return copies.every(({ id }, at) => {
    const kind = said.find((one) => one.fact === 'replica.kind' && one.of === id);
    return kind === undefined || (kind.value !== 'diskful') === diskless[at];
  });
}

function* productOf(cells: readonly (readonly (Chosen['facts'][number] | undefined)[])[]): Generator<Chosen['facts']> {
  const places = cells.map(() => 0);
  for (;;) {
    yield cells.flatMap((choices, at) => choices[places[at] ?? 0] ?? []);
    let at = 0;
    while (at < cells.length) {
      places[at] = (places[at] ?? 0) + 1;
      if ((places[at] ?? 0) < (cells[at]?.length ?? 0)) break;
      places[at] = 0;
      at += 1;
    }
    if (at === cells.length) return;
  }
}

/** By the thirty lines that say what a rule means. */
export function claimHolds({ per, holds }: Claim, snapshot: ReturnType<typeof snapshotOf>, object: string): boolean {
  if (snapshot.populations[per].state !== 'known') return false;
  return holds.every(({ ways, is }) => {
    const truths = ways.map((way) => Math.min(2, ...way.map((when) => meaningOf({ per, when }, snapshot, object))));
    const truth = Math.max(0, ...truths);
    return is === 'open' ? truth === 2 : is === 'not open' ? truth < 2 : is === 'closed' ? truth === 0 : truth === 1;
  });
}

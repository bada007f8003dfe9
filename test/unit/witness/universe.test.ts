import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import type { Condition, Leaf, Literal, Operator } from '../../../src/rules/condition.ts';
import type { Claim } from '../../../src/witness/claim.ts';
import { type SearchOptions, search } from '../../../src/witness/search.ts';
import { all, any, atLeast, atMost, every, none, not, some } from '../../support/ir.ts';
import { solverForTests } from '../../support/solver.ts';

type Shape = SearchOptions['shape'];

const at = { file: 'made.yaml', line: 1, col: 1 };

/** Of the vocabulary that packs have. */
function asks(name: string, operator: Operator, value: Literal['value']): Leaf {
  const fact = vocabulary.get(name);
  if (fact === undefined) throw new Error(`no fact ${name}`);
  const { subject, type, maxAgeMs } = fact;
  const read = { kind: 'fact', name, subject, type, maxAgeMs, grade: 'observed' } as const;
  return { kind: 'leaf', at, read, operator, against: { kind: 'literal', value, type } };
}

const bond = { name: 'bond1', members: [], mtu: 9_000 };
const anyNumber = { atLeast: 0, atMost: 16, matchLabels: {} };

async function ask(per: Claim['per'], when: Condition, shape: Shape = { storageBond: bond, nodes: anyNumber }) {
  return search(
    { per, holds: [{ ways: [[when]], is: 'open' }] },
    {
      bound: { nodes: 3, volumes: 1, vms: 1 },
      vocabulary,
      shape,
      solver: await solverForTests(),
      leftMs: () => 60_000,
    },
  );
}

const hasDisk = asks('replica.kind', 'equal', 'diskful');
const connected = asks('connection.state', 'equal', 'Connected');
/** True of everybody there is. */
const isThere = (name: string): Condition => {
  const unknown = { kind: 'asks-unknown', at, read: asks(name, 'equal', 'x').read } as const;
  return any(unknown, not(unknown));
};
const nobody = { whenEmpty: 'open' } as const;

describe('no site', () => {
  test.each<[string, Claim['per'], Condition]>([
    ['has a copy of a volume that is on no list', 'replica', none('volume', isThere('volume.place'), nobody)],
    [
      'has a connection between two copies without a disk',
      'connection',
      every('replica', asks('replica.kind', 'equal', 'client')),
    ],
    [
      'has two copies with a disk that are not connected',
      'volume',
      all(atLeast(2, 'replica', hasDisk), none('connection', isThere('connection.state'), nobody)),
    ],
    ['has two nodes of one name', 'site', atLeast(2, 'node', asks('node.name', 'equal', 'edge-7'))],
    ['has a node without its bond', 'node', none('bond', isThere('bond.mode'), nobody)],
    ['has a fact that is better than any source of it', 'site', asks('site.legacyState', 'equal', 'Idle')],
  ])('%s', async (_, per, condition) => {
    expect((await ask(per, condition)).kind).toBe('none');
  });
});

describe('a site may have', () => {
  test.each<[string, Claim['per'], Condition]>([
    [
      'two copies, one of them without a disk, that are connected',
      'connection',
      all(connected, some('replica', asks('replica.kind', 'equal', 'client'))),
    ],
    ['a copy on a node that is on no list', 'replica', none('node', isThere('node.ready'), nobody)],
    ['a node that people called edge-7', 'site', some('node', asks('node.name', 'equal', 'edge-7'))],
  ])('%s', async (_, per, condition) => {
    expect((await ask(per, condition)).kind).toBe('found');
  });
});

describe('of a profile that promises so many nodes, no site', () => {
  const three: Shape = { storageBond: bond, nodes: { ...anyNumber, atLeast: 3, atMost: 3 } };
  const one: Shape = { nodes: { ...anyNumber, atLeast: 1, atMost: 1 } };
  const two: Shape = { nodes: { ...anyNumber, atLeast: 2, atMost: 2 } };
  test.each<[string, Claim['per'], Condition, Shape, 'none' | 'found']>([
    [
      'has a node and no other',
      'node',
      none('node', isThere('node.ready'), { ...nobody, except: 'node' }),
      three,
      'none',
    ],
    [
      'has fewer than three',
      'site',
      all(atMost(2, 'node', isThere('node.ready')), some('node', isThere('node.ready'))),
      three,
      'none',
    ],
    ['has two where one is promised', 'site', atLeast(2, 'node', isThere('node.ready')), one, 'none'],
    ['lists bonds that it does not name', 'site', none('bond', isThere('bond.mode'), nobody), two, 'none'],
    ['but of one node may list no bond', 'site', none('bond', isThere('bond.mode'), nobody), one, 'found'],
    ['but has all three', 'site', atLeast(3, 'node', asks('node.ready', 'equal', true)), three, 'found'],
  ])('%s', async (_, per, condition, shape, kind) => {
    expect((await ask(per, condition, shape)).kind).toBe(kind);
  });

  test('and what is found has them all, with their bonds, though no rule asks for them', async () => {
    const answer = await ask('vm', asks('vm.migrating', 'equal', true), three);
    if (answer.kind !== 'found') throw new Error(answer.kind);
    const listed = Object.fromEntries(answer.site.lists.map(({ kind, members }) => [kind, members.length]));
    expect(listed).toEqual({ node: 3, bond: 3, volume: 0, replica: 0, connection: 0, vm: 1 });
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStore } from '../../../src/facts/store.ts';
import { replica } from '../../../src/kernel/subject.ts';
import { connectionStates } from '../../../src/kernel/vocabulary/connection.ts';
import { diskStates } from '../../../src/kernel/vocabulary/replica.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { report } from '../../support/reports.ts';
import { runs, thorough } from '../../support/runs.ts';
import { censusOf, type Kind, observationsOf, type VolumeShape } from '../../support/volume.ts';

/** The count written down plainly, from the shape and not from facts: who votes, who is there, who breaks a tie. */
function counted(leaving: string, { members, policy = 'majority', but = {} }: VolumeShape): boolean {
  const others = Object.keys(members).filter((name) => name !== leaving);
  const hasDisk = (name: string): boolean => members[name] === 'diskful';
  const diskOf = (name: string): unknown => but[name]?.disk ?? (hasDisk(name) ? 'UpToDate' : 'Diskless');
  const seen = (who: string, peer: string): 'connected' | 'outdated' | 'unknown' | 'not at all' => {
    if (!hasDisk(who) && !hasDisk(peer)) return 'not at all';
    const { state = 'Connected', replication = 'Established', peerDisk } = but[`${who}:${peer}`] ?? {};
    if (state === 'Connected' && replication !== 'Off') return 'connected';
    const disk = peerDisk ?? (hasDisk(peer) ? 'UpToDate' : 'Diskless');
    return ['UpToDate', 'Consistent', 'DUnknown'].includes(String(disk)) ? 'unknown' : 'outdated';
  };
  const isGood = (name: string): boolean =>
    hasDisk(name) &&
    diskOf(name) === 'UpToDate' &&
    others.every((peer) => peer === name || seen(name, peer) === 'connected') &&
    (!hasDisk(leaving) || seen(name, leaving) !== 'unknown');
  const votes = (name: string, clientsBreakTies: boolean): boolean => {
    const sight = (peer: string) => (peer === name ? 'connected' : seen(name, peer));
    const copies = others.filter((peer) => hasDisk(peer) && sight(peer) !== 'not at all');
    const detached = ['Diskless', 'Attaching'].includes(String(diskOf(name)));
    const here = copies.filter((peer) => sight(peer) === 'connected' && !(peer === name && detached)).length;
    const outdated = copies.filter((peer) => sight(peer) === 'outdated').length;
    const mayWrite = copies.length - here - outdated + (hasDisk(leaving) ? 1 : 0);
    const all = mayWrite === 0 ? here : here + outdated + mayWrite;
    const needed = policy === 'all' ? all : Math.floor(all / 2) + 1;
    if (here >= needed) return true;
    const breaksTies = (peer: string): boolean =>
      members[peer] === 'tie-breaker' || (members[peer] === 'client' && clientsBreakTies);
    const ties = [...others, leaving].filter(
      (peer) => breaksTies(peer) && (peer === leaving || sight(peer) !== 'not at all'),
    );
    const tiesHere = ties.filter((peer) => peer !== leaving && sight(peer) === 'connected').length;
    return all > 0 && all % 2 === 0 && here + 1 === needed && tiesHere * 2 > ties.length;
  };
  if (!others.some(isGood)) return false;
  if (policy === 'off') return true;
  return others.every((name) => but[name]?.quorum !== false && votes(name, true) && votes(name, false));
}

const aKind = fc.constantFrom<Kind>('diskful', 'diskful', 'tie-breaker', 'client');
const rarely = <T>(usual: T, words: readonly T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...words) });
const aShape = fc.array(aKind, { minLength: 2, maxLength: 5 }).chain((kinds) => {
  const members = Object.fromEntries(kinds.map((kind, at) => [String.fromCodePoint(97 + at), kind]));
  const names = Object.keys(members);
  const links = names.flatMap((name) => names.flatMap((peer) => (peer === name ? [] : [`${name}:${peer}`])));
  const aLink = fc.record({
    state: rarely<string>('Connected', connectionStates),
    replication: rarely<string>('Established', ['Off', 'SyncSource']),
    peerDisk: fc.constantFrom(...diskStates),
  });
  const ofCopies = names
    .filter((name) => members[name] === 'diskful')
    .map(
      (name) =>
        [name, fc.record({ disk: rarely<string>('UpToDate', diskStates), quorum: rarely(true, [false]) })] as const,
    );
  return fc.record({
    members: fc.constant(members),
    policy: fc.constantFrom('majority', 'majority', 'all', 'off'),
    but: fc.record(Object.fromEntries([...links.map((link) => [link, aLink] as const), ...ofCopies])),
  });
}) as fc.Arbitrary<VolumeShape>;

test('whether quorum stays is what a plain count says, whoever leaves', () => {
  const answers = { yes: 0, no: 0 };
  fc.assert(
    fc.property(aShape, (shape) => {
      const store = createStore(vocabulary);
      store.fold(censusOf(shape));
      store.fold(report('everybody', 'site', observationsOf(shape)));
      const { columns, populations } = store.cut(1_000);
      for (const leaving of Object.keys(shape.members)) {
        const index = populations.replica.indexOf.get(replica('v', 0, leaving).id) ?? -1;
        const cell = columns.get('replica.quorumWithoutNode')?.cells[index];
        const answer = counted(leaving, shape);
        expect(cell?.kind === 'present' && cell.value, leaving).toBe(answer);
        answers[answer ? 'yes' : 'no'] += 1;
      }
    }),
    runs('QUORUM', 2_000),
  );
  if (thorough) expect(Math.min(answers.yes, answers.no)).toBeGreaterThan(200);
});

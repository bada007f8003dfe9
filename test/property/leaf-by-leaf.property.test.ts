import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/files.ts';
import { diskFrom, folderOf } from '../../src/console/disk.ts';
import { normalise } from '../../src/facts/normalise.ts';
import { createStore } from '../../src/facts/store.ts';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { askedOf } from '../../src/review/asked.ts';
import { compare, type Pair, pairsOf } from '../../src/review/decisions.ts';
import { allTrue } from '../../src/review/leaf-by-leaf.ts';
import { Mutable } from '../../src/review/mutate/mutated.ts';
import { mutationsOf } from '../../src/review/mutate/mutations.ts';
import { readSide, type Side } from '../../src/review/side.ts';
import { Judge } from '../../src/review/sight.ts';
import { runs } from '../support/runs.ts';
import { shippedCaptures } from '../support/shipped.ts';

const { folder, file } = folderOf(diskFrom('src'), 'profiles/three-node');
const loaded = readSide('three-node', folder, file, vocabulary);
if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
const side = loaded.value;
const judge = new Judge(side);
const mutable = new Mutable(side, vocabulary);
const mutations = side.packs.flatMap((pack) => mutationsOf(pack, vocabulary).map((mutation) => ({ pack, mutation })));

const snapshots: Snapshot[] = [];
beforeAll(async () => {
  for (const name of shippedCaptures) {
    const opened = await openCapture(`captures/${name}`, { stdin: process.stdin });
    if (!opened.ok) throw new Error(opened.faults[0]?.message);
    const store = createStore(vocabulary);
    for (const report of normalise(opened.value.raws, side.profile.shape)) store.fold(report);
    snapshots.push(store.cut(opened.value.takenAtMs ?? 0));
  }
});

test('where a look at the leaves that changed says that nothing differs, nothing does when everything is looked at', () => {
  let saved = 0;
  fc.assert(
    fc.property(fc.nat(mutations.length - 1), (at) => {
      const chosen = mutations[at];
      const mutated = chosen === undefined ? undefined : mutable.mutated(chosen.pack.file, chosen.mutation);
      fc.pre(mutated !== undefined);
      const fresh: Side = { ...side, profile: { ...side.profile, packs: mutated.packs } };
      const pairs = pairsOf(askedOf(side, undefined), askedOf(fresh, undefined));
      const changed = pairs.filter(({ same }) => !same);
      const whole = changed.map(({ leaves: _, ...pair }): Pair => pair);
      const other = new Judge(fresh);
      for (const snapshot of snapshots) {
        const [was, is] = [judge.look(snapshot), other.look(snapshot)];
        expect(compare(changed, was, is)).toEqual(compare(whole, was, is));
        saved += changed.filter(({ leaves }) => leaves !== undefined && allTrue(leaves, snapshot)).length;
      }
    }),
    runs('LEAVES', 60),
  );
  expect(saved).toBeGreaterThan(0);
});

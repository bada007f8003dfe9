import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/files.ts';
import { normalise } from '../../src/facts/normalise.ts';
import { createStore } from '../../src/facts/store.ts';
import { kindOf, type Raw } from '../../src/kernel/raw.ts';
import { TRUE } from '../../src/kernel/verdict.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { compile } from '../../src/rules/compile.ts';
import { shippedCaptures, shippedProfiles } from '../support/shipped.ts';

const profiles = new Map(shippedProfiles().map((profile) => [profile.name, profile]));
const ownProfile: Readonly<Record<string, string>> = {
  'resync-before-next-node': 'two-node',
  'single-node': 'single-node',
};

function nameOf(raw: Raw): string {
  switch (raw.from) {
    case 'object':
      return `${kindOf(raw.object)} ${raw.object.metadata.name}`;
    case 'list':
      return `list of ${raw.kind}`;
    case 'linstor':
      return raw.path;
    case 'host':
      return `${raw.what} of ${raw.node}`;
    case 'observer':
      return `observer of ${raw.node}`;
    case 'stated':
      return 'a site that nobody saw';
  }
}

/** One piece less than was fetched, or one that came back empty. */
function without(raws: readonly Raw[]): readonly (readonly [string, readonly Raw[]])[] {
  const kinds = [...new Set(raws.flatMap((raw) => (raw.from === 'object' ? [kindOf(raw.object)] : [])))];
  const nodes = [...new Set(raws.flatMap((raw) => (raw.from === 'host' ? [raw.node] : [])))];
  const isOf = (raw: Raw, kind: string): boolean => raw.from === 'object' && kindOf(raw.object) === kind;
  const others = (at: number): readonly Raw[] => raws.filter((_, index) => index !== at);
  return [
    ...raws.flatMap((raw, at) => {
      const name = nameOf(raw);
      const lost = [`without ${name}`, others(at)] as const;
      if (raw.from !== 'linstor' && raw.from !== 'host') return [lost];
      const empty = ['', '[]'].map(
        (text) => [`${name} is ${text || 'empty'}`, [...others(at), { ...raw, text }]] as const,
      );
      return [lost, ...empty];
    }),
    ...kinds.map((kind) => [`an empty list of ${kind}`, raws.filter((raw) => !isOf(raw, kind))] as const),
    ...nodes.map(
      (node) => [`nothing of ${node}`, raws.filter((raw) => raw.from !== 'host' || raw.node !== node)] as const,
    ),
    ['LINSTOR lists nothing', raws.map((raw) => (raw.from === 'linstor' ? { ...raw, text: '[]' } : raw))],
    [
      'LINSTOR has no resources, and no kernel was asked',
      raws
        .filter((raw) => raw.from !== 'host')
        .map((raw) => (raw.from === 'linstor' && /resource/.test(raw.path) ? { ...raw, text: '[]' } : raw)),
    ],
  ];
}

/** The property of one fact or list less is in `blindness.property.test.ts`; this is the same one step nearer to the site,
 *  where a list may come back empty and a witness be missing. */
describe('K2: no gate of a shipped profile opens because a piece is missing or came back empty', () => {
  test.each(shippedCaptures)(
    '%s',
    async (name) => {
      const { shape, packs } = profiles.get(ownProfile[name] ?? 'three-node') as Profile;
      const evaluator = compile(packs);
      const capture = await openCapture(join(import.meta.dirname, '..', '..', 'captures', name), {
        stdin: (async function* () {})(),
      });
      if (!capture.ok) throw new Error(name);
      const { raws, takenAtMs } = capture.value;
      const openOver = (pieces: readonly Raw[]): readonly string[] => {
        const store = createStore(vocabulary);
        for (const report of normalise(pieces, shape)) store.fold(report);
        const { gates } = evaluator.evaluate(store.cut(takenAtMs ?? 0));
        return gates.flatMap(({ rule, objects, truths }) =>
          objects.filter((_, at) => truths[at] === TRUE).map((object) => `${rule.name} ${object}`),
        );
      };
      const before = new Set(openOver(raws));
      const fewer = without(raws);
      expect(fewer.length).toBeGreaterThan(50);
      for (const [what, pieces] of fewer) {
        expect
          .soft(
            openOver(pieces).filter((gate) => !before.has(gate)),
            what,
          )
          .toEqual([]);
      }
    },
    60_000,
  );
});

import { readFileSync } from 'node:fs';
import type { Place } from '../../src/kernel/fault.ts';
import type { Reason } from '../../src/kernel/verdict.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { FolderPort } from '../../src/profile/folder.ts';
import type { DecisionChange, StructureChange } from '../../src/review/change.ts';
import type { Proof, Proved, Witness } from '../../src/review/proof.ts';
import type { Review } from '../../src/review/review.ts';
import { readSide, type Side } from '../../src/review/side.ts';
import { usualBound } from '../../src/witness/bound.ts';

/** Reviews that nobody made: a renderer's whole input, in the hand. */

const read = new Map<string, Side>();

export function sideOf(label: string, folder = 'every-to-some/old'): Side {
  const known = read.get(folder);
  if (known !== undefined) return { ...known, label };
  const port: FolderPort = {
    read: (path) =>
      path.endsWith('.sig')
        ? { code: 'FILE_MISSING', message: 'does not exist' }
        : new Uint8Array(readFileSync(`test/golden/diff/${path}`)),
    nameOf: (path) => path,
  };
  const loaded = readSide(label, port, `${folder}/profile.yaml`, vocabulary);
  if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
  read.set(folder, loaded.value);
  return loaded.value;
}

export const oldAt: Place = { file: 'old/rules.yaml', line: 17, col: 9 };
export const newAt: Place = { file: 'new/rules.yaml', line: 19, col: 11, length: 4 };

export function aReason(more: Partial<Reason> = {}): Reason {
  const detail = 'is false, must be true';
  return { says: '', fact: 'node.ready', object: 'node-2', detail, unknown: false, at: oldAt, ...more };
}

export function aDecision(more: Partial<DecisionChange> = {}): DecisionChange {
  return {
    level: 'danger',
    kind: 'gate',
    pack: 'small',
    name: 'site-is-ready',
    from: 'closed',
    to: 'open',
    causes: [{ was: 'every node: ready', is: 'some node: ready', oldAt, newAt }],
    on: [
      {
        capture: 'captures/a',
        takenAtMs: 0,
        afterMs: [0, 31_000],
        objects: ['node-1', 'node-2'],
        was: [aReason()],
        is: [],
      },
    ],
    ...more,
  };
}

export function aStructure(more: Partial<StructureChange> = {}): StructureChange {
  return { level: 'caution', kind: 'gate', change: 'changed', name: 'g', says: 'a → b', oldAt, newAt, ...more };
}

export function aWitness(more: Partial<Witness> = {}): Witness {
  return {
    kind: 'witness',
    object: 'site',
    was: 'closed',
    is: 'open',
    site: {
      lists: [{ kind: 'node', members: ['node-1', 'node-2'] }],
      facts: [
        { fact: 'node.ready', of: 'node-1', value: true, ageMs: 0, grade: 'observed' },
        { fact: 'node.ready', of: 'node-2', value: false, ageMs: 31_000, grade: 'observed' },
      ],
      frozen: [],
    },
    held: [aReason()],
    let: [{ at: newAt, says: 'node.ready of node-1 is true' }],
    ...more,
  };
}

export const none = { kind: 'none', within: usualBound } as const;

export function aQuestion(more: Partial<Proved> = {}): Proved {
  return {
    kind: 'gate',
    pack: 'small',
    name: 'site-is-ready',
    oldAt: { file: 'old/rules.yaml', line: 11, col: 5 },
    newAt: { file: 'new/rules.yaml', line: 12, col: 5 },
    level: 'danger',
    opens: aWitness(),
    closes: none,
    ...more,
  };
}

export function aProof(questions: readonly Proved[] = [aQuestion()], more: Partial<Proof> = {}): Proof {
  return { bound: usualBound, solver: 'Z3 5.2.0', questions, same: 11, ...more };
}

export function aReview(more: Partial<Review> = {}): Review {
  return {
    old: { ...sideOf('main:profiles/small'), revision: 'main' },
    new: sideOf('profiles/small', 'every-to-some/new'),
    corpus: {
      captures: ['captures/a', 'captures/b'],
      differing: ['captures/a'],
      broken: [],
      moments: 2,
      momentsNotJudged: 0,
      equal: 7,
      differ: 1,
    },
    decisions: [aDecision()],
    structure: [aStructure()],
    proof: aProof(),
    level: 'danger',
    ...more,
  };
}

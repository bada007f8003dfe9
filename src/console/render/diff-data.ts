import type { Place } from '../../kernel/fault.ts';
import type { DecisionChange, Occurrence, StructureChange } from '../../review/change.ts';
import type { Cause } from '../../review/parts.ts';
import type { Review } from '../../review/review.ts';
import type { Side } from '../../review/side.ts';
import { moment } from '../ages.ts';
import type { Data } from './data.ts';
import { faultData, placeData, reasonData } from './parts.ts';
import { proofData } from './proof-data.ts';
import { witnessesOf } from './proof-words.ts';

/** `diff -o json`: described in schemas/diff.v1.json. */
export function diffData({ old, new: fresh, level, corpus, decisions, proof, structure }: Review): Data {
  return {
    schemaVersion: 'diff/v1',
    old: sideData(old),
    new: sideData(fresh),
    level: level ?? null,
    corpus: {
      captures: [...corpus.captures],
      differing: [...corpus.differing],
      broken: corpus.broken.map(({ capture, faults }) => ({ capture, faults: faults.map(faultData) })),
      moments: corpus.moments,
      momentsNotJudged: corpus.momentsNotJudged,
      decisions: { equal: corpus.equal, differ: corpus.differ },
    },
    decisions: decisions.map(decisionData),
    proof: proof === undefined ? null : proofData(proof),
    structure: structure.map(structureData),
  };
}

/** `diff -o name`: what decides otherwise, on a capture or on a site that was made up. */
export function diffNames(review: Review): readonly string[] {
  const told = [...review.decisions, ...witnessesOf(review).map(({ question }) => question)];
  return [...new Set(told.map(({ kind, name }) => `${kind}/${name}`))];
}

export function sideData({ label, signature, profile }: Side): Data {
  const { name, version, digest, packs } = profile;
  const signed = signature === 'unsigned' ? 'unsigned' : 'not-checked';
  return {
    label,
    name,
    version,
    digest,
    signature: signed,
    packs: packs.map((pack) => ({ name: pack.name, version: pack.version, digest: pack.digest })),
  };
}

function decisionData({ level, kind, pack, name, wasCalled, from, to, causes, on }: DecisionChange): Data {
  return {
    level,
    kind,
    pack,
    name,
    wasCalled: wasCalled ?? null,
    from,
    to,
    causes: causes.map(causeData),
    on: on.map(occurrenceData),
  };
}

function causeData({ was, is, oldAt, newAt }: Cause): Data {
  return { was, is, oldAt: somewhere(oldAt), newAt: somewhere(newAt) };
}

function occurrenceData({ capture, takenAtMs, afterMs, objects, was, is }: Occurrence): Data {
  return {
    capture,
    takenAt: takenAtMs === null ? null : moment(takenAtMs),
    afterMs: [...afterMs],
    objects: [...objects],
    was: was.map(reasonData),
    is: is.map(reasonData),
  };
}

function structureData({ level, kind, change, name, says, oldAt, newAt }: StructureChange): Data {
  return { level, kind, change, name, says, oldAt: oldAt && placeData(oldAt), newAt: newAt && placeData(newAt) };
}

function somewhere(at: Place): Data {
  return at.line < 1 ? null : placeData(at);
}

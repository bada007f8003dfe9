/** The road as a library: what `nwctl eval` calls, for whoever wants to call it from a program. Everything here is pure but
 *  `openCapture`, which reads what it is given.
 *
 *      const root = followRoots(parseTrust(trust), 'trust.yaml', null);
 *      const against = { root, nowMs, ranBefore: () => [] };
 *      const { profile } = loadProfile(folder, 'three-node/profile.yaml', vocabulary, { kind: 'signed', against });
 *      const store = createStore(vocabulary);
 *      for (const report of normalise(capture.raws, profile.shape)) store.fold(report);
 *      const { gates } = judge(profile, compile(profile.packs), store, capture.takenAtMs);
 */
export type { Capture } from './capture/capture.ts';
export { type CaptureIo, openCapture } from './capture/files.ts';
export { normalise } from './facts/normalise.ts';
export { createStore, type FactStore } from './facts/store.ts';
export { type LogRecord, nextLine, readRecord } from './kernel/audit.ts';
export type { Fault, Loaded, Place } from './kernel/fault.ts';
export { leafHash, provesConsistency, provesInclusion } from './kernel/merkle.ts';
export type { Raw } from './kernel/raw.ts';
export type { Snapshot } from './kernel/snapshot.ts';
export { documentsOf, snapshotDigest } from './kernel/snapshot-document.ts';
export { snapshotFrom } from './kernel/snapshot-from.ts';
export type { Explanation, Reason, Verdict } from './kernel/verdict.ts';
export { vocabulary } from './kernel/vocabulary.ts';
export { checkCheckpoint, cosignCheckpoint, signCheckpoint } from './log/checkpoint.ts';
export { checkProof, prove } from './log/prove.ts';
export { verifyLog } from './log/verify.ts';
export { decideOn, type Judgement, judge, type Ruled } from './operator/spine.ts';
export type { FolderPort } from './profile/folder.ts';
export { type LoadedDraft, type LoadedProfile, loadDraft, loadProfile } from './profile/load.ts';
export type { Profile, VerifiedProfile } from './profile/profile.ts';
export { openRanBook, type RanBook, type RanBookPort, remember } from './profile/ran-book.ts';
export { parseTrust } from './profile/trust-file.ts';
export { followRoots, type TrustRoot } from './profile/trust-root.ts';
export { type Against, insecureUnsigned, type Origin } from './profile/verify.ts';
export { compile } from './rules/compile.ts';
export { explainRule } from './rules/explain.ts';
export { waysToClose, waysToOpen } from './rules/ways.ts';

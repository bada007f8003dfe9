import type { Place } from '../../kernel/fault.ts';
import { formatDuration } from '../../kernel/value.ts';
import type { Reason } from '../../kernel/verdict.ts';
import type { DecisionChange, Level, Occurrence, StructureChange } from '../../review/change.ts';
import type { Cause } from '../../review/parts.ts';
import type { Review } from '../../review/review.ts';
import type { Side } from '../../review/side.ts';
import { count } from './count.ts';
import { reasonSays } from './reason-text.ts';

/** A review in sentences, as every form of it has them. */

export function sideWords({ profile, signature }: Side, whole = false): string {
  const { name, version, digest } = profile;
  const shown = whole ? digest : digest.slice(0, 'sha256:'.length + 12);
  return `${name} ${version} (${signature}, ${shown})`;
}

export function corpusWords({ corpus }: Review): string {
  const { captures, differing, broken, moments, equal, differ } = corpus;
  const judged = `${differing.length} of ${count(captures.length, 'capture')} ${differing.length === 1 ? 'decides' : 'decide'} differently`;
  const at = moments > captures.length ? ` at ${count(moments, 'moment')}` : '';
  const bad = broken.length === 0 ? '' : `; ${count(broken.length, 'capture')} could not be judged`;
  if (captures.length === 0) return `no capture was judged: nothing is said of decisions${bad}`;
  return `${judged}${at}${bad}; ${count(differ, 'decision')} ${differ === 1 ? 'is' : 'are'} another one, ${equal} are equal`;
}

export function momentsWords({ corpus }: Review): string | undefined {
  const { momentsNotJudged } = corpus;
  return momentsNotJudged === 0 ? undefined : `${count(momentsNotJudged, 'moment')} past the bound: not judged`;
}

export function decisionName({ kind, name, wasCalled }: Pick<DecisionChange, 'kind' | 'name' | 'wasCalled'>): string {
  const called = wasCalled === undefined ? '' : ` (was ${wasCalled})`;
  return kind === 'phase' ? name : `${kind} ${name}${called}`;
}

/** `closed → open`, or that the verdict is the same for another reason. */
export function turnWords({ from, to }: DecisionChange): string {
  return from === to ? `${to}, for another reason` : `${from} → ${to}`;
}

export function structureName({ kind, name, change }: StructureChange): string {
  return `${kind} ${name} ${change}`;
}

export function placeWords({ file, line }: Cause['oldAt']): string {
  return line < 1 ? file : `${file}:${line}`;
}

/** Nobody, where it is about the whole site. */
export function objectsOf({ objects }: Occurrence): readonly string[] {
  return objects.length === 1 && objects[0] === 'site' ? [] : objects;
}

/** ` on captures/calm (node-a, node-b, node-c and 2 more) and 3 more`: where it was seen, in half a line. */
export function seenWords({ on }: DecisionChange): string {
  const [first] = on;
  if (first === undefined) return '';
  const objects = objectsOf(first);
  const more = objects.length > 3 ? ` and ${objects.length - 3} more` : '';
  const whom = objects.length === 0 ? '' : ` (${objects.slice(0, 3).join(', ')}${more})`;
  return ` on ${first.capture}${whom}${on.length > 1 ? ` and ${on.length - 1} more` : ''}`;
}

/** A place as it is called in a work tree: of a side that was read from Git, without the revision. */
export function inTree(at: Place, { revision }: Side): Place {
  const before = `${revision}:`;
  return revision !== undefined && at.file.startsWith(before) ? { ...at, file: at.file.slice(before.length) } : at;
}

/** Where something is shown that the new side may not have any more: then where its pack begins, or else the profile. Whoever shows
 *  annotations shows none without a file. */
export function shownAt(at: Place | null, packName: string | undefined, fresh: Side): Place {
  const pack = fresh.packs[fresh.profile.packs.findIndex(({ name }) => name === packName)];
  return inTree(at !== null && at.line > 0 ? at : (pack?.tree ?? fresh.document).at, fresh);
}

/** Of what pack something of a side is. */
export function packAt(at: Place | null, { profile }: Side): string | undefined {
  return profile.packs.find(({ file }) => file === at?.file)?.name;
}

/** When, if not at the moment of the capture itself. */
export function whenWords({ afterMs }: Occurrence): string {
  const [first = 0] = afterMs;
  const more = afterMs.length === 1 ? '' : ` and at ${count(afterMs.length - 1, 'later moment')}`;
  return first === 0 && more === '' ? '' : `${first === 0 ? 'when taken' : `${formatDuration(first)} later`}${more}`;
}

/** What it was decided by, before and now. */
export function reasonWords({ from, to }: DecisionChange, { was, is }: Occurrence): readonly string[] {
  const told = (word: string, reasons: readonly Reason[]): readonly string[] =>
    reasons.map((reason) => `${word}: ${reasonSays(reason)}`);
  return [...told(`${from} was`, was), ...told(`${to} is`, is)];
}

export const levelSays: Readonly<Record<Level, string>> = {
  danger: 'something may happen that could not',
  caution: 'it is decided or told otherwise',
  routine: 'no site can tell',
};

export function ofLevel<T extends { readonly level: Level }>(all: readonly T[], level: Level): readonly T[] {
  return all.filter((one) => one.level === level);
}

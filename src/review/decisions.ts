import { type Reason, TRUE, UNKNOWN, verdictWords } from '../kernel/verdict.ts';
import { allIn, type Condition } from '../rules/condition.ts';
import type { RollupStep } from '../rules/pack.ts';
import type { Asked, Way } from './asked.ts';
import type { Level, Moved } from './change.ts';
import { allTrue, type LeafPair, leavesApart } from './leaf-by-leaf.ts';
import { wordingOf } from './meaning.ts';
import { type Cause, causeOf, nowhere, type PartChange, partsChanged, placeKey, placesIn } from './parts.ts';
import type { Side } from './side.ts';
import type { SideSight, Word } from './sight.ts';

/** One thing that is asked, of both sides; on one of them it may not be. */
export interface Pair {
  readonly old?: Asked;
  readonly new?: Asked;
  readonly changes: readonly PartChange[];
  /** Both say the same of every snapshot, in the same words. */
  readonly same: boolean;
  /** Where these are true of everybody, so they do there. */
  readonly leaves?: readonly LeafPair[];
}

export function pairsOf(olds: ReadonlyMap<string, Asked>, fresh: ReadonlyMap<string, Asked>): readonly Pair[] {
  return [...new Set([...fresh.keys(), ...olds.keys()])].map((key): Pair => {
    const [old, now] = [olds.get(key), fresh.get(key)];
    const changes = old === undefined || now === undefined ? [] : changesOf(old, now);
    const same = old?.per === now?.per && old?.ways.length === now?.ways.length && changes.length === 0;
    const leaves = same || old === undefined || now === undefined ? undefined : leavesApart(old, now);
    return {
      ...(old === undefined ? {} : { old }),
      ...(now === undefined ? {} : { new: now }),
      changes,
      same,
      ...(leaves === undefined ? {} : { leaves }),
    };
  });
}

/** Ways that ask the same go together, then those that stand in the same order. */
function changesOf(old: Asked, fresh: Asked): readonly PartChange[] {
  const keyOf = (way: Way): string => JSON.stringify(way.map(({ name, rule }) => [name, wordingOf(rule.when)]).sort());
  const same = new Set(old.ways.map(keyOf).filter((key) => fresh.ways.some((way) => keyOf(way) === key)));
  const [olds, news] = [old, fresh].map(({ ways }) => ways.filter((way) => !same.has(keyOf(way)))) as [Way[], Way[]];
  return [...Array(Math.max(olds.length, news.length)).keys()].flatMap((at) =>
    wayChanges(olds[at] ?? [], news[at] ?? []),
  );
}

/** Gates that are asked of one side only are parts of what it asks. */
function wayChanges(old: Way, fresh: Way): readonly PartChange[] {
  const wasAsked = new Map(old.map(({ name, rule }) => [name, rule.when]));
  const isAsked = new Map(fresh.map(({ name, rule }) => [name, rule.when]));
  return [...new Set([...isAsked.keys(), ...wasAsked.keys()])].flatMap((name): readonly PartChange[] => {
    const [was, is] = [wasAsked.get(name), isAsked.get(name)];
    if (was !== undefined && is !== undefined) return partsChanged(was, is);
    return was !== undefined ? [{ old: was }] : is !== undefined ? [{ new: is }] : [];
  });
}

export interface Compared {
  readonly moved: readonly Moved[];
  readonly equal: number;
}

/** What two sides decide of one snapshot each: every object, what is not the same of it, and how many are. */
export function compare(pairs: readonly Pair[], was: SideSight, is: SideSight): Compared {
  const moved: Moved[] = [];
  let equal = 0;
  const shared = was.snapshot === is.snapshot;
  for (const pair of pairs) {
    const asked = pair.new ?? pair.old;
    if (asked === undefined) continue;
    const { state, members } = is.snapshot.populations[asked.per];
    const alike = pair.same || (state === 'known' && pair.leaves !== undefined && allTrue(pair.leaves, is.snapshot));
    if (alike && shared) {
      equal += state === 'known' ? members.length : 1;
      continue;
    }
    const [before, after] = [pair.old && was.words(pair.old), pair.new && is.words(pair.new)];
    const objects = new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])]);
    const keyOf = reasonKey(sentencesOf([pair.old, pair.new].flatMap((one) => (one?.ways ?? []).flat())));
    for (const object of [...objects].sort()) {
      const one = movedOf(pair, asked, keyOf, object, before?.get(object), after?.get(object));
      if (one === undefined) equal += 1;
      else moved.push(one);
    }
  }
  return { moved, equal };
}

function movedOf(
  pair: Pair,
  asked: Asked,
  keyOf: (reason: Reason) => string,
  object: string,
  was: Word | undefined,
  is: Word | undefined,
): Moved | undefined {
  const [from, to] = [wordOf(asked, was), wordOf(asked, is)];
  const tells = asked.kind === 'finding' ? (word: Word) => word.truth > 0 : (word: Word) => word.truth !== TRUE;
  const before = was !== undefined && tells(was) ? was.why() : [];
  const after = is !== undefined && tells(is) ? is.why() : [];
  const sameVerdict = from === to;
  const [gone, come] = [without(before, after, keyOf), without(after, before, keyOf)];
  if (sameVerdict && gone.length === 0 && come.length === 0) return undefined;
  const { old } = pair;
  return {
    level: sameVerdict ? 'caution' : levelOf(asked, was, is),
    kind: asked.kind,
    pack: asked.pack,
    name: asked.name,
    ...(old === undefined || old.name === asked.name ? {} : { wasCalled: old.name }),
    object,
    from,
    to,
    causes: causesOf(pair, asked, gone, come),
    was: gone,
    is: come,
  };
}

const notAsked = 'not asked';

export function wordOf({ kind }: Asked, word: Word | undefined): string {
  if (word === undefined) return notAsked;
  if (kind !== 'finding') return verdictWords[word.truth];
  return word.truth === TRUE ? 'raised' : word.truth === UNKNOWN ? 'unknown' : 'not raised';
}

/** What held and lets through now may hurt; so may what held and is not asked any more, a way that was not there, and a way back that is
 *  not there any more. Findings drive nothing. */
function levelOf({ kind, wayBack }: Asked, was: Word | undefined, is: Word | undefined): Level {
  if (kind === 'finding') return 'caution';
  const isOpen = is === undefined ? kind !== 'step' : is.truth === TRUE;
  const wasOpen = was === undefined ? kind !== 'step' : was.truth === TRUE;
  const [held, lets] = wayBack ? [isOpen, wasOpen] : [wasOpen, isOpen];
  return lets && !held ? 'danger' : 'caution';
}

/** Reasons of one side that the other does not give. */
function without(
  reasons: readonly Reason[],
  others: readonly Reason[],
  keyOf: (reason: Reason) => string,
): readonly Reason[] {
  const said = new Set(others.map(keyOf));
  return reasons.filter((reason) => !said.has(keyOf(reason)));
}

/** What people are told of a reason. Where no author wrote a sentence its words are the leaf's, which say nothing that the detail does
 *  not: of a fact that was never reported nobody cares what it would have been compared with. */
function reasonKey(sentences: ReadonlySet<string>): (reason: Reason) => string {
  return ({ says, fact, object, detail, unknown }) =>
    JSON.stringify([sentences.has(says) ? says : null, fact, object, detail, unknown]);
}

/** Every sentence that an author wrote into conditions. */
function sentencesOf(asked: readonly { readonly rule: { readonly when: Condition } }[]): ReadonlySet<string> {
  const parts = asked.flatMap(({ rule }) => allIn(rule.when));
  return new Set(parts.flatMap(({ says }) => (says === undefined ? [] : [says])));
}

/** Of all parts that were changed those in which what held it, or holds it now, stands; and those of one side only, which nothing can
 *  stand in on the other. Where that leaves none: all of them. */
function causesOf(
  { old, new: fresh, changes }: Pair,
  asked: Asked,
  was: readonly Reason[],
  is: readonly Reason[],
): readonly Cause[] {
  const oldAt = old?.at ?? nowhere;
  const newAt = fresh?.at ?? nowhere;
  const before = new Set(was.map(({ at }) => placeKey(at)));
  const after = new Set(is.map(({ at }) => placeKey(at)));
  const stands = (places: ReadonlySet<string>, in_: PartChange['old']): boolean =>
    in_ !== undefined && [...placesIn(in_)].some((place) => places.has(place));
  const exact = changes.filter((change) => stands(before, change.old) || stands(after, change.new));
  const oneSided = changes.filter((change) => change.old === undefined || change.new === undefined);
  const chosen = exact.length > 0 ? exact : oneSided.length > 0 ? oneSided : changes;
  if (chosen.length > 0) return distinct(chosen.map((change) => causeOf(change, oldAt, newAt)));
  if (old !== undefined && fresh !== undefined) return [];
  const { name } = asked;
  return [{ was: old === undefined ? null : name, is: fresh === undefined ? null : name, oldAt, newAt }];
}

/** A named condition that is used twice changed once. */
function distinct(causes: readonly Cause[]): readonly Cause[] {
  return [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()];
}

/** The site's phase, if it is another one or for other reasons. */
export function comparePhase(old: Side, fresh: Side, was: SideSight, is: SideSight): Compared {
  const [before, after] = [rollupOf(old), rollupOf(fresh)];
  if (before.steps.length === 0 && after.steps.length === 0) return { moved: [], equal: 0 };
  const shared = was.snapshot === is.snapshot;
  if (shared && rollupKey(before.steps) === rollupKey(after.steps)) return { moved: [], equal: 1 };
  const [one, other] = [was.phase(), is.phase()];
  const keyOf = reasonKey(sentencesOf([...before.steps, ...after.steps].map((rule) => ({ rule }))));
  const [gone, come] = [without(one.why(), other.why(), keyOf), without(other.why(), one.why(), keyOf)];
  if (one.phase === other.phase && gone.length === 0 && come.length === 0) return { moved: [], equal: 1 };
  const changes = after.steps.flatMap((step): readonly PartChange[] => {
    const match = before.steps.find(({ phase }) => phase === step.phase);
    return match === undefined ? [{ new: step.when }] : partsChanged(match.when, step.when);
  });
  const goneSteps = before.steps.filter(({ phase }) => !after.steps.some((step) => step.phase === phase));
  const all = [...changes, ...goneSteps.map(({ when }): PartChange => ({ old: when }))];
  const at = (after.steps[0] ?? before.steps[0])?.at;
  if (at === undefined) return { moved: [], equal: 1 };
  const causes = distinct(all.map((change) => causeOf(change, before.steps[0]?.at ?? at, after.steps[0]?.at ?? at)));
  const moved: Moved = {
    level: 'caution',
    kind: 'phase',
    pack: after.pack ?? before.pack ?? '',
    name: 'phase of the site',
    object: 'site',
    from: one.phase,
    to: other.phase,
    causes,
    was: gone,
    is: come,
  };
  return { moved: [moved], equal: 0 };
}

function rollupOf({ profile }: Side): { readonly pack: string | undefined; readonly steps: readonly RollupStep[] } {
  const pack = profile.packs.find(({ rollup }) => rollup.length > 0);
  return { pack: pack?.name, steps: pack?.rollup ?? [] };
}

const rollupKeys = new WeakMap<readonly RollupStep[], string>();

function rollupKey(steps: readonly RollupStep[]): string {
  const known = rollupKeys.get(steps);
  if (known !== undefined) return known;
  const made = JSON.stringify(steps.map(({ phase, when, says }) => [phase, says ?? null, wordingOf(when)]));
  rollupKeys.set(steps, made);
  return made;
}

import type { FactValue } from '../kernel/fact.ts';
import { type Explanation, FALSE, type LeafReading, TRUE, type Truth } from '../kernel/verdict.ts';
import type { FactRead } from '../kernel/workflow.ts';
import { frozen } from './link-fact.ts';

/** The facts that make an explained condition true, each once, by fact and object: as long as all of them read as they do, it
 *  stays true, whatever else changes. Where several would do, the first is taken. What was frozen and what the profile sets are no
 *  facts of the site. Empty if it is not true. */
export function readsOf(explanation: Explanation): readonly FactRead[] {
  const found = new Map<string, FactRead>();
  if (explanation.truth === TRUE) gather(explanation, found);
  return [...found.keys()].sort().map((key) => found.get(key) as FactRead); // by its own key
}

/** What keeps this part at the truth that it has, which is never unknown here. */
function gather(explanation: Explanation, found: Map<string, FactRead>): void {
  const { truth, what, parts } = explanation;
  switch (what.kind) {
    case 'leaf':
      add(what.read, found);
      if (what.against !== undefined) add(what.against, found);
      return;
    case 'asks-unknown':
      return; // nothing is read of what is unknown
    case 'all':
    case 'any': {
      // One false part makes an `all` false, as one true part makes an `any` true.
      const oneWillDo = (what.kind === 'all') === (truth === FALSE);
      const same = parts.filter((part) => part.truth === truth);
      for (const part of oneWillDo ? same.slice(0, 1) : same) gather(part, found);
      return;
    }
    case 'not':
    case 'named':
    case 'member':
      for (const part of parts) gather(part, found);
      return;
    case 'quantifier':
      gatherMembers(what.quantifier, truth, parts, found);
  }
}

type Quantifier = 'every' | 'some' | 'none' | 'atLeast' | 'atMost';

/** A member as it was counted. */
interface Member {
  readonly counts: Truth;
  /** Why it counts or does not; undefined where all count. */
  readonly where: Explanation | undefined;
  /** Undefined where it does not count. */
  readonly satisfies: Explanation | undefined;
}

function memberOf({ what, parts }: Explanation): Member {
  const counts = what.kind === 'member' ? what.counts : TRUE;
  const [first, second] = parts;
  if (counts === FALSE) return { counts, where: first, satisfies: undefined };
  return second === undefined
    ? { counts, where: undefined, satisfies: first }
    : { counts, where: first, satisfies: second };
}

/** For each member it is asked what it adds: surely that it counts and satisfies, surely not, or neither. */
function gatherMembers(
  quantifier: Quantifier,
  truth: Truth,
  explained: readonly Explanation[],
  found: Map<string, FactRead>,
): void {
  const members = explained.map(memberOf);
  // A yes of «all of them», and a no of «one of them», rest on there being somebody.
  const restsOnSomebody = (quantifier === 'some' || quantifier === 'atLeast') === (truth === FALSE);
  const somebody = restsOnSomebody ? members.find(({ counts }) => counts === TRUE) : undefined;
  if (somebody?.where !== undefined) gather(somebody.where, found);
  const that = (wanted: Truth): readonly Member[] =>
    members.filter(({ counts, satisfies }) => counts === TRUE && satisfies?.truth === wanted);
  switch (quantifier) {
    case 'every':
      if (truth === TRUE) gatherExcused(members, TRUE, found);
      else gatherBoth(that(FALSE).slice(0, 1), found);
      return;
    case 'none':
      if (truth === TRUE) gatherExcused(members, FALSE, found);
      else gatherBoth(that(TRUE).slice(0, 1), found);
      return;
    case 'some':
    case 'atLeast':
    case 'atMost': {
      const many = (quantifier === 'atMost') === (truth === FALSE) ? that(TRUE) : [];
      // Over nobody a `some` may be true as well, where its author says so.
      if (many.length > 0) gatherBoth(quantifier === 'some' ? many.slice(0, 1) : many, found);
      else gatherExcused(members, FALSE, found);
    }
  }
}

/** Members that do not count, or that are as they must be if they do. */
function gatherExcused(members: readonly Member[], wanted: Truth, found: Map<string, FactRead>): void {
  for (const { counts, where, satisfies } of members) {
    if (counts === FALSE) {
      if (where !== undefined) gather(where, found);
    } else if (satisfies?.truth === wanted) gather(satisfies, found);
  }
}

function gatherBoth(members: readonly Member[], found: Map<string, FactRead>): void {
  for (const { where, satisfies } of members) {
    for (const part of [where, satisfies]) if (part !== undefined) gather(part, found);
  }
}

function add({ fact, object, usable }: LeafReading, found: Map<string, FactRead>): void {
  if (usable === undefined || fact.startsWith(frozen) || fact.startsWith('param.')) return;
  found.set(`${fact} ${object}`, { fact, object, value: usable satisfies FactValue });
}

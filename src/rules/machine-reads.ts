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
  return [...found.values()].sort((a, b) => compared(a.fact, b.fact) || compared(a.object, b.object));
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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

/** Members come as whether they count and, if they may, whether they satisfy. For each it is asked what it adds: surely that it
 *  counts and satisfies, surely not, or neither. */
function gatherMembers(
  quantifier: Quantifier,
  truth: Truth,
  members: readonly Explanation[],
  found: Map<string, FactRead>,
): void {
  const some = members.filter((member) => counts(member) === TRUE);
  // A yes of «all of them», and a no of «one of them», rest on there being somebody.
  const restsOnSomebody = (quantifier === 'some' || quantifier === 'atLeast') === (truth === FALSE);
  const [somebody] = some;
  if (restsOnSomebody && somebody !== undefined) gatherCounts(somebody, found);
  const isFor = (member: Explanation): boolean => counts(member) === TRUE && satisfies(member) === TRUE;
  const isAgainst = (member: Explanation): boolean => counts(member) === TRUE && satisfies(member) === FALSE;
  switch (quantifier) {
    case 'every':
      if (truth === TRUE) for (const member of members) gatherExcused(member, TRUE, found);
      else gatherBoth(members.filter(isAgainst).slice(0, 1), found);
      return;
    case 'none':
      if (truth === TRUE) for (const member of members) gatherExcused(member, FALSE, found);
      else gatherBoth(members.filter(isFor).slice(0, 1), found);
      return;
    case 'some':
      if (truth === TRUE && members.some(isFor)) gatherBoth(members.filter(isFor).slice(0, 1), found);
      else for (const member of members) gatherExcused(member, FALSE, found);
      return;
    case 'atLeast':
    case 'atMost': {
      const isMany = (quantifier === 'atLeast') === (truth === TRUE);
      if (isMany && members.some(isFor)) gatherBoth(members.filter(isFor), found);
      else for (const member of members) gatherExcused(member, FALSE, found);
    }
  }
}

/** A member that does not count, or that is as it must be if it does. */
function gatherExcused(member: Explanation, wanted: Truth, found: Map<string, FactRead>): void {
  const last = member.parts.at(-1);
  if (counts(member) === FALSE) gatherCounts(member, found);
  else if (last?.truth === wanted) gather(last, found);
}

function gatherBoth(members: readonly Explanation[], found: Map<string, FactRead>): void {
  for (const { parts } of members) for (const part of parts) gather(part, found);
}

function gatherCounts({ parts, what }: Explanation, found: Map<string, FactRead>): void {
  const [where] = parts;
  const hasWhere = parts.length > 1 || (what.kind === 'member' && what.counts === FALSE);
  if (hasWhere && where !== undefined) gather(where, found);
}

function counts({ what }: Explanation): Truth {
  return what.kind === 'member' ? what.counts : TRUE;
}

function satisfies({ parts, what }: Explanation): Truth {
  return what.kind === 'member' && what.counts === FALSE ? FALSE : (parts.at(-1)?.truth ?? FALSE);
}

function add({ fact, object, usable }: LeafReading, found: Map<string, FactRead>): void {
  if (usable === undefined || fact.startsWith(frozen) || fact.startsWith('param.')) return;
  found.set(`${fact} ${object}`, { fact, object, value: usable satisfies FactValue });
}

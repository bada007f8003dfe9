import {
  type Explanation,
  FALSE,
  type LeafReading,
  type Reason,
  type Several,
  TRUE,
  type Truth,
  UNKNOWN,
  type Verdict,
} from '../kernel/verdict.ts';
import { isLasting } from '../kernel/vocabulary.ts';
import { missingSide } from './wording.ts';

/** What made a truth what it is, and nothing else: under a false `all` the false parts, under an unknown one the unknown
 *  parts, and so on down to the leaves. In the order in which they are written, and each once. */
export function reasonsOf(explanation: Explanation): readonly Reason[] {
  const found = new Map<string, Reason>();
  gather(explanation, undefined, found);
  return [...found.values()];
}

export function verdictOf(explanation: Explanation): Verdict {
  if (explanation.truth === TRUE) return { kind: 'open' };
  const reasons = reasonsOf(explanation) as unknown as Several<Reason>; // every tree ends in leaves or in a list
  return explanation.truth === FALSE ? { kind: 'closed', because: reasons } : { kind: 'unknown', missing: reasons };
}

function gather(explanation: Explanation, above: string | undefined, found: Map<string, Reason>): void {
  const says = explanation.says ?? above;
  const parts = decisive(explanation);
  if (parts.length > 0) {
    for (const part of parts) gather(part, says, found);
    return;
  }
  const reason = reasonOf(explanation, says);
  if (reason === undefined) return;
  const key = JSON.stringify([reason.fact, reason.object, reason.detail]);
  if (!found.has(key)) found.set(key, reason);
}

/** The parts without which this would not be what it is; none where it is decided here. */
function decisive({ truth, what, parts }: Explanation): readonly Explanation[] {
  switch (what.kind) {
    case 'leaf':
    case 'asks-unknown':
      return [];
    case 'all':
      return parts.filter((part) => part.truth === truth);
    case 'any': {
      // Any of these would do. Those that nobody would change are told only if there is nothing else.
      const same = parts.filter((part) => part.truth === truth);
      const changing = same.filter((part) => !asksWhatLasts(part));
      return changing.length > 0 ? changing : same;
    }
    case 'not':
    case 'named':
      return parts;
    case 'member':
      return truth === UNKNOWN ? parts.filter((part) => part.truth === UNKNOWN) : parts.slice(-1);
    case 'quantifier':
      return truth === UNKNOWN
        ? undecided(parts)
        : deciding(parts, what.quantifier === 'atMost' ? TRUE - truth : truth);
  }
}

function asksWhatLasts({ what }: Explanation): boolean {
  return what.kind === 'leaf' && isLasting(what.read.fact);
}

/** The members that may go either way; if there are none, those of whom it is not known whether they count. */
function undecided(members: readonly Explanation[]): readonly Explanation[] {
  const either = members.filter((member) => member.truth === UNKNOWN);
  if (either.length > 0) return either;
  return members.filter((member) => counts(member) === UNKNOWN).flatMap((member) => member.parts.slice(0, 1));
}

function deciding(members: readonly Explanation[], truth: number): readonly Explanation[] {
  return members.filter((member) => member.truth === truth && counts(member) !== FALSE);
}

function counts({ what }: Explanation): Truth {
  return what.kind === 'member' ? what.counts : TRUE;
}

function reasonOf({ truth, at, what }: Explanation, says: string | undefined): Reason | undefined {
  switch (what.kind) {
    case 'leaf': {
      const read = missingSide(what.read, what.against) ?? what.read;
      const { fact, object } = read;
      return {
        says: says ?? what.text,
        fact,
        object,
        detail: what.detail,
        unknown: truth === UNKNOWN,
        at,
        ...origin(read),
      };
    }
    case 'asks-unknown': {
      const { fact, object, detail, text, read } = what;
      return { says: says ?? text, fact, object, detail, unknown: read.usable === undefined, at, ...origin(read) };
    }
    case 'quantifier':
      return {
        says: says ?? what.text,
        fact: `list of ${what.over}s`,
        object: what.object,
        detail:
          what.listUnknown ??
          (what.empty ? `there is none: ${what.text}` : `${what.counted} of ${what.of}: ${what.text}`),
        unknown: truth === UNKNOWN,
        at,
      };
    default:
      return undefined;
  }
}

function origin({ reading }: LeafReading): Pick<Reason, 'seenAtMs' | 'source'> {
  const { seenAtMs, source } = reading;
  return { ...(seenAtMs === undefined ? {} : { seenAtMs }), ...(source === undefined ? {} : { source }) };
}

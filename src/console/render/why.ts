import type { Capture } from '../../capture/capture.ts';
import type { Reading } from '../../kernel/fact.ts';
import { formatValue } from '../../kernel/value.ts';
import type { Explanation, LeafReading, Truth } from '../../kernel/verdict.ts';
import { verdictWords } from '../../kernel/verdict.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import type { VerifiedProfile } from '../../profile/profile.ts';
import type { Finding, Gate } from '../../rules/pack.ts';
import type { Change } from '../../rules/suppose.ts';
import type { Closings, Ways } from '../../rules/ways.ts';
import { moment } from '../ages.ts';
import { harmless } from '../escape.ts';
import { count } from '../messages.ts';
import { type Look, plainly } from '../paint.ts';
import { paragraph } from '../table.ts';
import type { Data } from './data.ts';
import { header } from './header.ts';
import { captureData, placeData, profileData } from './parts.ts';
import { treeText } from './tree.ts';

/** What `why` answers: the explanation of one rule for some objects, and what would change it. */
export interface Why {
  readonly profile: VerifiedProfile;
  readonly capture: Capture;
  readonly nowMs: number;
  readonly rule: Gate | Finding;
  readonly pack: string;
  readonly objects: readonly WhyObject[];
  /** Left out, because nobody reads so many trees at once. */
  readonly others: readonly string[];
  readonly counts: readonly { readonly verdict: string; readonly count: number }[];
  readonly all: boolean;
}

export interface WhyObject {
  readonly object: string | undefined;
  readonly truth: Truth;
  readonly explanation: Explanation;
  /** Of a gate that holds. */
  readonly ways?: Ways;
  /** Of an open gate. */
  readonly closings?: Closings;
}

const waysShown = 3;
const changesShown = 6;
const closingsShown = 8;

// --- for people ---

export function whyText(why: Why, look: Look, next: string | undefined): string {
  const parts = [header(why, look), ...why.objects.map((one) => objectText(why, one, look))];
  if (why.others.length > 0) {
    const names = why.others.slice(0, 6).join(' ');
    const rest = why.others.length > 6 ? ` and ${why.others.length - 6} more` : '';
    parts.push(
      paragraph(look, '', `${why.others.length} more, in the same way: ${names}${rest}; --all shows them`) +
        (next === undefined ? '' : `why: ${harmless(next)}\n`),
    );
  }
  return parts.join('\n');
}

function objectText(why: Why, { object, truth, explanation, ways, closings }: WhyObject, look: Look): string {
  const { rule, nowMs, all } = why;
  const verdict = verdictWords[truth];
  const word = rule.kind === 'gate' ? verdict : { open: 'raised', closed: 'not raised', unknown: 'unknown' }[verdict];
  const paint =
    rule.kind === 'gate' ? { open: look.good, closed: look.bad, unknown: look.unsure }[verdict] : look.unsure;
  const of = object === undefined || object === 'site' ? '' : `  ${plainly(object, look)}`;
  const place = look.quiet(plainly(`   ${rule.at.file}:${rule.at.line}`, look));
  return [
    `${paint(rule.kind === 'gate' ? `${look.signs[verdict]} ${word.toUpperCase()}` : word.toUpperCase())}  ${look.strong(plainly(rule.name, look))}${of}${place}\n`,
    paragraph(look, '  ', rule.says, look.quiet),
    treeText(explanation, look, { nowMs, all, foldsTrue: rule.kind === 'gate' }),
    ways === undefined ? '' : waysText(ways, look, all),
    closings === undefined ? '' : closingsText(closings, look, all),
    rule.next === undefined ? '' : paragraph(look, '', `next: ${rule.next}`, look.quiet),
  ].join('');
}

function waysText({ ways, complete }: Ways, look: Look, all: boolean): string {
  if (ways.length === 0) return paragraph(look, '', 'no small change was found that would open it');
  const natural = ways.toSorted(
    (one, other) => one.changes.length - other.changes.length || oddities(one) - oddities(other),
  );
  const isLong = (natural[0]?.changes.length ?? 0) > 3;
  const shown = all ? natural : natural.slice(0, isLong ? 1 : waysShown);
  const lines = shown.map(({ changes }, at) => {
    const lead = at === 0 ? 'would open if ' : '        or if ';
    const seen = all ? changes : changes.slice(0, changesShown);
    const rest = changes.length - seen.length;
    const last = rest > 0 ? `${' '.repeat(10)}and ${rest} more; --all shows them\n` : '';
    return `${seen.map((change, nth) => paragraph(look, nth === 0 ? lead : `${' '.repeat(10)}and `, changeText(change))).join('')}${last}`;
  });
  const rest = ways.length - shown.length;
  if (rest > 0) lines.push(`${look.quiet(`and ${count(rest, 'more way')}; --all shows all`)}\n`);
  if (!complete) lines.push(`${look.quiet('there may be others: not every possibility was tried')}\n`);
  return lines.join('');
}

/** What something is, rather than how it is: nobody turns a copy into a tie-breaker to get a gate open. */
const natures = new Set(['replica.kind', 'connection.peerKind', 'node.name', 'volume.place']);

function oddities({ changes }: Ways['ways'][number]): number {
  return changes.filter((change) => change.kind === 'fact' && natures.has(change.fact)).length;
}

function changeText(change: Change): string {
  if (change.kind === 'list') return `the list of ${change.over}s were known (${change.from})`;
  const { fact, object, from, to } = change;
  const whose = object === 'site' ? fact : `${fact} of ${object}`;
  const now = from.kind === 'known' ? `is ${formatted(fact, from.value)}` : nowText(fact, from);
  const same = from.kind !== 'absent' && formatted(fact, from.value) === formatted(fact, to);
  return `${whose} ${same ? `were still seen as ${formatted(fact, to)}` : `became ${formatted(fact, to)}`} (${now})`;
}

function nowText(fact: string, reading: Reading): string {
  return reading.kind === 'absent' ? reading.says : `was ${formatted(fact, reading.value)}, too old`;
}

function formatted(fact: string, value: Parameters<typeof formatValue>[1]): string {
  const type = vocabulary.get(fact)?.type;
  return type === undefined ? String(value) : formatValue(type, value);
}

function closingsText({ facts, lists, complete }: Closings, look: Look, all: boolean): string {
  const groups = new Map<string, string[]>();
  for (const { fact, object, closedBy } of facts) {
    if (closedBy.length === 0) continue;
    const values = closedBy.map((value) => formatted(fact, value));
    const shown =
      values.length > 4 ? `${values.slice(0, 3).join(', ')} or ${values.length - 3} others` : values.join(' or ');
    const key = `${fact} became ${shown}`;
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  const lines: string[] = [];
  const kinds = [...groups];
  const shownKinds = all || kinds.length <= closingsShown + 1 ? kinds : kinds.slice(0, closingsShown);
  for (const [says, objects] of shownKinds) {
    const seen = all ? objects : objects.slice(0, 3);
    const rest = objects.length - seen.length;
    const whose = objects[0] === 'site' ? '' : `, of ${seen.join(' ')}${rest > 0 ? ` or ${rest} more` : ''}`;
    lines.push(paragraph(look, lines.length === 0 ? 'would close if ' : '         or if ', `${says}${whose}`));
  }
  const more = kinds.length - shownKinds.length;
  if (more > 0) lines.push(`${look.quiet(`         or if one of ${more} other facts changed; --all shows them`)}\n`);
  const lost = facts.filter(({ whenLost }) => whenLost !== 'open').length;
  if (lost > 0 || lists.length > 0) {
    const what = [
      lost > 0 ? `any of ${lost} facts` : '',
      lists.length > 0 ? `the list of ${lists.map((kind) => `${kind}s`).join(' or ')}` : '',
    ];
    lines.push(
      paragraph(
        look,
        '',
        `would no longer be open if ${what.filter((part) => part !== '').join(', or ')} were lost`,
        look.quiet,
      ),
    );
  }
  if (!complete) lines.push(`${look.quiet('not every possibility was tried')}\n`);
  return lines.join('');
}

// --- for programs ---

export function whyData(why: Why): Data {
  const { rule, profile, capture, nowMs, pack, objects, counts } = why;
  return {
    schemaVersion: 'why/v1',
    profile: profileData(profile),
    capture: captureData(capture),
    now: moment(nowMs),
    rule: {
      kind: rule.kind,
      name: rule.name,
      pack,
      per: rule.per,
      says: rule.says,
      next: rule.next ?? null,
      at: placeData(rule.at),
    },
    counts: Object.fromEntries(counts.map(({ verdict, count }) => [verdict, count])),
    objects: objects.map(({ object, truth, explanation, ways, closings }) => ({
      object: object ?? null,
      verdict: verdictWords[truth],
      explanation: explanationData(explanation),
      opensIf: (ways?.ways ?? []).map(({ changes }) => ({ changes: changes.map(changeData) })),
      opensIfComplete: ways?.complete ?? null,
      closesIf: (closings?.facts ?? []).map(({ fact, object: of, closedBy, unknownBy, whenLost }) => ({
        fact,
        object: of,
        closedBy: closedBy.map((value) => formatted(fact, value)),
        unknownBy: unknownBy.map((value) => formatted(fact, value)),
        whenLost,
      })),
      closesIfComplete: closings?.complete ?? null,
      lists: [...(closings?.lists ?? [])],
    })),
  };
}

function changeData(change: Change): Data {
  return change.kind === 'list'
    ? { kind: 'list', over: change.over, from: change.from }
    : {
        kind: 'fact',
        fact: change.fact,
        object: change.object,
        from: readingText(change.fact, change.from),
        to: formatted(change.fact, change.to),
      };
}

function readingText(fact: string, reading: Reading): Data {
  return reading.kind === 'absent' ? null : formatted(fact, reading.value);
}

function explanationData({ truth, at, says, what, parts }: Explanation): Data {
  const base = {
    kind: what.kind,
    truth: ['false', 'unknown', 'true'][truth] ?? '',
    says: says ?? null,
    at: placeData(at),
  };
  const inner = { parts: parts.map(explanationData) };
  switch (what.kind) {
    case 'all':
    case 'any':
    case 'not':
      return { ...base, ...inner };
    case 'named':
      return { ...base, name: what.name, ...inner };
    case 'leaf':
      return {
        ...base,
        text: what.text,
        read: leafData(what.read),
        against: what.against === undefined ? null : leafData(what.against),
        ...inner,
      };
    case 'asks-unknown':
      return { ...base, text: what.text, read: leafData(what.read), ...inner };
    case 'quantifier': {
      const { text, over, object, counted, of, listUnknown } = what;
      return { ...base, text, over, object, counted, of, listUnknown: listUnknown ?? null, ...inner };
    }
    case 'member':
      return { ...base, object: what.object, ...inner };
  }
}

function leafData({ fact, object, reading, maxAgeMs, gradeNeeded, usable }: LeafReading): Data {
  const absent = reading.kind === 'absent';
  const { seenAtMs } = reading;
  return {
    fact,
    object,
    reading: reading.kind,
    usable: usable !== undefined,
    value: absent ? null : formatted(fact, reading.value),
    says: absent ? reading.says : null,
    grade: absent ? null : reading.grade,
    gradeNeeded,
    maxAgeSeconds: Number.isFinite(maxAgeMs) ? maxAgeMs / 1000 : null,
    seenAt: seenAtMs === undefined || !Number.isFinite(seenAtMs) ? null : moment(seenAtMs),
    source: reading.source ?? null,
  };
}

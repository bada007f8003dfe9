import type { Example, GateOn, Told } from '../../review/ask/asking.ts';
import type { Asking, Sided } from '../../review/ask/claims.ts';
import { textOf } from '../../review/meaning.ts';
import type { Side } from '../../review/side.ts';
import { type Bound, sizesOf } from '../../witness/bound.ts';
import { nameOf } from '../answer.ts';
import { type Look, plainly } from '../paint.ts';
import { quoted } from '../shell.ts';
import { paragraph } from '../table.ts';
import { count } from './count.ts';
import type { Data } from './data.ts';
import { sideData } from './diff-data.ts';
import { placeWords, sideWords } from './diff-words.ts';
import { siteLines } from './made-up-site.ts';
import { placeData, reasonData } from './parts.ts';
import { siteData } from './proof-data.ts';
import { reasonSays } from './reason-text.ts';
import { answerWords, boundWords, sizeWords } from './witness-words.ts';

/** What was asked of any site, and what was answered. */
export interface AnySite {
  readonly verb: 'ask' | 'implies';
  /** As it was typed. */
  readonly question: string;
  readonly asking: Asking;
  /** What a reader should know beside. */
  readonly notes: readonly string[];
  readonly bound: Bound;
  readonly solver: string;
  readonly told: Told;
  readonly calledAs: string;
  /** Where the site was written. */
  readonly path: string | undefined;
}

const shown = { let: 4, held: 4 };
/** Whoever asked may ask for long. */
const whole = Number.POSITIVE_INFINITY;

export function anySiteText(answer: AnySite, look: Look): string {
  const { asking, notes, solver, told } = answer;
  const sides = sidesOf(asking);
  return [
    ...sides.map((side) => `${plainly(`${side.label}: ${sideWords(side, look.wide)}`, look)}\n`),
    paragraph(look, '', `asked: ${meant(answer)}`),
    ...notes.map((note) => paragraph(look, '', note, look.quiet)),
    '\n',
    verdictText(answer, look),
    ...(told.kind === 'example' ? [exampleText(told, look), captureText(answer, look)] : []),
    look.wide ? paragraph(look, '', `answered by ${solver}`, look.quiet) : '',
  ].join('');
}

/** The question with every bracket in its place: how it was understood. */
function meant({ verb, asking }: AnySite): string {
  const { gates, condition } = asking;
  const name = sidesOf(asking).length > 1 ? longName : shortName;
  const [first, second] = gates;
  if (verb === 'implies' && first !== undefined && second !== undefined) {
    return `wherever ${name(first)} is open, is ${name(second)} open?`;
  }
  const all = gates.map((one) => `${name(one)} ${one.gate.is}`).join(' and ');
  return `is there a site with ${all}${condition === undefined ? '' : ` while ${textOf(condition, whole)}`}?`;
}

function shortName({ gate: { gate } }: Sided): string {
  return gate.name;
}

function longName({ side, gate: { gate } }: Sided): string {
  return `${side.label}#${gate.name}`;
}

function verdictText({ verb, bound, told }: AnySite, look: Look): string {
  const line = (word: string, says: string): string =>
    paragraph(look, '', `${word}: ${says}`).replace(word, look.strong(word));
  switch (told.kind) {
    case 'none':
      return verb === 'ask'
        ? line('NO', `on no site within ${boundWords(bound)} is it so`)
        : line('YES', `on every site within ${boundWords(bound)}`);
    case 'unfinished':
      return line('NOT KNOWN', answerWords(told));
    case 'example':
      return verb === 'ask' ? line('YES', `${onSite(told)} it is so`) : line('NO', `${onSite(told)} it is not`);
  }
}

function onSite({ site }: Example): string {
  const isEmpty = site.lists.every(({ members }) => members.length === 0);
  return isEmpty ? 'on a site with nobody on its lists' : `on a site of ${sizeWords(site)}`;
}

function exampleText({ site, gates }: Example, look: Look): string {
  return [
    ...siteLines(site).map((line) => paragraph(look, `  ${/^ */.exec(line)?.[0] ?? ''}`, line.trimStart())),
    ...gates.map((gate) => gateText(gate, gates, look)),
  ].join('');
}

function gateText({ side, gate, object, is, held, let: lines }: GateOn, all: readonly GateOn[], look: Look): string {
  const several = all.some((other) => other.side !== side);
  const name = `${several ? `${side.label}#` : ''}${nameOf(gate.gate.name, object)}`;
  const [paint, sign] = {
    open: [look.good, look.signs.open],
    closed: [look.bad, look.signs.closed],
    unknown: [look.unsure, look.signs.unknown],
  }[is] as [Look['good'], string];
  const why =
    is === 'open' ? lines.map(({ at, says }) => `${says}   ${placeWords(at)}`.trimEnd()) : held.map(reasonSays);
  const most = is === 'open' ? shown.let : shown.held;
  const few = look.wide || why.length <= most + 1 ? why : why.slice(0, most);
  const rest = why.length - few.length;
  return [
    `${paint(`${sign} ${is.toUpperCase()}`)}  ${look.strong(plainly(name, look))}\n`,
    ...few.map((line) => paragraph(look, '  ', line)),
    rest === 0 ? '' : `  ${look.quiet(`${count(rest, 'line')} more not shown; -o wide shows all`)}\n`,
  ].join('');
}

function captureText({ asking, calledAs, path }: AnySite, look: Look): string {
  const [side] = sidesOf(asking);
  const profile = side === undefined || side.label.includes(':') ? 'PROFILE' : side.label;
  const judge = `${calledAs} eval --profile ${quoted(profile)} --insecure-unsigned --capture ${quoted(path ?? 'DIR')}`;
  const says =
    path === undefined
      ? `as a capture: --site DIR writes it, \`${judge}\` judges it`
      : `written; to judge it: ${judge}`;
  return paragraph(look, '', says, look.quiet);
}

function sidesOf({ gates }: Asking): readonly Side[] {
  return [...new Map(gates.map(({ side }) => [`${side.label}\n${side.profile.digest}`, side])).values()];
}

/** `-o name`: the gates of the site that was found. */
export function anySiteNames({ told }: AnySite): readonly string[] {
  return told.kind === 'example' ? told.gates.map(({ gate, object }) => nameOf(gate.gate.name, object)) : [];
}

/** `-o json`: described in schemas/answer.v1.json. */
export function anySiteData(answer: AnySite): Data {
  const { verb, question, asking, notes, bound, solver, told } = answer;
  return {
    schemaVersion: 'answer/v1',
    verb,
    question,
    understood: meant(answer),
    notes: [...notes],
    sides: sidesOf(asking).map(sideData),
    gates: asking.gates.map(({ side, gate: { pack, gate, is } }) => ({
      side: side.label,
      pack,
      name: gate.name,
      per: gate.per,
      is,
    })),
    condition: asking.condition === undefined ? null : textOf(asking.condition, whole),
    within: sizesOf(bound),
    solver,
    ...toldData(told),
  };
}

function toldData(told: Told): { readonly [name: string]: Data } {
  const { kind } = told;
  const none = kind === 'none' ? told.within : kind === 'unfinished' ? told.none : undefined;
  return {
    answer: kind,
    noneWithin: none === undefined ? null : sizesOf(none),
    example: kind === 'example' ? exampleData(told) : null,
  };
}

function exampleData({ object, site, gates }: Example): Data {
  return {
    object,
    site: siteData(site),
    gates: gates.map(({ side, gate: { pack, gate }, object: of, is, held, let: lines }) => ({
      side: side.label,
      pack,
      name: gate.name,
      object: of,
      is,
      held: held.map(reasonData),
      let: lines.map(({ at, says }) => ({ says, at: placeData(at) })),
    })),
  };
}

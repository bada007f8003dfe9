import type { VerdictWord } from '../../kernel/verdict.ts';
import { reasonsAgainst } from '../../operator/spine.ts';
import type { Answer, GateAnswer } from '../answer.ts';
import { harmless } from '../escape.ts';
import { type Look, type Paint, plainly } from '../paint.ts';
import { type Cell, paragraph, table } from '../table.ts';
import { header } from './header.ts';
import { grouped, limited, more, reasonLine, reasonSays, sentenceOf } from './reason-text.ts';
import { workflowsText } from './workflow-text.ts';

/** Columns that names of objects may take; the first one always stands. */
const objectsRoom = 60;

/** `eval` for people: what the site is, what somebody should know, what is open, and for all else why not and what to do. */
export function evalText(answer: Answer, look: Look, whyCommand: string | undefined): string {
  return [
    header(answer, look),
    siteText(answer, look),
    workflowsText(answer, look),
    findingsText(answer, look),
    gatesText(answer, look),
    heldText(answer, look),
    whyCommand === undefined ? '' : `why: ${harmless(whyCommand)}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

export function paintOf(word: VerdictWord, look: Look): Paint {
  return { open: look.good, closed: look.bad, unknown: look.unsure }[word];
}

export function signed(word: VerdictWord, look: Look): string {
  return `${look.signs[word]} ${word.toUpperCase()}`;
}

function siteText({ site, nowMs }: Answer, look: Look): string {
  const reasons = reasonsAgainst(site.verdict());
  const calm = site.phase !== 'Degraded';
  const lines = [
    table(look, undefined, [
      [{ text: 'SITE', paint: look.strong }, { text: site.phase, paint: calm ? look.good : look.bad }, site.says],
    ]),
  ];
  for (const reason of limited(reasons, look)) lines.push(paragraph(look, '      ', reasonLine(reason, nowMs, look)));
  lines.push(more(reasons.length, '      ', look));
  return lines.join('');
}

function findingsText({ findings, nowMs }: Answer, look: Look): string {
  const raised = grouped(
    findings.filter((found) => found.raised),
    ({ finding }) => finding.name,
  );
  const unsure = grouped(
    findings.filter((found) => !found.raised),
    ({ finding }) => finding.name,
  );
  const rows: (readonly Cell[])[] = [];
  for (const group of raised) {
    const { finding } = group[0];
    const readings = [...new Set(group.flatMap(({ reasons }) => reasons().map((one) => reasonLine(one, nowMs, look))))];
    const seen = look.wide ? readings : readings.slice(0, 1);
    const rest = readings.length - seen.length;
    const paint =
      finding.severity === 'critical' ? look.bad : finding.severity === 'warning' ? look.unsure : look.quiet;
    rows.push([{ text: finding.severity, paint }, finding.name, objects(group, look), finding.says]);
    for (const line of seen) rows.push(['', '', '', `${line}${rest > 0 ? `, and ${rest} more` : ''}`]);
    if (finding.next !== undefined) rows.push(['', '', '', { text: `next: ${finding.next}`, paint: look.quiet }]);
  }
  for (const group of unsure) {
    const { finding, reasons } = group[0];
    const because = reasons()[0];
    const says = because === undefined ? 'is not known' : `is not known: ${reasonSays(because)}`;
    rows.push([{ text: 'not known', paint: look.unsure }, finding.name, objects(group, look), says]);
  }
  if (rows.length === 0) return '';
  const shown = look.wide ? rows : rows.filter(([first]) => !(typeof first === 'object' && first.text === 'not known'));
  const hidden = look.wide ? 0 : unsure.length;
  const note =
    hidden === 0
      ? ''
      : `  ${hidden} more ${hidden === 1 ? 'is' : 'are'} not known; -o wide shows ${hidden === 1 ? 'it' : 'them'}\n`;
  return `${look.strong('FINDINGS')}\n${indent(table(look, undefined, shown))}${look.quiet(note.trimEnd())}${note === '' ? '' : '\n'}`;
}

function gatesText({ gates, counts }: Answer, look: Look): string {
  if (gates.length === 0) {
    const all = counts.open + counts.closed + counts.unknown;
    const says = all > 0 ? 'none of those that were asked for' : 'none is about anybody who is here';
    return `${look.strong('GATES')}\n  ${says}\n`;
  }
  const rows = grouped(gates, ({ gate }) => gate.name).map((group): readonly Cell[] => {
    const with_ = (word: VerdictWord): readonly GateAnswer[] => group.filter(({ verdict }) => verdict === word);
    const cell = (word: VerdictWord): Cell => {
      const count = with_(word).length;
      return { text: count === 0 ? '' : `${look.signs[word]} ${count} ${word}`, paint: paintOf(word, look) };
    };
    const held = [...with_('closed'), ...with_('unknown')];
    return [
      group[0].gate.name,
      cell('open'),
      cell('closed'),
      cell('unknown'),
      held.length === 0 ? '' : objects(held, look),
    ];
  });
  return `${look.strong('GATES')}\n${indent(table(look, undefined, rows))}`;
}

/** Gates that hold: what — which — why — since when — what releases it — who. One block a gate and verdict; objects that
 *  hold for the same sentence stand together, with one reading as the example. */
function heldText({ gates, nowMs }: Answer, look: Look): string {
  return grouped(
    gates.filter(({ verdict }) => verdict !== 'open'),
    ({ gate, verdict }) => `${gate.name} ${verdict}`,
  )
    .map((group) => block(group, nowMs, look))
    .join('\n');
}

function block(group: readonly [GateAnswer, ...GateAnswer[]], nowMs: number, look: Look): string {
  const [{ gate, verdict }] = group;
  const paint = paintOf(verdict, look);
  const place = look.wide ? look.quiet(plainly(`   ${gate.at.file}:${gate.at.line}`, look)) : '';
  const lines = [
    `${paint(signed(verdict, look))}  ${look.strong(gate.name)}  ${plainly(objects(group, look), look)}${place}\n`,
  ];
  const found = group.flatMap(({ object, reasons }) => reasons().map((reason) => ({ object, reason })));
  const bySentence = grouped(found, ({ reason }) => sentenceOf(reason) ?? reason.fact);
  for (const same of limited(bySentence, look)) {
    const sentence = sentenceOf(same[0].reason);
    const whose = [...new Set(same.map(({ object }) => object))].map((object) => ({ object }));
    const some = whose.length === group.length ? '' : ` (${objects(whose, look)})`;
    if (sentence !== undefined) lines.push(paragraph(look, `  ${paint(look.signs[verdict])} `, `${sentence}${some}`));
    for (const ofFact of grouped(same, ({ reason }) => reason.fact)) {
      const readings = [...new Set(ofFact.map(({ reason }) => reasonLine(reason, nowMs, look)))];
      const examples = look.wide ? readings : readings.slice(0, 1);
      const rest = readings.length - examples.length;
      for (const line of examples)
        lines.push(paragraph(look, '      ', `${line}${rest > 0 ? `, and ${rest} more` : ''}`));
    }
  }
  lines.push(more(bySentence.length, '    ', look));
  if (gate.next !== undefined) lines.push(paragraph(look, '  ', `next: ${gate.next}`, look.quiet));
  return lines.join('');
}

function objects(list: readonly { readonly object: string | undefined }[], look: Look): string {
  const names = list.map(({ object }) => (object === undefined ? 'all of them' : look.short(object)));
  let room = objectsRoom;
  const fitting = names.findIndex((name, at) => {
    room -= name.length + 1;
    return room < 0 && at > 0;
  });
  const shown = look.wide || fitting === -1 ? names : names.slice(0, fitting);
  const rest = names.length - shown.length;
  return `${shown.join(' ')}${rest === 0 ? '' : ` and ${rest} more`}`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

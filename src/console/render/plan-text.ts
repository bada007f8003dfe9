import { FALSE, type Several, TRUE, type Truth, UNKNOWN, verdictWords } from '../../kernel/verdict.ts';
import { span } from '../ages.ts';
import { harmless } from '../escape.ts';
import { count } from '../messages.ts';
import { indented, type Look, narrower, plainly } from '../paint.ts';
import type { AnsweredGate, AnsweredStep, PlanAnswer } from '../plan-answer.ts';
import { type Cell, paragraph, table } from '../table.ts';
import { header } from './header.ts';
import { named, ofWhom } from './named.ts';
import { grouped, reasonLine } from './reason-text.ts';
import { argumentWords, decisionText, standsText } from './workflow-text.ts';

/** `plan` for people: where it stands and what is decided now, then every step in its order, then from where there is no way back. */
export function planText(answer: PlanAnswer, look: Look, whyCommand: string | undefined): string {
  const { workflow, isThere, nowMs, steps, leftOut } = answer;
  const parts = [
    header(answer, look),
    [
      standsText(workflow, nowMs, look),
      isThere
        ? ''
        : paragraph(look, '  ', 'is not in this capture: the plan from the beginning, as though it were asked for now'),
      decisionText(workflow, nowMs, look),
    ].join(''),
    backText(answer, look),
    ...steps.map((step) => stepText(step, nowMs, look)),
    steps.length === 0 ? '' : closing(steps, leftOut, look),
    whyCommand === undefined ? '' : `why: ${harmless(whyCommand)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function backText({ back }: PlanAnswer, look: Look): string {
  if (back.length === 0) return '';
  const rows = back.map(({ state, command, members }) => [state, `${command} for ${named(members, look)}`]);
  return `${look.strong('TAKES BACK, the last first')}\n${indented(table(narrower(look, 2), undefined, rows), 2)}`;
}

function stepText(step: AnsweredStep, nowMs: number, look: Look): string {
  const { number, state, says, stretch, at } = step;
  const of = look.wide ? `   ${stretch === undefined ? '' : `${stretch}   `}${at.file}:${at.line}` : '';
  const rows: (readonly Cell[])[] = [
    ...doesRows(step, look),
    ...waitsRows(step, nowMs, look),
    ...wayBackRows(step, look),
    ...meanwhileRows(step, look),
    ...budgetRows(step, look),
  ];
  return [
    `${String(number).padStart(2)}  ${look.strong(plainly(state, look))}${look.quiet(plainly(of, look))}\n`,
    paragraph(look, '    ', says, look.quiet),
    indented(table(narrower(look, 4), undefined, rows.map(aligned)), 4),
  ].join('');
}

/** What is said stands in one column, whatever is said of a step. */
function aligned([label = '', ...rest]: readonly Cell[]): readonly Cell[] {
  return [typeof label === 'string' ? label.padEnd('no way back'.length) : label, ...rest];
}

/** What is done to whom; who is so already is named apart. */
function doesRows(
  { command, members, atATime, confirmWithinMs }: AnsweredStep,
  look: Look,
): readonly (readonly Cell[])[] {
  if (command === undefined) return [];
  if (members === undefined) {
    return [['does', { text: `${look.signs.unknown} ${command}; who is there is not known`, paint: look.unsure }]];
  }
  const rows: (readonly Cell[])[] = [];
  const stands = (word: 'settled' | 'to do' | 'unknown') => members.filter((one) => one.stands === word);
  const label = (): string => (rows.length === 0 ? 'does' : '');
  for (const [word, lead] of [
    ['to do', ''],
    ['unknown', `${look.signs.unknown} not known whether it is so: `],
  ] as const) {
    for (const same of grouped(
      stands(word),
      ({ with: args, node, object }) => `${argumentWords(args)} ${node === object}${node === object ? '' : node}`,
    )) {
      const [{ with: args, node, object }] = same;
      const by = node === undefined || node === object ? '' : `, by the agent of ${node}`;
      const pace = same.length > 1 && atATime !== undefined ? `, ${paceWords(atATime, same.length)}` : '';
      const confirm =
        confirmWithinMs === undefined ? '' : `; goes back by itself after ${span(confirmWithinMs)} unless confirmed`;
      rows.push([
        label(),
        `${lead}${command}${argumentWords(args)}${ofWhom(' on ', same, look)}${by}${pace}${confirm}`,
      ]);
    }
  }
  const settled = stands('settled');
  if (settled.length > 0) {
    const nothing = rows.length === 0 ? `nothing: ${command}, and ` : '';
    rows.push([
      label(),
      { text: `${nothing}${look.signs.open} so already: ${ofWhom('', settled, look) || 'the site'}`, paint: look.good },
    ]);
  }
  if (members.length === 0) rows.push([label(), `nothing: ${command}, and nobody needs it`]);
  return rows;
}

function paceWords(atATime: number, of: number): string {
  return atATime === 1 ? 'one at a time' : atATime >= of ? 'all at once' : `${atATime} at a time`;
}

/** One row a gate: of whom it is open, closed, unknown, with one reason, and what will change that. */
function waitsRows({ waitsFor, command }: AnsweredStep, nowMs: number, look: Look): readonly (readonly Cell[])[] {
  const rows: (readonly Cell[])[] = [];
  const groups = grouped(waitsFor, ({ gate, when }) => `${when} ${gate}`);
  if (groups.length === 0 && command !== undefined) return [['waits', 'until it is seen of everybody']];
  for (const group of groups) {
    for (const truth of [FALSE, UNKNOWN, TRUE] as const) {
      const [first, ...others] = group.filter((one) => one.truth === truth);
      if (first === undefined) continue;
      const label = rows.length === 0 ? 'waits' : '';
      rows.push([label, gateCell([first, ...others], truth, nowMs, look)]);
    }
  }
  return rows;
}

function gateCell(same: Several<AnsweredGate>, truth: Truth, nowMs: number, look: Look): Cell {
  const [{ gate, object, when, because, changedBy }] = same;
  const word = verdictWords[truth];
  const name = look.wide ? gate : gate.slice(gate.indexOf('/') + 1);
  const whom = ofWhom('  ', same, look);
  const each = when === 'before each order' && object !== 'site' ? ' (before each order)' : '';
  if (truth === TRUE) return { text: `${look.signs[word]} ${name}${whom}${each}`, paint: look.good };
  const [first] = because;
  const rest = because.length - 1;
  const why = first === undefined ? '' : `: ${reasonLine(first, nowMs, look)}${rest > 0 ? `, and ${rest} more` : ''}`;
  const later = changedBy.length === 0 ? '' : `; ${stepWords(changedBy)} that`;
  const paint = changedBy.length > 0 ? look.quiet : truth === FALSE ? look.bad : look.unsure;
  return { text: `${look.signs[word]} ${name}${whom}${each}${why}${later}`, paint };
}

function stepWords(numbers: readonly number[]): string {
  return numbers.length === 1 ? `step ${numbers[0]} changes` : `steps ${numbers.join(', ')} change`;
}

function wayBackRows({ command, undo, pointOfNoReturn }: AnsweredStep, look: Look): readonly (readonly Cell[])[] {
  if (pointOfNoReturn !== null) return [['no way back', { text: pointOfNoReturn, paint: look.unsure }]];
  return command === undefined ? [] : [['undo', undo ?? 'nothing is left to take back']];
}

function meanwhileRows({ down, mayFail, command }: AnsweredStep, look: Look): readonly (readonly Cell[])[] {
  const rows: (readonly Cell[])[] = [];
  if (down.length > 0) {
    const words = { replication: 'replication', link: 'the storage link of the node that moves' };
    rows.push(['down', { text: down.map((what) => words[what]).join(', '), paint: look.unsure }]);
  }
  if (command === undefined && down.length === 0) return rows;
  const text =
    mayFail === undefined
      ? `${look.signs.unknown} not known`
      : mayFail.length === 0
        ? 'no node'
        : mayFail.length === 1
          ? (mayFail[0] ?? '')
          : `any one of ${named(mayFail, look)}`;
  rows.push(['may fail', { text, paint: mayFail?.length === 0 || mayFail === undefined ? look.unsure : look.quiet }]);
  return rows;
}

function budgetRows({ budgetMs, overdue }: AnsweredStep, look: Look): readonly (readonly Cell[])[] {
  if (budgetMs === null) return [];
  const then = overdue === 'fail' ? 'then it has failed' : 'then it waits on, loudly';
  return [['budget', { text: `${span(budgetMs)}, ${then}`, paint: look.quiet }]];
}

function closing(steps: readonly AnsweredStep[], leftOut: readonly string[], look: Look): string {
  const point = steps.find(({ pointOfNoReturn }) => pointOfNoReturn !== null);
  const back =
    point === undefined
      ? 'all of it can be taken back'
      : point.number === 1
        ? 'there is no way back from here'
        : `can be taken back up to step ${point.number - 1}; from ${point.state} on there is no way back`;
  const others = leftOut.length === 0 || !look.wide ? '' : `; not on this way: ${leftOut.join(' ')}`;
  const promise = 'each step is decided anew when it is due, so nothing here is promised';
  return paragraph(look, '', `${count(steps.length, 'step')}; ${back}${others}; ${promise}`);
}

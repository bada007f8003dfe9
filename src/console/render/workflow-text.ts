import type { Tellable } from '../../crd/told.ts';
import type { FactValue } from '../../kernel/fact.ts';
import { formatValue } from '../../kernel/value.ts';
import type { Reason } from '../../kernel/verdict.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import type { Order } from '../../kernel/workflow.ts';
import { moment, span } from '../ages.ts';
import { count } from '../messages.ts';
import { indented, type Look, narrower, type Paint, plainly } from '../paint.ts';
import { columnsOf, paragraph, table, wrap } from '../table.ts';
import type { WorkflowAnswer } from '../workflows.ts';
import { grouped, limited, more, reasonLine, sentenceOf } from './reason-text.ts';

/** Every workflow of a site: where it stands, since when, and what is decided of it now. */
export function workflowsText(
  { workflows, nowMs }: { readonly workflows: readonly WorkflowAnswer[]; readonly nowMs: number },
  look: Look,
): string {
  if (workflows.length === 0) return '';
  const inner = narrower(look, 2);
  const texts = workflows.map((one) =>
    indented(`${standsText(one, nowMs, inner)}${decisionText(one, nowMs, inner)}`, 2),
  );
  return `${look.strong('WORKFLOWS')}\n${texts.join('\n')}`;
}

/** `BondModeFlipPlan/storage  at FlipBonds for 4m12s (budget 10m), cohort node-a node-b node-c`. */
export function standsText({ id, state, status, budgetMs }: WorkflowAnswer, nowMs: number, look: Look): string {
  const since = status === undefined ? '' : sinceWords(status.sinceMs, budgetMs, nowMs, look);
  const cohort = status?.cohort;
  const names = cohort?.nodes.map(({ name }) => name).join(' ');
  const who = cohort === undefined ? '' : `, cohort ${names}${look.wide ? ` (hand ${cohort.hand})` : ''}`;
  const name = plainly(id, look);
  const [first = '', ...rest] = wrap(plainly(`at ${state}${since}${who}`, look), look.width - columnsOf(name) - 2);
  return [`${look.strong(name)}  ${first}`, ...rest.map((line) => `    ${line}`)].map((line) => `${line}\n`).join('');
}

function sinceWords(sinceMs: number, budgetMs: number | null, nowMs: number, look: Look): string {
  const forMs = nowMs - sinceMs;
  const stood = forMs < 0 ? ` since ${moment(sinceMs)}, which lies ahead` : ` for ${span(forMs)}`;
  const absolute = look.wide && forMs >= 0 ? ` since ${moment(sinceMs)}` : '';
  return `${stood}${absolute}${budgetMs === null ? '' : ` (budget ${span(budgetMs)})`}`;
}

/** What is decided now, in a block: the word, what it means, why, and what ends it. */
export function decisionText(workflow: WorkflowAnswer, nowMs: number, look: Look): string {
  const { decision } = workflow;
  const { sign, paint } = signOf(decision, look);
  const head = (words: string): string => {
    const [first = '', ...more] = words.split('  ');
    const lead = `  ${sign} ${first}`;
    const [text = '', ...rest] = wrap(plainly(more.join('  '), look), look.width - columnsOf(lead) - 2);
    const line = `  ${paint(`${sign} ${first}`)}${text === '' ? '' : `  ${text}`}\n`;
    return `${line}${rest.map((piece) => `      ${piece}\n`).join('')}`;
  };
  switch (decision.kind) {
    case 'advance':
    case 'undo': {
      const word = decision.kind === 'advance' ? 'ADVANCE' : 'TAKE BACK';
      const to = decision.to === decision.from ? '' : `to ${decision.to}: `;
      const lock = decision.lock === undefined ? '' : lockWords(decision.lock.do);
      return [
        head(`${word}  ${to}${decision.says}${lock}`),
        ...decision.orders.map((order) => paragraph(look, '      ', orderWords(order))),
      ].join('');
    }
    case 'hold':
      return [
        head(`HOLD${holdWords(decision, nowMs)}`),
        reasonsText(decision.because, nowMs, look, '    '),
        paragraph(look, '    ', `releases with ${decision.releases}${dueWords(decision, nowMs, look)}`, look.quiet),
      ].join('');
    case 'halt':
      return [
        head('HALT  gives up, hands off: every node stays as it is until a person decides'),
        reasonsText(decision.because, nowMs, look, '    '),
        nodesText(decision, look),
      ].join('');
    case 'rest': {
      const because = decision.because === undefined ? '' : `: ${decision.because}`;
      return head(`AT REST  ${decision.outcome}${because}`);
    }
  }
}

export function signOf({ ...decision }: Tellable, look: Look): { readonly sign: string; readonly paint: Paint } {
  const { signs, good, bad, unsure } = look;
  switch (decision.kind) {
    case 'advance':
      return { sign: signs.open, paint: good };
    case 'undo':
      return { sign: signs.closed, paint: unsure };
    case 'hold':
      return decision.because.every(({ unknown }) => unknown)
        ? { sign: signs.unknown, paint: unsure }
        : { sign: signs.closed, paint: unsure };
    case 'halt':
      return { sign: signs.closed, paint: bad };
    case 'rest':
      return decision.outcome === 'complete'
        ? { sign: signs.open, paint: good }
        : { sign: signs.closed, paint: decision.outcome === 'undone' ? unsure : bad };
  }
}

function lockWords(doing: 'take' | 'release'): string {
  return doing === 'take' ? ' (writes itself into the site lock)' : ' (frees the site lock)';
}

function holdWords({ overdue, dueAtMs }: Tellable & { readonly kind: 'hold' }, nowMs: number): string {
  if (!overdue) return '';
  return dueAtMs === null || nowMs <= dueAtMs
    ? '  OVERDUE: only people can end this wait'
    : `  OVERDUE by ${span(nowMs - dueAtMs)}`;
}

function dueWords(
  { overdue, dueAtMs }: Tellable & { readonly kind: 'hold' },
  nowMs: number,
  { wide }: { readonly wide: boolean },
): string {
  if (overdue || dueAtMs === null) return '';
  return `; overdue in ${span(dueAtMs - nowMs)}${wide ? `, at ${moment(dueAtMs)}` : ''}`;
}

/** Each sentence once, with one reading as the example; a law of the kernel's is named. */
export function reasonsText(because: readonly Reason[], nowMs: number, look: Look, indent: string): string {
  const bySentence = grouped(because, (reason) => `${reason.law ?? ''} ${sentenceOf(reason) ?? reason.fact}`);
  const lines: string[] = [];
  for (const same of limited(bySentence, look)) {
    const sign = same.every(({ unknown }) => unknown) ? look.signs.unknown : look.signs.closed;
    const { law } = same[0];
    const sentence = sentenceOf(same[0]);
    const readings = [...new Set(same.map((reason) => reasonLine(reason, nowMs, look)))];
    const shown = look.wide ? readings : readings.slice(0, 1);
    const rest = readings.length - shown.length;
    if (sentence !== undefined)
      lines.push(paragraph(look, `${indent}${sign} `, `${law === undefined ? '' : `${law}: `}${sentence}`));
    for (const line of shown) {
      const lead = sentence === undefined ? `${indent}${sign} ` : `${indent}    `;
      lines.push(paragraph(look, lead, `${line}${rest > 0 ? `, and ${rest} more` : ''}`));
    }
  }
  lines.push(more(bySentence.length, indent, look));
  return lines.join('');
}

function nodesText({ nodes }: Tellable & { readonly kind: 'halt' }, look: Look): string {
  if (nodes.length === 0) return '';
  const rows = nodes.flatMap(({ node, facts, order }) => {
    const values = grouped(facts, ({ fact, reads }) => `${fact} is ${reads}`).map((same) => {
      const others = same.length === 1 ? '' : ` (${count(same.length, 'object')})`;
      return `${same[0].fact} is ${same[0].reads}${others}`;
    });
    const shown = look.wide
      ? facts.map(({ fact, object, reads }) => `${fact} of ${object} is ${reads}`)
      : values.slice(0, 4);
    const words = [...(order === undefined ? [] : [order]), ...(shown.length === 0 ? ['nothing was done'] : shown)];
    return words.map((text, at) => [at === 0 ? node : '', text]);
  });
  return `    left as they are:\n${indented(table(narrower(look, 6), undefined, rows), 6)}`;
}

/** `order 7: bond.set-mode mode=active-backup on node-b`. */
export function orderWords({ step, command, node, object, with: args }: Order): string {
  const of = object === node || object === 'site' ? '' : ` for ${object}`;
  return `order ${step}: ${command}${argumentWords(args)}${of} on ${node}`;
}

export function argumentWords(args: Readonly<Record<string, FactValue>>): string {
  const words = Object.entries(args).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`,
  );
  return words.length === 0 ? '' : ` ${words.join(' ')}`;
}

/** A value of a fact as a pack writes it. */
export function valueWords(fact: string, value: FactValue): string {
  const type = vocabulary.get(fact)?.type;
  return type === undefined ? String(value) : formatValue(type, value);
}

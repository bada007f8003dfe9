import { isForeign, member } from '../crd/read.ts';
import type { LogRecord } from '../kernel/audit.ts';
import { waits } from '../sim/teller-words.ts';
import type { Again } from './log-story.ts';
import { count } from './messages.ts';

/** What a record says, in the words in which an operator would tell it: the first line is the news, the others say more of it. */
export function wordsOf(record: LogRecord, again: Again | undefined): readonly string[] {
  switch (record.kind) {
    case 'decision':
      return [...askedWords(record), ...decisionWords(record.decision), ...againWords(again)];
    case 'opened':
      return [openedWords(record)];
    case 'tail-cut':
      return list(record.cuts).map(cutWords);
    case 'facts-dropped':
      return [droppedWords(record)];
  }
}

/** Nobody is named who only asked for the workflow: it bears that name. */
function askedWords({ intent }: LogRecord): readonly string[] {
  const by = member(member(intent, 'abort'), 'by');
  return typeof by === 'string' ? [`${by} has asked to take it back`] : [];
}

function decisionWords(decision: unknown): readonly string[] {
  const [state, from, to, says] = ['state', 'from', 'to', 'says'].map((name) => textIn(decision, name));
  switch (textIn(decision, 'kind')) {
    case 'advance':
    case 'undo': {
      const given = orders(decision);
      // What is ordered says it better than its own announcement.
      const isAnnounced = from === to && given.length > 0 && commands(decision).some((one) => says?.startsWith(one));
      if (isAnnounced) return under(String(from), given);
      return [
        from === to ? `${from}: ${says}` : `${from} → ${to}: ${says}`,
        ...[...lockWords(decision), ...given].map(indent),
      ];
    }
    case 'hold': {
      const overdue = member(decision, 'overdue') === true ? 'OVERDUE: ' : '';
      return under(`${overdue}waits in ${state}`, waits(decision));
    }
    case 'halt':
      return [
        `gives up in ${state}:`,
        ...waits(decision).map(indent),
        ...list(member(decision, 'nodes')).flatMap(left),
      ];
    default:
      return [`rests in ${state}: ${textIn(decision, 'outcome')}`];
  }
}

/** One reason stands behind what it is the reason of, several below it. */
function under(head: string, lines: readonly string[]): readonly string[] {
  const [first = '', ...others] = lines;
  return others.length === 0 ? [`${head}: ${first}`] : [`${head}:`, ...lines.map(indent)];
}

function lockWords(decision: unknown): readonly string[] {
  const write = textIn(member(decision, 'lock'), 'do');
  return write === '' ? [] : [write === 'take' ? 'takes the site lock' : 'gives the site lock back'];
}

/** Orders that are alike are one line. */
function orders(decision: unknown): readonly string[] {
  const alike = Map.groupBy(list(member(decision, 'orders')), (order) => {
    const [command, object, node] = ['command', 'object', 'node'].map((name) => textIn(order, name));
    return object === node || object === 'site' ? String(command) : `${command} of ${object}`;
  });
  return [...alike].map(([what, given]) => {
    const nodes = [...new Set(given.map((order) => textIn(order, 'node')))];
    const numbers = given.map((order) => String(member(order, 'step')));
    return `orders ${nodes.join(', ')}: ${what} (${given.length === 1 ? 'order' : 'orders'} ${numbers.join(', ')})`;
  });
}

/** Where a halt left a node. */
function left(stand: unknown): readonly string[] {
  const order = textIn(stand, 'order');
  const parts = [...list(member(stand, 'facts')).map(String), ...(order === '' ? [] : [order])];
  const more = parts.length - partsMax;
  const told = more > 0 ? [...parts.slice(0, partsMax), `and ${more} more`] : parts;
  return told.length === 0 ? [] : [indent(`leaves ${textIn(stand, 'node')}: ${told.join('; ')}`)];
}

const partsMax = 4;

function commands(decision: unknown): readonly string[] {
  return list(member(decision, 'orders')).map((order) => textIn(order, 'command'));
}

function againWords(again: Again | undefined): readonly string[] {
  if (again === undefined || again.count === 0) return [];
  const until = secondsOf(again.last);
  return [
    indent(
      again.count === 1 ? `the same once more, at ${until}` : `the same ${again.count} times more, until ${until}`,
    ),
  ];
}

/** Whatever else was said of the opening stands behind it. */
function openedWords({ kind: _, at: __, origin: ___, version, sequence, previous, ...more }: LogRecord): string {
  const said = Object.entries(more).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const begun = sequence === 0 && previous === null && version === 1 ? 'the log is begun' : 'the log is opened again';
  return [begun, ...said].join(', ');
}

function cutWords(cut: unknown): string {
  const [bytes, from, sequence] = ['bytes', 'from', 'sequence'].map((name) => String(member(cut, name)));
  const where = `${textIn(cut, 'file')} from byte ${from} on`;
  return `a crash had left ${bytes} bytes that nobody was told of, in ${where}: they are cut off before record ${sequence}`;
}

function droppedWords({ digests, bytes, because, through, unsent }: LogRecord): string {
  const why = because === 'age' ? 'older than they are kept' : 'too many for their ceiling';
  const many = count(list(digests).length, 'document') || 'no document';
  const sink = unsent === true ? '; the sink was without some of them' : '';
  return `${many} (${String(bytes)} bytes) dropped, ${why}: of records up to ${String(through)}${sink}`;
}

/** `2026-03-04T10:03:52.885Z` → `10:03:52`. */
export function secondsOf(at: string): string {
  return at.slice('2026-03-04T'.length, '2026-03-04T10:03:52'.length);
}

function indent(line: string): string {
  return `  ${line}`;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textIn(of: unknown, name: string): string {
  const found = isForeign(of) ? member(of, name) : undefined;
  return typeof found === 'string' ? found : '';
}

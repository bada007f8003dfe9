import { member } from '../crd/read.ts';

/** Reasons that are named; the others are counted. */
const reasonsMax = 3;
/** Objects of one reason that are named. */
const objectsMax = 3;

/** What was decided, in lines; none for what the orders that follow say better. `begun`: it has just fixed whom it is about. */
export function decided(decision: unknown, begun: boolean): readonly string[] {
  const text = (name: string): string => textIn(decision, name);
  const [state, to, says] = [text('state'), text('to'), text('says')];
  switch (text('kind')) {
    case 'advance':
      return state === to ? (begun ? [`${state}: ${says}`] : []) : [`${state} → ${to}: ${says}`];
    case 'undo':
      if (state !== to) return [`${state} → ${to}: ${says}`];
      return says.startsWith('takes ') ? [says.replace(/: .*/s, '')] : [];
    case 'halt':
      return [`gives up in ${state}:`, ...indented(waits(decision)), ...indented(stands(member(decision, 'nodes')))];
    default: {
      const [outcome, why] = [text('outcome'), says];
      return [`rests in ${state}: ${outcome}${why === outcome || why === '' ? '' : `, since ${why}`}`];
    }
  }
}

/** What a hold waits for, or why a halt gave up: each reason once, with everybody whom it is about. */
export function waits(decision: unknown): readonly string[] {
  const because = member(decision, 'because');
  const folded = new Map<string, { readonly says: string; readonly objects: string[]; readonly detail: string }>();
  for (const reason of Array.isArray(because) ? because : []) {
    const [law, fact, object, detail] = ['law', 'fact', 'object', 'detail'].map((name) => textIn(reason, name));
    const said = textIn(reason, 'says');
    // A leaf without a sentence of its own says its fact and its detail, and those come below.
    const says = law === '' && said.startsWith(`${fact} `) ? '' : [law, said].filter((word) => word !== '').join(' ');
    // What the kernel says of an order names whom it is about.
    const isOrder = fact?.startsWith('node.journal') === true && detail?.includes('order') === true;
    const what = isOrder ? (detail ?? '') : `${fact} ${detail}`;
    const key = JSON.stringify([says, what]);
    const known = folded.get(key) ?? { says, objects: [], detail: what };
    if (!isOrder && object !== undefined && object !== 'site') known.objects.push(object);
    folded.set(key, known);
  }
  const lines = [...folded.values()].map(({ says, objects, detail }) =>
    [says, named(objects), detail].filter((part) => part !== '').join(': '),
  );
  return lines.length <= reasonsMax
    ? lines
    : [...lines.slice(0, reasonsMax), `and ${lines.length - reasonsMax} more reasons`];
}

/** Where each node was left. */
function stands(nodes: unknown): readonly string[] {
  return (Array.isArray(nodes) ? nodes : []).map((one) => {
    const facts = member(one, 'facts');
    const read = (Array.isArray(facts) ? facts : []).map((fact) => {
      const [name, object, reads] = ['fact', 'object', 'reads'].map((part) => textIn(fact, part));
      return `${object === textIn(one, 'node') ? '' : `${object} `}${name} ${reads}`;
    });
    const order = textIn(one, 'order');
    const parts = [...read.slice(0, objectsMax), ...(order === '' ? [] : [order])];
    return `leaves ${textIn(one, 'node')}: ${parts.join(', ')}`;
  });
}

function named(objects: readonly string[]): string {
  const more = objects.length - objectsMax;
  return more > 0 ? `${objects.slice(0, objectsMax).join(', ')} and ${more} more` : objects.join(', ');
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}

function textIn(of: unknown, name: string): string {
  const found = member(of, name);
  return typeof found === 'string' ? found : '';
}

import { member } from '../crd/read.ts';

/** Reasons that are named; the others are counted. */
const reasonsMax = 3;
/** Objects of one reason that are named. */
const objectsMax = 3;
/** Of these the kernel says all in its own words. */
const whoTakesPart = ['node.uid', 'node.bootId'];
/** What is said of one node. */
const partsMax = 4;

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
    default:
      return [`rests in ${state}: ${text('outcome')}`];
  }
}

/** What a hold waits for, or why a halt gave up: each reason once, with everybody whom it is about. */
export function waits(decision: unknown): readonly string[] {
  const because = member(decision, 'because');
  const folded = new Map<string, { readonly says: string; readonly objects: string[]; readonly detail: string }>();
  for (const reason of Array.isArray(because) ? because : []) {
    const text = (name: string): string => textIn(reason, name);
    const [law, said, fact, object, detail] = [text('law'), text('says'), text('fact'), text('object'), text('detail')];
    // A leaf without a sentence of its own says its fact and its detail, and those come below.
    const says = law === '' && said.startsWith(`${fact} `) ? '' : [law, said].filter((word) => word !== '').join(' ');
    // What the kernel says of an order says all in its detail, mostly also whom it is about; of who takes part it says all but that.
    const isOrder = fact.startsWith('node.journal') && detail.includes('order');
    const namesWhom = isOrder && detail.startsWith('order ');
    const isList = (fact === 'node' || fact === 'volume') && object === 'site';
    const isReading = law === '' || (fact.includes('.') && !whoTakesPart.includes(fact));
    const what = isList ? `the list of ${fact}s ${detail}` : isOrder || !isReading ? detail : `${fact} ${detail}`;
    const key = JSON.stringify([says, what]);
    const known = folded.get(key) ?? { says, objects: [], detail: what };
    if (!namesWhom && object !== 'site' && !known.objects.includes(object)) known.objects.push(object);
    folded.set(key, known);
  }
  const lines = [...folded.values()].map(({ says, objects, detail }) =>
    [says, named(objects), detail].filter((part) => part !== '').join(': '),
  );
  return lines.length <= reasonsMax ? lines : [...lines.slice(0, reasonsMax), `and ${lines.length - reasonsMax} more`];
}

/** Where each node was left: what the workflow moves there, and its last order. Nothing of a node that it never touched. */
function stands(nodes: unknown): readonly string[] {
  return (Array.isArray(nodes) ? nodes : []).flatMap((one): readonly string[] => {
    const node = textIn(one, 'node');
    const facts = member(one, 'facts');
    const reads = new Map<string, string[]>();
    for (const fact of Array.isArray(facts) ? facts : []) {
      const object = textIn(fact, 'object').replace(`${node}/`, '').replace(`@${node}`, '');
      const name = textIn(fact, 'fact').replace(/^.*\./, '');
      reads.set(object, [...(reads.get(object) ?? []), `${name} ${textIn(fact, 'reads')}`]);
    }
    const order = textIn(one, 'order').replace(` of ${node})`, ')');
    const parts = [
      ...[...reads].map(([object, list]) => `${object} ${list.join(', ')}`),
      ...(order === '' ? [] : [order]),
    ];
    const more = parts.length - partsMax;
    const told = more > 0 ? [...parts.slice(0, partsMax), `and ${more} more`] : parts;
    return told.length === 0 ? [] : [`leaves ${node}: ${told.join('; ')}`];
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

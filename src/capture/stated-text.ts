import type { FactValue } from '../kernel/fact.ts';
import { invariant } from '../kernel/fault.ts';
import type { FrozenFact, StatedFact, StatedList } from '../kernel/raw.ts';
import { formatDuration, formatValue } from '../kernel/value.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { quoted } from '../source/quoted.ts';
import { captureApiVersion } from './capture.ts';
import { factsKind, inOrder, type StatedSite } from './stated.ts';

/** A site as the text of a facts.yaml, the same for the same site: a line for each list and each fact, object by object. Read again,
 *  it is this site. Every fact must be one of the vocabulary. `name`: what it is called; `says`: a sentence about it. */
export function statedText(site: StatedSite, name: string, says?: string): string {
  const { lists, facts, frozen } = inOrder(site);
  return [
    `apiVersion: ${captureApiVersion}`,
    `kind: ${factsKind}`,
    `metadata: {name: ${quoted(name)}${says === undefined ? '' : `, says: ${quoted(says)}`}}`,
    'spec:',
    ...(lists.length === 0 ? ['  lists: {}'] : ['  lists:']),
    ...lists.map(listLine),
    ...(facts.length === 0 ? ['  facts: []'] : ['  facts:', ...facts.map(factLine)]),
    ...(frozen.length === 0 ? [] : ['  frozen:', ...frozen.map((fact) => `    - {${parts(fact)}}`)]),
    '',
  ].join('\n');
}

function listLine({ kind, members, ageMs = 0 }: StatedList): string {
  const written = `[${members.map(quoted).join(', ')}]`;
  return `    ${kind}: ${ageMs === 0 ? written : `{members: ${written}, age: ${formatDuration(ageMs)}}`}`;
}

function factLine(fact: StatedFact): string {
  const age = fact.ageMs === 0 ? '' : `, age: ${formatDuration(fact.ageMs)}`;
  const grade = fact.grade === 'observed' ? '' : `, grade: ${fact.grade}`;
  return `    - {${parts(fact)}${age}${grade}}`;
}

function parts({ fact, of, value }: FrozenFact): string {
  return `fact: ${fact}, of: ${quoted(of)}, is: ${written(fact, value)}`;
}

function written(fact: string, value: FactValue): string {
  const type = vocabulary.get(fact)?.type;
  invariant(type !== undefined, `the vocabulary has no fact ${fact}`);
  if (value === null) return 'null';
  if (typeof value === 'object') return `[${value.map(quoted).join(', ')}]`;
  const text = formatValue(type, value);
  // Units and points make texts of the other numbers.
  return typeof value === 'string' ? quoted(text) : text;
}

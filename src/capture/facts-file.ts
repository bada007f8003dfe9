import { type Grade, grades } from '../kernel/fact.ts';
import { error, type Fault, type Loaded, loadedUnless, type Place } from '../kernel/fault.ts';
import type { FrozenFact, StatedFact, StatedList } from '../kernel/raw.ts';
import { type SubjectKind, subjectKinds } from '../kernel/subject.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { readLiteral } from '../source/literal.ts';
import { shown } from '../source/shown.ts';
import { hintFor, listed } from '../source/suggest.ts';
import type { SourceText } from '../source/text.ts';
import { child, type MapTree, type Tree } from '../source/tree.ts';
import { declarationOf, durationOf } from '../source/words.ts';
import { parseTree } from '../source/yaml.ts';
import { captureApiVersion } from './capture.ts';
import { isPrintable } from './names.ts';
import { isOfKind, Reader } from './reader.ts';
import { factsKind, inOrder, isId, listedKinds, type StatedSite, statedList } from './stated.ts';

/** A facts.yaml → the site it states, in its one order. Every fault at once, in the order of the file. Its bytes are what bounds it: a
 *  site may have many facts. */
export function loadFacts(source: SourceText): Loaded<Required<StatedSite>> {
  const tree = parseTree(source, Number.POSITIVE_INFINITY);
  return tree.ok ? factsFrom(tree.value) : tree;
}

function factsFrom(tree: Tree): Loaded<Required<StatedSite>> {
  if (tree.kind === 'map' && !isOfKind(tree, factsKind)) {
    const says = `is no ${factsKind} of ${captureApiVersion}`;
    const hint = 'docs/captures.md shows what one is made of; whatever else is kept goes into a file of another name';
    return { ok: false, faults: [error('SHAPE_WRONG_KIND', tree.at, says, hint)] };
  }
  const faults: Fault[] = [];
  const context: Context = { reader: new Reader(faults), report: (fault) => void faults.push(fault), vocabulary };
  const { reader } = context;
  const top = reader.map(tree, 'a file of facts', ['apiVersion', 'kind', 'metadata', 'spec']);
  const metadata = top && reader.map(child(top, 'metadata'), '`metadata`', ['name', 'says'], top.at);
  const spec = top && reader.map(child(top, 'spec'), '`spec`', ['lists', 'facts', 'frozen'], top.at);
  if (metadata !== undefined) {
    reader.optionalText(metadata, 'says');
    if (!isPrintable(reader.text(metadata, 'name') ?? ''))
      faults.push(error('CAPTURE_NAME', metadata.at, 'the name holds characters that names do not have'));
  }
  const lists = listsFrom(child(spec, 'lists'), context);
  const facts = once('facts', child(spec, 'facts'), context, factFrom);
  const frozen = once('frozen', child(spec, 'frozen'), context, frozenFrom);
  faults.sort(({ at: left }, { at: right }) => left.line - right.line || left.col - right.col);
  return loadedUnless(faults, () => inOrder({ lists, facts, frozen }));
}

interface Context {
  readonly reader: Reader;
  readonly report: (fault: Fault) => void;
  readonly vocabulary: typeof vocabulary;
}

function listsFrom(tree: Tree | undefined, context: Context): readonly StatedList[] {
  const { reader, report } = context;
  return reader.entries(tree, '`lists`').flatMap(({ key, keyAt, value }): StatedList[] => {
    const kind = listedKinds.find((known) => known === key);
    if (kind === undefined) {
      const [says, hint] =
        key === 'site'
          ? ['there is always one site, and no list of it', 'remove it']
          : [`there is no kind \`${shown(key)}\``, hintFor(key, listedKinds, `it is ${listed(listedKinds)}`)];
      report(error('SHAPE_UNKNOWN_FIELD', keyAt, says, hint));
      return [];
    }
    const members: string[] = [];
    const aged = value.kind === 'map' ? reader.map(value, `\`lists.${kind}\``, ['members', 'age']) : undefined;
    const ageMs = aged === undefined || child(aged, 'age') === undefined ? 0 : durationOf(child(aged, 'age'), context);
    const list = aged === undefined ? value : child(aged, 'members');
    if (list === undefined)
      report(error('SHAPE_INVALID', value.at, '`members` is missing', '`[]` says that there is none'));
    for (const item of reader.list(list, `\`lists.${kind}\``)) {
      const id = idFrom(item, kind, report);
      if (id === undefined) continue;
      if (members.includes(id)) report(error('FACTS_TWICE', item.at, `\`${id}\` stands on this list twice`));
      members.push(id);
    }
    return [statedList(kind, members, ageMs ?? 0)];
  });
}

/** Each fact of each object at most once. */
function once<F extends FrozenFact>(
  field: 'facts' | 'frozen',
  tree: Tree | undefined,
  context: Context,
  read: (entry: MapTree, said: FrozenFact | undefined, context: Context) => F | undefined,
): readonly F[] {
  const fields = field === 'facts' ? ['fact', 'of', 'is', 'age', 'grade'] : ['fact', 'of', 'is'];
  const lineOf = new Map<string, number>();
  return context.reader.list(tree, `\`${field}\``).flatMap((item): F[] => {
    const entry = context.reader.map(item, `an entry of \`${field}\``, fields);
    if (entry === undefined) return [];
    const fact = read(entry, saidFrom(entry, context), context);
    if (fact === undefined) return [];
    const key = `${fact.fact} of ${fact.of}`;
    const before = lineOf.get(key);
    if (before !== undefined)
      context.report(error('FACTS_TWICE', entry.at, `${key} stands in line ${before} already`, 'keep one of the two'));
    lineOf.set(key, entry.at.line);
    return [fact];
  });
}

function saidFrom(entry: MapTree, context: Context): FrozenFact | undefined {
  const { reader, report } = context;
  const name = reader.text(entry, 'fact');
  const declared = name === undefined ? undefined : declarationOf(name, placeOf(entry, 'fact'), context);
  const of = child(entry, 'of');
  if (of === undefined) reader.text(entry, 'of');
  const about = declared === undefined ? '' : `${declared.name} is about a ${declared.subject}`;
  const id = of === undefined || declared === undefined ? undefined : idFrom(of, declared.subject, report, about);
  const is = child(entry, 'is');
  if (is === undefined)
    report(error('SHAPE_INVALID', entry.at, '`is` is missing', 'leave out a fact that is not known'));
  if (declared === undefined || is === undefined) return undefined;
  const literal = readLiteral(is, declared.type, declared.name);
  if (!literal.ok) report(error('PACK_VALUE_TYPE', literal.at, literal.message, literal.hint));
  return literal.ok && id !== undefined ? { fact: declared.name, of: id, value: literal.value } : undefined;
}

function factFrom(entry: MapTree, said: FrozenFact | undefined, context: Context): StatedFact | undefined {
  const ageMs = child(entry, 'age') === undefined ? 0 : durationOf(child(entry, 'age'), context);
  const grade = gradeFrom(child(entry, 'grade'), context);
  return said === undefined || ageMs === undefined || grade === undefined ? undefined : { ...said, ageMs, grade };
}

function frozenFrom(_: MapTree, said: FrozenFact | undefined): FrozenFact | undefined {
  return said;
}

function gradeFrom(tree: Tree | undefined, { report }: Context): Grade | undefined {
  if (tree === undefined) return 'observed';
  const text = tree.kind === 'scalar' ? tree.text : '';
  const grade = grades.find((known) => known === text);
  if (grade === undefined) {
    const says = tree.kind === 'scalar' ? `there is no grade \`${shown(text)}\`` : '`grade` must be a word';
    report(error('SHAPE_INVALID', tree.at, says, hintFor(text, grades, `it is ${listed(grades)}`)));
  }
  return grade;
}

/** An id of this kind. `because`: why it must be one of just this kind. */
function idFrom(tree: Tree, kind: SubjectKind, report: Context['report'], because?: string): string | undefined {
  const refuse = (says: string, hint: string): undefined => void report(error('FACTS_ID', tree.at, says, hint));
  const form = `write it like ${ids[kind]}`;
  if (tree.kind !== 'scalar') return refuse(`an id is a text, and this is a ${tree.kind}`, form);
  const { value, text } = tree;
  if (typeof value !== 'string')
    return refuse('an id is a text, and this is none', text === '' ? form : 'put it in quotes');
  if (isId(kind, text)) return text;
  const others = subjectKinds.filter((other) => isId(other, text));
  const reason = because === undefined ? '' : `, and ${because}`;
  const could = others.length === 0 ? '' : `; this could be one of a ${listed(others)}`;
  return refuse(`\`${shown(text)}\` is no id of a ${kind}${reason}`, `${form}${could}`);
}

const ids: Readonly<Record<SubjectKind, string>> = {
  site: 'site',
  node: 'node-a',
  bond: 'node-a/bond1',
  volume: 'pvc-7',
  replica: 'pvc-7@node-a',
  connection: 'pvc-7@node-a:node-b',
  vm: 'default/web',
};

function placeOf(entry: MapTree, field: string): Place {
  return child(entry, field)?.at ?? entry.at;
}

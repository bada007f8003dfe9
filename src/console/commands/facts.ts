import type { Reading } from '../../kernel/fact.ts';
import type { Fault, Loaded } from '../../kernel/fault.ts';
import { readingAt } from '../../kernel/snapshot.ts';
import { subjectKinds } from '../../kernel/subject.ts';
import { type FactType, formatDuration, formatValue } from '../../kernel/value.ts';
import { type FactDeclaration, vocabulary, vocabularyVersion } from '../../kernel/vocabulary.ts';
import { hintFor, listed } from '../../source/suggest.ts';
import { ago, moment } from '../ages.ts';
import type { Asked } from '../asked.ts';
import { lookOf, openSite, type Site } from '../inputs.ts';
import { objectMeant, unknownName } from '../names.ts';
import type { Look } from '../paint.ts';
import { refuse } from '../refuse.ts';
import type { Data } from '../render/data.ts';
import { inForm } from '../render/form.ts';
import { header } from '../render/header.ts';
import { captureData, profileData } from '../render/parts.ts';
import { type Cell, paragraph, table } from '../table.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const questions: Question[] = [];
  const faults = [];
  const all = [...vocabulary.values()];
  for (const typed of asked.args) {
    // As `-o name` prints it: what is meant, and of whom.
    const slash = typed.indexOf('/');
    const word = slash === -1 ? typed : typed.slice(0, slash);
    const object = slash === -1 ? undefined : typed.slice(slash + 1);
    const found = all.filter(({ name, subject }) => name === word || subject === word);
    if (found.length === 0) {
      const hint = hintFor(word, [...vocabulary.keys(), ...subjectKinds], `\`${world.calledAs} facts\` lists all`);
      faults.push(unknownName(`there is no fact and no subject \`${word}\``, hint));
    }
    questions.push(...found.map((fact) => ({ fact, object })));
  }
  if (faults.length > 0) return refuse(faults, asked, world);
  const shown = asked.args.length === 0 ? all : [...new Set(questions.map(({ fact }) => fact))];
  // A profile that only a file names is no question about a site; a capture always is.
  if (asked.settings.get('capture') === undefined && asked.settings.get('profile')?.origin !== 'flag') {
    world.out.write(vocabularyShown(shown, asked));
    return exit.ok;
  }
  const site = await openSite(asked, world);
  if (!site.ok) return site.code;
  const rows = rowsOf(shown, questions, site.value);
  if (!rows.ok) return refuse(rows.faults, asked, world);
  world.out.write(readingsShown(shown, rows.value, site.value, { ...asked, look: lookOf(site.value, asked.look) }));
  return exit.ok;
}

/** One word of the question: a fact, of one object or of everybody. */
interface Question {
  readonly fact: FactDeclaration;
  readonly object: string | undefined;
}

// --- the vocabulary ---

function vocabularyShown(facts: readonly FactDeclaration[], { format, look }: Asked): string {
  return inForm(format, {
    data: () => ({ schemaVersion: 'facts/v1', vocabulary: vocabularyVersion, facts: facts.map(declarationData) }),
    names: () => facts.map(({ name }) => name),
    text: () => vocabularyText(facts, look),
  });
}

function vocabularyText(facts: readonly FactDeclaration[], look: Look): string {
  if (facts.length <= 3) return facts.map((fact) => declarationText(fact, look)).join('\n');
  const headers = ['FACT', 'TYPE', 'FRESH FOR', ...(look.wide ? ['GRADE', 'FROM'] : []), 'MEANS'];
  return table(
    look,
    headers,
    facts.map((fact) => [
      fact.name,
      typeName(fact.type),
      freshFor(fact),
      ...(look.wide ? [fact.grade, fact.from] : []),
      fact.means,
    ]),
  );
}

function declarationText(fact: FactDeclaration, look: Look): string {
  const { name, subject, type, grade, from, means } = fact;
  const words = 'words' in type && type.words !== undefined ? type.words.join(', ') : '';
  const rows: (readonly Cell[])[] = [
    ['about', `each ${subject}`],
    ['type', typeName(type)],
    ['words', words],
    ['fresh for', freshFor(fact)],
    ['best grade', grade],
    ['from', from],
  ];
  const filled = rows.filter(([, value]) => value !== '');
  return `${look.strong(name)}\n${paragraph(look, '  ', means)}${table(
    look,
    undefined,
    filled.map(([title = '', value = '']) => [`  ${title as string}`, value]),
  )}`;
}

function typeName(type: FactType): string {
  switch (type.kind) {
    case 'int':
      return type.unit === undefined ? 'int' : `int (${type.unit})`;
    case 'text':
      return type.optional ? 'text or nobody' : 'text';
    case 'enum':
      return `one of ${type.words.length}`;
    case 'set':
      return type.words === undefined ? 'set' : `set of ${type.words.length}`;
    default:
      return type.kind;
  }
}

function freshFor({ maxAgeMs }: FactDeclaration): string {
  return Number.isFinite(maxAgeMs) ? formatDuration(maxAgeMs) : 'ever';
}

function declarationData({ name, subject, type, maxAgeMs, grade, from, means }: FactDeclaration): Data {
  return {
    fact: name,
    subject,
    type: type.kind,
    words: 'words' in type ? (type.words ?? []) : [],
    optional: type.kind === 'text' && type.optional === true,
    maxAgeSeconds: Number.isFinite(maxAgeMs) ? maxAgeMs / 1000 : null,
    grade,
    from,
    means,
  };
}

// --- readings ---

interface Row {
  readonly fact: FactDeclaration;
  readonly object: string;
  readonly reading: Reading;
}

function rowsOf(facts: readonly FactDeclaration[], questions: readonly Question[], site: Site): Loaded<readonly Row[]> {
  const { snapshot } = site.judgement;
  const faults: Fault[] = [];
  /** A kind of object has many facts, and is missing once. */
  const wrong = new Map<string, string | undefined>();
  const objects = new Map<FactDeclaration, string[]>();
  for (const { fact, object: word } of questions) {
    if (word === undefined) continue;
    const object = objectMeant(word, site);
    if (!object.ok) faults.push(...object.faults);
    else if (snapshot.populations[fact.subject].indexOf.has(object.value)) {
      objects.set(fact, [...(objects.get(fact) ?? []), object.value]);
    } else {
      const ids = snapshot.populations[fact.subject].members.map(({ id }) => site.names.shorten(id));
      const hint = hintFor(
        word,
        ids,
        ids.length === 0 ? `no ${fact.subject} is known` : `there are ${listed(ids, 'and')}`,
      );
      wrong.set(`there is no ${fact.subject} called \`${word}\``, hint);
    }
  }
  faults.push(...[...wrong].map(([says, hint]) => unknownName(says, hint)));
  if (faults.length > 0) return { ok: false, faults };
  const rows = facts.flatMap((fact): readonly Row[] => {
    const everybody = questions.every((question) => question.fact !== fact || question.object === undefined);
    return snapshot.populations[fact.subject].members.flatMap(({ id }, index) =>
      everybody || objects.get(fact)?.includes(id)
        ? [{ fact, object: id, reading: readingAt(snapshot, fact.name, index) }]
        : [],
    );
  });
  return { ok: true, value: rows, warnings: [] };
}

function readingsShown(
  facts: readonly FactDeclaration[],
  rows: readonly Row[],
  site: Site,
  { format, look }: Asked,
): string {
  return inForm(format, {
    data: () => readingsData(rows, site),
    names: () => rows.map(({ fact, object }) => `${fact.name}/${object}`),
    text: () => readingsText(facts, rows, site, look),
  });
}

function readingsData(rows: readonly Row[], { judgement, nowMs, profile, capture }: Site): Data {
  return {
    schemaVersion: 'facts/v1',
    vocabulary: vocabularyVersion,
    profile: profileData(profile),
    capture: captureData(capture),
    at: moment(nowMs),
    populations: subjectKinds.map((kind) => {
      const { state, members, says } = judgement.snapshot.populations[kind];
      return { kind, state, says, members: members.map(({ id }) => id) };
    }),
    readings: rows.map(readingData),
  };
}

function readingsText(
  facts: readonly FactDeclaration[],
  rows: readonly Row[],
  { judgement, nowMs, profile, capture }: Site,
  look: Look,
): string {
  const { snapshot } = judgement;
  const unlisted = subjectKinds.filter(
    (kind) => snapshot.populations[kind].state !== 'known' && facts.some(({ subject }) => subject === kind),
  );
  const notes = unlisted.map((kind) =>
    paragraph(look, '', `the list of ${kind}s is not known: ${snapshot.populations[kind].says}`, look.unsure),
  );
  const headers = ['FACT', 'OBJECT', 'READING', 'AGE', 'GRADE', 'SOURCE'];
  const cells = rows.map(({ fact, object, reading }): readonly Cell[] => {
    const { seenAtMs } = reading;
    const age =
      seenAtMs === undefined || !Number.isFinite(seenAtMs)
        ? ''
        : look.wide
          ? `${ago(seenAtMs, nowMs)} (${moment(seenAtMs)})`
          : ago(seenAtMs, nowMs);
    const grade = reading.kind === 'absent' ? '' : reading.grade;
    return [fact.name, object, readingCell(fact, reading, look), age, grade, reading.source ?? ''];
  });
  return `${header({ profile, capture, nowMs }, look)}\n${notes.join('')}${table(look, headers, cells)}`;
}

function readingCell(fact: FactDeclaration, reading: Reading, look: Look): Cell {
  switch (reading.kind) {
    case 'known':
      return formatValue(fact.type, reading.value);
    case 'stale':
      return { text: `${formatValue(fact.type, reading.value)} (stale)`, paint: look.unsure };
    case 'absent':
      return {
        text: `? ${reading.why === 'unreadable' ? `unreadable: ${reading.says}` : reading.says}`,
        paint: look.unsure,
      };
  }
}

function readingData({ fact, object, reading }: Row): Data {
  const absent = reading.kind === 'absent';
  const { seenAtMs } = reading;
  return {
    fact: fact.name,
    object,
    reading: reading.kind,
    value: absent ? null : (reading.value as Data),
    shown: absent ? null : formatValue(fact.type, reading.value),
    why: absent ? reading.why : null,
    says: absent ? reading.says : null,
    grade: absent ? null : reading.grade,
    seenAt: seenAtMs === undefined || !Number.isFinite(seenAtMs) ? null : moment(seenAtMs),
    source: reading.source ?? null,
  };
}

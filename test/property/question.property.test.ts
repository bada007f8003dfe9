import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diskFrom, folderOf } from '../../src/console/disk.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../../src/kernel/subject.ts';
import { type FactType, formatValue } from '../../src/kernel/value.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { questionOf } from '../../src/review/ask/question.ts';
import { meaningOf, textOf } from '../../src/review/meaning.ts';
import { readSide, type Side } from '../../src/review/side.ts';
import type { Condition, FactRef, Literal } from '../../src/rules/condition.ts';
import { gradeByDefault } from '../../src/rules/link.ts';
import { operatorsFor } from '../../src/rules/operators.ts';

function sideOf(profile: string): Side {
  const { folder, file } = folderOf(diskFrom('src'), `profiles/${profile}`);
  const read = readSide(profile, folder, file, vocabulary);
  if (!read.ok) throw new Error(read.faults[0]?.message);
  return read.value;
}

const side = sideOf('three-node');
const asked = (text: string, of: Side = side) => questionOf({ file: 'question', text }, of);

/** Words of questions, in no order. */
const words = fc.constantFrom(
  ...[
    'node-may-restart',
    'open',
    'closed',
    'not',
    'while',
    'any',
    'every',
    'no',
    'at',
    'least',
    'most',
    '2',
    'vm',
    'vms',
  ],
  ...[
    'vm.migrating',
    'node.ready',
    'replica.disk',
    'is',
    'unknown',
    '=',
    '!=',
    'in',
    '[',
    ']',
    ',',
    'UpToDate',
    '(',
    ')',
  ],
  ...[
    ':',
    'of',
    'the',
    'node',
    'replica',
    'where',
    'except',
    'those',
    'and',
    'or',
    'over',
    'nobody',
    '"',
    'contains',
    '30s',
  ],
  ...[
    'param.virtualMachines',
    'cohort.node.ready',
    'no-migration',
    '__proto__',
    'constructor',
    'node.__proto__',
    '…',
    '\n',
  ],
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(words, { maxLength: 20 }).map((all) => all.join(' ')),
  fc.array(words, { maxLength: 20 }).map((all) => `node-may-restart open while ${all.join(' ')}`),
  fc
    .tuple(words, fc.integer({ min: 1, max: 900 }))
    .map(([word, times]) => `node-may-restart open while ${`${word} `.repeat(times)}`),
);

test('any text is a question, or has faults that each stand at a column of it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const question = asked(text);
      if (question.ok) {
        expect(question.value.claim.holds.length).toBeGreaterThan(0);
        return;
      }
      expect(question.faults.length).toBeGreaterThan(0);
      for (const { at, message } of question.faults) {
        expect(message).not.toBe('');
        // What a condition of the pack cannot be asked of here stands in the pack.
        if (at.file !== 'question') continue;
        const lines = text.split('\n');
        expect(at.line).toBeLessThanOrEqual(lines.length);
        expect(at.col).toBeGreaterThan(0);
        expect(at.col).toBeLessThanOrEqual((lines[at.line - 1]?.length ?? 0) + 1);
      }
    }),
    { numRuns: 2_000 },
  );
});

/** A value as an answer prints it, of which a question is sure what it means. */
function aValueOf(type: FactType): fc.Arbitrary<string> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean().map(String);
    case 'int':
      return fc.integer({ min: type.atLeast ?? 0, max: type.atMost ?? 1_000 }).map(String);
    case 'duration':
    case 'size':
    case 'version':
      return fc.integer({ min: 0, max: 2 ** 40 }).map((value) => formatValue(type, value));
    case 'text':
      return fc.oneof(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
        ...(type.optional === true ? [fc.constant('nobody')] : []),
      );
    case 'enum':
      return fc.constantFrom(...type.words);
    case 'set':
      return fc.subarray([...(type.words ?? ['a', 'b'])]).map((members) => `[${members.join(', ')}]`);
  }
}

interface Room {
  readonly scope: readonly SubjectKind[];
  readonly counted: readonly SubjectKind[];
  readonly depth: number;
  readonly quantifiers: number;
}

function aTest({ scope }: Room): fc.Arbitrary<string> {
  const facts = [...vocabulary.values()].filter(({ subject }) => scope.includes(subject));
  return fc.constantFrom(...facts).chain(({ name, type }) => {
    const unknown = fc.constantFrom(`${name} is unknown`, `${name} is not unknown`);
    const word = fc.constantFrom(...operatorsFor(type)).chain((operator) => {
      const member = type.kind === 'set' ? fc.constantFrom(...(type.words ?? ['a'])) : aValueOf(type);
      switch (operator) {
        case 'in':
        case 'notIn':
          return fc
            .uniqueArray(aValueOf(type), { minLength: 1, maxLength: 3 })
            .map((all) => `${name} ${operator === 'in' ? 'in' : 'not in'} [${all.join(', ')}]`);
        case 'contains':
          return member.map((value) => `${name} contains ${value}`);
        case 'doesNotContain':
          return member.map((value) => `${name} does not contain ${value}`);
        default: {
          const signs = {
            equal: ['=', 'is'],
            notEqual: ['!=', '≠', 'is not'],
            lessThan: ['<'],
            lessThanInclusive: ['<=', '≤'],
            greaterThan: ['>'],
            greaterThanInclusive: ['>=', '≥'],
          } as const;
          return fc
            .tuple(fc.constantFrom<string>(...signs[operator]), aValueOf(type))
            .map(([sign, value]) => `${name} ${sign} ${value}`);
        }
      }
    });
    return fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: unknown });
  });
}

function aPart(room: Room): fc.Arbitrary<string> {
  if (room.depth === 0) return aTest(room);
  const inner = aPart({ ...room, depth: room.depth - 1 });
  return fc.oneof(
    aTest(room),
    inner.map((of) => `not (${of})`),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(inner, { minLength: 1, maxLength: 3 }))
      .map(([word, all]) => all.map((one) => `(${one})`).join(` ${word} `)),
    ...(room.quantifiers === 0 ? [] : [ofMany(room)]),
  );
}

function ofMany({ scope, counted, depth, quantifiers }: Room): fc.Arbitrary<string> {
  const kinds = subjectKinds.filter((kind) => kind !== 'site');
  return fc.constantFrom(...kinds).chain((over) => {
    const owners = ancestorsOf(over).filter((kind) => kind !== 'site' && scope.includes(kind));
    const room: Room = {
      scope: [...new Set([...scope, over, ...ancestorsOf(over)])],
      counted: [...new Set([...counted, over, ...ancestorsOf(over)])],
      depth: depth - 1,
      quantifiers: quantifiers - 1,
    };
    const mustSay = owners.some((kind) => counted.includes(kind));
    const others = [over, ...ancestorsOf(over)].filter((kind) => kind !== 'site' && scope.includes(kind));
    const whose = [
      ...(mustSay ? [] : ['']),
      ...owners.map((kind) => ` of the ${kind}`),
      ...(owners.length > 1 ? [` of the ${owners.join(' and ')}`] : []),
    ];
    const except = ['', ...others.map((kind) => ` except those of the ${kind}`)];
    return fc
      .record({
        many: fc.constantFrom('any', 'some', 'every', 'all', 'no', 'none', 'at least 2', 'at most 1'),
        plural: fc.constantFrom('', 's'),
        whose: fc.constantFrom(...(whose.length === 0 ? [' of the site'] : whose)),
        except: fc.constantFrom(...except),
        where: fc.option(aPart(room), { nil: undefined }),
        satisfies: aPart(room),
        empty: fc.constantFrom('', ', open over nobody'),
      })
      .map(
        (one) =>
          `${one.many} ${over}${one.plural}${one.whose}${one.except}${one.where === undefined ? '' : ` where (${one.where})`}: (${one.satisfies})${one.empty}`,
      );
  });
}

/** Such a text fits into what a question may be. */
const fitting = (text: string): boolean => text.length < 1_500 && [...text.matchAll(/[(:]|\bnot\b/g)].length < 60;

test('what a question is understood as is a question of the same meaning', () => {
  const scope: readonly SubjectKind[] = ['site', 'node'];
  const part = aPart({ scope, counted: [], depth: 3, quantifiers: 2 }).filter(fitting);
  let again = 0;
  fc.assert(
    fc.property(part, (text) => {
      const first = asked(`node-may-restart open while ${text}`);
      expect(first.ok ? [] : first.faults).toEqual([]);
      const meant = first.ok ? first.value.condition : undefined;
      if (meant === undefined) return;
      const printed = textOf(meant, Number.POSITIVE_INFINITY);
      if (!fitting(printed)) return;
      // Inside of a count, `of the site` is printed as nothing, and nothing is refused there.
      if (hasSiteInside(meant)) return;
      const second = asked(`node-may-restart open while ${printed}`);
      expect(second.ok ? [] : second.faults).toEqual([]);
      expect(second.ok && second.value.condition && meaningOf(second.value.condition)).toBe(meaningOf(meant));
      again += 1;
    }),
    { numRuns: 500 },
  );
  expect(again).toBeGreaterThan(250);
});

function hasSiteInside(condition: Condition, counted: readonly SubjectKind[] = []): boolean {
  switch (condition.kind) {
    case 'leaf':
    case 'asks-unknown':
      return false;
    case 'not':
    case 'named':
      return hasSiteInside(condition.of, counted);
    case 'all':
    case 'any':
      return condition.of.some((part) => hasSiteInside(part, counted));
    case 'quantified': {
      const { over, within, where, satisfies } = condition;
      const owners = ancestorsOf(over).filter((kind) => kind !== 'site');
      if (within.length === 0 && owners.some((kind) => counted.includes(kind))) return true;
      const inside = [...counted, over, ...owners];
      return hasSiteInside(satisfies, inside) || (where !== undefined && hasSiteInside(where, inside));
    }
  }
}

/** As a question asks: no fresher and no better founded than a rule that says nothing. */
function asAsked(condition: Condition): Condition {
  const ref = (read: FactRef): FactRef => ({
    ...read,
    maxAgeMs: vocabulary.get(read.name)?.maxAgeMs ?? read.maxAgeMs,
    grade: read.setTo === undefined ? gradeByDefault : read.grade,
  });
  const other = (one: FactRef | Literal): FactRef | Literal => (one.kind === 'fact' ? ref(one) : one);
  switch (condition.kind) {
    case 'leaf':
      return { ...condition, read: ref(condition.read), against: other(condition.against) };
    case 'asks-unknown':
      return { ...condition, read: ref(condition.read) };
    case 'not':
      return { ...condition, of: asAsked(condition.of) };
    case 'named':
      return asAsked(condition.of);
    case 'all':
    case 'any': {
      const [first, ...rest] = condition.of;
      return { ...condition, of: [asAsked(first), ...rest.map(asAsked)] };
    }
    case 'quantified': {
      const { where, satisfies } = condition;
      return { ...condition, satisfies: asAsked(satisfies), ...(where === undefined ? {} : { where: asAsked(where) }) };
    }
  }
}

test('every gate of the shipped profiles can be asked of itself in the words that it is told in', () => {
  let parsed = 0;
  for (const profile of ['three-node', 'two-node', 'single-node']) {
    const own = sideOf(profile);
    for (const { name: pack, gates } of own.profile.packs) {
      for (const { name, when } of gates) {
        const text = textOf(when, Number.POSITIVE_INFINITY);
        if (hasSiteInside(when) || text.length > 1_900) continue;
        const question = asked(`${pack}/${name} closed while ${text}`, own);
        expect(question.ok ? [] : question.faults, `${profile} ${pack}/${name}`).toEqual([]);
        if (!question.ok || question.value.condition === undefined) continue;
        expect(meaningOf(asAsked(question.value.condition)), text).toBe(meaningOf(asAsked(when)));
        parsed += 1;
      }
    }
  }
  expect(parsed).toBeGreaterThan(40);
});

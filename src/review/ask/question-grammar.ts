import { grammar, type Node } from 'ohm-js';
import { error, type Loaded } from '../../kernel/fault.ts';
import { likely } from '../../source/suggest.ts';
import { Places, type SourceText } from '../../source/text.ts';
import type { Comparison, OfMany, Part, Value, Word, Written, WrittenGate } from './question-parts.ts';

/** The grammar that docs/asking.md explains. What stands in brackets behind a name is what a message calls it. */
const questions = grammar(String.raw`Questions {
  Question = Gates (while Condition)?
  Gates = NonemptyListOf<Gate, and>
  Gate = gateName Verdict
  Verdict = not open -- notOpen
          | open | closed | unknown

  Condition = NonemptyListOf<Both, or>
  Both = NonemptyListOf<Part, and>
  Part = not Part                                                              -- not
       | "(" Condition ")"                                                     -- brackets
       | Quantifier kind Whose? Except? (where Part)? ":" Part OpenOverNobody? -- ofMany
       | Quantifier Test                                                       -- short
       | Test
       | name                                                                  -- named
  Quantifier = (every | all)     -- every
             | (some | anyOne)   -- some
             | (none | no)       -- none
             | at least number   -- atLeast
             | at most number    -- atMost
  Whose = of the NonemptyListOf<kind, and>
  Except = except those of the kind
  OpenOverNobody = "," open over nobody
  Test = fact Comparison?
  ListOperator = among | operator
  Comparison = is not unknown -- notUnknown
             | is unknown     -- unknown
             | ListOperator "[" ListOf<value, ","> "]" -- list
             | operator value Aside?            -- value
  Aside = "(" parameter ")"

  gateName (a gate) = name ("/" name)?
  name (a condition of the pack) = ~keyword letter part* ~"."
  kind (a kind, such as vm) = ~keyword letter+ ~more
  fact (a fact, such as vm.migrating) = letter part* ("." letter part*)+ ~more
  parameter = "param." letter part*
  number (a number) = digit+ ~more
  among (${'`in`'}) = (isNotIn | isIn | notIn | "in") ~more
  isNotIn = isNot space+ "in"
  isIn = "is" space+ "in"
  notIn = "not" space+ "in"
  operator (an operator) = (isNot | "is" | containsNot | "contains") ~more -- word
           | ("!=" | "<=" | ">=" | "≠" | "≤" | "≥" | "=" | "<" | ">") -- sign
  isNot = "is" space+ "not"
  containsNot = "does" space+ "not" space+ "contain"
  value (a value) = "\"" (~"\"" any)* "\"" -- quoted
        | valueSign+         -- plain
  valueSign = alnum | "." | "_" | "-" | "/" | "@" | "+" | "%" | "*" | colonInside
  colonInside = ":" &alnum
  part = alnum | "-" | "_"
  more = part | "."

  keyword = while | and | or | not | every | all | some | anyOne | none | no
  while (${'`while`'}) = "while" ~more
  and (${'`and`'}) = "and" ~more
  or (${'`or`'}) = "or" ~more
  not (${'`not`'}) = "not" ~more
  open (${'`open`'}) = "open" ~more
  closed (${'`closed`'}) = "closed" ~more
  unknown (${'`unknown`'}) = "unknown" ~more
  every (${'`every`'}) = "every" ~more
  all (${'`all`'}) = "all" ~more
  some (${'`some`'}) = "some" ~more
  anyOne (${'`any`'}) = "any" ~more
  none (${'`none`'}) = "none" ~more
  no (${'`no`'}) = "no" ~more
  at (${'`at least`, `at most`'}) = "at" ~more
  least (${'`least`'}) = "least" ~more
  most (${'`most`'}) = "most" ~more
  of (${'`of the`'}) = "of" ~more
  the (${'`the`'}) = "the" ~more
  except (${'`except those of the`'}) = "except" ~more
  those (${'`those`'}) = "those" ~more
  where (${'`where`'}) = "where" ~more
  over (${'`over`'}) = "over" ~more
  nobody (${'`nobody`'}) = "nobody" ~more
  is (${'`is`'}) = "is" ~more
}`);

/** Past these nobody reads a question, and whoever takes it apart would be asked for more room than there is. */
const lengthMax = 2_000;
const levelsMax = 64;

/** A question → its parts; or where it goes wrong, with what could stand there. `examples` are two that would do. */
export function takenApart(source: SourceText, examples: string): Loaded<Written> {
  const places = new Places(source);
  const wrong = (at: number, length: number, message: string, hint: string): Loaded<never> => {
    return { ok: false, faults: [error('ASK_SYNTAX', places.at(at, length), message, hint)] };
  };
  const { text } = source;
  if (text.length > lengthMax)
    return wrong(lengthMax, 1, `is longer than ${lengthMax} characters`, 'write it as a finding of a pack');
  const level = [...text.matchAll(/[(:]|\bnot\b/g)][levelsMax];
  if (level !== undefined)
    return wrong(level.index, 1, `has more than ${levelsMax} brackets, colons and \`not\``, 'ask for less at once');
  const match = questions.match(text);
  if (!match.failed()) return { ok: true, value: semantics(match).question() as Written, warnings: [] };
  const at = match.getRightmostFailurePosition();
  const [word = ''] = /^([\p{L}\p{N}._/-]+|.)/su.exec(text.slice(at)) ?? [];
  const expected = match.getExpectedText();
  const found = word === '' ? 'the question ends here' : `\`${word}\` stands here`;
  const meant = likely(
    word,
    [...expected.matchAll(/`([^`]+)`/g)].map(([, known = '']) => known),
  );
  const hint = meant === undefined || word === '' ? `ask it like ${examples}` : `did you mean \`${meant}\`?`;
  return wrong(
    at,
    word.length,
    `${found}, and ${expected.replaceAll('"', '`').replace('end of input', 'the end')} could`,
    hint,
  );
}

function wordOf({ source, sourceString }: Node): Word {
  return { text: sourceString, from: source.startIdx };
}

function partOf(node: Node): Part {
  return node.part() as Part;
}

/** The part in an optional place, if it is there. */
function inside<T>(optional: Node, read: (node: Node) => T): T | undefined {
  const [found] = optional.children;
  return found === undefined ? undefined : read(found);
}

function several(kind: 'all' | 'any', list: Node): Part {
  const of = list.asIteration().children.map(partOf);
  return of.length === 1 ? (of[0] as Part) : { kind, of, from: list.source.startIdx };
}

/** With a property only where there is a value. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: V };
}

type Head = Pick<OfMany, 'quantifier' | 'count'>;

const semantics = questions
  .createSemantics()
  .addOperation<Head>('head', {
    Quantifier_every: (_word) => ({ quantifier: 'every' }),
    Quantifier_some: (_word) => ({ quantifier: 'some' }),
    Quantifier_none: (_word) => ({ quantifier: 'none' }),
    Quantifier_atLeast: (_at, _least, count) => ({ quantifier: 'atLeast', count: wordOf(count) }),
    Quantifier_atMost: (_at, _most, count) => ({ quantifier: 'atMost', count: wordOf(count) }),
  })
  .addOperation<Value>('value', {
    value_quoted: (open, text, _close) => ({
      text: text.sourceString,
      from: open.source.startIdx,
      quoted: true,
    }),
    value_plain: (signs) => ({ ...wordOf(signs), quoted: false }),
  })
  .addOperation<Comparison>('comparison', {
    Comparison_notUnknown: (_is, _not, _unknown) => ({ kind: 'not unknown' }),
    Comparison_unknown: (_is, _unknown) => ({ kind: 'unknown' }),
    Comparison_list: (operator, open, values, _close) => ({
      kind: 'list',
      operator: wordOf(operator),
      values: values.asIteration().children.map((one) => one.value() as Value),
      from: open.source.startIdx,
    }),
    Comparison_value: (operator, value, _aside) => ({
      kind: 'value',
      operator: wordOf(operator),
      value: value.value() as Value,
    }),
  })
  .addOperation<Part>('part', {
    Condition: (list) => several('any', list),
    Both: (list) => several('all', list),
    Part_not: (not, of) => ({ kind: 'not', of: partOf(of), from: not.source.startIdx }),
    Part_brackets: (_open, of, _close) => partOf(of),
    Part_named: (name) => ({ kind: 'named', name: wordOf(name) }),
    Part: (one) => partOf(one),
    Test: (fact, comparison) => ({
      kind: 'test',
      fact: wordOf(fact),
      ...given(
        'comparison',
        inside(comparison, (node) => node.comparison() as Comparison),
      ),
    }),
    Part_short: (quantifier, test) => ({
      kind: 'of many',
      ...(quantifier.head() as Head),
      satisfies: partOf(test),
      openOverNobody: false,
      from: quantifier.source.startIdx,
    }),
    Part_ofMany: (quantifier, over, whose, except, _where, where, _colon, satisfies, open) => ({
      kind: 'of many',
      ...(quantifier.head() as Head),
      over: wordOf(over),
      ...given(
        'whose',
        inside(whose, (node) => node.child(2).asIteration().children.map(wordOf)),
      ),
      ...given(
        'except',
        inside(except, (node) => wordOf(node.child(4))),
      ),
      ...given('where', inside(where, partOf)),
      satisfies: partOf(satisfies),
      openOverNobody: open.numChildren > 0,
      from: quantifier.source.startIdx,
    }),
  })
  .addOperation<Written>('question', {
    Question: (gates, _while, condition) => ({
      gates: gates
        .child(0)
        .asIteration()
        .children.map((gate) => ({
          gate: wordOf(gate.child(0)),
          is: gate.child(1).sourceString.replace(/\s+/, ' ') as WrittenGate['is'],
        })),
      condition: inside(condition, partOf),
    }),
  });

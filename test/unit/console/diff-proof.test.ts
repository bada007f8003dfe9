import { describe, expect, test } from 'vitest';
import { look } from '../../../src/console/paint.ts';
import { diffData, diffNames } from '../../../src/console/render/diff-data.ts';
import { diffReport } from '../../../src/console/render/diff-report.ts';
import { diffText } from '../../../src/console/render/diff-text.ts';
import { witnessesOf } from '../../../src/console/render/proof-words.ts';
import { github, junit } from '../../../src/console/render/report.ts';
import type { Answered, Proved } from '../../../src/review/proof.ts';
import type { Review } from '../../../src/review/review.ts';
import {
  aDecision,
  aProof,
  aQuestion,
  aReason,
  aReview,
  aStructure,
  aWitness,
  newAt,
  none,
} from '../../support/made-up-review.ts';
import { validates } from '../../support/schemas.ts';

const plain = (wide: boolean) => look({ color: false, ascii: false, width: 120, wide });
const text = (review: Review, wide = false) => diffText(review, plain(wide));
const proved = (...questions: readonly Proved[]) =>
  aReview({ decisions: [], structure: [aStructure()], proof: aProof(questions) });

const closes = aWitness({ was: 'open', is: 'unknown', object: 'node-1', held: [aReason({ at: newAt })] });
const late: Answered = { kind: 'unfinished', none: { nodes: 2, volumes: 2, vms: 2 } };
const never: Answered = { kind: 'unfinished', none: undefined };
const untold = aQuestion({ name: 'quiet', level: undefined, opens: none, closes: none });

describe('three words for three things', () => {
  test('not looked for', () => {
    const told = text(aReview({ proof: undefined }));
    expect(told).toContain('no site outside of the captures was looked for');
    expect(told).not.toMatch(/none within|made-up/);
  });

  test('none, and within what', () => {
    expect(text(proved(untold))).toContain(
      'gate quiet: opens or closes: none within 3 nodes, 3 volumes, 9 replicas, 18 connections, 3 VMs',
    );
  });

  test.each([
    [late, 'none within 2 nodes, 2 volumes, 4 replicas, 4 connections, 2 VMs; larger not looked at'],
    [never, 'not even the smallest sites were looked at to the end'],
  ])('not finished, and what was looked at', (answer, says) => {
    const told = text(proved({ ...untold, opens: answer }));
    expect(told.replaceAll(/\s+/g, ' ')).toContain(`opens: not finished: ${says}; closes: none within 3 nodes`);
    expect(told.replaceAll(/\s+/g, ' ')).toContain(
      '1 question is asked otherwise: 1 not finished; 11 questions mean the same',
    );
  });

  test('not shown: past the first few only that there is a site, and why; the wide form shows all', () => {
    const questions = Array.from({ length: 6 }, (_, at) => aQuestion({ name: `q${at}` }));
    const told = text(proved(...questions));
    expect(told.match(/nodes node-1, node-2/g)).toHaveLength(3);
    expect(told.match(/its site not shown; -o wide shows all/g)).toHaveLength(3);
    expect(told).toContain(
      'gate q5  closed → open on a made-up site\n    is let through by node.ready of node-1 is true\n',
    );
    expect(text(proved(...questions), true).match(/nodes node-1, node-2/g)).toHaveLength(6);
    expect(text(proved(...questions.slice(0, 4)))).not.toContain('not shown');
  });

  test('not shown: a site of many lines is cut with its number, and the wide form shows it', () => {
    const facts = Array.from({ length: 30 }, (_, at) => ({
      fact: 'node.ready',
      of: `node-${at}`,
      value: true,
      ageMs: 0,
      grade: 'observed' as const,
    }));
    const witness = aWitness({ site: { lists: [], facts, frozen: [] } });
    expect(text(proved(aQuestion({ opens: witness })))).toContain('48 more lines not shown; -o wide shows all');
    expect(text(proved(aQuestion({ opens: witness })), true)).not.toContain('not shown');
  });
});

test('a made-up site is told with what lets through, what held, and how to look at it', () => {
  const told = text(proved(aQuestion()));
  for (const line of [
    '  gate site-is-ready  closed → open on a made-up site\n    on 2 nodes\n      nodes node-1, node-2\n',
    '        node.ready = false (seen 31s before)\n',
    '    is let through by\n      node.ready of node-1 is true   new/rules.yaml:19\n',
    '    was held by\n      node.ready of node-2 is false, must be true\n',
    '    closes: none within 3 nodes',
    '    as a capture: DIR/site-is-ready-opens\n',
    'nwctl eval --profile profiles/small --insecure-unsigned --capture DIR/NAME',
  ]) {
    expect(told).toContain(line);
  }
});

test('where it holds now, the verbs are the other way round, and it is told of whom', () => {
  const told = text(proved(aQuestion({ level: 'caution', opens: none, closes })));
  expect(told).toContain('gate site-is-ready  open → unknown on a made-up site\n    of node-1, on 2 nodes\n');
  expect(told).toMatch(/was let through by\n.*\n {4}is held by\n/);
});

describe('of a question that opens and closes', () => {
  const both = (more: Partial<Proved>) =>
    witnessesOf(proved(aQuestion({ closes, ...more }))).map(({ turn, level }) => [turn, level]);

  test('the opening is the danger', () => {
    expect(both({})).toEqual([
      ['opens', 'danger'],
      ['closes', 'caution'],
    ]);
  });

  test('of a way back it is the closing', () => {
    expect(both({ wayBack: true })).toEqual([
      ['closes', 'danger'],
      ['opens', 'caution'],
    ]);
  });
});

test('every made-up site has a name of its own, whatever its question is called', () => {
  const questions = ['a b', 'a-b', 'Ä/→', '', 'x'.repeat(200)].map((name) => aQuestion({ name }));
  const slugs = witnessesOf(proved(...questions)).map(({ slug }) => slug);
  expect(slugs.slice(0, 4)).toEqual(['a-b-opens', 'a-b-opens-2', 'opens', 'opens-2']);
  expect(new Set(slugs).size).toBe(5);
  expect(slugs.every((slug) => /^[a-z0-9-]{1,64}$/.test(slug))).toBe(true);
});

describe('as data', () => {
  const questions = [aQuestion(), aQuestion({ name: 'second', level: 'caution', opens: late, closes }), untold];

  test.each([
    ['proofs', proved(...questions)],
    ['a site with everything in it', proved(aQuestion({ opens: aWitness({ site: whole() }) }))],
    ['none', aReview({ proof: undefined })],
    ['nothing to prove', proved()],
  ])('%s are what the schema says', (_, review) => {
    validates('diff', JSON.stringify(diffData(review)));
  });

  test('each answer has its own word, and who nobody looked for is null', () => {
    interface Told {
      readonly proof: null | {
        readonly questions: readonly {
          readonly opens: { readonly answer: string };
          readonly closes: { readonly answer: string };
        }[];
      };
    }
    const { proof } = diffData(proved(...questions)) as unknown as Told;
    expect(proof?.questions.map(({ opens, closes: other }) => [opens.answer, other.answer])).toEqual([
      ['witness', 'none'],
      ['unfinished', 'witness'],
      ['none', 'none'],
    ]);
    expect((diffData(aReview({ proof: undefined })) as unknown as Told).proof).toBeNull();
  });

  test('names are those of decisions and of made-up sites, once', () => {
    expect(diffNames(aReview({ proof: aProof(questions) }))).toEqual(['gate/site-is-ready', 'gate/second']);
  });

  function whole() {
    const site = aWitness().site;
    const more = [
      { fact: 'volume.attachedTo', of: 'pvc-1', value: null, ageMs: 0, grade: 'assumed' as const },
      { fact: 'bond.members', of: 'node-1/bond1', value: ['a', 'b'], ageMs: 0, grade: 'reported' as const },
    ];
    return { ...site, facts: [...site.facts, ...more], frozen: [{ fact: 'node.name', of: 'node-1', value: 'node-1' }] };
  }
});

describe('an annotation', () => {
  const lines = (review: Review) =>
    github(diffReport(review))
      .split('\n')
      .filter((line) => line.includes('made-up site'));

  test('stands at the line of the new side that was changed and lets through', () => {
    const elsewhere = { at: { file: 'new/rules.yaml', line: 3, col: 1 }, says: 'also true' };
    const opens = aWitness({ let: [elsewhere, ...aWitness().let] });
    const [line] = lines(aReview({ proof: aProof([aQuestion({ opens })]) }));
    expect(line).toMatch(
      /^::error file=new\/rules\.yaml,line=19,col=11,endColumn=15,title=danger\/gate::gate site-is-ready: closed → open/,
    );
    expect(line).toContain('is let through by node.ready of node-1 is true, also true');
  });

  test('where it holds now, at the line of the new side that holds it', () => {
    const question = aQuestion({ level: 'caution', opens: none, closes });
    expect(lines(aReview({ proof: aProof([question]) }))[0]).toMatch(/^::warning file=new\/rules\.yaml,line=19,/);
  });

  test.each([
    [
      'where its rule was changed',
      aStructure({ name: 'site-is-ready', newAt: { file: 'new/rules.yaml', line: 14, col: 1 } }),
      14,
    ],
    ['at the rule, when what changed stands on the old side only', aStructure({ newAt: null }), 12],
  ])('%s', (_, structure, line) => {
    const review = aReview({ decisions: [], structure: [structure], proof: aProof([aQuestion()]) });
    expect(lines(review)[0]).toContain(`file=new/rules.yaml,line=${line},`);
  });

  test('names the file of the work tree, if the new side is a revision', () => {
    const { new: fresh } = aReview();
    const at = { file: 'HEAD:p/rules.yaml', line: 5, col: 1 };
    const review = aReview({
      new: { ...fresh, revision: 'HEAD' },
      decisions: [aDecision({ causes: [{ was: null, is: 'x', oldAt: at, newAt: at }] })],
      proof: aProof([aQuestion({ newAt: at, opens: aWitness({ let: [] }) })]),
      structure: [],
    });
    const told = github(diffReport(review));
    expect(told.match(/file=p\/rules\.yaml,line=5/g)).toHaveLength(2);
  });
});

test('as JUnit a made-up site fails, what is not finished is held, and none is well', () => {
  const question = aQuestion({ name: 'late', level: undefined, opens: late, closes: none });
  const told = junit(
    diffReport(aReview({ decisions: [], structure: [], proof: aProof([aQuestion(), question, untold]) })),
  );
  expect(told).toContain(
    '<testcase classname="small" name="site-is-ready, any site" file="new/rules.yaml" line="12">\n      <failure type="failed"',
  );
  expect(told).toContain('<failure type="held" message="gate late: opens: not finished: none within 2 nodes');
  expect(told).toContain('<testcase classname="small" name="quiet, any site" file="new/rules.yaml" line="12"/>');
  expect(told).toContain('<property name="proof" value="any site within 3 nodes');
});

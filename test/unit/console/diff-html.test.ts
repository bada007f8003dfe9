import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, type ParserError, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import { diffHtml } from '../../../src/console/render/diff-html.ts';
import { html } from '../../../src/console/render/html.ts';
import type { Review } from '../../../src/review/review.ts';
import {
  aDecision,
  aProof,
  aQuestion,
  aReason,
  aReview,
  aStructure,
  aWitness,
  none,
} from '../../support/made-up-review.ts';

type Element = DefaultTreeAdapterTypes.Element;

/** Every element, and what a browser would have to mend. */
function pageOf(text: string): { readonly elements: readonly Element[]; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const onParseError = ({ code, startLine }: ParserError): void => {
    errors.push(`${code} in line ${startLine}`);
  };
  const document = parse(text, { onParseError });
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) elements.push(node);
    if ('childNodes' in node) for (const child of node.childNodes) visit(child);
  };
  visit(document);
  return { elements, errors };
}

function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value;
}

const closing = aQuestion({
  name: 'second',
  level: 'caution',
  opens: none,
  closes: aWitness({ was: 'open', is: 'unknown' }),
});
const silent = aQuestion({ name: 'third', level: undefined, opens: none, closes: none });
const everything = aReview({
  decisions: [
    aDecision(),
    aDecision({ level: 'caution', kind: 'phase', name: 'phase of the site', causes: [], from: 'a', to: 'b' }),
  ],
  structure: [
    aStructure(),
    aStructure({ level: 'routine', change: 'renamed' }),
    aStructure({ level: 'danger', newAt: null }),
  ],
  proof: aProof([aQuestion(), closing, silent]),
});
const reviews: readonly (readonly [string, Review])[] = [
  ['everything there can be', everything],
  ['nothing at all', aReview({ decisions: [], structure: [], proof: undefined, level: undefined })],
  ['nothing but a proof', aReview({ decisions: [], structure: [], proof: aProof([]), level: undefined })],
];

describe.each(reviews)('a page of %s', (_, review) => {
  const text = diffHtml(review);
  const { elements, errors } = pageOf(text);
  const named = (tag: string) => elements.filter(({ tagName }) => tagName === tag);

  test('is HTML that no browser has to mend', () => {
    expect(errors).toEqual([]);
    expect(named('h1')).toHaveLength(1);
    expect(named('main')).toHaveLength(1);
  });

  test('has every id once, and every link leads to one of them', () => {
    const ids = elements.flatMap((element) => attribute(element, 'id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const links = named('a').map((element) => attribute(element, 'href') ?? '');
    expect(links.filter((link) => !ids.includes(link.slice(1)) || !link.startsWith('#'))).toEqual([]);
    const labels = elements.flatMap((element) => attribute(element, 'aria-labelledby') ?? []);
    expect(labels.filter((label) => !ids.includes(label))).toEqual([]);
  });

  test('asks nobody for anything, and its policy would refuse it', () => {
    expect(elements.map(({ tagName }) => tagName)).not.toContain('script');
    expect(
      elements.flatMap(({ attrs }) => attrs.map(({ name }) => name)).filter((name) => /^on|^src|^style$/.test(name)),
    ).toEqual([]);
    expect(text).not.toMatch(/https?:|url\(|@import/);
    const policy = named('meta').find((meta) => attribute(meta, 'http-equiv') === 'Content-Security-Policy');
    const [style] = named('style');
    const digest = createHash('sha256')
      .update(style === undefined ? '' : textOf(style))
      .digest('base64');
    expect(policy === undefined ? '' : attribute(policy, 'content')).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`,
    );
  });

  test('fits a phone: it is as wide as the screen, and every table scrolls by itself', () => {
    const viewport = named('meta').find((meta) => attribute(meta, 'name') === 'viewport');
    expect(viewport === undefined ? '' : attribute(viewport, 'content')).toBe('width=device-width, initial-scale=1');
    expect(named('table').length).toBeGreaterThan(0);
    for (const { parentNode } of named('table')) {
      expect(parentNode !== null && 'attrs' in parentNode && attribute(parentNode, 'class')).toBe('scroll');
    }
  });

  test('is the same page twice', () => {
    expect(diffHtml(structuredClone(review))).toBe(text);
  });
});

test('everything is on it', () => {
  const { elements } = pageOf(diffHtml(everything));
  const page = elements
    .filter(({ tagName }) => tagName === 'body')
    .map(textOf)
    .join('');
  for (const words of [
    'gate site-is-ready closed → open',
    'every node: ready',
    'new/rules.yaml:19',
    'captures/a',
    'closed was: node.ready of node-2 is false, must be true',
    'closed → open on a made-up site',
    'node.ready = false (seen 31s before)',
    'is let through by',
    'closes: none within 3 nodes, 3 volumes, 9 replicas, 18 connections, 3 VMs',
    'DIR/site-is-ready-opens',
    'open → unknown on a made-up site',
    'gate third: opens or closes: none within 3 nodes',
    'nwctl eval --profile profiles/small --insecure-unsigned --capture DIR/NAME',
    'main:profiles/small',
  ]) {
    expect(page).toContain(words);
  }
  expect(elements.filter(({ tagName }) => tagName === 'details').length).toBeGreaterThanOrEqual(4);
});

test('«none» is said of what was looked for, and of nothing else', () => {
  expect(diffHtml(aReview({ proof: undefined }))).toContain('no site outside of the captures was looked for');
  expect(diffHtml(aReview({ proof: undefined }))).not.toContain('none within');
  const { corpus } = aReview();
  const unjudged = aReview({ decisions: [], corpus: { ...corpus, captures: [] }, proof: undefined });
  expect(diffHtml(unjudged)).not.toContain('No decision is another one');
  expect(diffHtml(aReview({ decisions: [] }))).toContain('No decision is another one');
});

describe('what comes from outside', () => {
  const evil = fc.oneof(
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onmouseover='alert(1)",
      '</code></style><style>*{}',
      '</title><script>',
      '<!--',
      '-->',
      ']]>',
      '&lt;script&gt;',
      '&#x3c;script',
      '\u202e<b>',
      'javascript:alert(1)',
      '\0',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );

  test('is never markup, wherever it stands: the page is made of the same elements', () => {
    const skeleton = (review: Review): readonly string[] => {
      const { elements, errors } = pageOf(diffHtml(review));
      expect(errors).toEqual([]);
      return elements.map(({ tagName, attrs }) =>
        [tagName, ...attrs.map(({ name, value }) => (name === 'content' ? name : `${name}=${value}`))].join(' '),
      );
    };
    const of = (word: string): Review => {
      const place = { file: word, line: 1, col: 1 };
      const reason = aReason({ says: word, fact: word, object: word, detail: word });
      const { old, new: fresh, corpus } = aReview();
      const decision = aDecision({
        pack: word,
        name: word,
        wasCalled: word,
        from: word,
        to: `${word}!`,
        causes: [{ was: word, is: word, oldAt: place, newAt: place }],
        on: [{ capture: word, takenAtMs: 0, afterMs: [0], objects: [word], was: [reason], is: [reason] }],
      });
      const fact = { fact: word, of: word, value: word, ageMs: 0, grade: 'observed' as const };
      const site = { lists: [{ kind: 'node' as const, members: [word] }], facts: [fact], frozen: [fact] };
      const witness = aWitness({ object: word, site, held: [reason], let: [{ at: place, says: word }] });
      const fault = { code: 'FILE_MISSING', at: place, message: word, severity: 'error' } as const;
      return aReview({
        old: { ...old, label: word },
        new: { ...fresh, label: word, profile: { ...fresh.profile, name: word, version: word } },
        corpus: { ...corpus, broken: [{ capture: word, faults: [fault] }] },
        decisions: [decision],
        structure: [aStructure({ name: word, says: word, newAt: place })],
        proof: aProof([aQuestion({ name: word, wasCalled: word, opens: witness }), { ...silent, name: word }], {
          solver: word,
        }),
      });
    };
    const plain = skeleton(of('plain'));
    fc.assert(
      fc.property(evil, (word) => {
        expect(skeleton(of(word))).toEqual(plain);
      }),
    );
  });

  test('is read back as it was, but for what a reader would be fooled by', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), (word) => {
        const { elements } = pageOf(html`<!doctype html><title></title><p title="${word}">${word}</p>`.text);
        const [paragraph] = elements.filter(({ tagName }) => tagName === 'p');
        expect(paragraph === undefined ? '' : textOf(paragraph)).toBe(word);
        expect(paragraph === undefined ? '' : attribute(paragraph, 'title')).toBe(word);
      }),
    );
    expect(html`<i>${'\u202e'}</i>`.text).toBe('<i>\\u202e</i>');
  });
});

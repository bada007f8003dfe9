import { describe, expect, test } from 'vitest';
import { commentMax, diffMarkdown } from '../../../src/console/render/diff-markdown.ts';
import type { Review } from '../../../src/review/review.ts';
import { aDecision, aProof, aQuestion, aReview, aStructure, aWitness, none } from '../../support/made-up-review.ts';

/** A review of as many changes of each form, whose largest comment is of so many characters. */
function reviewOf(size: number): Review {
  const withChanges = (count: number, padding: number): Review =>
    aReview({
      decisions: Array.from({ length: count }, (_, at) => aDecision({ name: `decided-${at}` })),
      structure: [
        ...Array.from({ length: count }, (_, at) => aStructure({ name: `written-${at}` })),
        aStructure({ name: 'x'.repeat(padding) }),
      ],
      proof: aProof([
        ...Array.from({ length: count }, (_, at) => aQuestion({ name: `proved-${at}` })),
        ...Array.from({ length: count }, (_, at) =>
          aQuestion({ name: `untold-${at}`, level: undefined, opens: none, closes: none }),
        ),
      ]),
    });
  const whole = (count: number, padding: number) =>
    diffMarkdown(withChanges(count, padding), Number.POSITIVE_INFINITY).length;
  const each = whole(2, 1) - whole(1, 1);
  // What numbers take is not the same for each.
  for (let count = Math.floor(size / each); count > 0; count -= 1) {
    const rest = size - whole(count, 1);
    if (rest < 0) continue;
    expect(whole(count, rest + 1)).toBe(size);
    return withChanges(count, rest + 1);
  }
  throw new Error(`${size} is too few`);
}

describe('a comment whose whole content is of', () => {
  test.each([65_535, 65_536])('%d characters shows everything', (size) => {
    const text = diffMarkdown(reviewOf(size));
    expect(text).toHaveLength(size);
    expect(text).toContain('Everything is shown.');
    expect(text).not.toContain('ot shown');
  });

  test.each([65_537, 90_000])('%d characters shows each change in a line, and says what is not shown of it', (size) => {
    const review = reviewOf(size);
    const text = diffMarkdown(review);
    expect(text.length).toBeLessThanOrEqual(commentMax);
    expect(text).toContain('Not shown here: all but the first cause and the first capture of each decision');
    expect(text).toContain('the made-up sites themselves');
    for (const { name } of [...review.decisions, ...review.structure, ...(review.proof?.questions ?? [])]) {
      expect(text).toContain(name);
    }
  });

  test('1,000,000 characters counts what it does not show, of every form', () => {
    const review = reviewOf(1_000_000);
    const text = diffMarkdown(review);
    expect(text.length).toBeLessThanOrEqual(commentMax);
    expect(text.length).toBeGreaterThan(commentMax * 0.9);
    const shown = (word: string) => [...text.matchAll(new RegExp(`^- .*${word}-\\d`, 'gm'))].length;
    const left = (what: string) => Number(new RegExp(`(\\d+) of \\d+ ${what}s?`).exec(text)?.[1] ?? 0);
    const made = review.proof?.questions.filter(({ level }) => level !== undefined) ?? [];
    expect(shown('decided') + shown('proved') + left('danger change')).toBe(review.decisions.length + made.length);
    expect(shown('written') + left('caution change')).toBe(review.structure.length);
    expect(shown('untold') + left('further question')).toBe(made.length);
    expect(left('further question')).toBeGreaterThan(0);
    expect(text).not.toContain('Everything is shown');
    expect(text).not.toMatch(/none within(?!.*(VMs|not looked at))/);
  });

  test('any number of characters: what is shown and what is not are all there is', () => {
    const review = reviewOf(20_000);
    const made = review.proof?.questions.filter(({ level }) => level !== undefined) ?? [];
    const least = diffMarkdown(review, 0).length;
    for (let most = least + 900; most < 8_000; most += 61) {
      const text = diffMarkdown(review, most);
      const shown = (word: string) => [...text.matchAll(new RegExp(`^- .*${word}-\\d`, 'gm'))].length;
      const left = (what: string) => Number(new RegExp(`(\\d+) of \\d+ ${what}s?`).exec(text)?.[1] ?? 0);
      expect(text.length).toBeLessThanOrEqual(most);
      expect(shown('decided') + shown('proved') + left('danger change')).toBe(review.decisions.length + made.length);
      expect(shown('untold') + left('further question')).toBe(made.length);
    }
  });

  test.each([200, 1_000, 20_000])('more than somebody wants: at most %d characters', (most) => {
    expect(diffMarkdown(reviewOf(65_536), most).length).toBeLessThanOrEqual(most);
  });
});

describe('a made-up site in a comment', () => {
  test('is folded behind the line that says it', () => {
    const text = diffMarkdown(aReview());
    expect(text).toContain(
      '- `gate site-is-ready` **closed → open on a made-up site** `on 2 nodes`\n\n  <details><summary>',
    );
    expect(text).toContain('  ~~~\n  nodes node-1, node-2\n  node-1\n    node.ready = true\n');
    expect(text).toContain('  - is let through by `node.ready of node-1 is true` (`new/rules.yaml:19`)\n');
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
  });

  test('cannot end its own fence, or its fold', () => {
    const fact = {
      fact: '~~~~',
      of: '~~~~~ </details>',
      value: '\n~~~\n<script>',
      ageMs: 0,
      grade: 'observed' as const,
    };
    const site = { lists: [], facts: [fact], frozen: [] };
    const text = diffMarkdown(aReview({ proof: aProof([aQuestion({ opens: aWitness({ site }) })]) }));
    expect(text).toContain('\n  ~~~~~~\n  ~~~~~ </details>\n    ~~~~ = \\x0a~~~\\x0a<script>\n  ~~~~~~\n');
  });

  test('is not spoken of where nobody looked for one', () => {
    const text = diffMarkdown(aReview({ proof: undefined }));
    expect(text).toContain('No site outside of the captures was looked for.');
    expect(text).not.toMatch(/none within|made-up|--sites/);
  });
});

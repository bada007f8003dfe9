import { existsSync, readFileSync } from 'node:fs';
import type { Browser, HTTPRequest, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserHere, openBrowser } from '../../scripts/browser.ts';
import { pageOfWalk, picture, pictureOf } from '../../scripts/picture.ts';
import { diffHtml } from '../../src/console/render/diff-html.ts';
import { aDecision, aProof, aQuestion, aReview, aStructure, aWitness, none } from '../support/made-up-review.ts';

const path = browserHere();
// Loud on purpose: what is not run here proves nothing here.
if (path === undefined) {
  process.stderr.write('NOT RUN: test/interop, the page of a review in a real browser: there is no `chromium`\n');
}

const long = 'no-space-in-it-'.repeat(40);
const closing = aQuestion({
  name: 'second',
  level: 'caution',
  opens: none,
  closes: aWitness({ was: 'open', is: 'unknown' }),
});
const hostile =
  '<img src="http://example.com/x.png"><script src="https://example.com/x.js"></script><style>@import "//example.com"</style>';
/** Every level, and names that are too long, or want to be markup. */
const everything = aReview({
  decisions: [
    aDecision(),
    aDecision({ level: 'caution', name: long, from: hostile, to: long }),
    aDecision({
      name: hostile,
      on: [{ capture: long, takenAtMs: 0, afterMs: [0], objects: [long, hostile], was: [], is: [] }],
    }),
  ],
  structure: [
    aStructure(),
    aStructure({ name: long, says: `${long} → ${hostile}` }),
    aStructure({ level: 'routine', change: 'renamed' }),
  ],
  proof: aProof([aQuestion(), closing, aQuestion({ name: 'third', level: undefined, opens: none, closes: none })]),
});

let ofWalk: string | undefined;
function walkPage(): string {
  ofWalk ??= pageOfWalk();
  return ofWalk;
}

describe.runIf(path !== undefined)('the page of a review, in a real browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(path ?? '');
  });
  afterAll(() => browser?.close());

  const pages: readonly (readonly [string, () => string])[] = [
    ['of the walk in docs/review.md', walkPage],
    ['with all there can be in one', () => diffHtml(everything)],
  ];
  describe.each(pages)('%s', (_, textOf) => {
    const requests: string[] = [];
    const complaints: string[] = [];
    let page: Page;
    beforeAll(async () => {
      page = await browser.newPage();
      page.on('request', (request: HTTPRequest) => requests.push(request.url()));
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.setViewport({ width: picture.width, height: picture.height, isMobile: true });
      await page.setContent(textOf(), { waitUntil: 'load' });
    }, 600_000);

    test('asks nobody for anything, and nothing in it is refused', () => {
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
    });

    test('is no wider than a phone, whatever is open', async () => {
      for (const open of [false, true]) {
        await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = ${open}`);
        expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(picture.width);
      }
    });

    test('has no text that is smaller than 14 pixels', async () => {
      expect(await page.evaluate(smallTexts)).toEqual([]);
    });

    test('is opened part by part with the keyboard alone', async () => {
      await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = false`);
      const folds = await page.$$eval('details', (all) => all.length);
      expect(folds).toBeGreaterThan(0);
      for (let key = 0; key < 200 + folds; key += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate('document.activeElement.matches("details:not([open]) > summary")'))
          await page.keyboard.press('Enter');
      }
      expect(await page.$$eval('details:not([open])', (all) => all.length)).toBe(0);
    });

    test.each(['light', 'dark'])('says its levels with enough contrast where it is %s', async (value) => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      const pills = (await page.evaluate(colours)) as readonly (readonly [string, string])[];
      expect(pills.length).toBeGreaterThan(0);
      for (const [text, ground] of pills)
        expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    });
  });

  test('the picture in the document is one that this machine can take, of the same width', async () => {
    const taken = await pictureOf(walkPage(), browser);
    expect(taken.length).toBeGreaterThan(10_000);
    expect(existsSync(picture.file)).toBe(true);
    expect(widthOf(taken)).toBe(picture.width * picture.scale);
    expect(widthOf(readFileSync(picture.file))).toBe(widthOf(taken));
  }, 600_000);
});

/** Run in the page: whatever has text of its own that is shown, and is small. */
const smallTexts = `[...document.body.querySelectorAll('*')]
  .filter((one) => [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== ''))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 14)
  .map((one) => one.outerHTML)`;

/** Run in the page: of each pill its colour, and the first ground behind it that is not see-through. */
const colours = `[...document.querySelectorAll('.pill')].map((pill) => {
  let ground = pill;
  const isClear = (one) => getComputedStyle(one).backgroundColor === 'rgba(0, 0, 0, 0)';
  while (isClear(ground) && ground.parentElement) ground = ground.parentElement;
  return [getComputedStyle(pill).color, getComputedStyle(ground).backgroundColor];
})`;

/** As WCAG 2 defines it, of two colours `rgb(r, g, b)`. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map((word) => {
    const part = Number(word) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A PNG says it in its first chunk. */
function widthOf(png: Uint8Array): number {
  return Buffer.from(png).readUInt32BE(16);
}

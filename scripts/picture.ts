/** Documents show a page as a phone shows it. `node scripts/picture.ts` takes the picture anew: of the review that `docs/review.md` walks
 *  through, after its first change. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { browserHere, openBrowser } from './browser.ts';
import { changesIn, Walk } from './walked.ts';

const root = join(import.meta.dirname, '..');

export const picture = {
  file: join(root, 'docs/images/review-comment.png'),
  /** Of a usual phone, in its own pixels; two dots for each of them. */
  width: 390,
  height: 844,
  scale: 2,
} as const;

/** What `nwctl diff -o html` prints in the walk. */
export function pageOfWalk(): string {
  const walk = new Walk();
  try {
    const [first = ''] = changesIn(readFileSync(join(root, 'docs/review.md'), 'utf8'));
    walk.apply(first);
    const { code, out } = walk.run('nwctl diff main:profiles/three-node profiles/three-node -o html');
    if (code !== 0) throw new Error(`the walk's diff ended with ${code}`);
    return out;
  } finally {
    walk.end();
  }
}

export async function pictureOf(html: string, browser: Browser): Promise<Uint8Array> {
  const page = await browser.newPage();
  try {
    const { width, height, scale } = picture;
    await page.setViewport({ width, height, deviceScaleFactor: scale, isMobile: true });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    await page.setContent(html);
    return await page.screenshot({ type: 'png' });
  } finally {
    await page.close();
  }
}

if (process.argv[1] === import.meta.filename) {
  const path = browserHere();
  if (path === undefined) throw new Error('there is no Chromium: install one, or name it with NW_BROWSER');
  const browser = await openBrowser(path);
  try {
    writeFileSync(picture.file, await pictureOf(pageOfWalk(), browser));
  } finally {
    await browser.close();
  }
}

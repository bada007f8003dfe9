import type { Fault, Loaded } from '../kernel/fault.ts';
import type { Format } from './options.ts';
import { type Look, look } from './paint.ts';
import { usage } from './usage.ts';
import type { World } from './world.ts';

/** One more form of an answer, in a file. */
export interface Saved {
  readonly format: Format;
  /** At most so many characters; of Markdown only. */
  readonly most?: number;
  readonly path: string;
}

const written = /^(?<form>[a-z]+)(?:@(?<most>[1-9][0-9]{0,7}))?=(?<path>.+)$/s;

/** `html=review.html`, `markdown@20000=comment.md` → what is to be written where. What takes long to find out is asked once and
 *  told in several forms: two runs that stop at a bound need not stop at the same place. */
export function savedAs(words: readonly string[], known: readonly Format[]): Loaded<readonly Saved[]> {
  const faults: Fault[] = [];
  const saved = new Map<string, Saved>();
  for (const word of words) {
    const { form, most, path = '' } = written.exec(word)?.groups ?? {};
    const format = known.find((one) => one === form);
    if (form === undefined) faults.push(usage(`\`--save ${word}\` names no form and file`, 'write `FORM=FILE`'));
    else if (format === undefined) {
      faults.push(usage(`\`--save ${word}\`: there is no form \`${form}\``, `it has ${known.join(', ')}`));
    } else if (most !== undefined && format !== 'markdown') {
      faults.push(usage(`\`--save ${word}\`: only \`markdown\` has sizes`));
    } else if (saved.has(path)) faults.push(usage(`\`--save\` names \`${path}\` twice`, 'a file holds one form'));
    else saved.set(path, { format, path, ...(most === undefined ? {} : { most: Number(most) }) });
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: [...saved.values()], warnings: [] };
}

/** All forms are made before the first file is written, and each file is written whole. */
export async function save(
  saved: readonly Saved[],
  told: (as: Saved, plain: Look) => string,
  { disk }: World,
): Promise<readonly Fault[]> {
  const texts = saved.map((as) => {
    const wide = as.format === 'wide';
    return told(as, look({ color: false, ascii: false, width: Number.POSITIVE_INFINITY, wide }));
  });
  for (const [index, { path }] of saved.entries()) {
    const done = await disk.write(path, texts[index] ?? '');
    if (!done.ok) return done.faults;
  }
  return [];
}

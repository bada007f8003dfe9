import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nwctl } from '../support/console.ts';
import { shippedCaptures } from '../support/shipped.ts';

/** What an operator on call reads of each shipped capture: to review a diff of these files is to review the behaviour. */
const root = join(import.meta.dirname, '..', '..');
const profileOf: Readonly<Record<string, string>> = {
  'resync-before-next-node': 'two-node',
  'single-node': 'single-node',
};

for (const capture of shippedCaptures) {
  const profile = profileOf[capture] ?? 'three-node';
  test(`${capture}, judged by ${profile}`, async () => {
    const args = ['eval', '--profile', `profiles/${profile}`, '--capture', `captures/${capture}`];
    const { code, out, err } = await nwctl(args, { cwd: root });
    expect(err).toBe('');
    await expect(`$ nwctl ${args.join(' ')}\n${out}exit ${code}\n`).toMatchFileSnapshot(`captures/${capture}.txt`);
  });
}

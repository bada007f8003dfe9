import { expect, test, vi } from 'vitest';
import { nwctl } from '../../support/console.ts';

const asked: string[] = [];
vi.mock('../../../src/rules/engine.ts', () => ({
  agreesToOpen: async ({ name }: { readonly name: string }, _: unknown, object: string) => {
    asked.push(`${name}/${object}`);
    return object !== 'node-c/bond1';
  },
}));

const calm = ['eval', '-p', 'profiles/three-node', '-c', 'captures/calm'];

test.each([[[]], [['--exit-zero']], [['-o', 'json']], [['--only', 'closed']]])(
  'a second opinion that differs about one of the open gates holds, and nothing is told (%s)',
  async (flags) => {
    const { code, out, err } = await nwctl([...calm, '--gate', 'bond-in-mode', ...flags]);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(/bond-in-mode\/node-c\/bond1.*RULES_SPLIT/);
  },
);

test('it is not asked about what is shut anyway', async () => {
  asked.length = 0;
  const { code } = await nwctl(calm);
  expect({ code, asked }).toEqual({ code: 3, asked: [] });
});

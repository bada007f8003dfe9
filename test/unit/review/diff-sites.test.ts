import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';

const golden = 'test/golden/diff';
const sides = (name: string) => [`${golden}/${name}/old`, `${golden}/${name}/new`] as const;
/** Without captures: what is made up is all there is. */
const nobody = ['--captures', folderWith()];

interface Told {
  readonly gates: readonly { readonly gate: string; readonly object: string | null; readonly verdict: string }[];
}

describe('--sites', () => {
  test.each(['every-to-some', 'longer-by-a-second', 'when-empty-added', 'at-most-to-under'])(
    'of %s: what eval says of the folder is what diff said of the site, for both sides',
    async (name) => {
      const folder = `${folderWith()}/deep/sites`;
      const [old, fresh] = sides(name);
      const { code, out, err } = await nwctl(['diff', old, fresh, ...nobody, '--sites', folder, '-o', 'json']);
      expect([code, err]).toEqual([0, '']);
      interface Answer {
        readonly answer: string;
        readonly object: string;
        readonly was: string;
        readonly is: string;
      }
      const { proof } = JSON.parse(out) as {
        readonly proof: {
          readonly questions: readonly {
            readonly kind: string;
            readonly name: string;
            readonly opens: Answer;
            readonly closes: Answer;
          }[];
        };
      };
      const witnesses = proof.questions.flatMap((question) =>
        (['opens', 'closes'] as const).flatMap((turn) =>
          question[turn].answer === 'witness'
            ? [{ ...question[turn], gate: question.name, slug: `${question.name}-${turn}` }]
            : [],
        ),
      );
      expect(witnesses.length).toBeGreaterThan(0);
      expect(readdirSync(folder)).toEqual(witnesses.map(({ slug }) => slug).sort());
      for (const { gate, object, was, is, slug } of witnesses) {
        for (const [side, verdict] of [
          [old, was],
          [fresh, is],
        ] as const) {
          const args = [
            'eval',
            '-p',
            side,
            '--insecure-unsigned',
            '-c',
            `${folder}/${slug}`,
            '--exit-zero',
            '-o',
            'json',
          ];
          const told = JSON.parse((await nwctl(args)).out) as Told;
          const found = told.gates.find((one) => one.gate === gate && (one.object ?? 'site') === object);
          expect(found?.verdict, `${gate} of ${object} by ${side}`).toBe(verdict);
        }
      }
    },
  );

  test('what is there is never overwritten, and then nothing is written', async () => {
    const folder = folderWith({ 'site-is-ready-opens/mine.txt': 'mine' });
    const { code, out, err } = await nwctl(['diff', ...sides('every-to-some'), ...nobody, '--sites', `${folder}/`]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`${folder}/site-is-ready-opens`);
    expect(err).toContain('is there already');
    expect(err).toContain('FILE_UNWRITABLE');
    expect(readdirSync(folder)).toEqual(['site-is-ready-opens']);
    expect(readdirSync(`${folder}/site-is-ready-opens`)).toEqual(['mine.txt']);
  });

  test('a file where the folder should be is a clear fault', async () => {
    const folder = folderWith({ 'a-file': '' });
    const { code, err } = await nwctl(['diff', ...sides('every-to-some'), ...nobody, '--sites', `${folder}/a-file`]);
    expect(code).toBe(1);
    expect(err).toContain('FILE_UNWRITABLE');
  });

  test('where no site was found nothing is made, not even the folder', async () => {
    const folder = `${folderWith()}/sites`;
    expect((await nwctl(['diff', ...sides('pack-split'), ...nobody, '--sites', folder])).code).toBe(0);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  test('the same bytes twice', async () => {
    const write = async (): Promise<string> => {
      const folder = folderWith();
      await nwctl(['diff', ...sides('every-to-some'), ...nobody, '--sites', folder]);
      return readFileSync(`${folder}/site-is-ready-opens/facts.yaml`, 'utf8');
    };
    expect(await write()).toBe(await write());
  });
});

test('every form of one review in files of their own, with the page and SARIF', async () => {
  const folder = folderWith();
  mkdirSync(`${folder}/x`);
  writeFileSync(`${folder}/x/page.html`, 'older');
  const saves = ['--save', `html=${folder}/x/page.html`, '--save', `sarif=${folder}/x/review.sarif`];
  const { code, out } = await nwctl(['diff', ...sides('every-to-some'), ...nobody, ...saves, '-o', 'name']);
  expect([code, out]).toEqual([0, 'gate/site-is-ready\n']);
  expect(readFileSync(`${folder}/x/page.html`, 'utf8')).toMatch(
    /^<!doctype html>\n[\s\S]*on a made-up site[\s\S]*<\/html>\n$/,
  );
  expect(readFileSync(`${folder}/x/review.sarif`, 'utf8')).toContain('"ruleId": "nodewright/gate-may-open"');
});

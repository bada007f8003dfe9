import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const small = 'test/golden/diff/every-to-some/old';
const changed = 'test/golden/diff/every-to-some/new';
const sites = 'test/golden/diff/captures';
const nowMs = Date.parse('2026-11-21T12:00:00Z');
const site = ['-p', 'profiles/three-node'] as const;

const corpus = (verb: string, folder: string, ...args: readonly string[]) =>
  nwctl(['corpus', verb, ...args, '--captures', folder], { nowMs });

/** Faults with their codes, wherever they are. */
const asJson = ['--log-format', 'json'] as const;

/** A corpus of two small sites, added by the profile as it was. */
async function aCorpus(): Promise<string> {
  const folder = `${folderWith()}/kept`;
  const { code } = await corpus('add', folder, `${sites}/guests-start`, `${sites}/half-minute`, '-p', small);
  expect(code).toBe(0);
  return folder;
}

/** Every file with its content, so that «nothing was written» is a comparison. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    names.flatMap((entry) => {
      const path = `${entry.parentPath}/${entry.name}`;
      return entry.isFile() ? [[path, readFileSync(path).toString('base64')]] : [];
    }),
  );
}

describe('the captures that are shipped', () => {
  test.each(['three-node', 'two-node', 'single-node'])(
    'decide by %s what they decided when they were added',
    async (name) => {
      const { code, out, err } = await corpus(
        'check',
        'captures',
        '-p',
        `profiles/${name}`,
        '--exit-code',
        '-o',
        'json',
      );
      expect(err).toBe('');
      const { drifts, notAdded, alike, same } = JSON.parse(out) as Readonly<Record<string, readonly unknown[]>>;
      expect({ drifts, notAdded, alike }).toEqual({ drifts: [], notAdded: [], alike: [] });
      expect(same?.length).toBeGreaterThan(0);
      expect(code).toBe(0);
      validates('corpus-check', out);
    },
  );

  test('are all told by what they show', async () => {
    const { code, out } = await corpus('list', 'captures');
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('../../golden/corpus/list.txt');
    const wide = await corpus('list', 'captures', '-o', 'wide');
    await expect(wide.out).toMatchFileSnapshot('../../golden/corpus/list-wide.txt');
  });
});

describe('add', () => {
  test('names captures by what they show, whatever the order in which they come, and diff takes the folder', async () => {
    const [one, other] = [`${folderWith()}/a`, `${folderWith()}/b`];
    const all = ['one-side-flipped', 'frozen', 'two-primaries'].map((name) =>
      name === 'frozen' ? 'captures/forgotten-suspend' : `captures/${name}`,
    );
    const { code, out, err } = await corpus('add', one, ...all, ...site);
    expect(code).toBe(0);
    expect(err).toContain('nwctl help redact');
    await expect(out).toMatchFileSnapshot('../../golden/corpus/add.txt');
    await corpus('add', other, ...all.toReversed(), ...site);
    const contents = (folder: string) => Object.values(filesOf(folder));
    expect(readdirSync(other)).toEqual(readdirSync(one));
    expect(contents(other)).toEqual(contents(one));
    const diff = await nwctl(['diff', 'profiles/three-node', 'profiles/three-node', '--captures', one]);
    expect(diff.out).toContain('0 of 3 captures');
  });

  test('a capture that no gate tells from another one is not added, and it is said which one', async () => {
    const folder = `${folderWith()}/kept`;
    await corpus('add', folder, 'captures/calm', ...site, '--name', 'calm');
    const before = filesOf(folder);
    for (const seed of ['1', '2', '3']) {
      const redacted = `${folderWith()}/other.ndjson.gz`;
      const made = await nwctl(['redact', 'captures/calm', '--seed', seed, ...site, '-o', redacted]);
      expect(made.code).toBe(0);
      const { code, out } = await corpus('add', folder, redacted, ...site, '-o', 'json');
      expect(code).toBe(0);
      validates('corpus-add', out);
      expect(JSON.parse(out)).toMatchObject({ captures: [{ from: redacted, name: 'calm', result: 'same' }] });
    }
    expect(filesOf(folder)).toEqual(before);
  });

  test.each(['forgotten-suspend', 'silent-node', 'two-primaries', 'flip-half-done'])(
    '%s under other names is the same capture, and another one than calm',
    async (name) => {
      const folder = folderWith();
      await nwctl(['redact', `captures/${name}`, '--seed', '9', ...site, '-o', `${folder}/r.ndjson.gz`]);
      const args = [`captures/${name}`, `${folder}/r.ndjson.gz`, 'captures/calm'];
      const { out } = await corpus('add', `${folder}/kept`, ...args, ...site, '-o', 'name');
      expect(out.trim().split('\n')).toHaveLength(2);
    },
  );

  test('an order to another node of another name is the same order', async () => {
    const folder = folderWith();
    cpSync('captures/flip-half-done', `${folder}/gives`, { recursive: true });
    const file = `${folder}/gives/kubernetes/nodewright.spectrocloud.com_v1alpha1_bondmodeflipplan.json`;
    const list = JSON.parse(readFileSync(file, 'utf8'));
    delete list.items[0].status.workflow.turn.orders['node-b'];
    writeFileSync(file, JSON.stringify(list));
    await nwctl(['redact', `${folder}/gives`, '--seed', '9', ...site, '-o', `${folder}/r.ndjson.gz`]);
    const args = ['captures/flip-half-done', `${folder}/gives`, `${folder}/r.ndjson.gz`];
    const { out } = await corpus('add', `${folder}/kept`, ...args, ...site, '-o', 'name');
    expect(out.trim().split('\n')).toHaveLength(2);
    const kept = readdirSync(`${folder}/kept`).filter((name) => name.endsWith('.yaml'));
    const texts = kept.map((name) => readFileSync(`${folder}/kept/${name}`, 'utf8')).join('');
    expect(texts).toMatch(/advance within FlipBonds: bond\.set-mode \S+ \(mode: active-backup\)/);
    expect(texts).toContain('hold in FlipBonds');
  });

  test('what stands in the corpus already keeps its name and its form', async () => {
    const folder = folderWith();
    cpSync('captures/calm', `${folder}/calm`, { recursive: true });
    const before = filesOf(`${folder}/calm`);
    const { out } = await corpus('add', folder, folder, ...site, '-o', 'name');
    expect(out).toBe('calm\n');
    expect(readdirSync(folder)).toEqual(['calm', 'calm.decisions.yaml']);
    expect(filesOf(`${folder}/calm`)).toEqual(before);
    const again = await corpus('add', folder, `${folder}/calm/`, ...site);
    expect(again.out).toContain('was added before');
  });

  test('from standard input, and a second one of the same kind gets a number', async () => {
    const folder = await aCorpus();
    const bytes = readFileSync(`${folder}/${readdirSync(folder).find((name) => name.endsWith('.gz'))}`);
    const { code, out } = await nwctl(['corpus', 'add', '-', '--captures', folder, '-p', small], {
      nowMs,
      stdin: bytes,
    });
    expect(code).toBe(0);
    expect(out).toContain('- decides as it does');
  });

  const faulty: readonly (readonly [string, (folder: string) => readonly string[], string, string])[] = [
    ['a capture that is not there', () => ['nowhere'], 'does not exist', 'FILE_MISSING'],
    ['one that is broken beside one that is not', (at) => [`${at}/../bad`, 'captures/calm'], 'bad', 'SHAPE_WRONG_KIND'],
    ['a folder with nothing in it', (at) => [`${at}/../empty`], 'there is no capture', 'USAGE'],
    ['a name that is taken', () => ['captures/calm', '--name', 'taken'], 'another capture', 'CORPUS_NAME'],
    ['a name that leads out', () => ['captures/calm', '--name', '../calm'], 'is no name', 'CORPUS_NAME'],
    ['one name for two', () => ['captures/calm', 'captures/silent-node', '--name', 'x'], 'is one name', 'USAGE'],
    ['two corpora', () => ['captures/calm', '--captures', 'captures'], 'several were given', 'USAGE'],
  ];
  test.each(faulty)('%s: it is said, and nothing is written', async (_, args, says, fault) => {
    const root = folderWith({ 'bad/capture.yaml': 'kind: Nothing\n', 'kept/taken/README.md': 'x', 'empty/.keep': '' });
    cpSync('captures/two-primaries', `${root}/kept/taken`, { recursive: true });
    const before = filesOf(root);
    const { code, out, err } = await corpus('add', `${root}/kept`, ...args(`${root}/kept`), ...site, ...asJson);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(says);
    expect(err).toContain(fault);
    expect(filesOf(root)).toEqual(before);
  });

  test('without a profile it is said where one is named', async () => {
    const { code, err } = await corpus('add', 'captures', 'captures/calm');
    expect(code).toBe(2);
    expect(err).toContain('no profile was given');
  });

  test('where the second cannot be written the first is taken away again', async () => {
    const folder = folderWith({ 'two-primaries.decisions.yaml/in-the-way': '' });
    const before = filesOf(folder);
    const both = ['captures/one-side-flipped', 'captures/two-primaries'];
    const { code, err, out } = await corpus('add', folder, ...both, ...site);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('FILE_UNWRITABLE');
    expect(filesOf(folder)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['two-primaries.decisions.yaml']);
  });

  test('where no folder can be made', async () => {
    const root = folderWith({ file: 'x' });
    const { code, err, out } = await corpus('add', `${root}/file/kept`, 'captures/calm', ...site, ...asJson);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('FILE_UNWRITABLE');
    expect(readdirSync(root)).toEqual(['file']);
  });

  test('Ctrl-C leaves nothing behind', async () => {
    const folder = `${folderWith()}/kept`;
    const interrupted = AbortSignal.abort();
    await nwctl(['corpus', 'add', 'captures/calm', '--captures', folder, ...site], { nowMs, interrupted }).catch(
      () => 0,
    );
    expect(filesOf(folder)).toEqual({});
  });
});

describe('check', () => {
  test('a changed rule: what is decided otherwise, on which captures and objects', async () => {
    const folder = await aCorpus();
    const same = await corpus('check', folder, '-p', small, '--exit-code');
    expect(same.code).toBe(0);
    expect(same.out).toContain('0 of 2 captures decide otherwise');
    const { code, out } = await corpus('check', folder, '-p', changed, '--exit-code');
    expect(code).toBe(5);
    await expect(out.replaceAll(folder, 'KEPT')).toMatchFileSnapshot('../../golden/corpus/check.txt');
    const json = await corpus('check', folder, '-p', changed, '-o', 'json');
    expect(json.code).toBe(0);
    validates('corpus-check', json.out);
    await expect(json.out.replaceAll(folder, 'KEPT')).toMatchFileSnapshot('../../golden/corpus/check.json');
  });

  test('--update keeps what is decided now, of whoever decides otherwise and of nobody else', async () => {
    const folder = await aCorpus();
    const before = filesOf(folder);
    const { code, out } = await corpus('check', folder, '-p', changed, '--exit-code', '--update');
    expect(code).toBe(0);
    const drifted = (await corpus('check', folder, '-p', small, '-o', 'name')).out.trim().split('\n');
    const touched = Object.entries(filesOf(folder)).filter(([path, text]) => before[path] !== text);
    expect(touched.map(([path]) => path)).toEqual(drifted.map((name) => `${folder}/${name}.decisions.yaml`));
    expect(out).toContain(`written down: ${drifted.join(' ')}`);
    expect((await corpus('check', folder, '-p', changed, '--exit-code')).code).toBe(0);
  });

  test('what is broken is named, the rest is judged, and the exit code is 2', async () => {
    const folder = await aCorpus();
    const [name = ''] = (await corpus('list', folder, '-o', 'name')).out.split('\n');
    writeFileSync(`${folder}/torn.ndjson.gz`, readFileSync(`${folder}/${name}.ndjson.gz`).subarray(0, 200));
    writeFileSync(`${folder}/gone.decisions.yaml`, readFileSync(`${folder}/${name}.decisions.yaml`));
    const kept = readFileSync(`${folder}/${name}.decisions.yaml`, 'utf8');
    writeFileSync(`${folder}/${name}.decisions.yaml`, kept.replace('phase: {is:', 'phase: {its:'));
    const { code, out, err } = await corpus('check', folder, '-p', small, '--exit-code');
    expect(code).toBe(2);
    expect(out).toContain('0 of 1 capture decides otherwise than when added; 2 captures could not be judged');
    expect(err).toContain('torn.ndjson.gz');
    expect(err).toMatch(new RegExp(`${name}\\.decisions\\.yaml:11:\\d+`));
    expect(err).toContain('are the decisions of a capture that is not there');
    const list = await corpus('list', folder, '-o', 'json');
    expect(list.code).toBe(2);
    validates('corpus-list', list.out);
    expect(list.out).toContain('"state": "unreadable"');
    const again = await corpus('add', folder, `${folder}/${name}.ndjson.gz`, '-p', small);
    expect(again.code).toBe(2);
    expect(again.err).toContain('SHAPE_UNKNOWN_FIELD');
  });

  test('captures that nothing tells apart any more, one that nobody added, one that is another than was added', async () => {
    const folder = folderWith();
    cpSync('captures/calm', `${folder}/calm`, { recursive: true });
    await corpus('add', folder, folder, ...site);
    cpSync(`${folder}/calm`, `${folder}/again`, { recursive: true });
    const manifest = readFileSync(`${folder}/calm/capture.yaml`, 'utf8');
    writeFileSync(`${folder}/calm/capture.yaml`, manifest.replace('storage on call', 'somebody else'));
    const { code, out } = await corpus('check', folder, ...site, '--exit-code');
    expect(code).toBe(0);
    expect(out).toContain('nothing tells them apart any more: again calm');
    expect(out).toContain('not added, so nothing is known of when it was: again');
    expect(out).toContain('another capture than was added: calm');
    expect(out).toContain('0 of 1 capture');
    await corpus('check', folder, ...site, '--update');
    expect((await corpus('check', folder, ...site)).out).not.toContain('another capture');
  });

  test('by another profile nothing is judged', async () => {
    const folder = await aCorpus();
    const { code, out } = await corpus('check', folder, ...site);
    expect(code).toBe(0);
    expect(out).toContain('no capture here was added by this profile');
    expect(out).toMatch(/added by [a-z-]+, not judged: \S+ \S+/);
  });

  test.each(['list', 'check', 'expire'])('%s of a folder that is not there, and of a capture', async (verb) => {
    const args = verb === 'list' ? [] : verb === 'check' ? site : [...site, '--older-than', '1d'];
    const missing = await corpus(verb, 'nowhere', ...args);
    expect([missing.code, missing.out]).toEqual([2, '']);
    expect(missing.err).toContain('FILE_MISSING');
    const one = await corpus(verb, 'captures/calm', ...args);
    expect(one.code).toBe(2);
    expect(one.err).toContain('is a capture, and no folder of them');
  });

  test('two captures of one name', async () => {
    const folder = await aCorpus();
    const [name = ''] = (await corpus('list', folder, '-o', 'name')).out.split('\n');
    cpSync(`${sites}/half-minute`, `${folder}/${name}`, { recursive: true });
    const { code, err } = await corpus('check', folder, '-p', small, ...asJson);
    expect(code).toBe(2);
    expect(err).toContain('CORPUS_NAME');
  });
});

describe('expire', () => {
  /** Two captures that nothing tells apart, as there may be after the rules changed. */
  async function withTwins(): Promise<string> {
    const folder = folderWith();
    for (const name of ['calm', 'one-side-flipped', 'single-node'])
      cpSync(`captures/${name}`, `${folder}/${name}`, { recursive: true });
    await corpus('add', folder, `${folder}/calm`, `${folder}/one-side-flipped`, ...site);
    await corpus('add', folder, `${folder}/single-node`, '-p', 'profiles/single-node');
    cpSync('captures/calm', `${folder}/calm-before`, { recursive: true });
    const kept = readFileSync(`${folder}/calm.decisions.yaml`, 'utf8');
    writeFileSync(`${folder}/calm-before.decisions.yaml`, kept.replace('{name: calm}', '{name: calm-before}'));
    return folder;
  }

  test('says who goes and why, and deletes nothing unless it is told to', async () => {
    const folder = await withTwins();
    const before = filesOf(folder);
    const { code, out } = await corpus('expire', folder, ...site, '--older-than', '1h');
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('../../golden/corpus/expire.txt');
    expect(filesOf(folder)).toEqual(before);
    const young = await corpus('expire', folder, ...site, '--older-than', '180d', '--delete', '-o', 'name');
    expect(young.out).toBe('');
    expect(filesOf(folder)).toEqual(before);
    const json = await corpus('expire', folder, ...site, '--older-than', '1h', '--delete', '-o', 'json');
    validates('corpus-expire', json.out);
    expect(JSON.parse(json.out)).toMatchObject({ deleted: ['calm'] });
    expect(readdirSync(folder).filter((name) => name.includes('calm'))).toEqual([
      'calm-before',
      'calm-before.decisions.yaml',
    ]);
    expect(readdirSync(folder)).toHaveLength(6);
  });

  test('what is broken stays, and is named', async () => {
    const folder = await withTwins();
    rmSync(`${folder}/calm/capture.yaml`);
    writeFileSync(`${folder}/calm/capture.yaml`, 'kind: Nothing\n');
    const { code, out, err } = await corpus('expire', folder, ...site, '--older-than', '1h', '--delete');
    expect(code).toBe(2);
    expect(err).toContain('calm/capture.yaml');
    expect(out).toMatch(/stays +calm +.*cannot be judged/);
    expect(readdirSync(folder)).toHaveLength(8);
  });

  test.each([
    ['no age', [], 'how old is old'],
    ['no duration', ['--older-than', 'long'], '`long` is no duration'],
  ])('%s', async (_, args, says) => {
    const { code, err } = await corpus('expire', 'captures', ...site, ...args);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });
});

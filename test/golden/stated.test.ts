import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { nwctl } from '../support/console.ts';
import { folderWith } from '../support/folder.ts';

/** What a reviewer reads of a site that nobody saw. */
const root = join(import.meta.dirname, '..', '..');
const name = 'all-but-one-agree';
const capture = `test/golden/stated/${name}`;
const against = ['--profile', 'profiles/three-node', '--capture', capture];

test.each([
  ['eval', ['eval', ...against, '--gate', 'storage-network-agrees'], 4],
  ['facts', ['facts', 'bond.configuredMode', 'bond.networkd', ...against], 0],
  ['show', ['capture', 'show', capture], 0],
] as const)('%s says that it is stated', async (verb, args, expected) => {
  const { code, out, err } = await nwctl([...args], { cwd: root });
  expect([code, err]).toEqual([expected, '']);
  expect(out).toContain('stated, not observed');
  await expect(`$ nwctl ${args.join(' ')}\n${out}exit ${code}\n`).toMatchFileSnapshot(`stated/${name}.${verb}.txt`);
});

test('so does the data', async () => {
  const { out } = await nwctl(['eval', ...against, '-o', 'json'], { cwd: root });
  const { capture: about } = JSON.parse(out) as { readonly capture: unknown };
  expect(about).toMatchObject({ name, stated: true, hasManifest: false, takenAt: null, missing: [] });
  const observed = await nwctl(
    ['eval', '--profile', 'profiles/three-node', '--capture', 'captures/calm', '-o', 'json'],
    {
      cwd: root,
    },
  );
  expect(JSON.parse(observed.out)).toMatchObject({ capture: { stated: false } });
});

test('the one file that is packed of it is judged alike', async () => {
  const home = folderWith({});
  const made = await nwctl(['capture', 'pack', capture, '-o', join(home, 'made.ndjson.gz')], { cwd: root });
  expect(made.code).toBe(0);
  const judged = async (path: string): Promise<string> =>
    (await nwctl(['eval', '--profile', 'profiles/three-node', '--capture', path, '-o', 'json'], { cwd: root })).out;
  expect(await judged(join(home, 'made.ndjson.gz'))).toBe(await judged(capture));
});

test('it is checked like a capture, and its file alone', async () => {
  const home = folderWith({
    'bad/facts.yaml':
      'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: Facts\nmetadata: {name: x}\nspec: {lists: {nod: []}}\n',
  });
  const checked = (path: string) => nwctl(['check', path], { cwd: root });
  expect(await checked(capture)).toMatchObject({ code: 0, out: `✓ ${capture}: a capture, no fault\n` });
  expect(await checked(`${capture}/facts.yaml`)).toMatchObject({ code: 0, out: expect.stringContaining('a site, no') });
  for (const path of ['bad', 'bad/facts.yaml']) {
    const { code, out } = await checked(join(home, path));
    expect(code).toBe(2);
    expect(out).toContain('facts.yaml:4:16: there is no kind `nod`; did you mean `node`?');
  }
});

test('its names are taken out like any others, and it is decided alike', async () => {
  const home = folderWith({
    'made/facts.yaml': `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Facts
metadata: {name: kitchen}
spec:
  lists: {node: [oven-a, oven-b], volume: [soup], replica: [soup@oven-a, soup@oven-b], vm: [cellar/wine, cellar/quorum], bond: [oven-a/bond1]}
  facts:
    - {fact: node.name, of: oven-a, is: oven-a}
    - {fact: vm.node, of: cellar/wine, is: oven-b}
    - {fact: replica.disk, of: soup@oven-a, is: UpToDate}
    - {fact: replica.suspended, of: soup@oven-a, is: [quorum, user]}
    - {fact: node.heartbeatAge, of: oven-c, is: 31s, age: 3s, grade: reported}
  frozen:
    - {fact: connection.state, of: soup@oven-a:oven-d, is: Connected}
`,
  });
  const target = join(home, 'shown.ndjson.gz');
  const made = await nwctl(['redact', join(home, 'made'), '-p', 'profiles/three-node', '-o', target, '--seed', 's'], {
    cwd: root,
  });
  expect([made.code, made.err]).toEqual([0, expect.stringContaining('proved by three-node')]);
  const { out } = await nwctl(['facts', '--profile', 'profiles/three-node', '--capture', target, '-o', 'json'], {
    cwd: root,
  });
  const text = gunzipSync(readFileSync(target)).toString();
  for (const old of ['oven', 'soup', 'wine', 'cellar', 'kitchen']) expect(text + out).not.toContain(old);
  for (const kept of ['bond1', 'UpToDate', '["quorum","user"]', 'Connected', '31000']) expect(text).toContain(kept);
});

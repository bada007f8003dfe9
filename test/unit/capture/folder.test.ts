import { describe, expect, test } from 'vitest';
import {
  faultsOf,
  folder,
  listing,
  listsOf,
  manifest,
  namesOf,
  node,
  objectsOf,
  opened,
  sayings,
  takenAtMs,
  twoNodes,
} from './support.ts';

const vms = 'kubevirt.io/v1/VirtualMachine';

describe('what kubectl printed', () => {
  test('a List of objects says who there is, for every kind in it', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x' } };
    const capture = opened(folder({ 'a.json': listing(node('node-a'), pod) }));
    expect(listsOf(capture)).toEqual({ 'v1/Node': 'had', 'v1/Pod': 'had' });
    expect(namesOf(capture)).toEqual(['Node node-a', 'Pod p']);
  });

  test('items of a built-in typed list take their kind from the list', () => {
    const text = '{"kind":"NodeList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"node-a"}}]}';
    const [raw] = objectsOf(opened(folder({ 'core_v1_nodes.json': text })));
    expect(raw?.object).toMatchObject({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' } });
  });

  test('a single object says nothing of who else there is', () => {
    expect(listsOf(opened(folder({ 'a.json': JSON.stringify(node('node-a')) })))).toEqual({});
  });

  test('an empty List says nothing about which kind, an empty typed list does', () => {
    const typed = '{"kind":"VirtualMachineList","apiVersion":"kubevirt.io/v1","items":[]}';
    expect(listsOf(opened(folder({ ...twoNodes, 'vms.json': listing() })))).toEqual({ 'v1/Node': 'had' });
    expect(listsOf(opened(folder({ ...twoNodes, 'vms.json': typed })))).toEqual({ 'v1/Node': 'had', [vms]: 'had' });
  });

  test('a list of which only the first part was fetched was not had', () => {
    const text =
      '{"kind":"NodeList","apiVersion":"v1","metadata":{"continue":"abc"},"items":[{"metadata":{"name":"node-a"}}]}';
    expect(listsOf(opened(folder({ 'nodes.json': text })))['v1/Node']).toContain('first part');
  });

  test('one failed part makes the whole list unknown, whatever file comes first', () => {
    const refused =
      '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","details":{"kind":"nodes"},"code":500}';
    for (const [one, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const files = { [`${one}.json`]: listing(node('node-a')), [`${other}.json`]: refused };
      expect(listsOf(opened(folder(files)))).toEqual({ 'v1/Node': '500 no' });
    }
  });

  test.each([
    ['with its kind in the details', 'x.json', '{"group":"kubevirt.io","kind":"virtualmachines"}'],
    ['named by its file', 'kubevirt.io_v1_virtualmachines.json', 'null'],
    ['named by its file, bare', 'k/virtualmachines.json', 'null'],
  ])('a saved refusal of the API server is a list that is missing, %s', (_, path, details) => {
    const status = `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"forbidden","reason":"Forbidden","details":${details},"code":403}`;
    const capture = opened(folder({ ...twoNodes, [path]: status }));
    expect(listsOf(capture)[vms]).toBe('403 Forbidden forbidden');
    expect(capture.missing).toEqual([{ what: vms, why: '403 Forbidden forbidden' }]);
  });

  test.each([
    ['404 page not found\n', '404 page not found'],
    ['', 'printed nothing'],
  ])('a file that holds %j instead of a list is a list that is missing', (text, why) => {
    const capture = opened(folder({ ...twoNodes, 'kubevirt.io_v1_virtualmachines.json': text }));
    expect(listsOf(capture)[vms]).toContain(why);
  });

  test('a refusal that does not say what was refused is told, and left out', () => {
    const loaded = folder({ ...twoNodes, 'x.json': '404 page not found' });
    expect(sayings(loaded)).toEqual([
      'CAPTURE_UNKNOWN_FILE x.json:1:1 says that something could not be had, but not what; it is left out',
    ]);
  });

  test('YAML of several documents is read, each document by its own anchors', () => {
    const text =
      'apiVersion: v1\nkind: Node\nmetadata: {name: node-a}\n---\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: node-b}}\n';
    const capture = opened(folder({ 'nodes.yaml': text }));
    expect(namesOf(capture)).toEqual(['Node node-a', 'Node node-b']);
    expect(listsOf(capture)).toEqual({ 'v1/Node': 'had' });
  });

  test('JSON in a file called .yaml is read as what it is', () => {
    expect(namesOf(opened(folder({ 'nodes.yaml': twoNodes['kubernetes/nodes.json'] })))).toHaveLength(2);
  });

  test('the same content as YAML and as JSON is the same capture', () => {
    const yaml =
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: node-b}}\n- kind: Node\n  apiVersion: v1\n  metadata:\n    name: node-a\n';
    expect(opened(folder({ 'n.yaml': yaml })).digest).toBe(opened(folder(twoNodes)).digest);
  });

  test('whole numbers past 2^53 are read as JSON reads them; texts keep their digits', () => {
    const content = {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshotContent',
      metadata: { name: 'c' },
    };
    const json = JSON.stringify({ ...content, status: { creationTime: 0 } }).replace(':0}', ':1795248281123456789}');
    const capture = opened(folder({ 'c.json': json, 'linstor/v1/nodes.json': '[{"ret_code":-4611686018427386906}]' }));
    expect(objectsOf(capture)[0]?.object.status).toEqual({ creationTime: Number('1795248281123456789') });
    expect(capture.raws.find((raw) => raw.from === 'linstor')).toMatchObject({
      text: '[{"ret_code":-4611686018427386906}]',
    });
  });
});

describe('what hosts and LINSTOR said', () => {
  test('a reply is kept byte for byte under its path, an error body too', () => {
    const text = '[ {"ret_code": -4611686018427386906,\n "message":"no"} ]\n';
    const capture = opened(folder({ 'linstor/v1/view/resources.json': text }));
    expect(capture.raws).toEqual([{ from: 'linstor', at: 0, path: '/v1/view/resources', text }]);
  });

  test('a file of a host is named by its path on it', () => {
    const capture = opened(folder({ 'hosts/node-a/proc/net/bonding/bond1': 'x\n', 'hosts/node-a/proc/drbd': 'y' }));
    expect(capture.raws.map((raw) => raw.from === 'host' && [raw.node, raw.what, raw.text])).toEqual([
      ['node-a', 'proc/drbd', 'y'],
      ['node-a', 'proc/net/bonding/bond1', 'x\n'],
    ]);
  });

  test.each([['hosts/node-a/etc/passwd'], ['hosts/README'], ['linstor/v1/nodes.http'], ['notes.txt']])(
    '%s is read by nobody, and that is said',
    (path) => {
      const loaded = folder({ ...twoNodes, [path]: 'x' });
      expect(opened(loaded).raws).toHaveLength(3);
      expect(sayings(loaded)).toEqual([expect.stringContaining(`CAPTURE_UNKNOWN_FILE ${path}:1:1`)]);
    },
  );
});

describe('moments', () => {
  test('without a manifest all moments are the same, unrecorded one', () => {
    const capture = opened(folder(twoNodes));
    expect(capture).toMatchObject({ takenAtMs: null, hasManifest: false, takenBy: 'unknown', name: 'site' });
    expect(capture.raws.every(({ at }) => at === 0)).toBe(true);
  });

  test('a file that was fetched earlier is that old, everything else is as old as the capture', () => {
    const files = {
      ...twoNodes,
      'hosts/node-a/proc/drbd': 'x',
      'capture.yaml': manifest('  fetched: {hosts/node-a/proc/drbd: 2026-03-04T10:14:58Z}'),
    };
    const at = Object.fromEntries(opened(folder(files)).raws.map((raw) => [raw.from, raw.at]));
    expect(at).toEqual({ host: takenAtMs - 4000, list: takenAtMs, object: takenAtMs });
  });

  test.each(['1970-01-01T00:00:00Z', '2100-12-31T23:59:59Z'])('the year of %s is none of our business', (moment) => {
    expect(opened(folder({ ...twoNodes, 'capture.yaml': manifest('', moment) })).takenAtMs).toBe(Date.parse(moment));
  });

  test('what only the observer measured becomes raws of its own', () => {
    const observer =
      '  observer:\n    node-a: {heartbeatChangedAt: 2026-03-04T10:15:00Z, clockSkew: -12ms}\n    node-b: {}';
    const capture = opened(folder({ ...twoNodes, 'capture.yaml': manifest(observer) }));
    expect(capture.raws.filter(({ from }) => from === 'observer')).toEqual([
      { from: 'observer', at: takenAtMs, node: 'node-a', heartbeatChangedAt: takenAtMs - 2000, clockSkewMs: -12 },
      { from: 'observer', at: takenAtMs, node: 'node-b' },
    ]);
  });

  test('what is missing becomes failed raws, and a silent host stays said', () => {
    const missing = `  missing:
    - {what: hosts/node-b/proc/drbd, why: timeout}
    - {what: ${vms}, why: 403}
    - {what: linstor/v1/view/resources, why: HTTP 500}
    - {what: hosts/node-c, why: silent}`.replace('why: 403', 'why: "403"');
    const capture = opened(folder({ ...twoNodes, 'capture.yaml': manifest(missing) }));
    expect(capture.raws.flatMap((raw) => ('failed' in raw ? [raw] : []))).toEqual([
      { from: 'host', at: takenAtMs, node: 'node-b', what: 'proc/drbd', text: '', failed: 'timeout' },
      { from: 'linstor', at: takenAtMs, path: '/v1/view/resources', text: '', failed: 'HTTP 500' },
      { from: 'list', at: takenAtMs, kind: vms, failed: '403' },
    ]);
    expect(capture.missing.map(({ what }) => what)).toEqual([
      'hosts/node-b/proc/drbd',
      'hosts/node-c',
      vms,
      'linstor/v1/view/resources',
    ]);
  });
});

describe('a manifest that lies', () => {
  const cases: readonly [string, string, string][] = [
    [
      'names a file that is not there',
      '  fetched: {kubernetes/pods.json: 2026-03-04T10:15:00Z}',
      '8:13 there is no file `kubernetes/pods.json`',
    ],
    [
      'was taken before something in it was fetched',
      '  fetched: {kubernetes/nodes.json: 2026-03-04T10:15:03Z}',
      '8:13 `kubernetes/nodes.json` was fetched after `takenAt`, which is when the last thing was',
    ],
    [
      'saw a heartbeat change later',
      '  observer: {node-a: {heartbeatChangedAt: 2026-03-04T10:15:02.001Z}}',
      '8:14 the heartbeat of `node-a` changed after `takenAt`',
    ],
    [
      'knows a node that is not there',
      '  observer: {node-x: {clockSkew: 1ms}}',
      '8:14 there is no node `node-x` in this capture',
    ],
    [
      'is complete and misses something',
      '  complete: true\n  missing: [{what: hosts/node-b, why: x}]',
      '8:13 says complete, and lists what is missing',
    ],
    [
      'misses what is there',
      '  missing: [{what: v1/Node, why: x}]',
      '8:20 says that `v1/Node` is missing, and it is there',
    ],
    [
      'misses one thing twice',
      '  missing: [{what: v1/Pod, why: x}, {what: v1/Pod, why: y}]',
      '8:44 `v1/Pod` is listed twice',
    ],
    [
      'misses what could never be',
      '  missing: [{what: everything, why: x}]',
      '8:20 `everything` names nothing that a capture could have',
    ],
    [
      'misses a path that climbs',
      '  missing: [{what: hosts/../etc, why: x}]',
      '8:20 `hosts/../etc` names nothing that a capture could have',
    ],
  ];
  test.each(cases)('that %s is refused at its place', (_, spec, says) => {
    const loaded = folder({ ...twoNodes, 'capture.yaml': manifest(spec) });
    expect(sayings(loaded)).toEqual([`CAPTURE_MANIFEST capture.yaml:${says}`]);
    expect(loaded.ok).toBe(false);
  });

  test('a whole host cannot be missing beside one of its files', () => {
    const files = {
      ...twoNodes,
      'hosts/node-a/proc/drbd': 'x',
      'capture.yaml': manifest('  missing: [{what: hosts/node-a, why: x}]'),
    };
    expect(sayings(folder(files))).toEqual([expect.stringContaining('some of it is there')]);
  });

  test('complete, and a saved refusal beside it', () => {
    const files = { ...twoNodes, 'pods.json': '', 'capture.yaml': manifest('  complete: true') };
    expect(sayings(folder(files))).toEqual([expect.stringContaining('the manifest says complete')]);
  });

  const shapes: readonly [string, string, string][] = [
    [
      'of a newer format',
      manifest().replace('formatVersion: 1', 'formatVersion: 2\n  novelty: 1'),
      'CAPTURE_NEWER capture.yaml:5:18',
    ],
    ['without takenAt', manifest().replace(/ {2}takenAt.*\n/, ''), 'SHAPE_INVALID capture.yaml:5:3'],
    ['without takenBy', manifest().replace(/ {2}takenBy.*\n/, ''), 'SHAPE_INVALID capture.yaml:5:3'],
    ['with a date that no month has', manifest('', '2026-02-30T00:00:00Z'), 'SHAPE_INVALID capture.yaml:6:12'],
    ['with a moment without a zone', manifest('', '2026-02-03T00:00:00'), 'SHAPE_INVALID capture.yaml:6:12'],
    ['with a field that nobody knows', manifest('  tokenAt: x'), 'SHAPE_UNKNOWN_FIELD capture.yaml:8:3'],
    ['with a count of lines', manifest('  lines: 3'), 'SHAPE_UNKNOWN_FIELD capture.yaml:8:3'],
    [
      'with a skew without a unit',
      manifest('  observer: {node-a: {clockSkew: "12"}}'),
      'SHAPE_INVALID capture.yaml:8:34',
    ],
    ['of another kind', manifest().replace('kind: Capture', 'kind: EdgeProfile'), 'SHAPE_WRONG_KIND capture.yaml:1:1'],
    ['with a tab', manifest('\tcomplete: true'), 'YAML_SYNTAX capture.yaml:8:1'],
    ['with a key twice', manifest('  complete: true\n  complete: false'), 'YAML_DUPLICATE_KEY capture.yaml:9:3'],
    ['that is a list', '- 1', 'SHAPE_INVALID capture.yaml:1:1'],
    ['that is empty', '', 'YAML_EMPTY capture.yaml:1:1'],
    [
      'with an observer called __proto__',
      manifest('  observer: {__proto__: {clockSkew: 1ms}}'),
      'CAPTURE_NAME capture.yaml:8:14',
    ],
    [
      'with a name that a terminal obeys',
      manifest().replace('name: calm', 'name: "a\\e[31m"'),
      'CAPTURE_NAME capture.yaml:3:11',
    ],
  ];
  test.each(shapes)('%s is refused at its place', (_, text, says) => {
    const loaded = folder({ ...twoNodes, 'capture.yaml': text });
    expect(sayings(loaded)[0]).toContain(says);
    expect(loaded.ok).toBe(false);
  });
});

describe('bad input', () => {
  const red = '\u001b[31m';
  const cases: readonly [string, Record<string, string | Uint8Array>, string][] = [
    ['a tab in YAML', { 'n.yaml': 'a:\n\tb: 1' }, 'YAML_SYNTAX n.yaml:2:1'],
    ['a key twice in YAML', { 'n.yaml': 'a: 1\na: 2' }, 'YAML_DUPLICATE_KEY n.yaml:2:1'],
    ['anchors that explode', { 'n.yaml': bomb(30) }, 'YAML_TOO_MANY_NODES n.yaml'],
    ['a NUL', { 'n.yaml': 'a: 1\nb: \0' }, 'FILE_NOT_TEXT n.yaml:2:4'],
    ['UTF-16', { 'n.yaml': Buffer.from('\ufeffa: 1', 'utf16le') }, 'FILE_NOT_UTF8 n.yaml:1:1'],
    ['YAML nested too deep', { 'n.yaml': '['.repeat(5000) }, 'YAML_TOO_DEEP n.yaml:1:65'],
    ['YAML sequences nested too deep', { 'n.yaml': '- '.repeat(5000) }, 'YAML_TOO_DEEP n.yaml'],
    [
      'JSON nested too deep',
      { 'n.json': `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}` },
      'CAPTURE_OBJECT n.json:1:1 is nested deeper',
    ],
    ['JSON cut off', { 'n.json': '{"kind":\n"Li' }, 'CAPTURE_FORMAT n.json:2:4'],
    ['YAML in a .json', { 'n.json': 'kind: List' }, 'CAPTURE_FORMAT n.json:1:1'],
    [
      'half of a character',
      { 'n.json': '{"apiVersion":"v1","kind":"Node","metadata":{"name":"a","labels":{"a":"\\ud800"}}}' },
      'CAPTURE_OBJECT n.json:1:1 holds half of a character',
    ],
    [
      'a number that is none, in YAML',
      { 'n.yaml': 'apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {x: .nan}' },
      'YAML_SYNTAX n.yaml:4:11',
    ],
    ['nothing of Kubernetes', { 'n.json': '{"a":1}' }, 'CAPTURE_OBJECT n.json:1:1 has no `apiVersion`'],
    ['a list where an object should be', { 'n.json': '[1]' }, 'CAPTURE_OBJECT n.json:1:1 has no `apiVersion`'],
    [
      'an object without metadata',
      { 'n.json': '{"apiVersion":"v1","kind":"Node"}' },
      'CAPTURE_OBJECT n.json:1:1 is a Node without `metadata.name`',
    ],
    [
      'an item without metadata',
      { 'n.json': '{"apiVersion":"v1","kind":"NodeList",\n"items":[{"metadata":{"name":"a"}},\n{"spec":{}}]}' },
      'CAPTURE_OBJECT n.json:3:1 is a Node without `metadata.name`',
    ],
    [
      'items that are no list',
      { 'n.json': '{"apiVersion":"v1","kind":"NodeList","items":{}}' },
      'CAPTURE_OBJECT n.json:1:1',
    ],
    [
      'an item of another kind',
      {
        'n.json':
          '{"apiVersion":"v1","kind":"NodeList","items":[{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}]}',
      },
      'CAPTURE_OBJECT n.json:1:47',
    ],
    [
      'a node called __proto__',
      { 'n.json': '{"apiVersion":"v1","kind":"Node","metadata":{"name":"__proto__"}}' },
      'CAPTURE_NAME n.json:1:1',
    ],
    [
      'a node called ..',
      { 'n.json': '{"apiVersion":"v1","kind":"Node","metadata":{"name":".."}}' },
      'CAPTURE_NAME n.json:1:1',
    ],
    [
      'a node with a newline',
      { 'n.json': '{"apiVersion":"v1","kind":"Node","metadata":{"name":"a\\nb"}}' },
      'CAPTURE_NAME n.json:1:1',
    ],
    [
      'a role with an escape',
      { 'n.json': JSON.stringify({ apiVersion: 'x/v1', kind: 'Role', metadata: { name: red } }) },
      'CAPTURE_NAME n.json:1:1',
    ],
    [
      'a namespace that climbs',
      { 'n.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"../b"}}' },
      'CAPTURE_NAME n.json:1:1',
    ],
    ['a path that climbs', { '../n.json': '{}' }, 'CAPTURE_NAME ../n.json:1:1'],
    ['a path with an escape', { [`${red}.json`]: '{}' }, 'CAPTURE_NAME'],
    ['a host called __proto__', { 'hosts/__proto__/proc/drbd': '' }, 'CAPTURE_NAME hosts/__proto__/proc/drbd:1:1'],
    ['nothing at all', {}, 'CAPTURE_FORMAT :1:1'],
  ];
  test.each(cases)('%s is a fault with its place', (_, files, says) => {
    const started = performance.now();
    const loaded = folder(files);
    expect(sayings(loaded)[0]).toContain(says);
    expect(loaded.ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('a YAML file of 100 MB is refused before it is read', () => {
    const started = performance.now();
    expect(sayings(folder({ 'n.yaml': Buffer.alloc(100_000_000, 'a: b\n') }))[0]).toContain(
      'FILE_TOO_LARGE n.yaml:1:1',
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('the faults of all files come at once', () => {
    const codes = faultsOf(folder({ 'a.yaml': '\ta', 'b.json': '{', 'c.json': '{}' })).map(({ code }) => code);
    expect(codes).toEqual(['YAML_SYNTAX', 'CAPTURE_FORMAT', 'CAPTURE_OBJECT']);
  });

  test('the folder above several captures is told to be that, and nothing else', () => {
    const each = ['a', 'b'].map((name) => ({ [`${name}/capture.yaml`]: manifest(), [`${name}/hosts/x`]: 'x' }));
    const above = folder(Object.assign({}, ...each) as Readonly<Record<string, string>>);
    expect(sayings(above)).toEqual(['CAPTURE_FORMAT :1:1 holds captures, and is none itself']);
    expect(faultsOf(above)[0]?.hint).toBe('name one of them: `a`, `b`');
    // Deeper down, or beside a manifest, it is an object that we do not know.
    expect(sayings(folder({ 'a/b/capture.yaml': manifest() })).join()).not.toContain('holds captures');
    expect(sayings(folder({ 'capture.yaml': manifest(), 'a/capture.yaml': manifest() })).join()).not.toContain(
      'holds captures',
    );
  });

  test('one object twice with one content is one, with two contents a fault', () => {
    const other = JSON.stringify(node('node-a', { spec: { unschedulable: true } }));
    expect(namesOf(opened(folder({ ...twoNodes, 'again.json': JSON.stringify(node('node-a')) })))).toHaveLength(2);
    expect(sayings(folder({ ...twoNodes, 'other.json': other }))).toEqual([
      'CAPTURE_OBJECT other.json:1:1 `Node node-a` stands also in kubernetes/nodes.json:1:1, with another content'.replace(
        ':1:1, with',
        ':1, with',
      ),
    ]);
  });

  test('the order of files and of items changes nothing', () => {
    const more = { 'hosts/node-a/proc/drbd': 'x', 'linstor/v1/nodes.json': '[]' };
    const one = opened(folder({ ...twoNodes, ...more }));
    const other = opened(folder({ ...more, 'z.json': listing(node('node-b'), node('node-a')) }));
    expect(other).toEqual(one);
  });
});

function bomb(levels: number): string {
  const rows = Array.from(
    { length: levels },
    (_, level) => `b${level}: &b${level} [*${level ? `b${level - 1}` : 'a'}, *${level ? `b${level - 1}` : 'a'}]`,
  );
  return `a: &a [x]\n${rows.join('\n')}\n`;
}

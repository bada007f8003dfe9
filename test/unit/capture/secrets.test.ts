import { describe, expect, test } from 'vitest';
import type { PlainObject } from '../../../src/capture/plain.ts';
import { maskJsonText, maskObject, maskText } from '../../../src/capture/secrets.ts';
import { folder, listing, node, opened, packed, sayings } from './support.ts';

describe('Secrets are refused', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'aHVudGVyMg==' } };
  test.each([
    ['alone', { 's.json': JSON.stringify(secret) }, 's.json:1:1'],
    ['in a List', { 's.json': listing(node('node-a'), secret) }, 's.json:1:'],
    ['in a typed list', { 's.json': '{"apiVersion":"v1","kind":"SecretList","items":[]}' }, 's.json:1:1'],
    ['in YAML', { 's.yaml': 'apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  apiVersion: v1\n' }, 's.yaml:4:3'],
  ])('%s', (_, files, at) => {
    expect(sayings(folder(files))[0]).toContain(`CAPTURE_SECRET ${at}`);
  });
});

describe('what rides along is masked', () => {
  test('in LINSTOR’s texts, everything else byte for byte', () => {
    const text =
      '{"secret" : "abc\\"def","port":-1,"DrbdOptions/Net/shared-secret":"x","n":9223372036854775807,"master_passphrase":"","a_token":{"b":"c"}}';
    expect(maskJsonText(text)).toBe(
      '{"secret" : "***","port":-1,"DrbdOptions/Net/shared-secret":"***","n":9223372036854775807,"master_passphrase":"","a_token":{"b":"c"}}',
    );
  });

  test('in files of hosts', () => {
    const text =
      'passwd: hunter2\nname: token-ring\n  k3s_token: "abc"\nPrivateKey=abc=\nMode=802.3ad\nshared-secret "x";\nssh_password: |\n  a\n  b\nnext: 1\n';
    expect(maskText(text)).toBe(
      'passwd: ***\nname: token-ring\n  k3s_token: ***\nPrivateKey=***\nMode=802.3ad\nshared-secret ***\nssh_password: ***\nnext: 1\n',
    );
  });

  test('keys and tokens wherever they stand', () => {
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl';
    const key = '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----';
    expect(maskText(`x ${jwt} y\n${key}\nz`)).toBe('x *** y\n***\nz');
  });

  test('in objects: guests’ cloud-init, environment, kubeconfigs in ConfigMaps', () => {
    const object: PlainObject =
      JSON.parse(`{"kind":"ConfigMap","data":{"conf":"users:\\n- user:\\n    token: abc\\n    client-key-data: def\\n","state":"Idle","lockHolder":"node-a"},
      "spec":{"volumes":[{"cloudInitNoCloud":{"userData":"#cloud-config","secretRef":{"name":"n"}}}],"env":[{"name":"DB_PASSWORD","value":"x"},{"name":"A","value":"y"}],"secretName":"kept","__proto__":"kept"}}`) as PlainObject;
    maskObject(object);
    expect(JSON.stringify(object)).toBe(
      '{"kind":"ConfigMap","data":{"conf":"users:\\n- user:\\n    token: ***\\n    client-key-data: ***\\n","state":"Idle","lockHolder":"node-a"},' +
        '"spec":{"volumes":[{"cloudInitNoCloud":{"userData":"***","secretRef":{"name":"n"}}}],"env":[{"name":"DB_PASSWORD","value":"***"},{"name":"A","value":"y"}],"secretName":"kept","__proto__":"kept"}}',
    );
  });

  test('before anything is written', async () => {
    const { gunzipSync } = await import('node:zlib');
    const files = {
      'vm.json': JSON.stringify({
        apiVersion: 'kubevirt.io/v1',
        kind: 'VirtualMachine',
        metadata: { name: 'v', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' } },
        spec: { userData: 'hunter2' },
      }),
      'linstor/v1/view/resources.json': '[{"secret":"hunter2"}]',
      'hosts/node-a/oem/90_custom.yaml': 'passwd: hunter2',
    };
    const text = gunzipSync(await packed(opened(folder(files, 'all')))).toString();
    expect(text).toContain('***');
    expect(text).not.toContain('hunter2');
  });

  test('and no text makes it slow', () => {
    const texts = [
      '"secret":"'.repeat(100_000),
      `"secret":"${'\\"'.repeat(500_000)}`,
      `${' '.repeat(500_000)}token`,
      '\\"'.repeat(500_000),
      'eyJ'.repeat(300_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(20_000),
    ];
    for (const text of texts) {
      const started = performance.now();
      maskJsonText(text);
      maskText(text);
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});

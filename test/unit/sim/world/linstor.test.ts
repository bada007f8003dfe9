import { describe, expect, test } from 'vitest';
import { Lab, singleCopies, threeNodes } from './support.ts';

const view = (
  lab: Lab,
): readonly { name: string; node_name: string; flags?: string[]; volumes: { state?: { disk_state: string } }[] }[] =>
  JSON.parse(lab.linstor('GET', '/v1/view/resources').text);
const disks = (lab: Lab, name: string): Record<string, string> =>
  Object.fromEntries(
    view(lab).flatMap((one) =>
      one.name === name ? [[one.node_name, one.volumes[0]?.state?.disk_state ?? 'silent'] as const] : [],
    ),
  );

describe('placing copies', () => {
  test('autoplace adds a copy, a tie-breaker and a majority, before the copy has its data', () => {
    const lab = new Lab(singleCopies);
    expect(
      lab.linstor('POST', '/v1/resource-definitions/pvc-1/autoplace', { select_filter: { place_count: 2 } }).status,
    ).toBe(201);
    lab.wait(4_000);
    expect(disks(lab, 'pvc-1')).toEqual({
      'node-a': 'UpToDate',
      'node-b': 'Diskless',
      'node-c': expect.stringMatching(/^SyncTarget\(\d+\.\d\d%\)$/),
    });
    expect(lab.world.site.volumes.get('pvc-1')?.policy).toBe('majority');
    expect([lab.wait(60_000), disks(lab, 'pvc-1')['node-c']]).toEqual([lab, 'UpToDate']);
    expect(lab.harm).toEqual([]);
  });

  test('a group’s new count places at once, and once more does nothing', () => {
    const lab = new Lab(singleCopies);
    const put = (): number =>
      lab.linstor('PUT', '/v1/resource-groups/lvm', { select_filter: { place_count: 2 } }).status;
    expect(put()).toBe(200);
    lab.wait(60_000);
    expect(put()).toBe(200);
    expect(view(lab)).toHaveLength(6);
  });

  test('too few nodes: 500, and nothing is placed', () => {
    const lab = new Lab(singleCopies);
    const reply = lab.linstor('POST', '/v1/resource-definitions/pvc-1/autoplace', {
      select_filter: { place_count: 4 },
    });
    expect([reply.status, reply.text]).toEqual([500, expect.stringContaining('Not enough available nodes')]);
    expect(disks(lab, 'pvc-1')).toEqual({ 'node-a': 'UpToDate' });
  });

  test('what is stored for a node that is away happens when it returns', () => {
    const lab = new Lab({ ...threeNodes, nodes: 4 });
    lab.world.begin({ kind: 'satellite-offline', node: 'node-b' }, lab.nowMs);
    lab.wait(10_000);
    lab.linstor('DELETE', '/v1/resource-definitions/pvc-4/resources/node-b');
    lab.wait(10_000);
    expect(view(lab).find((one) => one.name === 'pvc-4' && one.node_name === 'node-b')?.flags).toEqual(['DELETE']);
    lab.world.end({ kind: 'satellite-offline', node: 'node-b' }, lab.nowMs);
    lab.wait(10_000);
    expect(Object.keys(disks(lab, 'pvc-4'))).not.toContain('node-b');
  });

  test.each([
    ['left on, it adds what the group asks for when its hour comes', {}, 6],
    ['switched off, it adds nothing', { BalanceResourcesEnabled: 'false' }, 2],
  ])('the balancer: %s', (_, properties, copies) => {
    const lab = new Lab(singleCopies);
    const group = lab.world.site.linstor.groups.get('lvm');
    if (group !== undefined) group.placeCount = 2;
    lab.linstor('POST', '/v1/controller/properties', { override_props: properties });
    lab.wait(3_599_000);
    expect(view(lab)).toHaveLength(2);
    lab.wait(10_000);
    expect(view(lab)).toHaveLength(copies);
  });
});

describe('satellites', () => {
  test('a node that hangs is ONLINE for 6.5 to 7.1 s, and the whole view fails meanwhile', () => {
    const lab = new Lab(threeNodes);
    const status = (): string => JSON.parse(lab.linstor('GET', '/v1/nodes').text)[2].connection_status;
    lab.world.begin({ kind: 'node-hangs', node: 'node-c' }, lab.nowMs);
    lab.wait(6_400);
    expect(status()).toBe('ONLINE');
    expect(lab.linstor('GET', '/v1/view/resources')).toMatchObject({ status: 500, tookMs: 6_500 });
    expect(lab.linstor('GET', '/v1/view/resources?nodes=node-a').status).toBe(200);
    lab.wait(800);
    expect(status()).toBe('OFFLINE');
    expect(disks(lab, 'pvc-2')['node-c']).toBe('silent');
    lab.world.end({ kind: 'node-hangs', node: 'node-c' }, lab.nowMs);
    expect([lab.wait(3_000), status()]).toEqual([lab, 'ONLINE']);
  });

  test.each([
    ['is evicted after an hour', {}, ['DELETE', 'EVICTED']],
    ['is not, where that is switched off', { 'DrbdOptions/AutoEvictAllowEviction': 'false' }, undefined],
  ])('an absent one %s', (_, properties, flags) => {
    const lab = new Lab(threeNodes);
    lab.linstor('POST', '/v1/controller/properties', { override_props: properties });
    lab.world.begin({ kind: 'node-crashes', node: 'node-c' }, lab.nowMs);
    lab.wait(3_620_000);
    expect(JSON.parse(lab.linstor('GET', '/v1/nodes').text)[2].flags).toEqual(flags);
  });

  test('a controller that comes back calls everybody OFFLINE first', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'linstor-away' }, lab.nowMs);
    expect(lab.linstor('GET', '/v1/nodes').status).toBe(0);
    lab.world.end({ kind: 'linstor-away' }, lab.nowMs);
    const all = (): readonly string[] =>
      JSON.parse(lab.linstor('GET', '/v1/nodes').text).map(
        (one: { connection_status: string }) => one.connection_status,
      );
    expect(all()).toEqual(['OFFLINE', 'OFFLINE', 'OFFLINE']);
    expect([lab.wait(12_000), all()]).toEqual([lab, ['ONLINE', 'ONLINE', 'ONLINE']]);
  });

  test('one that lies says what it said before', () => {
    const lab = new Lab(threeNodes);
    lab.linstor('GET', '/v1/view/resources');
    lab.world.begin({ kind: 'linstor-lies' }, lab.nowMs);
    lab.shell('node-a', 'drbdadm disconnect all');
    expect(lab.linstor('GET', '/v1/view/resources').text).not.toContain('StandAlone');
    lab.world.end({ kind: 'linstor-lies' }, lab.nowMs);
    expect(lab.linstor('GET', '/v1/view/resources').text).toContain('StandAlone');
  });
});

describe('snapshots', () => {
  const path = '/v1/resource-definitions/pvc-1/snapshots';
  const all = (lab: Lab): readonly { name: string; nodes: string[]; flags: string[] }[] =>
    JSON.parse(lab.linstor('GET', '/v1/view/snapshots?resources=pvc-1').text);

  test('stand on every copy, twice is refused, deleted twice is a warning', () => {
    const lab = new Lab(threeNodes);
    expect(lab.linstor('POST', path, { name: 's' }).status).toBe(201);
    expect(all(lab)).toMatchObject([{ name: 's', nodes: ['node-a', 'node-b'], flags: ['SUCCESSFUL'] }]);
    expect(lab.linstor('POST', path, { name: 's' }).status).toBe(500);
    expect(lab.linstor('DELETE', `${path}/s`).text).not.toContain('"ret_code":-');
    expect(lab.linstor('DELETE', `${path}/s`)).toMatchObject({
      status: 200,
      text: expect.stringContaining('"ret_code":-'),
    });
    expect(all(lab)).toEqual([]);
  });

  test('with a copy offline call themselves SUCCESSFUL, on fewer nodes', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'satellite-offline', node: 'node-b' }, lab.nowMs);
    lab.wait(10_000);
    expect(lab.linstor('POST', path, { name: 's' })).toMatchObject({
      status: 201,
      text: expect.stringContaining('currently offline'),
    });
    expect(all(lab)).toMatchObject([{ nodes: ['node-a'], flags: ['SUCCESSFUL'] }]);
  });

  test('with a hung satellite fail late, and stay', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'node-hangs', node: 'node-c' }, lab.nowMs);
    expect(lab.linstor('POST', path, { name: 's' })).toMatchObject({ status: 500, tookMs: 6_900 });
    expect(all(lab)).toMatchObject([{ flags: ['FAILED_DEPLOYMENT'] }]);
  });

  test('are refused while a copy is behind', () => {
    const lab = new Lab(singleCopies);
    lab.linstor('POST', '/v1/resource-definitions/pvc-1/autoplace', { select_filter: { place_count: 2 } });
    lab.wait(4_000);
    expect(lab.linstor('POST', path, { name: 's' }).status).toBe(500);
  });

  test('that leak leave the writer frozen until somebody lets it go', () => {
    const lab = new Lab(threeNodes);
    lab.world.begin({ kind: 'snapshot-leaks' }, lab.nowMs);
    lab.linstor('POST', path, { name: 's' });
    const frozen = (): unknown =>
      JSON.parse(lab.shell('node-a', 'drbdsetup status --json pvc-1').stdout)[0]['suspended-user'];
    expect(frozen()).toBe(true);
    lab.shell('node-a', 'drbdadm resume-io pvc-1');
    expect(frozen()).toBe(false);
  });
});

test('what nobody has is 404, and what is no JSON 400', () => {
  const lab = new Lab(threeNodes);
  expect(lab.linstor('GET', '/v1/nope').status).toBe(404);
  expect(lab.linstor('PUT', '/v1/resource-definitions/nosuch', {}).status).toBe(404);
  expect(lab.world.linstor('POST', '/v1/controller/properties', '{', lab.nowMs).status).toBe(400);
});

import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { nodesReport } from '../../../src/facts/node.ts';
import type { Report } from '../../../src/kernel/fact.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';
import { changed, failed, idsIn, type Loose, listed, shape, valueIn } from './cluster-fixtures.ts';

const calm = listed('calm/core_v1_nodes');
const dead = [...listed('b-node-b-notready/core_v1_nodes'), ...listed('b-node-b-notready/core_v1_pods')];
const cordoned = listed('c-node-c-cordoned-lost-quorum/core_v1_nodes');

function reportOf(raws: readonly Raw[], of: SiteShape = shape): Report | undefined {
  return nodesReport(clusterOf(raws), of);
}
function valueAfter(change: (object: Loose) => void, fact: string, raws = calm): unknown {
  return valueIn(reportOf(changed(raws, 'node-a', change)), fact, 'node-a');
}

describe('who the nodes are', () => {
  test('the Nodes that the profile selects, and its storage bond on each of them', () => {
    const report = reportOf(calm);
    expect(idsIn(report, 'node')).toEqual(['node-a', 'node-b', 'node-c']);
    expect(idsIn(report, 'bond')).toEqual(['node-a/bond1', 'node-b/bond1', 'node-c/bond1']);
    expect(report).toMatchObject({ reporter: 'kubernetes:nodes', scope: 'site', seenAtMs: 1_000 });
  });

  test('a node that another label’s value keeps out is out, with its bonds and its facts', () => {
    const raws = changed(calm, 'node-b', (node) => {
      node.metadata.labels['node-role.kubernetes.io/control-plane'] = 'no';
    });
    const report = reportOf(raws);
    expect(idsIn(report, 'node')).toEqual(['node-a', 'node-c']);
    expect(valueIn(report, 'node.ready', 'node-b')).toBeUndefined();
  });

  test('a list that was not had is unknown, not empty, though single Nodes are known', () => {
    for (const raws of [
      calm.filter((raw) => raw.from !== 'list'),
      [...calm.filter((raw) => raw.from !== 'list'), failed('v1/Node', '403 forbidden')],
    ]) {
      expect(idsIn(reportOf(raws), 'node')).toHaveProperty('failed');
      expect(idsIn(reportOf(raws), 'bond')).toHaveProperty('failed');
      expect(valueIn(reportOf(raws), 'node.ready', 'node-a')).toBe(true);
      expect(valueIn(reportOf(raws), 'site.controlPlaneNodes', 'site')).toBeUndefined();
    }
  });

  test('a Node whose labels cannot be read makes the list unknown: it may be ours', () => {
    const raws = changed(calm, 'node-b', (node) => {
      node.metadata.labels = ['control-plane'];
    });
    expect(idsIn(reportOf(raws), 'node')).toHaveProperty('failed');
  });

  test('a Node seen in two forms at one moment stays in the list and says nothing', () => {
    const twice = [
      ...calm,
      ...changed(calm, 'node-a', (node) => {
        node.spec.unschedulable = true;
      }),
    ];
    for (const raws of [twice, twice.toReversed()]) {
      expect(idsIn(reportOf(raws), 'node')).toContain('node-a');
      expect(valueIn(reportOf(raws), 'node.schedulable', 'node-a')).toBeUndefined();
      expect(valueIn(reportOf(raws), 'node.schedulable', 'node-b')).toBe(true);
    }
  });

  test('of two moments the newer one is believed', () => {
    const later = changed(listed('calm/core_v1_nodes', 2_000), 'node-a', (node) => {
      node.spec.unschedulable = true;
    });
    for (const raws of [
      [...calm, ...later],
      [...later, ...calm],
    ]) {
      expect(valueIn(reportOf(raws), 'node.schedulable', 'node-a')).toBe(false);
    }
  });

  test('without a single Node or Pod there is no report', () => {
    expect(reportOf([])).toBeUndefined();
  });
});

describe('what a calm Node says', () => {
  test.each([
    ['node.name', 'node-a'],
    ['node.ready', true],
    ['node.memoryPressure', false],
    ['node.schedulable', true],
    ['node.cordonedBy', null],
    ['node.bootState', 'active'],
    ['node.foreignTaints', []],
    ['node.role', 'control-plane'],
    ['node.eligible', true],
  ])('%s is %j', (fact, value) => {
    expect(valueIn(reportOf(calm), fact, 'node-a')).toEqual(value);
  });

  test('its boot id is what the kubelet reports, and three nodes run the control plane', () => {
    expect(valueIn(reportOf(calm), 'node.bootId', 'node-a')).toMatch(/^[0-9a-f-]{36}$/);
    expect(valueIn(reportOf(calm), 'site.controlPlaneNodes', 'site')).toBe(3);
  });
});

describe('a node that nobody hears of', () => {
  const report = reportOf(dead);
  test('a condition Unknown is not False', () => {
    expect(valueIn(report, 'node.ready', 'node-b')).toEqual({ unreadable: 'Unknown' });
    expect(valueIn(report, 'node.memoryPressure', 'node-b')).toEqual({ unreadable: 'Unknown' });
    expect(valueIn(report, 'node.ready', 'node-a')).toBe(true);
  });
  test('its taints are not ours', () => {
    expect(valueIn(report, 'node.foreignTaints', 'node-b')).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ]);
  });
  test('its virt-handler still has the phase Running, and is not ready', () => {
    expect(valueIn(report, 'node.virtHandlerReady', 'node-b')).toBe(false);
    expect(valueIn(report, 'node.virtHandlerReady', 'node-a')).toBe(true);
  });
});

describe('virt-handler', () => {
  const handler = (name: string, status: string, more: object = {}): Raw => ({
    from: 'object',
    at: 1_000,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'kubevirt', labels: { 'kubevirt.io': 'virt-handler' }, ...more },
      spec: { nodeName: 'node-a' },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status }] },
    },
  });
  test.each<[string, Raw[], unknown]>([
    ['is not known where no Pod of it was seen', [], undefined],
    ['is as its Pod says', [handler('one', 'False')], false],
    [
      'is not known from a Pod that is being deleted',
      [handler('old', 'True', { deletionTimestamp: '2026-11-21T08:00:00Z' })],
      undefined,
    ],
    [
      'is unreadable when two Pods differ',
      [handler('one', 'True'), handler('two', 'False')],
      { unreadable: 'both true and false' },
    ],
    ['is unreadable when its readiness is Unknown', [handler('one', 'Unknown')], { unreadable: 'Unknown' }],
  ])('%s', (_, pods, value) => {
    expect(valueIn(reportOf([...calm, ...pods]), 'node.virtHandlerReady', 'node-a')).toEqual(value);
  });
});

describe('a cordon', () => {
  const report = reportOf(cordoned);
  test('names who set the field, as the API server noted it', () => {
    expect(valueIn(report, 'node.schedulable', 'node-c')).toBe(false);
    expect(valueIn(report, 'node.cordonedBy', 'node-c')).toBe('kubectl-cordon');
    expect(valueIn(report, 'node.eligible', 'node-c')).toBe(false);
  });
  test('has a shadow among the taints, which is not a second thing; the HA controller’s is', () => {
    expect(valueIn(report, 'node.foreignTaints', 'node-c')).toEqual(['drbd.linbit.com/lost-quorum:NoSchedule']);
  });
  const cordon = (more: (node: Loose) => void) => (node: Loose) => {
    node.spec.unschedulable = true;
    node.metadata.managedFields = [];
    more(node);
  };
  test.each<[string, (node: Loose) => void, unknown]>([
    ['nobody left a name: neither nobody nor a name', () => {}, { unreadable: 'somebody who left no name' }],
    [
      'managed fields left out, as kubectl does',
      (node) => {
        delete node.metadata.managedFields;
      },
      { unreadable: 'somebody who left no name' },
    ],
    [
      'the Kairos operator’s mark',
      (node) => {
        node.metadata.annotations['operator.kairos.io/cordoned-by'] = 'kairos/up@1';
      },
      'kairos/up@1',
    ],
    [
      'our own mark',
      (node) => {
        node.metadata.annotations['nodewright.spectrocloud.com/cordoned-by'] = 'nodewright';
      },
      'nodewright',
    ],
    [
      'two marks',
      (node) => {
        node.metadata.annotations['nodewright.spectrocloud.com/cordoned-by'] = 'nodewright';
        node.metadata.annotations['operator.kairos.io/cordoned-by'] = 'kairos/up@1';
      },
      { unreadable: 'kairos/up@1 and nodewright' },
    ],
  ])('by %s', (_, change, value) => {
    expect(valueAfter(cordon(change), 'node.cordonedBy')).toEqual(value);
  });
  test('a mark that stayed behind after the cordon went names nobody', () => {
    const change = (node: Loose): void => {
      node.metadata.annotations['operator.kairos.io/cordoned-by'] = 'kairos/up@1';
    };
    expect(valueAfter(change, 'node.cordonedBy')).toBeNull();
  });
  test('of our own leaves the node eligible', () => {
    const ours = cordon((node) => {
      node.metadata.annotations['nodewright.spectrocloud.com/cordoned-by'] = 'nodewright';
    });
    expect(valueAfter(ours, 'node.eligible')).toBe(true);
    expect(
      valueAfter(
        cordon(() => {}),
        'node.eligible',
      ),
    ).toBe(false);
  });
});

describe('odd shapes', () => {
  test.each<[string, string, (node: Loose) => void, unknown]>([
    [
      'no conditions',
      'node.ready',
      (node) => {
        delete node.status.conditions;
      },
      undefined,
    ],
    [
      'no status at all',
      'node.bootId',
      (node) => {
        delete node.status;
      },
      undefined,
    ],
    [
      'two conditions of one type',
      'node.ready',
      (node) => {
        node.status.conditions.push({ type: 'Ready', status: 'True' });
      },
      { unreadable: 'two conditions Ready' },
    ],
    [
      'a status that is no status',
      'node.ready',
      (node) => {
        node.status.conditions = [{ type: 'Ready', status: 'Maybe' }];
      },
      { unreadable: 'Maybe' },
    ],
    [
      'a condition without a status',
      'node.ready',
      (node) => {
        node.status.conditions = [{ type: 'Ready' }];
      },
      { unreadable: 'nothing' },
    ],
    [
      'true instead of "True"',
      'node.ready',
      (node) => {
        node.status.conditions = [{ type: 'Ready', status: true }];
      },
      { unreadable: 'true' },
    ],
    [
      'conditions as an object',
      'node.ready',
      (node) => {
        node.status.conditions = { Ready: 'True' };
      },
      { unreadable: 'conditions that are no list' },
    ],
    [
      'no spec',
      'node.schedulable',
      (node) => {
        delete node.spec;
      },
      undefined,
    ],
    [
      'no spec',
      'node.foreignTaints',
      (node) => {
        delete node.spec;
      },
      undefined,
    ],
    [
      'unschedulable as text',
      'node.schedulable',
      (node) => {
        node.spec.unschedulable = 'true';
      },
      { unreadable: 'true' },
    ],
    [
      'a taint without a key',
      'node.foreignTaints',
      (node) => {
        node.spec.taints = [{ effect: 'NoSchedule' }];
      },
      { unreadable: 'a taint without key or effect' },
    ],
    [
      'an effect that we do not know',
      'node.foreignTaints',
      (node) => {
        node.spec.taints = [{ key: 'a', effect: 'NoAdmit' }];
      },
      { unreadable: 'a:NoAdmit' },
    ],
    [
      'our own taint',
      'node.foreignTaints',
      (node) => {
        node.spec.taints = [{ key: 'nodewright.spectrocloud.com/x', effect: 'NoSchedule' }];
      },
      [],
    ],
    [
      'a taint that begins like ours',
      'node.foreignTaints',
      (node) => {
        node.spec.taints = [{ key: 'nodewright.spectrocloud.community/x', effect: 'NoSchedule' }];
      },
      ['nodewright.spectrocloud.community/x:NoSchedule'],
    ],
    [
      'the cordon’s shadow without a cordon',
      'node.foreignTaints',
      (node) => {
        node.spec.taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
      },
      ['node.kubernetes.io/unschedulable:NoSchedule'],
    ],
    [
      'a mere preference',
      'node.foreignTaints',
      (node) => {
        node.spec.taints = [{ key: 'a', effect: 'PreferNoSchedule' }];
      },
      [],
    ],
    [
      'a boot state that its labeler does not know',
      'node.bootState',
      (node) => {
        node.metadata.labels['kairos.io/boot-state'] = 'unknown';
      },
      { unreadable: 'unknown' },
    ],
    [
      'a fallback',
      'node.bootState',
      (node) => {
        node.metadata.labels['kairos.io/boot-state'] = 'passive';
      },
      'passive',
    ],
    [
      'a fallback',
      'node.eligible',
      (node) => {
        node.metadata.labels['kairos.io/boot-state'] = 'passive';
      },
      false,
    ],
    [
      'no boot state',
      'node.eligible',
      (node) => {
        delete node.metadata.labels['kairos.io/boot-state'];
      },
      undefined,
    ],
    [
      'a strange boot state',
      'node.eligible',
      (node) => {
        node.metadata.labels['kairos.io/boot-state'] = 'aktiv';
      },
      { unreadable: 'aktiv' },
    ],
    [
      'a node being removed',
      'node.eligible',
      (node) => {
        node.metadata.deletionTimestamp = '2026-11-21T08:00:00Z';
      },
      false,
    ],
    [
      'an empty boot id',
      'node.bootId',
      (node) => {
        node.status.nodeInfo.bootID = '';
      },
      undefined,
    ],
  ])('%s: %s', (_, fact, change, value) => {
    expect(valueAfter(change, fact)).toEqual(value);
  });

  test('a node without any label was not read whole; one with other labels is a worker', () => {
    const everybody = { ...shape, nodes: { ...shape.nodes, matchLabels: {} } };
    const bare = changed(calm, 'node-a', (node) => {
      delete node.metadata.labels;
    });
    expect(valueIn(reportOf(bare, everybody), 'node.role', 'node-a')).toBeUndefined();
    expect(valueIn(reportOf(bare, everybody), 'site.controlPlaneNodes', 'site')).toHaveProperty('unreadable');
    const worker = changed(calm, 'node-a', (node) => {
      node.metadata.labels = { a: 'b' };
    });
    expect(valueIn(reportOf(worker, everybody), 'node.role', 'node-a')).toBe('worker');
    expect(valueIn(reportOf(worker, everybody), 'site.controlPlaneNodes', 'site')).toBe(2);
  });

  test('an operating system without a fallback image asks for no boot state', () => {
    const ubuntu: SiteShape = { ...shape, os: 'ubuntu' };
    const bare = changed(calm, 'node-a', (node) => {
      delete node.metadata.labels['kairos.io/boot-state'];
    });
    expect(valueIn(reportOf(bare, ubuntu), 'node.eligible', 'node-a')).toBe(true);
  });

  test('where the label is missing the node’s own word counts, and both must agree', () => {
    const bare = changed(calm, 'node-a', (node) => {
      delete node.metadata.labels['kairos.io/boot-state'];
    });
    const boots = (word: string) => new Map([['node-a', [{ word, at: 500 }]]]);
    const eligible = (raws: readonly Raw[], word: string): unknown =>
      valueIn(nodesReport(clusterOf(raws), shape, boots(word)), 'node.eligible', 'node-a');
    expect(eligible(bare, 'active')).toBe(true);
    expect(eligible(bare, 'recovery')).toBe(false);
    expect(eligible(calm, 'passive')).toEqual({ unreadable: 'both active and passive' });
  });
});

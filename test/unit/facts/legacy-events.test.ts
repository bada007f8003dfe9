import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { legacyReport } from '../../../src/facts/legacy.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import type { LegacyNames, SiteShape } from '../../../src/kernel/site-shape.ts';
import { changed, failed, type Loose, listed, made, shape, valueIn } from './cluster-fixtures.ts';

const legacy: LegacyNames = {
  ...(shape.legacy as NonNullable<SiteShape['legacy']>),
  events: { reporter: 'vx-rail/node-init' },
};
const core = listed('calm/core_v1_events');
const midway = listed('f-legacy-mid-upgrade/events.k8s.io_v1_events', 2_000);
const newKind = 'events.k8s.io/v1/Event';
const taintSkipped = 'vx-rail-node-init-4zlpz.18ea00cce914d800';

function saidOf(raws: readonly Raw[], of: LegacyNames = legacy): readonly unknown[] {
  const report = legacyReport(clusterOf(raws), { ...shape, legacy: of });
  return ['site.legacyWarnings', 'site.legacyWarningCount'].map((fact) => valueIn(report, fact, 'site'));
}
const skipped = (change: (event: Loose) => void): Raw[] => changed(core, taintSkipped, change);

describe('what the legacy DaemonSet warned of', () => {
  test('is read of either group, whose fields differ', () => {
    expect(saidOf(core)).toEqual([['TaintSkipped'], 3]);
    expect(saidOf(midway)).toEqual([['TaintSkipped', 'WaitingForPeer'], 17]);
  });
  test('is the word of the list that was had last, and counted once', () => {
    for (const raws of [
      [...core, ...midway],
      [...midway, ...core],
    ]) {
      expect(saidOf(raws)).toEqual([['TaintSkipped', 'WaitingForPeer'], 17]);
    }
    expect(saidOf([...core, failed(newKind, '403 forbidden', 3_000)])).toEqual([['TaintSkipped'], 3]);
  });
  test('is the newer group’s word where both were had at one moment', () => {
    const report = legacyReport(clusterOf([...core, ...listed('f-legacy-mid-upgrade/events.k8s.io_v1_events')]), {
      ...shape,
      legacy,
    });
    expect(new Set(report?.observations.map(({ source }) => source))).toEqual(new Set([`list of ${newKind}`]));
  });
  test('is a claim, as old as its list', () => {
    const report = legacyReport(clusterOf(midway), { ...shape, legacy });
    expect(report).toMatchObject({ reporter: 'legacy', seenAtMs: 2_000 });
    expect(report?.observations.map(({ grade, seenAtMs, source }) => [grade, seenAtMs, source])).toEqual([
      ['reported', 2_000, 'list of events.k8s.io/v1/Event'],
      ['reported', 2_000, 'list of events.k8s.io/v1/Event'],
    ]);
  });
  test('is nothing where nothing is kept, and that is no good sign', () => {
    expect(saidOf(made(newKind, []))).toEqual([[], 0]);
  });
  test.each<[string, Raw[]]>([
    ['nobody listed Events', listed('calm/core_v1_configmaps')],
    ['the list failed', [...midway, failed(newKind, 'HTTP 500', 2_000)]],
    ['single Events are no list', midway.filter(({ from }) => from === 'object')],
  ])('is unknown: %s', (_, raws) => {
    expect(saidOf(raws)).toEqual([undefined, undefined]);
  });
  test('is unknown where the profile does not say as whom it writes', () => {
    const { events: _, ...silent } = legacy;
    expect(saidOf(midway, silent)).toEqual([undefined, undefined]);
  });
  test('is what it says itself, not what Kubernetes says of it', () => {
    expect(saidOf(core, { ...legacy, events: { reporter: 'daemonset-controller' } })).toEqual([[], 0]);
    expect(saidOf(core, { ...legacy, namespace: 'default' })).toEqual([[], 0]);
  });

  test.each<[string, (event: Loose) => void, readonly unknown[]]>([
    [
      'the old style names its component elsewhere, and counts beside a series',
      (event) => {
        event.reportingComponent = '';
        event.source = { component: 'vx-rail/node-init' };
        delete event.series;
        event.count = 5;
      },
      [['TaintSkipped'], 5],
    ],
    [
      'a series counts more than the count of old',
      (event) => {
        event.count = 1;
      },
      [['TaintSkipped'], 3],
    ],
    [
      'one without a count happened once',
      (event) => {
        delete event.series;
      },
      [['TaintSkipped'], 1],
    ],
    [
      'a component of old does not go before the reporter',
      (event) => {
        event.reportingComponent = 'somebody/else';
        event.source = { component: 'vx-rail/node-init' };
      },
      [[], 0],
    ],
    [
      'a count that is none',
      (event) => {
        event.series.count = 'many';
      },
      [['TaintSkipped'], { unreadable: 'many' }],
    ],
    [
      'a count below one',
      (event) => {
        event.series.count = 0;
      },
      [['TaintSkipped'], { unreadable: '0' }],
    ],
    [
      'a type that we do not know',
      (event) => {
        event.type = 'Error';
      },
      [{ unreadable: 'Error' }, { unreadable: 'Error' }],
    ],
    [
      'a reason that is none',
      (event) => {
        delete event.reason;
      },
      [{ unreadable: 'nothing' }, { unreadable: 'nothing' }],
    ],
    [
      'a reason like what every object has',
      (event) => {
        event.reason = '__proto__';
      },
      [['__proto__'], 3],
    ],
  ])('%s', (_, change, expected) => {
    expect(saidOf(skipped(change))).toEqual(expected);
  });
  test('in the old style of the newer group', () => {
    const raws = changed(midway, 'vx-rail-node-init-4zlpz.18ea00d248886900', (event) => {
      event.reportingController = '';
      event.deprecatedSource = { component: 'vx-rail/node-init' };
      delete event.series;
      event.deprecatedCount = 20;
    });
    expect(saidOf(raws)).toEqual([['TaintSkipped', 'WaitingForPeer'], 23]);
  });
  test('one in two forms of one moment is unreadable', () => {
    const both = [
      ...core,
      ...skipped((event) => {
        event.series.count = 4;
      }),
    ];
    const strange = { unreadable: 'an Event in two forms' };
    expect(saidOf(both)).toEqual([strange, strange]);
  });
});

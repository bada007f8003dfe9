import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../src/facts/kube.ts';
import { lockReport } from '../../../src/facts/lock.ts';
import type { Raw } from '../../../src/kernel/raw.ts';
import { changed, failed, type Loose, listed, made, shape, valueIn } from './cluster-fixtures.ts';

// Any Lease will do: this one is held by Piraeus’ own operator.
const calm = listed('calm/coordination.k8s.io_v1_leases');
const named = { ...shape, lock: { lease: { namespace: 'piraeus-system', name: 'piraeus-operator' } } };
const holder = 'piraeus-operator-controller-manager-6d9c7f5b8c-x2x7q_934be244-e63f-568c-b39c-2b74f130f91f';
const kind = 'coordination.k8s.io/v1/Lease';

const holderIn = (raws: readonly Raw[]): unknown => valueIn(lockReport(clusterOf(raws), named), 'site.lock', 'site');
const withSpec = (change: (spec: Loose) => void): Raw[] =>
  changed(calm, 'piraeus-operator', (lease) => change(lease.spec));

describe('the Lease that is the lock of the site', () => {
  test.each<[string, Raw[], unknown]>([
    ['is held by whoever stands in it', calm, holder],
    [
      'is held by nobody once it was let go',
      withSpec((spec) => {
        spec.holderIdentity = '';
      }),
      null,
    ],
    [
      'is held by nobody where nobody ever stood in it',
      withSpec((spec) => {
        delete spec.holderIdentity;
      }),
      null,
    ],
    [
      'is held by a name that is not one of ours, as it came',
      withSpec((spec) => {
        spec.holderIdentity = ' \u001b[31mme';
      }),
      ' \u001b[31mme',
    ],
    [
      'is not free because its holder is no text',
      withSpec((spec) => {
        spec.holderIdentity = 7;
      }),
      { unreadable: '7' },
    ],
    [
      'is not free because nothing stands in it at all',
      changed(calm, 'piraeus-operator', (lease) => {
        delete lease.spec;
      }),
      { unreadable: 'a Lease without a spec' },
    ],
    ['is not free because nobody has made it yet', made(kind, []), undefined],
    ['is not free because Leases could not be listed', [failed(kind, '403 forbidden')], undefined],
    [
      'is not another namespace’s of that name',
      changed(calm, 'piraeus-operator', (lease) => {
        lease.metadata.namespace = 'default';
      }),
      undefined,
    ],
  ])('%s', (_, raws, value) => {
    expect(holderIn(raws)).toEqual(value);
  });
  test('stays held when its renewal is years away from our clock, on either side', () => {
    for (const renewTime of ['1970-01-01T00:00:00.000000Z', '2100-01-01T00:00:00.000000Z', undefined]) {
      const raws = withSpec((spec) => {
        spec.renewTime = renewTime;
        spec.leaseDurationSeconds = 1;
      });
      expect(holderIn(raws)).toBe(holder);
      expect(lockReport(clusterOf(raws), named)?.seenAtMs).toBe(1_000);
    }
  });
  test('in two forms of one moment is unreadable, in whatever order they come', () => {
    const free = withSpec((spec) => {
      spec.holderIdentity = '';
    });
    for (const raws of [
      [...calm, ...free],
      [...free, ...calm],
    ]) {
      expect(holderIn(raws)).toEqual({ unreadable: 'the Lease in two forms' });
    }
  });
  test('is seen, and not claimed', () => {
    expect(lockReport(clusterOf(calm), named)).toMatchObject({
      reporter: 'kubernetes:lock',
      scope: 'site',
      observations: [{ grade: 'observed', source: 'Lease piraeus-system/piraeus-operator', seenAtMs: 1_000 }],
    });
  });
  test('is none where the profile names none', () => {
    expect(lockReport(clusterOf(calm), shape)).toBeUndefined();
  });
});

import { drbdJsonObservations } from '../src/facts/drbd.ts';
import type { Row } from './row.ts';

const rounds = 101;
const warmUp = 20;

/** `drbdsetup status --json` of 1,000 resources with two peers each, text to observations, against JSON.parse of the same text in
 *  the same round. */
export async function measure(): Promise<readonly Row[]> {
  const bytes = Buffer.from(
    JSON.stringify(
      Array.from({ length: 1000 }, (_, at) => resource(at)),
      null,
      2,
    ),
  );
  const ratios: number[] = [];
  let seen = 0;
  for (let round = 0; round < rounds + warmUp; round += 1) {
    // A text of its own each: an engine may remember what it has flattened.
    const [first, second] = [bytes.toString('latin1'), bytes.toString('latin1')];
    const parse = millisecondsOf(() => {
      seen += (JSON.parse(first) as unknown[]).length;
    });
    const observe = millisecondsOf(() => {
      seen += drbdJsonObservations('node-a', second, 0, 'drbdsetup status on node-a').length;
    });
    if (round >= warmUp) ratios.push(observe / parse);
  }
  if (seen === 0) throw new Error('nothing was measured');
  const figure = ratios.sort((left, right) => left - right)[rounds >> 1] ?? Number.NaN;
  return [
    {
      name: 'DRBD JSON, 1,000 resources × 2 peers: text to facts, against JSON.parse',
      figure,
      unit: '×',
      goal: '≤ 1.2×',
      ok: figure <= 1.2,
    },
  ];
}

function millisecondsOf(what: () => void): number {
  const started = performance.now();
  what();
  return performance.now() - started;
}

function resource(at: number): unknown {
  return {
    name: `pvc-${String(at).padStart(8, '0')}-3cf9-4069-8a0f-417205aa301f`,
    'node-id': 0,
    role: at % 3 === 0 ? 'Primary' : 'Secondary',
    suspended: false,
    'suspended-user': false,
    'suspended-no-data': false,
    'suspended-fencing': false,
    'suspended-quorum': false,
    'force-io-failures': false,
    'write-ordering': 'flush',
    devices: [
      {
        volume: 0,
        minor: 1000 + at,
        'disk-state': 'UpToDate',
        client: false,
        open: at % 3 === 0,
        quorum: true,
        size: 41943040,
        read: 102340,
        written: 0,
        'al-writes': 12,
        'bm-writes': 0,
        'upper-pending': 0,
        'lower-pending': 0,
      },
    ],
    connections: [connection('node-b', 1, at), connection('node-c', 2, at)],
  };
}

function connection(peer: string, id: number, at: number): unknown {
  return {
    'peer-node-id': id,
    name: peer,
    'connection-state': 'Connected',
    congested: false,
    'peer-role': 'Secondary',
    tls: false,
    'ap-in-flight': 0,
    'rs-in-flight': 0,
    paths: [
      {
        this_host: { address: '10.10.40.11', port: 7000 + at, family: 'ipv4' },
        remote_host: { address: '10.10.40.12', port: 7000 + at, family: 'ipv4' },
        established: true,
      },
    ],
    peer_devices: [
      {
        volume: 0,
        'replication-state': 'Established',
        'peer-disk-state': 'UpToDate',
        'peer-client': false,
        'resync-suspended': 'no',
        received: 0,
        sent: 102340,
        'out-of-sync': at % 50 === 0 ? 12 : 0,
        pending: 0,
        unacked: 0,
        'has-sync-details': false,
        'has-online-verify-details': false,
        'percent-in-sync': 100,
      },
    ],
  };
}

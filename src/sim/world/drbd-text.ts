import { lossOf } from './drbd.ts';
import { addressOf } from './network.ts';
import { pairsOf, replicaOf, sideOf } from './pairs.ts';
import { leftOf } from './resync.ts';
import {
  type Host,
  type Pair,
  type Replica,
  resourceKey,
  resyncRate,
  type Side,
  type Site,
  type Volume,
} from './state.ts';
import { oosOf } from './writes.ts';

export const drbdVersion = '9.2.18';

/** `drbdadm --version` */
export const versionText = [
  'DRBDADM_BUILDTAG=GIT-hash:\\ 0e0f0bf0d9bfb1f1f6b6a7f6d54fd5e37ce9e4bd\\ build\\ by\\ @buildsystem\\,\\ 2026-06-30\\ 09:12:44',
  'DRBDADM_API_VERSION=2',
  'DRBD_KERNEL_VERSION_CODE=0x090212',
  `DRBD_KERNEL_VERSION=${drbdVersion}`,
  'DRBDADM_VERSION_CODE=0x092203',
  'DRBDADM_VERSION=9.34.3',
  '',
].join('\n');

/** `/proc/drbd` of DRBD 9: its version only. */
export const procDrbdText = [
  `version: ${drbdVersion} (api:2/proto:86-122)`,
  'GIT-hash: 7b6a0b9d7a2b1c3f4e5d6c7b8a9f0e1d2c3b4a5f build by @buildsystem, 2026-06-30 09:11:02',
  `Transports (api:21): tcp (${drbdVersion})`,
  '',
].join('\n');

export interface StatusText {
  readonly text: string;
  /** It says the same until then. */
  readonly untilMs: number;
}

/** `drbdsetup status --json --statistics --verbose`, laid out as drbd-utils' printer does it. */
export function statusText(site: Site, host: Host, only?: string): StatusText {
  let everyMs = Number.POSITIVE_INFINITY;
  const resources: string[] = [];
  for (const volume of site.volumes.values()) {
    const own = replicaOf(volume, host.name);
    if (own === undefined || (only !== undefined && only !== volume.name)) continue;
    const known = host.texts.get(resourceKey(volume));
    if (known !== undefined) {
      resources.push(known.text);
      continue;
    }
    const pairs = pairsOf(volume, host.name);
    const pacesMs = Math.min(...pairs.map((pair) => pace(volume, pair)));
    const text = resourceText(site, volume, own, pairs);
    if (pacesMs === Number.POSITIVE_INFINITY) host.texts.set(resourceKey(volume), { text, untilMs: pacesMs });
    everyMs = Math.min(everyMs, pacesMs);
    resources.push(text);
  }
  const text = resources.length === 0 ? '[\n]\n' : `[\n${resources.join(',\n')}\n]\n`;
  return {
    text,
    untilMs: everyMs === Number.POSITIVE_INFINITY ? everyMs : (Math.floor(site.nowMs / everyMs) + 1) * everyMs - 1,
  };
}

/** How often its numbers are looked at anew: those of a resync every second, those of a copy that falls behind every ten. */
function pace(volume: Volume, { resync, ends }: Pair): number {
  if (resync !== undefined && !volume.resyncStalled) return 1_000;
  return ends.some(({ oosSinceMs }) => oosSinceMs !== undefined) ? 10_000 : Number.POSITIVE_INFINITY;
}

function resourceText(site: Site, volume: Volume, own: Replica, pairs: readonly Pair[]): string {
  const has = (word: string): boolean => own.suspended.has(word);
  const connections = pairs.map((pair) => connectionText(site, volume, own, pair));
  return [
    '{',
    `  "name": "${volume.name}",`,
    `  "node-id": ${own.nodeId},`,
    `  "role": "${own.role}",`,
    `  "suspended": ${own.suspended.size > 0},`,
    `  "suspended-user": ${has('user')},`,
    `  "suspended-no-data": ${has('no-data')},`,
    `  "suspended-fencing": false,`,
    `  "suspended-quorum": ${has('quorum')},`,
    '  "force-io-failures": false,',
    '  "write-ordering": "flush",',
    '  "devices": [',
    deviceText(volume, own),
    '  ],',
    '  "connections": [',
    ...(connections.length === 0 ? [] : [connections.join(',\n')]),
    '  ]',
    '}',
  ].join('\n');
}

function deviceText(volume: Volume, own: Replica): string {
  return [
    '    {',
    '      "volume": 0,',
    `      "minor": ${volumeMinor(volume)},`,
    `      "disk-state": "${own.disk}",`,
    `      "client": ${own.kind !== 'diskful'},`,
    `      "open": ${own.open},`,
    `      "quorum": ${own.quorum},`,
    `      "size": ${volume.sizeKib},`,
    '      "read": 0,',
    '      "written": 0,',
    '      "al-writes": 12,',
    '      "bm-writes": 0,',
    `      "upper-pending": ${own.suspended.size > 0 ? 1 : 0},`,
    '      "lower-pending": 0',
    '    }',
  ].join('\n');
}

export function volumeMinor({ index }: Volume): number {
  return 1000 + index;
}

export function volumePort({ index }: Volume): number {
  return 7000 + index;
}

function connectionText(site: Site, volume: Volume, own: Replica, pair: Pair): string {
  const side = sideOf(pair, own.node);
  const peer = volume.replicas.get(side.peer);
  const hosts = [site.hosts.get(side.node), site.hosts.get(side.peer)] as const;
  const [here, there] = hosts.map((one) => (one === undefined ? '0.0.0.0' : addressOf(one)));
  const connected = side.state === 'Connected';
  // Where half of the packets are lost only what waits betrays it (host-lab.md, finding 2).
  const waits = connected && own.role === 'Primary' && lossOf(site, volume, pair) > 0;
  const path = (address: string | undefined): string =>
    `{ "address": "${address}", "port": ${volumePort(volume)}, "family": "ipv4" }`;
  return [
    '    {',
    `      "peer-node-id": ${peer?.nodeId ?? 0},`,
    `      "name": "${side.peer}",`,
    `      "connection-state": "${side.state}",`,
    '      "congested": false,',
    `      "peer-role": "${connected ? (peer?.role ?? 'Unknown') : 'Unknown'}",`,
    '      "tls": false,',
    `      "ap-in-flight": ${waits ? 24 : 0},`,
    '      "rs-in-flight": 0,',
    '      "paths": [',
    `        { "this_host": ${path(here)}, "remote_host": ${path(there)}, "established": ${connected} }`,
    '      ],',
    '      "peer_devices": [',
    peerDeviceText(site, volume, pair, side, waits),
    '      ]',
    '    }',
  ].join('\n');
}

function peerDeviceText(site: Site, volume: Volume, pair: Pair, side: Side, waits: boolean): string {
  const { resync } = pair;
  const runs = resync !== undefined && side.state === 'Connected';
  const oos = runs ? leftOf(site, volume, resync) : oosOf(site, volume, side);
  const peer = volume.replicas.get(side.peer);
  const percent = (part: number): string => (100 * part).toFixed(2);
  return [
    '        {',
    '          "volume": 0,',
    `          "replication-state": "${side.replication}",`,
    `          "peer-disk-state": "${side.peerDisk}",`,
    `          "peer-client": ${peer !== undefined && peer.kind !== 'diskful'},`,
    `          "resync-suspended": "${side.replication.startsWith('Paused') ? 'dependency' : 'no'}",`,
    '          "received": 0,',
    '          "sent": 102340,',
    `          "out-of-sync": ${Math.ceil(oos)},`,
    `          "pending": ${waits ? 3 : 0},`,
    '          "unacked": 0,',
    `          "has-sync-details": ${runs},`,
    '          "has-online-verify-details": false,',
    `          "percent-in-sync": ${percent(1 - oos / volume.sizeKib)}${runs ? ',' : ''}`,
    ...(runs ? syncDetails(resync.totalKib, oos, volume.resyncStalled) : []),
    '        }',
  ].join('\n');
}

function syncDetails(totalKib: number, leftKib: number, stalled: boolean): readonly string[] {
  const rate = stalled ? 0 : (resyncRate * 1000) / 1024;
  return [
    `          "rs-total": ${totalKib * 2},`,
    '          "rs-paused-ms": 0,',
    '          "rs-failed": 0,',
    '          "rs-same-csum": 0,',
    `          "want": 100.00,`,
    `          "db1/dt1 [MiB/s]": ${rate.toFixed(2)},`,
    `          "estimated-seconds-to-finish": ${stalled ? 987654321 : Math.ceil(leftKib / resyncRate / 1000)},`,
    `          "db/dt [MiB/s]": ${rate.toFixed(2)},`,
    `          "percent-resync-done": ${(100 * (1 - leftKib / Math.max(1, totalKib))).toFixed(2)}`,
  ];
}

import { type DrbdLine, keysOf, namelessPeer } from './drbd-lines.ts';

/** `drbdadm status` → lines in the words of `events2`. What it does not print at all stays unknown: without `--verbose`
 *  it is silent of what is as usual, and of a StandAlone peer altogether. One thing its silence does say: a peer is printed
 *  with its role only while it is connected, and then without a `connection:`. */
export function drbdAdmLines(text: string): readonly DrbdLine[] {
  const lines: { readonly object: string; readonly keys: Map<string, string> }[] = [];
  let name = '';
  let peer = '';
  for (const raw of text.split(/\r?\n/)) {
    if (raw.trim() === '') continue;
    const tokens = raw.trim().split(/\s+/);
    const indent = raw.length - raw.trimStart().length;
    const first = tokens[0] ?? '';
    const named = indent === 0 || (indent === 2 && !/^(volume|disk):/.test(first));
    const keys = keysOf(named ? tokens.slice(1) : tokens);
    // A sentence (`r0: No such resource`) is no status; and a status with a line that we cannot take apart hides something.
    if (keys === undefined || keys.has('name') || keys.has('conn-name') || /:$/.test(first)) return [];
    if (indent === 0) {
      name = first;
      peer = '';
      lines.push({ object: 'resource', keys: keys.set('name', name) });
    } else if (name === '') {
      return [];
    } else if (indent === 2 && named) {
      peer = first;
      if (keys.has('role') && !keys.has('connection')) keys.set('connection', 'Connected');
      lines.push({ object: 'connection', keys: keys.set('name', name).set('conn-name', peer) });
    } else if (indent === 2) {
      peer = '';
      lines.push({ object: 'device', keys: withVolume(keys).set('name', name) });
    } else if (indent === 4 && peer !== '' && /^(volume|replication|peer-disk):/.test(first)) {
      lines.push({ object: 'peer-device', keys: withVolume(keys).set('name', name).set('conn-name', peer) });
    } else {
      // A long line is broken and goes on further in.
      const last = lines.at(-1);
      for (const [key, value] of keys) {
        if (last === undefined || last.keys.has(key)) return [];
        last.keys.set(key, value);
      }
    }
  }
  return lines;
}

/** The number is left out where the resource has one volume only, and that is 0. */
function withVolume(keys: Map<string, string>): Map<string, string> {
  return keys.has('volume') ? keys : keys.set('volume', '0');
}

/** The one word `cs:` of /proc/drbd is the state of the connection until it is connected, and from then on what
 *  replication does. `WFConnection` is what everybody else calls Connecting. */
const beforeConnected = new Map<string, string>([
  ['WFConnection', 'Connecting'],
  ...[
    'StandAlone',
    'Disconnecting',
    'Unconnected',
    'Timeout',
    'BrokenPipe',
    'NetworkFailure',
    'ProtocolError',
    'TearDown',
  ].map((word): [string, string] => [word, word]),
]);

/** ` 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----`; the protocol's letter is a blank when there is no
 *  connection. */
const deviceLine = /^ *(\d+): cs:(\S+) ro:(\S+)\/\S+ ds:(\S+)\/(\S+) +(?:\S )?([a-z-]{6})\s*$/;

/** `/proc/drbd` of 8.4 → lines. It knows minors, no names: those come from `events2`, which prints both; or from a status
 *  of one volume, when there is one device too. */
export function procDrbdLines(text: string, named: readonly DrbdLine[]): readonly DrbdLine[] {
  const rows = text.split(/\r?\n/);
  const devices = rows.flatMap((row, at) => (/^ *\d+: /.test(row) ? [{ row, counters: rows[at + 1] ?? '' }] : []));
  const volumes = named.filter(({ object }) => object === 'device');
  return devices.flatMap(({ row, counters }) => {
    const [, minor, cs, role, disk, peerDisk, flags] = deviceLine.exec(row) ?? [];
    if (cs === undefined || role === undefined || disk === undefined || peerDisk === undefined || flags === undefined) {
      return []; // `cs:Unconfigured`, or something newer than this
    }
    const byMinor = volumes.filter(({ keys }) => keys.get('minor') === minor);
    const only = devices.length === 1 ? volumes.filter(({ keys }) => !keys.has('minor')) : [];
    const [device, second] = byMinor.length > 0 ? byMinor : only;
    const name = device?.keys.get('name');
    const volume = device?.keys.get('volume');
    const [peer, thirdNode] = named.filter(({ object, keys }) => object === 'connection' && keys.get('name') === name);
    if (name === undefined || volume === undefined || second !== undefined || thirdNode !== undefined) return [];
    const connection = [
      ['name', name],
      ['conn-name', peer?.keys.get('conn-name') ?? namelessPeer],
    ] as const;
    const outOfSync = /^ {4}.* oos:(\S+)/.exec(counters)?.[1];
    return [
      line('resource', [
        ['name', name],
        ['role', role],
        ['suspended', flags.startsWith('r') ? 'no' : `flag ${flags[0]}`],
      ]),
      line('device', [
        ['name', name],
        ['volume', volume],
        ['disk', disk],
      ]),
      line('connection', [
        ...connection,
        ['connection', beforeConnected.get(cs) ?? (cs === 'WFReportParams' ? cs : 'Connected')],
      ]),
      line('peer-device', [
        ...connection,
        ['volume', volume],
        ['replication', beforeConnected.has(cs) ? 'Off' : cs === 'Connected' ? 'Established' : cs],
        ['peer-disk', peerDisk],
        ['resync-suspended', resyncFlags(flags)],
        ...(outOfSync === undefined ? [] : [['out-of-sync', outOfSync] as const]),
      ]),
    ];
  });
}

function line(object: string, keys: readonly (readonly [string, string])[]): DrbdLine {
  return { object, keys: new Map(keys) };
}

/** Second to fourth of the six flags: a resync waits for another one, for the peer, for the user. */
function resyncFlags(flags: string): string {
  const words = ['dependency', 'peer', 'user'].flatMap((word, at) => {
    const flag = flags[at + 1];
    return flag === '-' ? [] : [flag === 'apu'[at] ? word : `flag ${flag}`];
  });
  return words.length === 0 ? 'no' : words.join(',');
}

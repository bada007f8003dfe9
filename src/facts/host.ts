import type { Report } from '../kernel/fact.ts';
import type { RawHost } from '../kernel/raw.ts';
import { node as nodeSubject } from '../kernel/subject.ts';
import { parseVersion } from '../kernel/value.ts';
import { ipLinkReport, procBonding, procBondingReport } from './bond.ts';
import { isCloudConfig } from './cloud-config.ts';
import { drbdReport } from './drbd.ts';
import { isName } from './drbd-words.ts';
import { kairosReport } from './kairos.ts';
import { networkctlReport } from './networkctl.ts';
import { isNetworkdFile, networkdReport } from './networkd.ts';
import { type Found, say, unreadable } from './say.ts';

/** Names of what a command printed, and the command. Files go by their path without its leading slash. */
export const hostCommands = {
  'drbdsetup-status.json': 'drbdsetup status --json --statistics --verbose',
  'drbdsetup-events2.txt': 'drbdsetup events2 --now --statistics',
  'drbdadm-status.txt': 'drbdadm status',
  'drbd-version.txt': 'drbdadm --version',
  'ip-link.json': 'ip -d -j link',
  'kairos-agent-state.yaml': 'kairos-agent state',
  'networkctl.json': 'networkctl --json=short list',
} as const;

/** Whether we know what to do with it. A name that we do not know is no fault: it is kept, and read by nobody. */
export function isKnownHostText(what: string): boolean {
  return (
    Object.hasOwn(hostCommands, what) ||
    what === 'proc/drbd' ||
    (what.startsWith(procBonding) && what.length > procBonding.length) ||
    isNetworkdFile(what) ||
    isCloudConfig(what)
  );
}

/** Everything that was fetched on one node → what each reporter says of it. */
export function hostReports(node: string, raws: readonly RawHost[]): readonly Report[] {
  if (!isName(node)) return []; // no node is called so, and its ids would look like those of other subjects
  const newest = newestOf(raws);
  const all = [...newest.values()];
  const reports = [
    drbdReport(node, {
      statusJson: newest.get('drbdsetup-status.json'),
      events2: newest.get('drbdsetup-events2.txt'),
      statusText: newest.get('drbdadm-status.txt'),
      proc: newest.get('proc/drbd'),
    }),
    drbdVersionReport(node, newest.get('proc/drbd'), newest.get('drbd-version.txt')),
    ipLinkReport(node, newest.get('ip-link.json')),
    procBondingReport(
      node,
      all.filter(({ what }) => what.startsWith(procBonding)),
    ),
    networkdReport(
      node,
      all.filter(({ what }) => isNetworkdFile(what)),
      all.filter(({ what }) => isCloudConfig(what)),
    ),
    networkctlReport(node, newest.get('networkctl.json')),
    kairosReport(node, newest.get('kairos-agent-state.yaml')),
  ];
  return reports.filter((report) => report !== undefined);
}

/** One text a name: the newest that was had; a failure only where nothing was. Two different ones of one moment are none:
 *  nobody can say which the node was. Sorted by name. */
function newestOf(raws: readonly RawHost[]): ReadonlyMap<string, RawHost> {
  const found = new Map<string, RawHost>();
  const torn = new Set<RawHost>();
  for (const raw of [...raws].sort((left, right) => (left.what < right.what ? -1 : left.what > right.what ? 1 : 0))) {
    const before = found.get(raw.what);
    if (before === undefined || isNewer(raw, before)) found.set(raw.what, raw);
    else if (differs(raw, before)) torn.add(before);
  }
  return new Map([...found].map(([what, raw]) => [what, torn.has(raw) ? tornFrom(raw) : raw]));
}

function isNewer(raw: RawHost, than: RawHost): boolean {
  if ((raw.failed === undefined) !== (than.failed === undefined)) return raw.failed === undefined;
  return raw.at > than.at;
}

function differs(raw: RawHost, from: RawHost): boolean {
  return raw.at === from.at && raw.failed === undefined && from.failed === undefined && raw.text !== from.text;
}

function tornFrom(raw: RawHost): RawHost {
  return { ...raw, text: '', failed: 'two different texts of one moment' };
}

/** The module that is loaded: the kernel's own file says it best, `drbdadm --version` repeats it. It is a report of its own,
 *  because it stays true for longer than a status that could not be had. */
function drbdVersionReport(node: string, proc: RawHost | undefined, adm: RawHost | undefined): Report | undefined {
  const had = [proc, adm].filter((raw) => raw !== undefined && raw.failed === undefined) as readonly RawHost[];
  if (had.length === 0) return undefined;
  const [said] = had.flatMap((raw) => {
    const version =
      raw === proc ? /^version: (\S+)/.exec(raw.text)?.[1] : /^DRBD_KERNEL_VERSION=(\S*)$/m.exec(raw.text)?.[1];
    // `drbdadm` prints zeros for a module that is not loaded.
    if (version === undefined || version === '' || version === '0.0.0') return [];
    const source = `${raw === proc ? '/proc/drbd' : 'drbdadm --version'} on ${node}`;
    return say('node.drbdVersion', nodeSubject(node), versionOf(version), { at: raw.at, source });
  });
  return {
    reporter: 'drbd:version',
    scope: node,
    seenAtMs: Math.max(...had.map(({ at }) => at)),
    observations: said === undefined ? [] : [said],
    censuses: [],
  };
}

/** Forks and pre-releases (`9.2.16-flant.1`) cannot be compared with what is known of the releases. */
function versionOf(text: string): Found<number> {
  return parseVersion(text) ?? unreadable(text);
}

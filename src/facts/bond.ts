import type { Observation, Report } from '../kernel/fact.ts';
import type { RawHost } from '../kernel/raw.ts';
import { bond } from '../kernel/subject.ts';
import { isMap, textAt } from './kube.ts';
import { type Found, type Seen, say, setOf, unreadable } from './say.ts';

/** One bond as one source shows it. Members are undefined where the source does not show who they are. */
interface Bond {
  readonly name: string;
  readonly mode: Found<string>;
  readonly monitored: Found<boolean>;
  readonly mtu: Found<number>;
  readonly members: readonly Member[] | undefined;
}

interface Member {
  readonly name: string;
  /** Whether the bond's own monitor says that its link is up; on the way down or back is not up. */
  readonly up: Found<boolean>;
}

/** `ip -d -j link`: every bond of the node. */
export function ipLinkReport(node: string, raw: RawHost | undefined): Report | undefined {
  if (raw === undefined || raw.failed !== undefined) return undefined;
  const seen = { at: raw.at, source: `ip link on ${node}` };
  const observations = bondsOfIpLink(raw.text).flatMap((found) => bondObservations(node, found, seen));
  return { reporter: 'kernel:ip', scope: node, seenAtMs: raw.at, observations, censuses: [] };
}

/** `/proc/net/bonding/*`: a file a bond. */
export function procBondingReport(node: string, raws: readonly RawHost[]): Report | undefined {
  const had = raws.filter(({ failed }) => failed === undefined);
  if (had.length === 0) return undefined;
  const observations = had.flatMap((raw) => {
    const name = raw.what.slice(procBonding.length);
    const found = isInterface(name) ? bondOfProc(name, raw.text) : undefined;
    return found === undefined ? [] : bondObservations(node, found, { at: raw.at, source: `/${raw.what} on ${node}` });
  });
  const seenAtMs = Math.max(...had.map(({ at }) => at));
  return { reporter: 'kernel:proc', scope: node, seenAtMs, observations, censuses: [] };
}

export const procBonding = 'proc/net/bonding/';

function bondObservations(node: string, found: Bond, seen: Seen): readonly Observation[] {
  const subject = bond(node, found.name);
  const { members } = found;
  const strange = members?.find(({ up }) => typeof up !== 'boolean')?.up as Found<boolean>;
  return [
    ...say('bond.mode', subject, found.mode, seen),
    ...say('bond.members', subject, members && setOf(members.map(({ name }) => name)), seen),
    ...say('bond.membersUp', subject, strange ?? members?.filter(({ up }) => up === true).length, seen),
    ...say('bond.monitored', subject, found.monitored, seen),
    ...say('bond.mtu', subject, found.mtu, seen),
  ];
}

function bondsOfIpLink(text: string): readonly Bond[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return []; // cut off, or a usage text: unknown
  }
  // `ip -j` prints `{}` for every link that a filter left out.
  const links = (Array.isArray(parsed) ? parsed : []).filter((link) => isInterface(textAt(link, 'ifname')));
  const names = links.map((link) => textAt(link, 'ifname'));
  const once = links.filter((_, at) => names.indexOf(names[at]) === names.lastIndexOf(names[at]));
  const isWhole = names.includes('lo');
  return once.flatMap((link) => {
    if (textAt(link, 'linkinfo', 'info_kind') !== 'bond') return [];
    const name = textAt(link, 'ifname') ?? '';
    const enslaved = links.filter((other) => textAt(other, 'master') === name);
    const data = isMap(link.linkinfo) && isMap(link.linkinfo.info_data) ? link.linkinfo.info_data : {};
    const found: Bond = {
      name,
      mode: word(data.mode),
      monitored: isMonitored(amount(data.miimon), amount(data.arp_interval)),
      mtu: amount(link.mtu),
      // `ip link show bond1` shows no members, and that is not to have none. Every whole list has the loopback.
      members: enslaved.length > 0 || isWhole ? enslaved.map(memberOfIpLink) : undefined,
    };
    return [found];
  });
}

function memberOfIpLink(link: unknown): Member {
  const status = textAt(link, 'linkinfo', 'info_slave_data', 'mii_status');
  return { name: textAt(link, 'ifname') ?? '', up: isUp(status?.replace('_', ' ').toLowerCase(), status) };
}

/** A number that iproute2 has no word for is printed as it is; it is no mode that we know. */
function word(value: unknown): Found<string> {
  return value === undefined || typeof value === 'string' ? value : unreadable(value);
}

function amount(value: unknown): Found<number> {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)
    ? (value as number | undefined)
    : unreadable(value);
}

/** Either monitor will do; that there is none is known only if both are. */
function isMonitored(miimon: Found<number>, arpInterval: Found<number>): Found<boolean> {
  if ([miimon, arpInterval].some((ms) => typeof ms === 'number' && ms > 0)) return true;
  const strange = [miimon, arpInterval].find((ms) => typeof ms === 'object');
  if (strange !== undefined) return strange as Found<boolean>;
  return miimon === 0 && arpInterval === 0 ? false : undefined;
}

function isUp(status: string | undefined, printed: string | undefined): Found<boolean> {
  if (status === undefined) return unreadable('a member without its MII status');
  if (status === 'up') return true;
  return ['down', 'going down', 'going back'].includes(status) ? false : unreadable(printed);
}

/** The names the kernel gives its modes in /proc. */
const procModes = new Map([
  ['load balancing (round-robin)', 'balance-rr'],
  ['fault-tolerance (active-backup)', 'active-backup'],
  ['load balancing (xor)', 'balance-xor'],
  ['fault-tolerance (broadcast)', 'broadcast'],
  ['IEEE 802.3ad Dynamic link aggregation', '802.3ad'],
  ['transmit load balancing', 'balance-tlb'],
  ['adaptive load balancing', 'balance-alb'],
]);

function bondOfProc(name: string, text: string): Bond | undefined {
  if (!text.startsWith('Ethernet Channel Bonding Driver:')) return undefined;
  const [head = '', ...slaves] = text.split(/^Slave Interface: /m);
  const mode = lineOf(head, 'Bonding Mode')?.replace(/ \(fail_over_mac (active|follow)\)$/, '');
  const miimon = lineOf(head, 'MII Polling Interval (ms)');
  return {
    name,
    mode: mode === undefined ? undefined : (procModes.get(mode) ?? unreadable(mode)),
    // The kernel prints the ARP lines only while it polls.
    monitored:
      miimon === undefined ? undefined : isMonitored(ms(miimon), ms(lineOf(head, 'ARP Polling Interval (ms)') ?? '0')),
    mtu: undefined,
    members: slaves.map((record) => {
      const status = lineOf(record, 'MII Status');
      return { name: record.slice(0, record.indexOf('\n')).trim(), up: isUp(status, status) };
    }),
  };
}

/** The value of the one line of a record that starts with this label. */
function lineOf(record: string, label: string): string | undefined {
  return record
    .split('\n')
    .find((line) => line.startsWith(`${label}:`))
    ?.slice(label.length + 1)
    .trim();
}

function ms(text: string): Found<number> {
  return /^\d{1,9}$/.test(text) ? Number(text) : unreadable(text);
}

/** What the kernel takes for a name. Nothing else may become part of an id. */
export function isInterface(name: string | undefined): name is string {
  return name !== undefined && /^[^\s/:@]{1,15}$/.test(name) && name !== '.' && name !== '..';
}

import { carries, chooseActive, hasCarrier } from './network.ts';
import type { Bond, Host, Nic, Site } from './state.ts';

/** What a program printed, and the code it ended with. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const silent: Said = { code: 0, stdout: '', stderr: '' };

export function fails(code: number, stderr: string): Said {
  return { code, stdout: '', stderr: `${stderr}\n` };
}

export const modes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

/** `ip -batch -`: line by line, and no further than the first that fails. What was done before it stays done. */
export function ipBatch(site: Site, host: Host, text: string): Said {
  for (const [at, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') continue;
    const said = ipLink(site, host, words);
    if (said.code !== 0) return { ...said, code: 1, stderr: `${said.stderr}Command failed -:${at + 1}\n` };
  }
  return silent;
}

/** `link set [dev] NAME …`, in the words and with the refusals of Linux 6.1 and 6.12 (transcripts 10 and 11). */
export function ipLink(site: Site, host: Host, words: readonly string[]): Said {
  const [link, set, ...rest] = words;
  if (link !== 'link' || set !== 'set') return fails(255, `Object "${link}" is unknown, try "ip help".`);
  const [name = '', ...orders] = rest[0] === 'dev' ? rest.slice(1) : rest;
  const { bond } = host;
  const nic = bond.nics.find((one) => one.name === name);
  if (nic === undefined && name !== bond.name) return fails(1, `Cannot find device "${name}"`);
  const said = nic === undefined ? setBond(bond, orders) : setNic(site, host, nic, orders);
  chooseActive(bond);
  return said;
}

function setBond(bond: Bond, orders: readonly string[]): Said {
  for (let at = 0; at < orders.length; at += 1) {
    const word = orders[at];
    if (word === 'up') bond.up = true;
    else if (word === 'down') bond.up = false;
    else if (word === 'mtu') {
      at += 1;
      bond.mtu = Number(orders[at]);
    } else if (word === 'type')
      return orders[at + 1] === 'bond' ? setOptions(bond, orders.slice(at + 2)) : unknown(orders[at + 1]);
    else return unknown(word);
  }
  return silent;
}

function setOptions(bond: Bond, options: readonly string[]): Said {
  for (let at = 0; at + 1 < options.length; at += 2) {
    const [option, value = ''] = [options[at], options[at + 1]];
    const said = option === 'mode' ? setMode(bond, value) : setOption(bond, option ?? '', value);
    if (said.code !== 0) return said;
  }
  return silent;
}

function setMode(bond: Bond, value: string): Said {
  const mode = modes.find((one, number) => one === value || String(number) === value);
  if (mode === undefined) return fails(255, `Error: argument "${value}" is wrong: invalid mode`);
  // The kernel looks at these before it looks whether anything would change.
  if (bond.nics.some(({ enslaved }) => enslaved)) {
    return fails(2, 'Error: unable to set option because the bond device has slaves.');
  }
  if (bond.up) return fails(2, 'Error: unable to set option because the bond is up.');
  bond.mode = mode;
  bond.active = undefined;
  return silent;
}

function setOption(bond: Bond, option: string, value: string): Said {
  if (option === 'miimon') {
    bond.miimon = Number(value);
    return silent;
  }
  if (option === 'primary' || option === 'active_slave') {
    if (!['active-backup', 'balance-tlb', 'balance-alb'].includes(bond.mode)) {
      return fails(2, 'Error: option not supported in mode.');
    }
    bond.active = value;
    return silent;
  }
  return unknown(option);
}

function setNic(site: Site, host: Host, nic: Nic, orders: readonly string[]): Said {
  const { bond } = host;
  for (let at = 0; at < orders.length; at += 1) {
    const word = orders[at];
    if (word === 'up') nic.up = true;
    else if (word === 'down') nic.up = false;
    else if (word === 'mtu') at += 1;
    else if (word === 'nomaster') release(site, host, nic);
    else if (word === 'master') {
      at += 1;
      const master = orders[at];
      if (master !== bond.name) return fails(1, `Cannot find device "${master}"`);
      if (nic.enslaved) continue;
      if (nic.up) return fails(2, 'Error: Device can not be enslaved while up.');
      nic.enslaved = true;
      nic.up = true; // the bond opens its members
    } else return unknown(word);
  }
  return silent;
}

/** The member is closed and let go, and networkd, which finds it without a master, opens it again. Letting the last one go
 *  with the bond still up costs systemd 252 the default route in four of six cases, and it gives the bond up
 *  (transcript 12); with the bond down first it never did. */
function release(site: Site, host: Host, nic: Nic): void {
  if (!nic.enslaved) return;
  const { bond } = host;
  nic.enslaved = false;
  nic.up = true;
  if (bond.up && !bond.nics.some(({ enslaved }) => enslaved) && hasGateway(host) && site.random.chance(4 / 6)) {
    bond.setup = 'failed';
  }
}

function hasGateway(host: Host): boolean {
  return [...host.files].some(
    ([path, text]) =>
      path.endsWith('.network') &&
      text.includes(`Name=${host.bond.name}`) &&
      text.includes('Gateway=') &&
      !text.includes('IgnoreCarrierLoss=yes'),
  );
}

function unknown(word: string | undefined): Said {
  return fails(255, `Error: either "dev" is duplicate, or "${word}" is a garbage.`);
}

const flagsOf = (kind: string, up: boolean, carrier: boolean): readonly string[] => [
  ...(up && !carrier ? ['NO-CARRIER'] : []),
  'BROADCAST',
  'MULTICAST',
  ...(kind === '' ? [] : [kind]),
  ...(up ? ['UP'] : []),
  ...(up && carrier ? ['LOWER_UP'] : []),
];

/** `ip -d -j link` */
export function ipLinkText(host: Host): string {
  const { bond, index } = host;
  const address = `22:4d:cc:70:c7:${String(index).padStart(2, '0')}`;
  const common = { linkmode: 'DEFAULT', group: 'default', txqlen: 1000, link_type: 'ether' };
  const links: unknown[] = [
    {
      ifindex: 1,
      ifname: 'lo',
      flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
      mtu: 65536,
      qdisc: 'noqueue',
      operstate: 'UNKNOWN',
      ...common,
      link_type: 'loopback',
      address: '00:00:00:00:00:00',
      broadcast: '00:00:00:00:00:00',
      promiscuity: 0,
      allmulti: 0,
    },
  ];
  for (const [at, nic] of bond.nics.entries()) {
    const own = `52:54:00:${String(index).padStart(2, '0')}:00:${String(at + 3).padStart(2, '0')}`;
    const link = nic.cable;
    links.push({
      ifindex: 4 + at,
      ifname: nic.name,
      flags: flagsOf(nic.enslaved ? 'SLAVE' : '', nic.up, link),
      mtu: bond.mtu,
      qdisc: 'fq_codel',
      ...(nic.enslaved ? { master: bond.name } : {}),
      operstate: nic.up && link ? 'UP' : 'DOWN',
      ...common,
      address: nic.enslaved ? address : own,
      broadcast: 'ff:ff:ff:ff:ff:ff',
      permaddr: own,
      promiscuity: 0,
      allmulti: 0,
      min_mtu: 68,
      max_mtu: 65535,
      ...(nic.enslaved ? { linkinfo: slaveInfo(bond, nic, own) } : {}),
    });
  }
  const carrier = hasCarrier(bond);
  links.push({
    ifindex: 6,
    ifname: bond.name,
    flags: flagsOf('MASTER', bond.up, carrier),
    mtu: bond.mtu,
    qdisc: 'noqueue',
    operstate: carrier ? 'UP' : 'DOWN',
    ...common,
    address,
    broadcast: 'ff:ff:ff:ff:ff:ff',
    promiscuity: 0,
    allmulti: 0,
    min_mtu: 68,
    max_mtu: 65535,
    linkinfo: { info_kind: 'bond', info_data: bondInfo(bond) },
  });
  return `${JSON.stringify(links)}\n`;
}

function slaveInfo(bond: Bond, nic: Nic, own: string): unknown {
  const isActive = bond.mode === 'active-backup' ? bond.active === nic.name : true;
  return {
    info_slave_kind: 'bond',
    info_slave_data: {
      state: isActive ? 'ACTIVE' : 'BACKUP',
      mii_status: nic.up && nic.cable ? 'UP' : 'DOWN',
      link_failure_count: nic.failures,
      perm_hwaddr: own,
      queue_id: 0,
      prio: 0,
    },
  };
}

function bondInfo(bond: Bond): unknown {
  return {
    mode: bond.mode,
    ...(bond.mode === 'active-backup' && bond.active !== undefined ? { active_slave: bond.active } : {}),
    miimon: bond.miimon,
    updelay: 0,
    downdelay: 0,
    peer_notify_delay: 0,
    use_carrier: 1,
    arp_interval: 0,
    arp_missed_max: 2,
    arp_validate: null,
    arp_all_targets: 'any',
    primary_reselect: 'always',
    fail_over_mac: 'none',
    xmit_hash_policy: 'layer2',
    resend_igmp: 1,
    num_peer_notif: 1,
    all_slaves_active: 0,
    min_links: 0,
    lp_interval: 1,
    packets_per_slave: 1,
    ad_lacp_active: 'on',
    ad_lacp_rate: 'slow',
    ad_select: 'stable',
    tlb_dynamic_lb: 1,
  };
}

const procWords: Readonly<Record<string, string>> = {
  'balance-rr': 'load balancing (round-robin)',
  'active-backup': 'fault-tolerance (active-backup)',
  'balance-xor': 'load balancing (xor)',
  broadcast: 'fault-tolerance (broadcast)',
  '802.3ad': 'IEEE 802.3ad Dynamic link aggregation',
  'balance-tlb': 'transmit load balancing',
  'balance-alb': 'adaptive load balancing',
};

/** `/proc/net/bonding/BOND` */
export function procBondText(host: Host): string {
  const { bond, index } = host;
  const hasActive = ['active-backup', 'balance-tlb', 'balance-alb'].includes(bond.mode);
  const head = [
    'Ethernet Channel Bonding Driver: v6.1.0-56-amd64',
    '',
    `Bonding Mode: ${procWords[bond.mode]}`,
    ...(hasActive ? ['Primary Slave: None', `Currently Active Slave: ${bond.active ?? 'None'}`] : []),
    `MII Status: ${hasCarrier(bond) ? 'up' : 'down'}`,
    `MII Polling Interval (ms): ${bond.miimon}`,
    'Up Delay (ms): 0',
    'Down Delay (ms): 0',
    'Peer Notification Delay (ms): 0',
  ];
  const members = bond.nics.flatMap((nic, at) =>
    nic.enslaved
      ? [
          '',
          `Slave Interface: ${nic.name}`,
          `MII Status: ${nic.up && nic.cable ? 'up' : 'down'}`,
          `Speed: ${carries(bond, nic) ? '25000 Mbps' : 'Unknown'}`,
          `Duplex: ${carries(bond, nic) ? 'full' : 'Unknown'}`,
          `Link Failure Count: ${nic.failures}`,
          `Permanent HW addr: 52:54:00:${String(index).padStart(2, '0')}:00:${String(at + 3).padStart(2, '0')}`,
          'Slave queue ID: 0',
        ]
      : [],
  );
  return `${[...head, ...members].join('\n')}\n`;
}

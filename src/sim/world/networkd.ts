import { fails, modes, type Said, silent } from './bond.ts';
import { chooseActive, hasCarrier } from './network.ts';
import type { Bond, Host } from './state.ts';

const directory = '/etc/systemd/network/';

/** The bond as the files make it when the machine boots. A mode that networkd does not know it passes over, and the kernel
 *  makes balance-rr. */
export function bondOfFiles(host: Host, last: Bond): Bond {
  const files = [...host.files]
    .filter(([path]) => path.startsWith(directory))
    .sort(([left], [right]) => (left < right ? -1 : 1));
  const netdev = files.find(
    ([path, text]) => path.endsWith('.netdev') && keyIn(text, 'NetDev', 'Name') === last.name,
  )?.[1];
  const mode = modes.find((word) => word === keyIn(netdev ?? '', 'Bond', 'Mode')) ?? 'balance-rr';
  const exists = netdev !== undefined;
  const bond: Bond = {
    name: last.name,
    mode,
    up: exists,
    mtu: Number(keyIn(netdev ?? '', 'NetDev', 'MTUBytes') ?? 1500),
    miimon: keyIn(netdev ?? '', 'Bond', 'MIIMonitorSec') === '100ms' ? 100 : 0,
    setup: 'configured',
    active: undefined,
    nics: last.nics.map((nic) => {
      const own = files.find(([path, text]) => path.endsWith('.network') && matches(text, nic.name))?.[1];
      return { ...nic, up: true, enslaved: exists && keyIn(own ?? '', 'Network', 'Bond') === last.name, failures: 0 };
    }),
  };
  chooseActive(bond);
  return bond;
}

function matches(text: string, name: string): boolean {
  return (keyIn(text, 'Match', 'Name') ?? '').split(/\s+/).includes(name);
}

/** The last value of a key in a section of a unit file. */
export function keyIn(text: string, section: string, key: string): string | undefined {
  let found: string | undefined;
  let current = '';
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed.startsWith('[')) current = trimmed.slice(1, -1);
    else if (current === section && trimmed.startsWith(`${key}=`)) found = trimmed.slice(key.length + 1).trim();
  }
  return found;
}

/** networkctl on systemd 252: it answers 0 to a changed `Mode=` and changes nothing, whatever it is asked (transcript 10, C1
 *  and C1b). `reconfigure` gives back addresses and routes that it had given up. */
export function networkctl(host: Host, words: readonly string[]): Said {
  const [verb = 'list', ...names] = words.filter((word) => !word.startsWith('-'));
  const known = new Set(['lo', host.bond.name, ...host.bond.nics.map(({ name }) => name)]);
  const strange = names.find((name) => !known.has(name));
  switch (verb) {
    case 'list':
    case 'status':
      return { ...silent, stdout: networkctlText(host) };
    case 'reload':
      // A bond that was deleted is made again, in the files' mode, and without its members (C3).
      if (!host.bond.up && !host.bond.nics.some(({ enslaved }) => enslaved)) host.bond.up = true;
      return silent;
    case 'reconfigure':
    case 'up':
    case 'delete':
      if (strange !== undefined) return fails(1, `Failed to resolve interface "${strange}": No such device`);
      for (const name of names) change(host, verb, name);
      chooseActive(host.bond);
      return silent;
    default:
      return fails(1, `Unknown command verb ${verb}.`);
  }
}

function change(host: Host, verb: 'reconfigure' | 'up' | 'delete', name: string): void {
  const { bond } = host;
  if (name !== bond.name) {
    const nic = bond.nics.find((one) => one.name === name);
    const asked = bondOfFiles(host, bond).nics.find((one) => one.name === name);
    if (verb === 'reconfigure' && nic !== undefined && asked?.enslaved === true) nic.enslaved = true;
  } else if (verb === 'up') bond.up = true;
  else if (verb === 'reconfigure') bond.setup = 'configured';
  else {
    bond.mode = bondOfFiles(host, bond).mode;
    bond.up = false;
    for (const nic of bond.nics) nic.enslaved = false;
  }
}

/** `networkctl --json=short list`: the fields that anybody reads. */
export function networkctlText(host: Host): string {
  const { bond } = host;
  const carrier = hasCarrier(bond);
  const links = [
    { Index: 1, Name: 'lo', Type: 'loopback', AdministrativeState: 'unmanaged', OperationalState: 'carrier' },
    ...bond.nics.map((nic, at) => ({
      Index: 4 + at,
      Name: nic.name,
      Type: 'ether',
      AdministrativeState: 'configured',
      OperationalState: nic.enslaved ? 'enslaved' : 'carrier',
    })),
    {
      Index: 6,
      Name: bond.name,
      Type: 'bond',
      Driver: 'bonding',
      AdministrativeState: bond.setup,
      OperationalState: carrier ? 'routable' : 'no-carrier',
      CarrierState: carrier ? 'carrier' : 'no-carrier',
    },
  ];
  return `${JSON.stringify({ Interfaces: links })}\n`;
}

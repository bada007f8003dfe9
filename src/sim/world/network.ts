import { type Bond, type Host, isRunning, type Nic, type Site } from './state.ts';

/** Whether the host sees a carrier on this member. That something comes through is another matter: `switchPort`. */
export function carries(bond: Bond, nic: Nic): boolean {
  return bond.up && nic.enslaved && nic.up && nic.cable;
}

export function hasCarrier(bond: Bond): boolean {
  return bond.nics.some((nic) => carries(bond, nic));
}

/** The mode's own word for which member speaks: in active-backup the first that carries, and it stays. */
export function chooseActive(bond: Bond): void {
  const current = bond.nics.find(({ name }) => name === bond.active);
  if (current !== undefined && carries(bond, current)) return;
  bond.active = bond.nics.find((nic) => carries(bond, nic))?.name;
}

/** networkd takes the address away with the carrier, unless its files say that it should not. DRBD cannot listen then, and
 *  gives up for good (host-lab.md, finding 1). */
export function hasAddress(host: Host): boolean {
  if (!isRunning(host)) return false;
  return hasCarrier(host.bond) || keepsAddress(host);
}

function keepsAddress(host: Host): boolean {
  for (const [path, text] of host.files) {
    if (!path.startsWith('/etc/systemd/network/') || !text.includes(`Name=${host.bond.name}`)) continue;
    if (text.includes('IgnoreCarrierLoss=yes') && text.includes('ConfigureWithoutCarrier=yes')) return true;
  }
  return false;
}

/** How much of a round trip between two hosts is lost, in percent: 0, 50, 75 or 100. */
export function lossBetween(site: Site, one: Host | undefined, other: Host | undefined): number {
  if (one === undefined || other === undefined || !isRunning(one) || !isRunning(other)) return 100;
  return Math.round(100 * (1 - delivered(site, one.bond, other.bond) * delivered(site, other.bond, one.bond)));
}

/** The share of frames from one bond that the other takes. Each member goes to its own switch or its own cable, in the same
 *  order on both ends. Two in active-backup are told where the other is; balance-rr spreads blindly, and a backup
 *  member drops what it gets (finding 2). */
function delivered(site: Site, from: Bond, to: Bond): number {
  const live = (bond: Bond, at: number): boolean => {
    const nic = bond.nics[at];
    return nic !== undefined && carries(bond, nic);
  };
  // The host does not see that a port forwards nothing, so it goes on sending there.
  const forwards = (bond: Bond, at: number): boolean => bond.nics[at]?.switchPort === true;
  const activeOf = (bond: Bond): number => bond.nics.findIndex(({ name }) => name === bond.active);
  // A direct cable that is out shows at both of its ends, a switch between hides it from the other.
  const isDirect = site.wiring === 'direct';
  const ports = from.nics.map((_, at) => at);
  const used = ports.filter((at) => live(from, at) && (!isDirect || live(to, at)));
  if (used.length === 0 || !hasCarrier(to)) return 0;
  const active = activeOf(to);
  if (from.mode === 'active-backup') {
    if (!forwards(from, activeOf(from))) return 0;
    return to.mode !== 'active-backup' || forwards(to, active) ? 1 : 0;
  }
  const backup = isDirect && !used.includes(active) ? used[0] : active;
  const taken = used.filter(
    (at) => forwards(from, at) && live(to, at) && forwards(to, at) && (to.mode !== 'active-backup' || at === backup),
  );
  return taken.length / used.length;
}

export function addressOf(host: Host): string {
  return `10.10.40.${host.index + 10}`;
}

export function hostAt(site: Site, address: string): Host | undefined {
  return [...site.hosts.values()].find((host) => addressOf(host) === address || host.name === address);
}

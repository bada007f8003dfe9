import type { Instruction } from './instruction.ts';

/** Every program that an agent runs, with all its arguments: a closed list, and nothing of it passes a shell. What comes
 *  from outside (a DRBD resource, an address, an interface) is one argument each, and checked by whoever puts it in. */
export type Run = Extract<Instruction, { do: 'run' }>;

const seconds = 1_000;

function run(argv: readonly string[], timeoutMs: number, stdin?: string): Run {
  return { do: 'run', argv, timeoutMs, ...(stdin === undefined ? {} : { stdin }) };
}

/** It can hang for as long as its kernel does (LINBIT/drbd #51), and then nothing is known. */
export const drbdStatus: Run = run(['drbdsetup', 'status', '--json', '--statistics', '--verbose'], 5 * seconds);

/** Every link of the host. */
export const ipLink: Run = run(['ip', '-d', '-j', 'link'], 5 * seconds);

/** Where networkd and Kairos keep what decides a bond's mode at the next boot, and where our own staged twins lie. */
export const networkDirectories = [
  '/etc/systemd/network',
  '/run/systemd/network',
  '/usr/local/lib/systemd/network',
  '/usr/lib/systemd/network',
  '/lib/systemd/network',
  '/oem',
] as const;

/** Every file under some directories, a path a line. A directory that is not there is told on stderr, with exit code 1. */
export function findFiles(directories: readonly string[]): Run {
  return run(['find', ...directories, '-not', '-type', 'd'], 5 * seconds);
}

/** Lines for `ip`, carried out one after the other by one process, which stops at the first that fails. */
export function ipBatch(lines: readonly string[]): Run {
  return run(['ip', '-batch', '-'], 20 * seconds, `${lines.join('\n')}\n`);
}

/** Full frames that nobody may take apart. Four, because where the two ends of a bond disagree every other one is lost. */
export function ping(address: string, mtu: number): Run {
  const payload = mtu - (address.includes(':') ? 48 : 28); // without the headers of IP and ICMP
  return run(
    ['ping', '-n', '-q', '-M', 'do', '-s', String(payload), '-c', '4', '-i', '0.2', '-W', '1', address],
    5 * seconds,
  );
}

/** Graceful: the other side is told, and DRBD refuses where quorum or the last good copy would be lost. Never `--force`. */
export function drbdDisconnect(resource: string): Run {
  return run(['drbdadm', 'disconnect', resource], 40 * seconds); // its two-phase commit alone may take 30 s
}

/** Makes the kernel what the configuration says; also brings back a connection that DRBD gave up. */
export function drbdAdjust(resource: string): Run {
  return run(['drbdadm', 'adjust', resource], 40 * seconds);
}

export function drbdResumeIo(resource: string): Run {
  return run(['drbdadm', 'resume-io', resource], 20 * seconds);
}

export const bootIdPath = '/proc/sys/kernel/random/boot_id';
export const procDrbdPath = '/proc/drbd';
export function procBondingPath(bond: string): string {
  return `/proc/net/bonding/${bond}`;
}

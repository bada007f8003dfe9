/** What a capture may hold of a host, by the name it goes by under `hosts/<node>/`: the output of a command, or a file
 *  by its path. Anything else is left out with a warning, so that nobody takes it for read. */
const commands = new Set([
  'drbdsetup-status.json',
  'drbdsetup-events2.txt',
  'drbdadm-status.txt',
  'drbd-version.txt',
  'proc/drbd',
  'ip-link.json',
  'networkctl.json',
  'kairos-agent-state.yaml',
]);
const folders = ['proc/net/bonding/', 'etc/systemd/network/', 'run/systemd/network/', 'oem/'];

export function isHostName(what: string): boolean {
  return commands.has(what) || folders.some((folder) => what.startsWith(folder) && what.length > folder.length);
}

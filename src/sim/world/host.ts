import { goBack } from '../../agent/armed.ts';
import { type Answer, armedPath, type Instruction } from '../../agent/instruction.ts';
import { fails, ipBatch, ipLink, ipLinkText, procBondText, type Said, silent } from './bond.ts';
import { networkChanged } from './drbd.ts';
import { drbdadm } from './drbd-commands.ts';
import { procDrbdText, statusText } from './drbd-text.ts';
import { linstorReply } from './linstor.ts';
import { addressOf } from './network.ts';
import { networkctl, networkctlText } from './networkd.ts';
import { ping } from './ping.ts';
import { forget, type Host, isRunning, type Site } from './state.ts';

/** An answer, and how long it took to come. What was asked is done at once; the answer belongs to the moment after. */
export interface Carried {
  readonly answer: Answer;
  readonly tookMs: number;
}

const unheard: Answer = { kind: 'unheard' };
const noSpace: Answer = { kind: 'refused', why: 'No space left on device' };

export function carryOut(site: Site, host: Host, instruction: Instruction): Carried {
  // Whoever asks runs on the same node, and stands still with it. At boot the host asks itself.
  if (!isRunning(host) && host.power !== 'booting')
    return { answer: unheard, tookMs: 'timeoutMs' in instruction ? instruction.timeoutMs : 0 };
  switch (instruction.do) {
    case 'run':
      return run(site, host, instruction.argv, instruction.stdin ?? '', instruction.timeoutMs);
    case 'read':
      return { answer: read(host, instruction.path), tookMs: 1 };
    case 'write':
      if (host.diskFull) return { answer: noSpace, tookMs: 2 };
      setFile(host, instruction.path, instruction.text);
      return { answer: { kind: 'done' }, tookMs: 5 };
    case 'append':
      if (host.diskFull) return { answer: noSpace, tookMs: 2 };
      setFile(host, instruction.path, `${host.files.get(instruction.path) ?? ''}${instruction.line}\n`);
      return { answer: { kind: 'done' }, tookMs: 3 };
    case 'remove':
      forgetFiles(host);
      return { answer: host.files.delete(instruction.path) ? { kind: 'done' } : { kind: 'missing' }, tookMs: 2 };
    case 'arm':
      if (!host.files.has(armedPath))
        return { answer: { kind: 'refused', why: `${armedPath} is not there` }, tookMs: 5 };
      arm(site, host, instruction.afterMs);
      return { answer: { kind: 'done' }, tookMs: 5 };
    case 'disarm':
      disarm(host);
      return { answer: { kind: 'done' }, tookMs: 5 };
    case 'linstor': {
      const { status, text, tookMs } = linstorReply(site, instruction.method, instruction.path, instruction.body);
      return { answer: status === 0 ? unheard : { kind: 'reply', status, text }, tookMs };
    }
    case 'api':
    case 'sleep':
      return { answer: { kind: 'refused', why: `the world does not answer ${instruction.do}` }, tookMs: 0 };
  }
}

function setFile(host: Host, path: string, text: string): void {
  if (!host.files.has(path)) forgetFiles(host);
  host.files.set(path, text);
}

function forgetFiles(host: Host): void {
  for (const name of host.texts.keys()) if (name.startsWith('find ')) host.texts.delete(name);
}

function arm(site: Site, host: Host, afterMs: number): void {
  disarm(host);
  host.isArmed = true;
  host.armed = site.timers.at(site.nowMs + afterMs, () => {
    host.armed = undefined;
    if (isRunning(host)) revert(site, host, true);
  });
}

function disarm(host: Host): void {
  if (host.armed !== undefined) host.armed.off = true;
  host.armed = undefined;
  host.isArmed = false;
}

/** The host itself goes back, with the agent dead and the API away: it carries out what the armed file says, by the real
 *  agent's own list. At boot only the files matter: the bond is made of them. A file that is none of ours stays. */
export function revert(site: Site, host: Host, withKernel: boolean): void {
  if (!host.isArmed) return;
  for (const instruction of goBack(host.files.get(armedPath) ?? '')) {
    if (instruction.do !== 'run') carryOut(site, host, instruction);
    else if (withKernel && !host.bondStuck) ipBatch(site, host, instruction.stdin ?? '');
  }
  disarm(host);
  if (withKernel) linksChanged(site, host);
}

function linksChanged(site: Site, host: Host): void {
  forget(host, 'ip', 'proc', 'networkctl');
  networkChanged(site, host.name);
}

function read(host: Host, path: string): Answer {
  const text = host.files.get(path) ?? kernelFile(host, path);
  return text === undefined ? { kind: 'missing' } : { kind: 'text', text };
}

function kernelFile(host: Host, path: string): string | undefined {
  const { bond } = host;
  switch (path) {
    case `/proc/net/bonding/${bond.name}`:
      return kept(host, 'proc', () => procBondText(host));
    case `/sys/class/net/${bond.name}/bonding/mode`:
      return `${bond.mode} 0\n`;
    case `/sys/class/net/${bond.name}/bonding/slaves`:
      return `${bond.nics.flatMap(({ name, enslaved }) => (enslaved ? [name] : [])).join(' ')}\n`;
    case '/proc/drbd':
      return procDrbdText;
    case '/proc/sys/kernel/random/boot_id':
      return `${host.bootId}\n`;
    case '/etc/hostname':
    case '/proc/sys/kernel/hostname':
      return `${host.name}\n`;
    default:
      return undefined;
  }
}

/** Made once, until something of it changes. */
export function kept(host: Host, name: string, make: () => string): string {
  const found = host.texts.get(name);
  if (found !== undefined) return found.text;
  const text = make();
  host.texts.set(name, { text, untilMs: Number.POSITIVE_INFINITY });
  return text;
}

export function drbdStatus(site: Site, host: Host): string {
  const found = host.texts.get('drbd');
  if (found !== undefined && site.nowMs <= found.untilMs) return found.text;
  const made = statusText(site, host);
  host.texts.set('drbd', made);
  return made.text;
}

function run(site: Site, host: Host, argv: readonly string[], stdin: string, timeoutMs: number): Carried {
  const { said, tookMs } = program(site, host, argv, stdin, timeoutMs);
  if (said === undefined || tookMs > timeoutMs) return { answer: unheard, tookMs: timeoutMs };
  return { answer: { kind: 'ran', ...said }, tookMs };
}

interface Ran {
  /** Undefined: it does not come back. */
  readonly said: Said | undefined;
  readonly tookMs: number;
}

function program(site: Site, host: Host, argv: readonly string[], stdin: string, timeoutMs: number): Ran {
  const [path = '', ...words] = argv;
  const name = path.slice(path.lastIndexOf('/') + 1);
  switch (name) {
    case 'ip':
      return ip(site, host, words, stdin);
    case 'networkctl': {
      const isRead = !words.some((word) => ['reload', 'reconfigure', 'up', 'delete'].includes(word));
      if (isRead)
        return { said: { ...silent, stdout: kept(host, 'networkctl', () => networkctlText(host)) }, tookMs: 90 };
      const said = networkctl(host, words);
      linksChanged(site, host);
      return { said, tookMs: 437 };
    }
    case 'drbdsetup':
      return drbdsetup(site, host, words);
    case 'drbdadm': {
      const command = drbdadm(site, host, words);
      if (command === undefined) return { said: fails(1, `drbdadm: Unknown command '${words[0]}'`), tookMs: 60 };
      return host.drbdHangs
        ? hanging(host, words, command.run, timeoutMs)
        : { said: command.run(), tookMs: command.tookMs };
    }
    case 'ping':
      return ping(site, host, words);
    case 'kairos-agent':
      return { said: { ...silent, stdout: kairosText(host) }, tookMs: 120 };
    case 'cat':
      return cat(host, words[0] ?? '');
    case 'find':
      return find(
        host,
        words.slice(
          0,
          words.findIndex((word) => word.startsWith('-')),
        ),
      );
    case 'ls':
      return ls(host, words.findLast((word) => !word.startsWith('-')) ?? '/');
    default:
      return { said: fails(127, `${path}: command not found`), tookMs: 1 };
  }
}

function cat(host: Host, path: string): Ran {
  const answer = read(host, path);
  const found = answer.kind === 'text';
  const said = found ? { ...silent, stdout: answer.text } : fails(1, `cat: ${path}: No such file or directory`);
  return { said, tookMs: 65 };
}

function ls(host: Host, directory: string): Ran {
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  const inside = [...host.files.keys()].flatMap((path) =>
    path.startsWith(prefix) ? [path.slice(prefix.length).split('/')[0] ?? ''] : [],
  );
  const names = [...new Set(inside)].sort();
  const missing = fails(2, `ls: cannot access '${directory}': No such file or directory`);
  return { said: names.length === 0 ? missing : { ...silent, stdout: `${names.join('\n')}\n` }, tookMs: 60 };
}

/** `find DIRECTORY… -not -type d` */
function find(host: Host, directories: readonly string[]): Ran {
  const text = kept(host, `find ${directories.join(' ')}`, () => {
    const found = directories.map((directory) =>
      [...host.files.keys()].filter((path) => path.startsWith(`${directory}/`)),
    );
    const missing = directories.filter((_, at) => found[at]?.length === 0);
    const stderr = missing.map((directory) => `find: ‘${directory}’: No such file or directory\n`).join('');
    const stdout = found
      .map((paths) =>
        paths
          .sort()
          .map((path) => `${path}\n`)
          .join(''),
      )
      .join('');
    return JSON.stringify({ code: missing.length === 0 ? 0 : 1, stdout, stderr });
  });
  return { said: JSON.parse(text) as Said, tookMs: 60 };
}

function ip(site: Site, host: Host, words: readonly string[], stdin: string): Ran {
  const plain = words.filter((word) => !word.startsWith('-') || word === '-');
  if (words.includes('-batch') || words.includes('-b')) {
    const said = host.bondStuck ? silent : ipBatch(site, host, stdin);
    linksChanged(site, host);
    return { said, tookMs: 267 };
  }
  if (plain[0] === 'link' && plain[1] === 'set') {
    const said = host.bondStuck ? silent : ipLink(site, host, plain);
    linksChanged(site, host);
    return { said, tookMs: 130 };
  }
  if (words.includes('-j') && plain[0] === 'link') {
    return { said: { ...silent, stdout: kept(host, 'ip', () => ipLinkText(host)) }, tookMs: 80 };
  }
  if (words.includes('-j') && (plain[0] === 'addr' || plain[0] === 'address')) {
    const own = { family: 'inet', local: addressOf(host), prefixlen: 24, scope: 'global' };
    const text = JSON.stringify([{ ifindex: 6, ifname: host.bond.name, addr_info: [own] }]);
    return { said: { ...silent, stdout: `${text}\n` }, tookMs: 80 };
  }
  return { said: fails(255, `Object "${plain[0]}" is unknown, try "ip help".`), tookMs: 60 };
}

function drbdsetup(site: Site, host: Host, words: readonly string[]): Ran {
  if (host.drbdHangs) return { said: undefined, tookMs: Number.POSITIVE_INFINITY };
  const [verb, name] = words.filter((word) => !word.startsWith('-'));
  if (verb !== 'status' || !words.includes('--json'))
    return { said: fails(20, `drbdsetup: ${verb}: not simulated`), tookMs: 60 };
  if (name === undefined) return { said: { ...silent, stdout: drbdStatus(site, host) }, tookMs: 75 };
  const { text } = statusText(site, host, name);
  return text === '[\n]\n'
    ? { said: fails(10, `${name}: No such resource`), tookMs: 60 }
    : { said: { ...silent, stdout: text }, tookMs: 75 };
}

/** `drbdadm` gives its child five seconds; what the kernel was asked it still does when it comes to itself (incident 6.1). */
function hanging(host: Host, words: readonly string[], later: () => Said, timeoutMs: number): Ran {
  hung(host).push(later);
  const text = `Command 'drbdsetup ${words.join(' ')}' did not terminate within 5 seconds`;
  return timeoutMs <= 5_000 ? { said: undefined, tookMs: 5_000 } : { said: fails(20, text), tookMs: 5_000 };
}

const waiting = new WeakMap<Host, (() => Said)[]>();

function hung(host: Host): (() => Said)[] {
  const found = waiting.get(host) ?? [];
  waiting.set(host, found);
  return found;
}

/** DRBD answers again, and does what it was asked meanwhile. */
export function drbdComesBack(host: Host): void {
  host.drbdHangs = false;
  for (const later of hung(host).splice(0)) later();
}

export function kairosText(host: Host): string {
  return [
    `uuid: ${host.bootId}`,
    'boot: active_boot',
    'in_ram: false',
    'kairos:',
    '  flavor: ubuntu',
    '  version: v3.5.2',
    '',
  ].join('\n');
}

import { isCloudConfig } from '../facts/cloud-config.ts';
import { isNetworkdFile, networkdReport } from '../facts/networkd.ts';
import type { RawHost } from '../kernel/raw.ts';
import { bond as bondSubject } from '../kernel/subject.ts';
import { type Operation, stagedDirectory } from './instruction.ts';
import { findFiles, networkDirectories } from './programs.ts';

/** The files that decide a bond's mode at the next boot, by path, and the staged twins that wait beside them. */
export interface NetworkFiles {
  readonly inUse: ReadonlyMap<string, string>;
  readonly staged: ReadonlyMap<string, string>;
}

const filesMax = 64;

/** All of them, or undefined: any file may hide or outrank any other. */
export function* lookAtFiles(also: (path: string) => boolean = () => false): Operation<NetworkFiles | undefined> {
  const listed = yield findFiles([...networkDirectories, stagedDirectory]);
  if (listed.kind !== 'ran') return undefined;
  const complaints = listed.stderr.split('\n').filter((line) => line.trim() !== '');
  // A directory that is not there holds nothing. Whatever else went wrong, the list may be short.
  if (!complaints.every((line) => /No such file or directory/.test(line))) return undefined;
  if (listed.code !== 0 && complaints.length === 0) return undefined;
  const paths = listed.stdout.split('\n').filter((path) => isRelevant(hostPathOf(path)) || also(path));
  if (paths.length > filesMax) return undefined;
  const files: NetworkFiles = { inUse: new Map(), staged: new Map() };
  for (const path of paths.sort()) {
    const held = yield { do: 'read', path };
    if (held.kind !== 'text') return undefined;
    const shelf = path.startsWith(`${stagedDirectory}/`) ? files.staged : files.inUse;
    (shelf as Map<string, string>).set(hostPathOf(path), held.text);
  }
  return files;
}

export function stagedPathOf(path: string): string {
  return `${stagedDirectory}${path}`;
}

function hostPathOf(path: string): string {
  return path.startsWith(`${stagedDirectory}/`) ? path.slice(stagedDirectory.length) : path;
}

function isRelevant(path: string): boolean {
  const what = path.slice(1);
  return isCloudConfig(what) || (isNetworkdFile(what) && /\.netdev(\.d\/[^/]+\.conf)?$/.test(what));
}

/** What the files would give each bond, by its id, as the normaliser of the networkd facts reads them. */
export function modesOf(node: string, files: ReadonlyMap<string, string>): ReadonlyMap<string, unknown> {
  const raws = [...files].map(([path, text]): RawHost => ({ from: 'host', at: 0, node, what: path.slice(1), text }));
  const report = networkdReport(
    node,
    raws.filter(({ what }) => isNetworkdFile(what)),
    raws.filter(({ what }) => isCloudConfig(what)),
  );
  return new Map((report?.observations ?? []).map(({ subject, value }) => [subject.id, value]));
}

/** What is in use with the staged twins in their places. */
export function withStaged({ inUse, staged }: NetworkFiles): ReadonlyMap<string, string> {
  return new Map([...inUse, ...staged]);
}

export type Changed =
  | { readonly ok: true; readonly files: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly says: string };

/** The new texts of every file that has to change for this bond to get this mode at the next boot; empty if none has to.
 *  Whether the change is right is not this function's own word: the result is read as networkd and Kairos would, and
 *  it must give our bond the mode and leave every other bond alone. */
export function changedFor(node: string, bond: string, mode: string, inUse: ReadonlyMap<string, string>): Changed {
  const { id } = bondSubject(node, bond);
  const before = modesOf(node, inUse);
  if (before.get(id) === mode) return { ok: true, files: new Map() };
  const named = [...inUse].filter(([path, text]) => path.endsWith('.netdev') && isNamed(text, bond));
  const [own] = named;
  if (own === undefined) return { ok: false, says: `no .netdev file speaks of ${bond}` };
  const files = new Map<string, string>();
  const persistent = own[0].replace(/^.*\//, '/etc/systemd/network/');
  files.set(persistent, withMode(own[1], mode));
  for (const [path, text] of inUse) {
    if (isCloudConfig(path.slice(1)) && text.includes(own[0].slice(own[0].lastIndexOf('/') + 1))) {
      files.set(path, withMode(text, mode));
    }
  }
  const changed = modesOf(node, new Map([...inUse, ...files]));
  if (changed.get(id) !== mode) return { ok: false, says: `${persistent} alone does not decide the mode of ${bond}` };
  for (const [other, value] of before) {
    if (other !== id && JSON.stringify(changed.get(other)) !== JSON.stringify(value)) {
      return { ok: false, says: `it would change ${other} too` };
    }
  }
  return { ok: true, files };
}

/** Slaves that are told which of them comes first, which balance-rr and its like refuse at the next boot. */
export function isPrimaryFile(path: string, text: string): boolean {
  return path.endsWith('.network') && /^\s*(PrimarySlave|ActiveSlave)\s*=\s*(true|yes|1|on)\s*$/im.test(text);
}

/** Whether a .netdev file is this device's; networkd takes blanks around the sign. */
export function isNamed(text: string, bond: string): boolean {
  return text.split('\n').some((line) => /^Name\s*=\s*(.*)$/.exec(line.trim())?.[1] === bond);
}

/** The text with every `Mode=` of a `[Bond]` section set, or one put there. Indented as it was: a cloud-config holds it so. */
function withMode(text: string, mode: string): string {
  let section = '';
  let set = false;
  const lines = text.split('\n').map((line) => {
    const bare = line.trim();
    if (bare.startsWith('[')) section = bare;
    if (section !== '[Bond]' || !/^Mode\s*=/.test(bare)) return line;
    set = true;
    return `${line.slice(0, line.indexOf('M'))}Mode=${mode}${line.endsWith('\r') ? '\r' : ''}`;
  });
  const head = lines.findIndex((line) => line.trim() === '[Bond]');
  if (!set && head !== -1) lines.splice(head + 1, 0, (lines[head] ?? '').replace('[Bond]', `Mode=${mode}`));
  return lines.join('\n');
}

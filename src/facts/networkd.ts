import type { Observation, Report } from '../kernel/fact.ts';
import type { RawHost } from '../kernel/raw.ts';
import { bond } from '../kernel/subject.ts';
import { isInterface } from './bond.ts';
import { type NetdevRewrite, rewritesOf } from './cloud-config.ts';
import { type Found, say, unreadable } from './say.ts';

/** Where systemd-networkd reads; a file hides those of its name in every later directory. */
const directories = ['etc', 'run', 'usr/local/lib', 'usr/lib', 'lib'].map((root) => `${root}/systemd/network/`);

export function isNetworkdFile(what: string): boolean {
  return directories.some((directory) => `${what}/`.startsWith(directory));
}

/** The mode that its files will give each bond when it is next made. networkd answers with success to a mode that it does
 *  not know and to a change that it does not make: this is what stands written, `bond.mode` is what runs. `oem` are
 *  the cloud-configs that Kairos carries out at every boot, which may write these files anew.
 *  Any file may hide or outrank any other: with one that could not be had there is no report, and an older one ages. */
export function networkdReport(node: string, files: readonly RawHost[], oem: readonly RawHost[]): Report | undefined {
  const all = [...files, ...oem];
  if (files.length === 0 || all.some(({ failed }) => failed !== undefined)) return undefined;
  const oldest = Math.min(...all.map(({ at }) => at));
  const rewrites = oem.flatMap(rewritesOf);
  const taken = new Set<string>();
  const observations: Observation[] = [];
  for (const { name, parts } of netdevsOf(files)) {
    const netdev = readNetdev(parts.map(({ text }) => text));
    // Of two files for one device networkd takes the first by name, whatever their directories.
    if (netdev.name === undefined || !isInterface(netdev.name) || taken.has(netdev.name)) continue;
    taken.add(netdev.name);
    if (netdev.kind !== 'bond') continue;
    const source = `${parts.map(({ what }) => `/${what}`).join(' with ')} on ${node}`;
    const mode = afterBoot(netdev, name, rewrites);
    observations.push(...say('bond.configuredMode', bond(node, netdev.name), mode, { at: oldest, source }));
  }
  const seenAtMs = Math.max(...all.map(({ at }) => at));
  return { reporter: 'networkd', scope: node, seenAtMs, observations, censuses: [] };
}

/** The .netdev files that count, each with its drop-ins behind it, in the order networkd takes them. An empty file, which
 *  is also how a link to /dev/null reads, switches its name off. */
function netdevsOf(
  files: readonly RawHost[],
): readonly { readonly name: string; readonly parts: readonly RawHost[] }[] {
  const dropIns = effective(files, /^[^/]+\.netdev\.d\/[^/]+\.conf$/);
  return effective(files, /^[^/]+\.netdev$/)
    .filter(({ file }) => file.text !== '')
    .map(({ name, file }) => {
      const own = dropIns.filter((dropIn) => dropIn.name.startsWith(`${name}.d/`));
      return { name, parts: [file, ...own.map((dropIn) => dropIn.file)] };
    });
}

/** One file a name, of the first directory that has it, sorted by name. */
function effective(
  files: readonly RawHost[],
  pattern: RegExp,
): readonly { readonly name: string; readonly file: RawHost }[] {
  const found = new Map<string, RawHost>();
  for (const directory of directories) {
    for (const file of files) {
      const name = file.what.startsWith(directory) ? file.what.slice(directory.length) : '';
      if (pattern.test(name) && !found.has(name)) found.set(name, file);
    }
  }
  return [...found].map(([name, file]) => ({ name, file })).sort((left, right) => (left.name < right.name ? -1 : 1));
}

interface Netdev {
  readonly name: string | undefined;
  readonly kind: string | undefined;
  readonly mode: Found<string>;
}

/** A .netdev text and its drop-ins, by the rules of systemd.syntax(7): names of sections, keys and words in this case
 *  only; of a key that stands twice the last counts. */
function readNetdev(texts: readonly string[]): Netdev {
  const read = new Map<string, string[]>();
  let strange: string | undefined;
  for (const text of texts) {
    let section = '';
    for (const line of linesOf(text)) {
      if (line.startsWith('[')) {
        section = line;
        if (!line.endsWith(']') || line === '[Match]') strange ??= line;
        continue;
      }
      const equals = line.indexOf('=');
      if (equals < 1) continue;
      const key = `${section}${line.slice(0, equals).trim()}`;
      const values = read.get(key) ?? [];
      read.set(key, values);
      values.push(line.slice(equals + 1).trim());
    }
  }
  return {
    name: read.get('[NetDev]Name')?.at(-1),
    kind: read.get('[NetDev]Kind')?.at(-1),
    // A [Match] makes it depend on things that are not written here; a broken header makes networkd drop the file.
    // Without any word networkd leaves the choice to the kernel, and that is balance-rr. A word that it does not know it
    // passes over, so that `Mode=nonsense` makes balance-rr too, on systemd 252 without a line in the log: that is what
    // would happen and not what anybody configured, so it stays as it is written, for `say` to call unreadable.
    mode: strange === undefined ? (read.get('[Bond]Mode')?.at(-1) ?? 'balance-rr') : unreadable(strange),
  };
}

/** Lines without comments, which are whole lines; one that ends in a backslash goes on after the comments below it. */
function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  let begun = '';
  for (const raw of text.split(/\r\n|\n|\r/)) {
    if (/^\s*[#;]/.test(raw)) continue;
    const line = begun + raw.trimStart();
    const goesOn = /(?<!\\)(?:\\\\)*\\$/.test(line);
    begun = goesOn ? `${line.slice(0, -1)} ` : '';
    if (!goesOn && line.trim() !== '') lines.push(line.trim());
  }
  return begun.trim() === '' ? lines : [...lines, begun.trim()];
}

/** The file's mode, if the cloud-configs leave it alone or write the same; otherwise nobody knows which one wins. */
function afterBoot(netdev: Netdev, file: string, rewrites: readonly NetdevRewrite[]): Found<string> {
  for (const rewrite of rewrites) {
    if (rewrite.content === undefined) return unreadable(`/${rewrite.by} may change it at boot`);
    const written = readNetdev([rewrite.content]);
    if (rewrite.file !== file && written.name !== netdev.name) continue;
    const isSame = written.name === netdev.name && written.kind === 'bond' && written.mode === netdev.mode;
    if (!isSame) return unreadable(`/${rewrite.by} writes another one at boot`);
  }
  return netdev.mode;
}

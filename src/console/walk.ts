import type { Fault } from '../kernel/fault.ts';
import { error } from '../kernel/fault.ts';
import { isUnread } from '../profile/folder.ts';
import { decodeText, type SourceText } from '../source/text.ts';
import { child, type Tree } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';
import type { Disk, World } from './world.ts';

const bytesMax = 2 ** 20;
const depthMax = 16;
/** What tools keep beside what people write. */
const skipped = new Set(['.git', 'node_modules', 'dist']);

/** YAML files of a path: the file itself, or those of the folder and the folders in it, sorted. Paths stay as typed. */
export function yamlFiles(
  disk: Disk,
  path: string,
): { readonly files: readonly string[]; readonly faults: readonly Fault[] } {
  const kind = disk.kindOf(path);
  if (kind === 'none') return { files: [], faults: [error('FILE_MISSING', at(path), 'does not exist')] };
  if (kind !== 'folder') return { files: [path], faults: [] };
  const files: string[] = [];
  const faults: Fault[] = [];
  const visit = (folder: string, depth: number): void => {
    const names = disk.list(folder);
    if (!Array.isArray(names)) {
      if (isUnread(names as never)) faults.push(error('FILE_UNREADABLE', at(folder), 'could not be read'));
      return;
    }
    for (const name of names) {
      const inner = folder === '.' ? name : `${folder.replace(/\/+$/, '')}/${name}`;
      if (disk.kindOf(inner) === 'folder') {
        if (depth < depthMax && !skipped.has(name)) visit(inner, depth + 1);
      } else if (/\.ya?ml$/.test(name)) files.push(inner);
    }
  };
  visit(path, 0);
  return { files, faults };
}

export function readSource(
  disk: Disk,
  path: string,
): { readonly source: SourceText } | { readonly faults: readonly Fault[] } {
  const bytes = disk.read(path);
  if (isUnread(bytes)) return { faults: [error(bytes.code, at(path), bytes.message)] };
  const text = decodeText(path, bytes, bytesMax);
  return text.ok ? { source: text.value } : { faults: text.faults };
}

/** What is piped in; paths that it names are as seen from the working directory. */
export async function readPiped(stdin: World['stdin']): Promise<ReturnType<typeof readSource>> {
  const name = 'standard input';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stdin) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > bytesMax) break; // `decodeText` says so
    }
  } catch {
    return { faults: [error('FILE_UNREADABLE', at(name), 'could not be read')] };
  }
  const text = decodeText(name, Buffer.concat(chunks), bytesMax);
  return text.ok ? { source: text.value } : { faults: text.faults };
}

/** `RulePack`, `EdgeProfile` … of our group; undefined for anything else. */
export function kindIn(source: SourceText): string | undefined {
  const tree = parseTree(source);
  return tree.ok ? kindOf(tree.value) : undefined;
}

function kindOf(tree: Tree): string | undefined {
  const version = child(tree, 'apiVersion');
  const kind = child(tree, 'kind');
  const isOurs = version?.kind === 'scalar' && version.text.startsWith('nodewright.spectrocloud.com/');
  return isOurs && kind?.kind === 'scalar' ? kind.text : undefined;
}

function at(file: string): { readonly file: string; readonly line: number; readonly col: number } {
  return { file, line: 1, col: 1 };
}

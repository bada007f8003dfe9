import { diskFrom, folderOf } from '../src/console/disk.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { type FolderPort, isUnread } from '../src/profile/folder.ts';
import { readSide, type Side } from '../src/review/side.ts';

/** What is written otherwise in a file that ends so. */
interface Edit {
  readonly file: string;
  readonly was: string;
  readonly is: string;
}

export const sixteenNodes: Edit = {
  file: 'profile.yaml',
  was: 'nodes: {atLeast: 3, atMost: 3}',
  is: 'nodes: {atLeast: 16, atMost: 16}',
};

/** The node that was heard of exactly as long ago as may be. */
export const limitChanged: Edit = {
  file: 'storage-safety.yaml',
  was: 'heard-of: {fact: node.heartbeatAge, operator: lessThanInclusive,',
  is: 'heard-of: {fact: node.heartbeatAge, operator: lessThan,',
};

/** The shipped profile of three nodes, with this written otherwise. */
export function sideWith(...edits: readonly Edit[]): Side {
  const { folder, file } = folderOf(diskFrom('.'), 'profiles/three-node');
  const side = readSide('profiles/three-node', edited(folder, edits), file, vocabulary);
  if (!side.ok) throw new Error(side.faults.map(({ message }) => message).join('\n'));
  return side.value;
}

function edited(folder: FolderPort, edits: readonly Edit[]): FolderPort {
  return {
    nameOf: (path) => folder.nameOf(path),
    read(path) {
      const bytes = folder.read(path);
      const own = edits.filter(({ file }) => path.endsWith(file));
      if (isUnread(bytes) || own.length === 0) return bytes;
      return new TextEncoder().encode(own.reduce(replaced, new TextDecoder().decode(bytes)));
    },
  };
}

function replaced(text: string, { file, was, is }: Edit): string {
  if (!text.includes(was)) throw new Error(`${file} does not say \`${was}\``);
  return text.replace(was, is);
}

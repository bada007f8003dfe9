import { appendLeaf, emptyFrontier, leafHash, type Tiles } from '../kernel/merkle.ts';
import type { Disk } from './disk.ts';
import { recordLines } from './read.ts';
import { TreeFiles } from './tree-files.ts';

/** The tree over the first records of a log, made from the records themselves: for whoever reads a folder that another process writes, and does
 *  not want to rest on what is kept of the tree. 32 bytes a record in memory. */
export async function treeOf(disk: Disk, size: number): Promise<Tiles> {
  const tree = new TreeFiles(disk);
  let frontier = emptyFrontier;
  for await (const lines of recordLines(disk, 0, size)) {
    for (const line of lines) frontier = appendLeaf(frontier, leafHash(line), (...hash) => tree.keep(...hash));
  }
  return tree;
}

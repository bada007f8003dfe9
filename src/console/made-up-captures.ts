import { error, type Fault } from '../kernel/fault.ts';
import type { Review } from '../review/review.ts';
import { writeSite } from './made-up-capture.ts';
import { witnessesOf, witnessSentence } from './render/proof-words.ts';
import type { World } from './world.ts';

/** Writes each site that a review made up as a capture in a folder, by the name that every form of the review tells. If one of them is there
 *  already, none is written; what could not be written is named, and what was before it is whole. */
export async function writeSites(review: Review, folder: string, world: World): Promise<readonly Fault[]> {
  const { disk } = world;
  const under = folder.replace(/(?<=.)\/+$/, '');
  const sites = witnessesOf(review).map((told) => ({ told, path: `${under}/${told.slug}` }));
  const there = sites.filter(({ path }) => disk.kindOf(path) !== 'none');
  if (there.length > 0) {
    const hint = 'nothing was written; choose another folder';
    return there.map(({ path }) => error('FILE_UNWRITABLE', { file: path, line: 1, col: 1 }, 'is there already', hint));
  }
  for (const { told, path } of sites) {
    const written = await writeSite(told.witness.site, path, witnessSentence(told), world);
    if (!written.ok) return written.faults;
  }
  return [];
}

import type { Fault } from '../kernel/fault.ts';
import type { Review } from '../review/review.ts';
import { takenFault, writeSite } from './made-up-capture.ts';
import { witnessesOf, witnessSentence } from './render/proof-words.ts';
import type { World } from './world.ts';

/** Writes each site that a review made up as a capture in a folder, by the name that every form of the review tells. If one of them is there
 *  already, none is written; what could not be written is named, and what was before it is whole. */
export async function writeSites(review: Review, folder: string, world: World): Promise<readonly Fault[]> {
  const under = folder.replace(/(?<=.)\/+$/, '');
  const sites = witnessesOf(review).map((told) => ({ told, path: `${under}/${told.slug}` }));
  const taken = sites.flatMap(({ path }) => takenFault(path, world) ?? []);
  if (taken.length > 0) return taken;
  for (const { told, path } of sites) {
    const written = await writeSite(told.witness.site, path, witnessSentence(told), world);
    if (!written.ok) return written.faults;
  }
  return [];
}

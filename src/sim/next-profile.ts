import { digestOfText } from '../kernel/digest.ts';
import type { HeldProfile } from '../operator/prepare.ts';

/** What a site gets when its profile changes. Its own again stands for a new version of it, in which nothing changed that
 *  decides: another digest, the same rules. */
export function nextProfileOf(profile: HeldProfile, next: HeldProfile = profile): HeldProfile {
  if (next.digest !== profile.digest) return next;
  return { ...next, digest: digestOfText(`the version after ${profile.digest}`) };
}

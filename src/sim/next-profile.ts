import { canonical, digestOfText, type Json } from '../kernel/digest.ts';
import { heldFrom } from '../operator/held-from.ts';
import type { HeldProfile } from '../operator/prepare.ts';

/** What a site gets when its profile changes. Its own again stands for a new version of it, in which nothing changed that
 *  decides: another digest, the same rules. */
export function nextProfileOf(profile: HeldProfile, next: HeldProfile = profile): HeldProfile {
  if (next.digest !== profile.digest) return next;
  const { bundle, ...made } = next;
  const later = bundle === undefined ? undefined : laterVersion(JSON.parse(bundle()) as Json);
  return later ?? { ...made, digest: digestOfText(`the version after ${profile.digest}`) };
}

/** The same document with the next version in it: whoever replays what it decided needs one that loads. */
function laterVersion(bundle: Json): HeldProfile | undefined {
  const { profile } = bundle as Readonly<Record<string, Json>>;
  const { spec } = profile as Readonly<Record<string, Json>>;
  const { version } = spec as Readonly<Record<string, Json>>;
  const [, before = '', patch = ''] = /^(\d+\.\d+\.)(\d+)/.exec(String(version)) ?? [];
  const changed = { ...(spec as object), version: `${before}${BigInt(patch) + 1n}` };
  const later = { ...(bundle as object), profile: { ...(profile as object), spec: changed } } as Json;
  const loaded = heldFrom(canonical(later), 'the next version');
  return loaded.ok ? loaded.value : undefined;
}

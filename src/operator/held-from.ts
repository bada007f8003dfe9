import type { Loaded } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { loadDraft } from '../profile/load.ts';
import { rehearsed } from '../profile/verify.ts';
import { held } from './held.ts';
import type { HeldProfile } from './prepare.ts';

/** A profile from the document that a record names by its digest, and which is believed for no other reason: what decided then is
 *  asked what it decides. Nothing may be acted on with it. `name`: what messages call it. */
export function heldFrom(text: string, name: string): Loaded<HeldProfile> {
  const bytes = new TextEncoder().encode(text);
  const loaded = loadDraft({ read: () => bytes, nameOf: () => name }, 'profile.json', vocabulary);
  if (!loaded.ok) return loaded;
  const { profile, bundle } = loaded.value;
  return { ok: true, value: held(rehearsed(profile), bundle), warnings: loaded.warnings };
}

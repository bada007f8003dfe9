import { digestOfText } from '../kernel/digest.ts';
import { error, type Fault, type Loaded, type Place } from '../kernel/fault.ts';
import { checkSignatures } from '../signing/dsse.ts';
import { type PublicKey, parsePublicKey } from '../signing/keys.ts';
import {
  type ProfileRole,
  type Role,
  type RootStatement,
  rootEnvelope,
  type SignedRoot,
  type TrustFile,
} from './trust-file.ts';

declare const followed: unique symbol;

/** The newest root of a chain that was followed from its first: whom to believe, as long as it has not expired. Made in
 *  this file only. */
export interface TrustRoot {
  readonly [followed]: true;
  readonly site: string;
  readonly version: number;
  /** Over what is signed of it. */
  readonly digest: string;
  readonly expiresMs: number;
  readonly keys: ReadonlyMap<string, TrustedKey>;
  readonly rootRole: Role;
  readonly profileRoles: readonly ProfileRole[];
}

export interface TrustedKey {
  readonly key: PublicKey;
  readonly owner: string | undefined;
  /** Undefined: as long as the root. */
  readonly expiresMs: number | undefined;
}

/** A root that was believed here before. Who keeps this memory keeps it where the author of a trust file cannot write. */
export interface RootBefore {
  readonly version: number;
  readonly digest: string;
}

/** What a file says → the root that is in force, or why not. The first root stands for itself: a site is born with the file. Each
 *  next one is the next version, signed by its own root keys and by those of the one before. When each was signed nobody
 *  knows, so old roots may have expired; the newest may not, and that is asked when something is verified by it. */
export function followRoots({ roots }: TrustFile, file: string, before: RootBefore | null): Loaded<TrustRoot> {
  const faults: Fault[] = [];
  let last: TrustRoot | undefined;
  let isKnown = before === null;
  for (const signed of roots) {
    const checked = checkRoot(signed);
    if (!checked.ok) return { ok: false, faults: [...faults, ...checked.faults] };
    const root = checked.value;
    if (before?.version === root.version) {
      isKnown = before.digest === root.digest;
      if (!isKnown) return refused('TRUST_ROLLBACK', signed.at, `another root ${root.version} was trusted here before`);
    }
    faults.push(...(last === undefined ? [] : unlinked(last, root, signed.at)), ...unsigned(signed, root, last));
    last = root;
  }
  if (last === undefined) return refused('TRUST_ROOT', { file, line: 1, col: 1 }, 'has no root');
  if (!isKnown) {
    const message = `goes up to root ${last.version} without the root ${before?.version} that was trusted here before`;
    faults.push(error('TRUST_ROLLBACK', roots.at(-1)?.at ?? { file, line: 1, col: 1 }, message));
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: last, warnings: [] };
}

/** Whether a root lets a key sign a profile of this name, by the roles that say so. */
export function rolesFor({ profileRoles }: TrustRoot, profile: string): readonly ProfileRole[] {
  return profileRoles.filter(({ profiles }) =>
    profiles.some((name) => (name.endsWith('*') ? profile.startsWith(name.slice(0, -1)) : profile === name)),
  );
}

/** RFC 3339 in UTC → milliseconds. A thirtieth of February is none. */
export function momentOf(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 19)) ? ms : undefined;
}

/** One root by itself: its keys are what they say, its roles name keys that there are. */
export function checkRoot({ root, signatures, at }: SignedRoot): Loaded<TrustRoot> {
  const faults: Fault[] = [];
  const keys = new Map<string, TrustedKey>();
  const expiresMs = momentFrom(root.expires, at, faults);
  for (const { id, algorithm, owner, expires, publicKey } of root.keys) {
    const parsed = parsePublicKey({ file: at.file, text: publicKey });
    if (!parsed.ok) {
      faults.push(...parsed.faults.map((fault) => ({ ...fault, at, message: `key \`${id}\` ${fault.message}` })));
      continue;
    }
    const key = parsed.value;
    if (key.id !== id) faults.push(error('TRUST_KEY', at, `key \`${id}\` has the id \`${key.id}\``));
    else if (key.algorithm !== algorithm)
      faults.push(error('TRUST_KEY', at, `key \`${id}\` is no key for ${algorithm}`));
    else if (key.pem !== publicKey) faults.push(error('TRUST_KEY', at, `key \`${id}\` is not written in its one form`));
    else if (keys.has(id)) faults.push(error('TRUST_KEY', at, `key \`${id}\` stands there twice`));
    const keyExpiresMs = expires === undefined ? undefined : momentFrom(expires, at, faults);
    keys.set(id, { key, owner, expiresMs: keyExpiresMs });
  }
  checkRole('root', root.roles.root, keys, at, faults);
  for (const role of root.roles.profile) checkRole('profile', role, keys, at, faults);
  if (faults.length > 0) return { ok: false, faults };
  const value = {
    site: root.site,
    version: root.version,
    digest: rootDigest(root),
    expiresMs,
    keys,
    rootRole: root.roles.root,
    profileRoles: root.roles.profile,
  } as unknown as TrustRoot;
  return { ok: true, value, warnings: [] };

  function rootDigest(statement: RootStatement): string {
    return digestOfText(new TextDecoder().decode(rootEnvelope({ root: statement, signatures }).payload));
  }
}

function checkRole(
  name: string,
  { threshold, keys }: Role,
  known: ReadonlyMap<string, unknown>,
  at: Place,
  faults: Fault[],
): void {
  for (const id of keys) {
    if (!known.has(id))
      faults.push(error('TRUST_ROOT', at, `the ${name} role names the key \`${id}\`, which is not there`));
  }
  if (new Set(keys).size < keys.length) faults.push(error('TRUST_ROOT', at, `the ${name} role names a key twice`));
  if (threshold > keys.length || threshold < 1) {
    faults.push(error('TRUST_ROOT', at, `the ${name} role asks for ${threshold} of ${keys.length} keys`));
  }
}

function unlinked(last: TrustRoot, root: TrustRoot, at: Place): readonly Fault[] {
  const faults: Fault[] = [];
  if (root.version !== last.version + 1) {
    faults.push(error('TRUST_SKIPS', at, `root ${root.version} follows root ${last.version}`));
  }
  if (root.site !== last.site) {
    faults.push(error('TRUST_ROOT', at, `is a root of \`${root.site}\` and follows one of \`${last.site}\``));
  }
  return faults;
}

/** Why the signatures of a root are not enough: of its own root keys, and of those of the one before. */
function unsigned(signed: SignedRoot, root: TrustRoot, last: TrustRoot | undefined): readonly Fault[] {
  const { at } = signed;
  const keyOf = (id: string): PublicKey | undefined => (root.keys.get(id) ?? last?.keys.get(id))?.key;
  const found = checkSignatures(rootEnvelope(signed), keyOf, at);
  if (!found.ok) return found.faults;
  const askers = [root, ...(last === undefined ? [] : [last])];
  const strangers = found.value.filter((id) => !askers.some(({ rootRole }) => rootRole.keys.includes(id)));
  return [
    ...strangers.map((id) => error('SIGNATURE_NOT_ALLOWED', at, `key \`${id}\` may not sign root ${root.version}`)),
    ...askers.flatMap(({ version, rootRole: { threshold, keys } }) => {
      const count = found.value.filter((id) => keys.includes(id)).length;
      if (count >= threshold) return [];
      const message = `root ${root.version} is signed by ${count} of the ${keys.length} root keys of root ${version}; ${threshold} must`;
      return [error('SIGNATURE_TOO_FEW', at, message)];
    }),
  ];
}

function momentFrom(text: string, at: Place, faults: Fault[]): number {
  const ms = momentOf(text);
  if (ms === undefined) faults.push(error('TRUST_ROOT', at, `\`${text}\` is no moment`));
  return ms ?? 0;
}

function refused(code: 'TRUST_ROOT' | 'TRUST_ROLLBACK', at: Place, message: string): Loaded<never> {
  return { ok: false, faults: [error(code, at, message)] };
}

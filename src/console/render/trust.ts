import type { Fault } from '../../kernel/fault.ts';
import { type Role, type RootStatement, rootEnvelope, type TrustFile } from '../../profile/trust-file.ts';
import { momentOf } from '../../profile/trust-root.ts';
import { envelopeText } from '../../signing/dsse.ts';
import { span } from '../ages.ts';
import type { Asked } from '../asked.ts';
import { plainly } from '../paint.ts';
import { quoted } from '../shell.ts';
import { type Data, json, yaml } from './data.ts';
import { faultData } from './parts.ts';

export interface ShownTrust {
  readonly file: TrustFile;
  readonly path: string;
  /** Why it is not to be believed now. */
  readonly faults: readonly Fault[];
}

export function trustData({ file, faults }: ShownTrust): Data {
  return {
    schemaVersion: 'trust-show/v1',
    believed: faults.length === 0,
    roots: file.roots.map(({ root, signatures }) => ({
      ...rootData(root),
      signedBy: signatures.map(({ keyId }) => keyId),
      envelope: JSON.parse(envelopeText(rootEnvelope({ root, signatures }))) as Data,
    })),
    faults: faults.map(faultData),
  };
}

function rootData({ site, version, expires, keys, roles }: RootStatement): { readonly [name: string]: Data } {
  return {
    site,
    version,
    expires,
    keys: keys.map((key) => ({
      keyId: key.id,
      algorithm: key.algorithm,
      owner: key.owner ?? null,
      expires: key.expires ?? null,
      publicKey: key.publicKey,
    })),
    roles: {
      root: roleData(roles.root),
      profile: roles.profile.map((role) => ({ profiles: role.profiles, ...roleData(role) })),
    },
  };
}

function roleData({ threshold, keys }: Role): { readonly [name: string]: Data } {
  return { threshold, keys };
}

/** The newest root in full; of those before it, who was followed by whom. */
export function trustLines({ file, faults, path }: ShownTrust, nowMs: number, { format, look }: Asked): string {
  const newest = file.roots.at(-1);
  if (newest === undefined || format === 'name') return newest === undefined ? '' : `${newest.root.site}\n`;
  const { root } = newest;
  const lines = [
    `${faults.length === 0 ? look.good(`${look.signs.open} BELIEVED`) : look.bad(`${look.signs.closed} NOT BELIEVED`)}  root ${root.version} of ${look.strong(plainly(root.site, look))}   ${plainly(path, look)}`,
    `  expires ${root.expires}${untilWords(root.expires, nowMs)}`,
    `  the next root: ${roleWords(root.roles.root)}`,
    ...root.roles.profile.map((role) => `  profiles ${role.profiles.join(', ')}: ${roleWords(role)}`),
    ...(root.roles.profile.length === 0 ? ['  no profile: nobody may sign one'] : []),
    'keys',
    ...root.keys.map(({ id, owner, algorithm, expires }) => {
      const until = expires === undefined ? '' : `, expires ${expires}${untilWords(expires, nowMs)}`;
      return `  ${look.wide ? id : id.slice(0, 12)}  ${plainly(owner ?? 'somebody', look)}, ${algorithm}${until}`;
    }),
    'roots',
    ...file.roots.map(({ root: { version, expires }, signatures }) => {
      const by = signatures.map(({ keyId }) => nameOf(keyId, file)).join(', ');
      return `  ${version}  expires ${expires}, signed by ${by === '' ? 'nobody' : plainly(by, look)}`;
    }),
  ];
  return `${lines.join('\n')}\n`;

  function roleWords({ threshold, keys }: Role): string {
    return `${threshold} of ${keys.length} (${plainly(keys.map((id) => nameOf(id, file)).join(', '), look)})`;
  }
}

/** What `trust init` and `trust rotate` made, and who has to sign it now. */
export function startedRoot(root: RootStatement, path: string, { format, look }: Asked, calledAs: string): string {
  if (format === 'json' || format === 'yaml') {
    const data = { schemaVersion: 'trust-root/v1', file: path, ...rootData(root) };
    return format === 'json' ? json(data) : yaml(data);
  }
  if (format === 'name') return `${path}\n`;
  const { threshold, keys } = root.roles.root;
  return [
    `${look.good(look.signs.open)} root ${root.version} of ${plainly(root.site, look)}, not signed yet, in ${plainly(path, look)}\n`,
    `  ${threshold} of its ${keys.length} root keys must sign it${root.version > 1 ? ', and enough of those before' : ''}\n`,
    `next: ${plainly(`${calledAs} sign ${quoted(path)} --key KEY`, look)}, each holder\n`,
  ].join('');
}

/** The name that the newest root which knows a key has for it. */
function nameOf(id: string, { roots }: TrustFile): string {
  const known = roots.toReversed().flatMap(({ root }) => root.keys.find((key) => key.id === id) ?? []);
  return known[0]?.owner ?? id.slice(0, 12);
}

function untilWords(expires: string, nowMs: number): string {
  const ms = momentOf(expires);
  if (ms === undefined) return '';
  return ms > nowMs ? ` (in ${span(ms - nowMs)})` : ` (${span(nowMs - ms)} ago)`;
}

import { canonical, type Json } from '../kernel/digest.ts';
import { error, type Loaded, type Place } from '../kernel/fault.ts';
import { checkShape } from '../rules/shape.ts';
import { base64, byKeyId, type Envelope, fromBase64, type Signature } from '../signing/dsse.ts';
import type { KeyAlgorithm } from '../signing/keys.ts';
import type { SourceText } from '../source/text.ts';
import { child, toJson } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';
import { apiVersion } from './document.ts';

/** `trust.yaml`: what it says, of which nothing is believed yet. Oldest root first. */
export interface TrustFile {
  readonly roots: readonly SignedRoot[];
}

export interface SignedRoot {
  readonly root: RootStatement;
  readonly signatures: readonly Signature[];
  readonly at: Place;
}

/** What a root says. Its canonical JSON, with `apiVersion` and `kind`, is what is signed. */
export interface RootStatement {
  readonly site: string;
  readonly version: number;
  /** RFC 3339, UTC. */
  readonly expires: string;
  readonly keys: readonly KeyStatement[];
  readonly roles: { readonly root: Role; readonly profile: readonly ProfileRole[] };
}

export interface KeyStatement {
  readonly id: string;
  readonly algorithm: KeyAlgorithm;
  readonly owner?: string;
  readonly expires?: string;
  /** SPKI in PEM. */
  readonly publicKey: string;
}

export interface Role {
  readonly threshold: number;
  readonly keys: readonly string[];
}

/** `profiles`: names, or beginnings of names with `*` at the end. */
export type ProfileRole = Role & { readonly profiles: readonly string[] };

export const rootPayloadType = 'application/vnd.nodewright.trust-root.v1+json';
export const trustBytesMax = 4 * 2 ** 20;

/** A root as the DSSE envelope that its signatures are of. */
export function rootEnvelope({ root, signatures }: Pick<SignedRoot, 'root' | 'signatures'>): Envelope {
  const statement = { apiVersion, kind: 'TrustRoot', ...root } as unknown as Json;
  return { payloadType: rootPayloadType, payload: Buffer.from(canonical(statement)), signatures };
}

/** A trust file in any layout, for whoever goes on writing it. */
export function readTrust(source: SourceText): Loaded<TrustFile> {
  const tree = parseTree(source);
  if (!tree.ok) return tree;
  const shape = checkShape(tree.value, 'trust');
  const faults = [...shape.faults, ...shape.leftToLinker];
  if (!shape.rightKind || faults.length > 0) return { ok: false, faults };
  const { roots } = toJson(tree.value) as unknown as {
    readonly roots: readonly {
      readonly root: RootStatement;
      readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
    }[];
  };
  const list = child(tree.value, 'roots');
  const places = list?.kind === 'list' ? list.items.map((item) => item.at) : [];
  const read: SignedRoot[] = [];
  for (const [number, { root, signatures }] of roots.entries()) {
    const at = places[number] ?? tree.value.at;
    const decoded = signatures.map(({ keyid, sig }) => ({ keyId: keyid, signature: fromBase64(sig) }));
    const whole = decoded.flatMap(({ keyId, signature }) => (signature === undefined ? [] : [{ keyId, signature }]));
    if (whole.length < decoded.length) {
      return { ok: false, faults: [error('TRUST_FORM', at, 'has a signature that is not in base64')] };
    }
    read.push({ root, signatures: whole, at });
  }
  return { ok: true, value: { roots: read }, warnings: [] };
}

/** A trust file as it must be written to be believed: byte for byte as `trustText` does, so that every changed byte shows. */
export function parseTrust(source: SourceText): Loaded<TrustFile> {
  const read = readTrust(source);
  if (!read.ok) return read;
  const own = trustText(read.value);
  if (own === source.text) return read;
  const lines = own.split('\n');
  const line = source.text.split('\n').findIndex((text, number) => text !== lines[number]);
  const at = { file: source.file, line: line === -1 ? lines.length : line + 1, col: 1 };
  return { ok: false, faults: [error('TRUST_FORM', at, 'is not written in the one form that is believed')] };
}

const head = `# Whom this site believes. \`nwctl trust\` writes this file and \`nwctl sign\` signs it; what is changed by hand is refused.
`;

/** The one form. Every text is in double quotes, so that no reader of YAML takes a key's id for a number; a PEM keeps its
 *  lines. */
export function trustText({ roots }: TrustFile): string {
  const lines = [`apiVersion: ${apiVersion}`, 'kind: TrustRoots', 'roots:'];
  for (const { root, signatures } of roots) {
    lines.push('- root:', `    site: ${quoted(root.site)}`, `    version: ${root.version}`);
    lines.push(`    expires: ${quoted(root.expires)}`, '    keys:', ...root.keys.flatMap(keyLines), '    roles:');
    lines.push('      root:', ...roleLines(root.roles.root, '        '));
    lines.push(root.roles.profile.length === 0 ? '      profile: []' : '      profile:');
    for (const role of root.roles.profile) {
      lines.push(`      - profiles: [${role.profiles.map(quoted).join(', ')}]`, ...roleLines(role, '        '));
    }
    lines.push(signatures.length === 0 ? '  signatures: []' : '  signatures:');
    for (const { keyId, signature } of [...signatures].sort(byKeyId)) {
      lines.push(`  - keyid: ${quoted(keyId)}`, `    sig: ${quoted(base64(signature))}`);
    }
  }
  // A file that was cut off between two roots would be a right one, of yesterday.
  lines.push(`# End: root ${roots.at(-1)?.root.version}.`);
  return `${head}${lines.join('\n')}\n`;
}

function keyLines({ id, algorithm, owner, expires, publicKey }: KeyStatement): readonly string[] {
  return [
    `    - id: ${quoted(id)}`,
    `      algorithm: ${algorithm}`,
    ...(owner === undefined ? [] : [`      owner: ${quoted(owner)}`]),
    ...(expires === undefined ? [] : [`      expires: ${quoted(expires)}`]),
    ...(/^([\x21-\x7e]+( [\x21-\x7e]+)*\n)+$/.test(publicKey)
      ? [
          '      publicKey: |',
          ...publicKey
            .trimEnd()
            .split('\n')
            .map((line) => `        ${line}`),
        ]
      : [`      publicKey: ${quoted(publicKey)}`]),
  ];
}

function roleLines({ threshold, keys }: Role, indent: string): readonly string[] {
  return [`${indent}threshold: ${threshold}`, `${indent}keys:`, ...keys.map((key) => `${indent}- ${quoted(key)}`)];
}

/** JSON's quotes are YAML's. What YAML does not allow raw inside them, JSON.stringify leaves raw. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (odd) => {
    return `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

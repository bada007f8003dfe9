import { error, type Loaded } from '../kernel/fault.ts';
import { addSignature, type Envelope } from '../signing/dsse.ts';
import { type PrivateKey, type PublicKey, parsePrivateKey, parsePublicKey, SignerRefused } from '../signing/keys.ts';
import type { Asked } from './asked.ts';
import { usage } from './usage.ts';
import { readSource } from './walk.ts';
import type { World } from './world.ts';

/** Keys by the paths that people type, and passphrases by the ways in which people give them. */

export function readPublicKeyFile(path: string, { disk }: World): Loaded<PublicKey> {
  const read = readSource(disk, path);
  return 'faults' in read ? { ok: false, faults: read.faults } : parsePublicKey(read.source);
}

/** `--passphrase-file`, else NW_PASSPHRASE, else a person. Undefined: there is none. */
export async function passphraseAsked(
  question: string,
  { settings }: Asked,
  world: World,
): Promise<Loaded<string | undefined>> {
  const path = settings.text('passphrase-file');
  if (path !== undefined) {
    const read = readSource(world.disk, path);
    if ('faults' in read) return { ok: false, faults: read.faults };
    const [line = ''] = read.source.text.split(/\r?\n/, 1);
    if (line !== '') return { ok: true, value: line, warnings: [] };
    return { ok: false, faults: [error('KEY_PASSPHRASE', { file: path, line: 1, col: 1 }, 'has an empty first line')] };
  }
  const told = world.env.NW_PASSPHRASE;
  const value = told !== undefined && told !== '' ? told : await world.askSecret(question);
  return { ok: true, value, warnings: [] };
}

/** Whoever signs, by the flags: a private key, or a command and the public key that it signs for. */
export async function signAsked(envelope: Envelope, holder: Holder): Promise<Loaded<Envelope>> {
  return addSignature(envelope, holder, holder.public);
}

export type Holder = Pick<PrivateKey, 'keyId' | 'algorithm' | 'sign' | 'public'>;

export async function holderAsked(asked: Asked, world: World): Promise<Loaded<Holder>> {
  const { settings } = asked;
  const [path, signer, half] = [settings.text('key'), settings.text('signer'), settings.text('public-key')];
  if ((path === undefined) === (signer === undefined)) {
    const fault = usage(
      'one of --key and --signer must be given',
      'write --key FILE, or --signer COMMAND --public-key FILE',
    );
    return { ok: false, faults: [fault] };
  }
  if (path !== undefined) return ownKey(path, asked, world);
  if (half === undefined) {
    return { ok: false, faults: [usage('--signer does not say for which key', 'name it: --public-key FILE')] };
  }
  const key = readPublicKeyFile(half, world);
  if (!key.ok) return key;
  const { id, algorithm } = key.value;
  const words = (signer ?? '').split(/\s+/).filter((word) => word !== '');
  const sign = async (bytes: Uint8Array): Promise<Uint8Array> => {
    const signed = await world.runSigner(words, bytes);
    if (signed.ok) return signed.value;
    const [fault] = signed.faults;
    throw fault === undefined ? new Error('invariant broken: refused without a reason') : new SignerRefused(fault);
  };
  return { ok: true, value: { keyId: id, algorithm, sign, public: key.value }, warnings: [] };
}

async function ownKey(path: string, asked: Asked, world: World): Promise<Loaded<PrivateKey>> {
  const read = readSource(world.disk, path);
  if ('faults' in read) return { ok: false, faults: read.faults };
  const plain = parsePrivateKey(read.source);
  if (plain.ok || plain.faults[0]?.code !== 'KEY_PASSPHRASE') return plain;
  const passphrase = await passphraseAsked(`passphrase of ${path}: `, asked, world);
  if (!passphrase.ok) return passphrase;
  return parsePrivateKey(read.source, passphrase.value);
}

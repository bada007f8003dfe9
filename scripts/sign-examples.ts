/** The shipped profiles are examples, and signed by a key that is shipped with them, so that whoever tries them needs no flag. It
 *  proves nothing: everybody has its private half. `node scripts/sign-examples.ts` signs anew what was changed, with the same bytes
 *  for the same content; a test holds that it was done. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFrom, folderOf } from '../src/console/disk.ts';
import { canonical } from '../src/kernel/digest.ts';
import { invariant, type Loaded } from '../src/kernel/fault.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { loadDraft } from '../src/profile/load.ts';
import { type RootStatement, rootEnvelope, trustText } from '../src/profile/trust-file.ts';
import { profilePayloadType } from '../src/profile/verify.ts';
import { addSignature, type Envelope, envelopeText } from '../src/signing/dsse.ts';
import { type PrivateKey, parsePrivateKey } from '../src/signing/keys.ts';

const root = join(import.meta.dirname, '..');
const profiles = join(root, 'profiles');

/** Each file that the key signs, as it should be. */
export async function signedExamples(): Promise<ReadonlyMap<string, string>> {
  const file = join(profiles, 'example.key');
  const key = got(parsePrivateKey({ file, text: readFileSync(file, 'utf8') }));
  const files = new Map([[join(profiles, 'trust.yaml'), await exampleTrust(key)]]);
  for (const entry of readdirSync(profiles, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'packs') continue;
    const { folder, file: profile } = folderOf(diskFrom(join(root, 'src')), join(profiles, entry.name));
    const { bundle } = got(loadDraft(folder, profile, vocabulary));
    const document = { payloadType: profilePayloadType, payload: Buffer.from(canonical(bundle)), signatures: [] };
    files.set(join(profiles, entry.name, 'profile.sig'), envelopeText(await signed(document, key)));
  }
  return files;
}

/** It expires when nobody will mind; what is worth nothing cannot be lost. */
async function exampleTrust(key: PrivateKey): Promise<string> {
  const role = { threshold: 1, keys: [key.keyId] };
  const { keyId: id, algorithm, public: half } = key;
  const owner = 'example key, worth nothing: everybody has its private half';
  const statement: RootStatement = {
    site: 'examples-signed-by-everybody',
    version: 1,
    expires: '2126-01-01T00:00:00Z',
    keys: [{ id, algorithm, owner, publicKey: half.pem }],
    roles: { root: role, profile: [{ profiles: ['single-node', 'three-node', 'two-node'], ...role }] },
  };
  const { signatures } = await signed(rootEnvelope({ root: statement, signatures: [] }), key);
  return trustText({ roots: [{ root: statement, signatures, at: { file: 'trust.yaml', line: 1, col: 1 } }] });
}

async function signed(envelope: Envelope, key: PrivateKey): Promise<Envelope> {
  return got(await addSignature(envelope, key, key.public));
}

function got<T>(loaded: Loaded<T>): T {
  invariant(loaded.ok, loaded.ok ? '' : loaded.faults.map(({ at, message }) => `${at.file}: ${message}`).join('; '));
  return loaded.value;
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of await signedExamples()) writeFileSync(path, text);
}

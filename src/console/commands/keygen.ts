import { keyAlgorithms, makePrivateKey, type PrivateKey } from '../../signing/keys.ts';
import type { Asked } from '../asked.ts';
import { passphraseAsked } from '../holders.ts';
import { plainly } from '../paint.ts';
import { refuse } from '../refuse.ts';
import { json, yaml } from '../render/data.ts';
import { quoted } from '../shell.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [name = 'nodewright'] = asked.args;
  const [privatePath, publicPath] = [`${name}.key`, `${name}.pub`];
  const passphrase = await chosenPassphrase(asked, world);
  if (typeof passphrase === 'number') return passphrase;
  const algorithm = keyAlgorithms.find((known) => known === asked.settings.text('algorithm')) ?? 'ed25519';
  const key = makePrivateKey(algorithm, (count) => world.randomBytes(count));
  if (world.disk.kindOf(publicPath) !== 'none') {
    return refuse(
      [usage(`\`${publicPath}\` is there already`, 'nothing was written; choose another name')],
      asked,
      world,
    );
  }
  const secret = world.disk.writeSecret(privatePath, key.pem(passphrase));
  if (!secret.ok) return refuse(secret.faults, asked, world);
  const open = await world.disk.write(publicPath, key.public.pem, true);
  if (!open.ok) return refuse(open.faults, asked, world);
  if (passphrase === undefined) asked.messages.warn(`${privatePath} is not encrypted: whoever reads it signs with it`);
  world.out.write(rendered(key, { privatePath, publicPath, isEncrypted: passphrase !== undefined }, asked, world));
  return exit.ok;
}

/** Typed twice, or given once. Nothing typed, or nobody there: none. */
async function chosenPassphrase(asked: Asked, world: World): Promise<string | undefined | ExitCode> {
  let typed = 0;
  const counting: World = {
    ...world,
    stdin: world.stdin,
    askSecret: (question) => {
      typed += 1;
      return world.askSecret(question);
    },
  };
  const first = await passphraseAsked('passphrase (empty for none): ', asked, counting);
  if (!first.ok) return refuse(first.faults, asked, world);
  if (first.value === undefined || first.value === '') return undefined;
  if (typed === 0 || (await world.askSecret('once more: ')) === first.value) return first.value;
  return refuse([usage('the two passphrases differ', 'nothing was written; try again')], asked, world);
}

interface Files {
  readonly privatePath: string;
  readonly publicPath: string;
  readonly isEncrypted: boolean;
}

function rendered(key: PrivateKey, files: Files, { format, look }: Asked, { calledAs }: World): string {
  const { privatePath, publicPath, isEncrypted } = files;
  switch (format) {
    case 'json':
    case 'yaml': {
      const data = {
        schemaVersion: 'keygen/v1',
        keyId: key.keyId,
        algorithm: key.algorithm,
        privateKey: privatePath,
        encrypted: isEncrypted,
        publicKey: publicPath,
      };
      return format === 'json' ? json(data) : yaml(data);
    }
    case 'name':
      return `${key.keyId}\n`;
    default:
      return [
        `${look.good(look.signs.open)} key ${key.keyId} (${key.algorithm})\n`,
        `  private  ${plainly(privatePath, look)}${isEncrypted ? ', encrypted' : `, ${look.unsure('not encrypted')}`}\n`,
        `  public   ${plainly(publicPath, look)}\n`,
        `next: ${plainly(`${calledAs} trust init SITE --root-key ${quoted(publicPath)}`, look)}\n`,
      ].join('');
  }
}

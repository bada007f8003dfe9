import { error, type Loaded } from '../../kernel/fault.ts';
import { checkProof } from '../../log/prove.ts';
import { isUnread } from '../../profile/folder.ts';
import { decodeText, type SourceText } from '../../source/text.ts';
import type { Asked } from '../asked.ts';
import { keysAsked } from '../log-keys.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { proofData, proofText } from '../render/log-proof.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** A record of the greatest length, in the JSON of the document. */
const bytesMax = 8 * 2 ** 20;

/** Needs the document and nothing else; with a key that was given it says more. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const keys = keysAsked(asked, world);
  if (!keys.ok) return refuse(keys.faults, asked, world);
  const source = await proofIn(asked.args[0] ?? '-', world);
  if (!source.ok) return refuse(source.faults, asked, world);
  const { logKeys, witnesses, witnessesNeeded } = keys.value;
  if (logKeys === undefined && witnesses.length > 0) {
    const says =
      '--witness-key is given without --log-key: a witness saw a checkpoint, and whose it is the log’s key says';
    return refuse([error('USAGE', { file: '', line: 0, col: 0 }, says)], asked, world);
  }
  const trusted = logKeys === undefined ? undefined : { logKeys, witnesses, witnessesNeeded };
  const proven = checkProof(source.value, trusted);
  if (!proven.ok) {
    await refuse(proven.faults, asked, world);
    return exit.denied;
  }
  world.out.write(
    inForm(asked.format, {
      data: () => proofData(proven.value, source.value.file),
      names: () => [proven.value.digest],
      text: () => proofText(proven.value, asked.look),
    }),
  );
  return exit.ok;
}

async function proofIn(path: string, { disk, stdin }: World): Promise<Loaded<SourceText>> {
  if (path !== '-') {
    const bytes = disk.read(path);
    if (!isUnread(bytes)) return decodeText(path, bytes, bytesMax);
    return { ok: false, faults: [error(bytes.code, { file: path, line: 1, col: 1 }, bytes.message)] };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > bytesMax) break; // `decodeText` says so
  }
  return decodeText('standard input', Buffer.concat(chunks), bytesMax);
}

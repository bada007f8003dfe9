import { error } from '../../kernel/fault.ts';
import { checkCheckpoint, readCheckpoint } from '../../log/checkpoint.ts';
import { heldTree } from '../../log/held-tree.ts';
import { prove } from '../../log/prove.ts';
import { parseNoteKeys } from '../../log/public-keys.ts';
import type { Asked } from '../asked.ts';
import { keptLogs, readingLogs, recordAsked } from '../kept-logs.ts';
import { keysAsked } from '../log-keys.ts';
import { refuse } from '../refuse.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** What a stranger needs to see that one record stands in a log. It is checked before it is handed out. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  return readingLogs(asked, world, () => writeProof(asked, world));
}

async function writeProof(asked: Asked, world: World): Promise<ExitCode> {
  const { settings, args } = asked;
  const [id = ''] = args;
  const given = keysAsked(asked, world);
  if (!given.ok) return refuse(given.faults, asked, world);
  const logs = await keptLogs(settings.text('log') ?? '.', world);
  if (!logs.ok) return refuse(logs.faults, asked, world);
  const found = await recordAsked(id, logs.value);
  if (!found.ok) return refuse(found.faults, asked, world);
  const { log, line } = found.value;
  const { path, kept } = log;
  const at = { file: path, line: 1, col: 1 };
  const note = await kept.text('checkpoint');
  if (note.text === undefined) {
    const fault = error('LOG_PROOF', at, 'has no checkpoint: nobody has signed for any record of it yet');
    await refuse([fault], asked, world);
    return exit.held;
  }
  const [keyText, source] = [await kept.text('publicKeys'), { file: `${path}/${note.file}`, text: note.text }];
  const keys = parseNoteKeys(keyText.text ?? '', `${path}/${keyText.file}`);
  if (!keys.ok) return denied(keys.faults);
  const logKeys = given.value.logKeys ?? keys.value;
  if (logKeys.length === 0) {
    const says = 'has no key beside it that its checkpoint could be checked by';
    return denied([error('NOTE_KEY', at, says, 'give the log’s key with --log-key')]);
  }
  const policy = { origin: kept.origin, logKeys, witnesses: [], witnessesNeeded: 0 };
  const believed = checkCheckpoint(source, policy);
  if (!believed.ok) return denied(believed.faults);
  const read = readCheckpoint(source);
  const size = read.ok ? read.value.checkpoint.size : 0;
  const sequence = (JSON.parse(line) as { readonly sequence?: unknown }).sequence;
  const tree = await heldTree(kept, size);
  if (tree === undefined) {
    const says = `has not all the ${size} records that its checkpoint speaks of`;
    return denied([error('LOG_CUT_OFF', at, says, `${world.calledAs} log verify ${path}`)]);
  }
  const proof = await prove(line, source, believed.value.signedBy, tree);
  if (!proof.ok) {
    const code = await denied(proof.faults);
    return typeof sequence === 'number' && sequence >= size ? exit.held : code;
  }
  const out = settings.text('out');
  if (out === undefined) {
    world.out.write(proof.value);
    return exit.ok;
  }
  const written = await world.disk.write(out, proof.value);
  return written.ok ? exit.ok : refuse(written.faults, asked, world);

  async function denied(faults: Parameters<typeof refuse>[0]): Promise<ExitCode> {
    await refuse(faults, asked, world);
    return exit.denied;
  }
}

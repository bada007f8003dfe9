import { join } from 'node:path';
import { diskFrom, folderOf } from '../../src/console/disk.ts';
import { emptyHead, type Head, nextLine } from '../../src/kernel/audit.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { withBefore } from '../../src/log/decisions.ts';
import type { Still } from '../../src/log/still.ts';
import { held } from '../../src/operator/held.ts';
import type { HeldProfile } from '../../src/operator/prepare.ts';
import { Replayer } from '../../src/operator/replay.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { insecureUnsigned } from '../../src/profile/verify.ts';
import type { Keeper } from '../../src/sim/keeper.ts';

const root = join(import.meta.dirname, '..', '..');

/** A shipped profile with its document, as an operator holds it. */
export function shippedProfile(path = 'profiles/three-node'): HeldProfile {
  const { folder, file } = folderOf(diskFrom(root), path);
  const loaded = loadProfile(folder, file, vocabulary, insecureUnsigned);
  if (!loaded.ok) throw new Error(`${path} does not load`);
  return held(loaded.value.profile, loaded.value.bundle);
}

/** What the operators of a run kept, in memory: the lines of each one's log, and every document. */
export class KeptRun implements Keeper {
  readonly logs = new Map<string, string[]>();
  readonly documents = new Map<string, string>();
  readonly #heads = new Map<string, Head>();
  readonly #still = new Map<string, Still>();

  record: Keeper['record'] = (operator, { body, documents, workflow }) => {
    const key = `${operator} ${workflow}`;
    const { line, digest, head } = nextLine(
      withBefore(body, this.#still.get(key)),
      this.#heads.get(operator) ?? emptyHead,
    );
    this.#heads.set(operator, head);
    this.logs.set(operator, [...(this.logs.get(operator) ?? []), line]);
    for (const document of documents()) this.documents.set(document.digest, document.text);
    this.#still.set(key, { record: digest, again: 0, lastMs: Date.parse(body.at) });
    return { kind: 'recorded', digest };
  };

  again: Keeper['again'] = (operator, workflow, record, atMs) => {
    const key = `${operator} ${workflow}`;
    const still = this.#still.get(key);
    if (still?.record !== record) return false;
    this.#still.set(key, { record, again: still.again + 1, lastMs: Math.max(still.lastMs, atMs) });
    return true;
  };

  close = (): Promise<void> => Promise.resolve();

  get lines(): readonly string[] {
    return [...this.logs.values()].flat();
  }

  replayer(documents: ReadonlyMap<string, string> = this.documents): Replayer {
    return new Replayer((digest) => {
      const text = documents.get(digest);
      return Promise.resolve(text === undefined ? { kind: 'missing' } : { kind: 'text', text });
    });
  }
}

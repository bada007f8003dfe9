import type { FaultCode } from '../kernel/fault-codes.ts';

/** A folder of files as somebody hands it in: a real one, a pretend one in a test. Paths are relative to its root, with
 *  `/` between the steps and no `..`; the implementation answers for links that lead out of it. */
export interface FolderPort {
  read(path: string): Uint8Array | Unread;
  /** What people call a file of it in messages. */
  nameOf(path: string): string;
}

export interface Unread {
  readonly code: FaultCode & `FILE_${string}`;
  readonly message: string;
}

export function isUnread(content: Uint8Array | Unread): content is Unread {
  return !(content instanceof Uint8Array);
}

/** `path` as seen from the folder of `from`: `packs/a.yaml` from `three-node/profile.yaml` is
 *  `three-node/packs/a.yaml`. Undefined when it would leave the root. */
export function resolvePath(from: string, path: string): string | undefined {
  const steps = from.split('/').slice(0, -1);
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}

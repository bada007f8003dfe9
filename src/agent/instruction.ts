import type { KubeObject } from '../kernel/raw.ts';

/** One thing that an agent asks its host, or somebody on its network, to do. An operation is a generator of these: it says
 *  what it wants, somebody carries it out and gives the answer back. Between any two of them the agent may die, so each is whole
 *  by itself, and what must survive is on disk before the next. No shell: `argv` is handed to the program as it stands. */
export type Instruction =
  | { readonly do: 'run'; readonly argv: readonly string[]; readonly stdin?: string; readonly timeoutMs: number }
  | { readonly do: 'read'; readonly path: string }
  /** Whole or not at all: a new file, synced, then renamed over the old one. */
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  | { readonly do: 'remove'; readonly path: string }
  /** One line at the end of a file, synced. What is cut off by a crash is found by its checksum. */
  | { readonly do: 'append'; readonly path: string; readonly line: string }
  /** From now on the host itself goes back after so long, or at its next boot: it carries out what the armed file says
   *  (`armedPath`), with the agent dead and the API away. */
  | { readonly do: 'arm'; readonly afterMs: number }
  | { readonly do: 'disarm' }
  | { readonly do: 'api'; readonly call: ApiCall }
  | {
      readonly do: 'linstor';
      readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
      readonly path: string;
      readonly body?: string;
      /** So long is its answer waited for; left out, as long as its client does. */
      readonly timeoutMs?: number;
    }
  | { readonly do: 'sleep'; readonly ms: number };

/** A request to the API server. `update` carries the resourceVersion that it replaces. */
export type ApiCall =
  | { readonly verb: 'get'; readonly kind: string; readonly name: string; readonly namespace?: string }
  | { readonly verb: 'list'; readonly kind: string }
  | { readonly verb: 'create'; readonly object: KubeObject }
  | { readonly verb: 'update' | 'update-status'; readonly object: KubeObject }
  /** Only this version of it, where one is named; answered with `done`, `missing` or `conflict`. */
  | {
      readonly verb: 'delete';
      readonly kind: string;
      readonly name: string;
      readonly namespace?: string;
      readonly resourceVersion?: string;
    };

export type Answer =
  | { readonly kind: 'ran'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'text'; readonly text: string }
  /** No such file, no such object. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'done' }
  | { readonly kind: 'object'; readonly object: KubeObject }
  | { readonly kind: 'objects'; readonly objects: readonly KubeObject[] }
  | { readonly kind: 'reply'; readonly status: number; readonly text: string }
  /** The audit record is durable; its digest. Only whoever decides asks for one. */
  | { readonly kind: 'recorded'; readonly digest: string }
  /** Somebody else wrote it in between (409). */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly why: string }
  /** No answer in time. Not a failure and not a success: it may have been done. */
  | { readonly kind: 'unheard' };

/** What an operation is to whoever drives it: it yields instructions, is handed answers, and returns what it came to. */
export type Operation<T> = Generator<Instruction, T, Answer>;

/** Where an armed change keeps what would take it back: `{step, files: {path: text|null}, ipBatch: [..]}`. */
export const armedPath = '/var/lib/nodewright/armed.json';
export const journalPath = '/var/lib/nodewright/journal.ndjson';
/** New network files wait here for the flip, each under its whole path: a twin of the host's root
 *  (`…/staged/etc/systemd/network/10-bond1.netdev`). */
export const stagedDirectory = '/var/lib/nodewright/staged';
/** What a StorageClass has to become, kept here while it is deleted and made anew. */
export const classesDirectory = '/var/lib/nodewright/classes';

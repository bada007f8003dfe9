import { canonical, type Json } from '../kernel/digest.ts';
import { type Hash, isSize } from '../kernel/merkle.ts';

/** What goes between a log and its external sink. JSON over HTTP in `platform/`; here are the forms, and what each side makes of what the other
 *  says. docs/log.md is the contract. */

/** One step: the records [from, from + lines.length), and the checkpoint that they lead to. */
export interface Extend {
  readonly origin: string;
  readonly from: number;
  readonly lines: readonly string[];
  /** A signed note whose size is at least that of the log with these records. */
  readonly checkpoint: string;
  /** That the tree of `checkpoint` begins with the tree of the records up to here. */
  readonly proof: readonly Hash[];
}

/** What the sink has, durable. */
export interface SinkHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** The newest note that it keeps, with its cosignature if it is a witness; null before the first. */
  readonly checkpoint: string | null;
}

/** Why a sink does not take something, and holds to what it has. */
export const sinkRefusals = [
  'fork',
  'gap',
  'proof',
  'checkpoint',
  'form',
  'unknown-origin',
  'forbidden',
  'too-large',
  'full',
] as const;
export type SinkRefusal = (typeof sinkRefusals)[number];

export type SinkAnswer<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly why: SinkRefusal; readonly says: string }
  /** No answer, or none that one can read: nobody knows what was done. */
  | { readonly kind: 'unheard'; readonly says: string };

/** The other side, as the spool sees it. */
export interface Sink {
  head(origin: string): Promise<SinkAnswer<SinkHead>>;
  extend(step: Extend): Promise<SinkAnswer<SinkHead>>;
  /** Which of these documents it does not have. */
  missing(origin: string, digests: readonly string[]): Promise<SinkAnswer<readonly string[]>>;
  document(origin: string, digest: string, text: string): Promise<SinkAnswer<true>>;
}

/** Of one step. */
export const stepBytesMax = 4 * 2 ** 20;
export const stepLinesMax = 4096;
export const askedAtOnceMax = 1000;
/** Of a request: a step of which every byte has to be escaped. */
export const requestBytesMax = 32 * 2 ** 20;

const hashForm = /^[0-9a-f]{64}$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;

export function extendText({ origin, from, lines, checkpoint, proof }: Extend): string {
  return canonical({ version: 1, origin, from, lines, checkpoint, proof });
}

export function readExtend(text: string): Extend | undefined {
  const { version, origin, from, lines, checkpoint, proof } = membersOf(text);
  if (version !== 1 || typeof origin !== 'string' || typeof checkpoint !== 'string') return undefined;
  if (typeof from !== 'number' || !isSize(from)) return undefined;
  if (!isTexts(lines) || lines.length > stepLinesMax) return undefined;
  if (!isTexts(proof) || proof.length > 64 || !proof.every((hash) => hashForm.test(hash))) return undefined;
  return { origin, from, lines, checkpoint, proof };
}

export function headText({ origin, size, root, checkpoint }: SinkHead): string {
  return canonical({ version: 1, origin, size, root, checkpoint });
}

export function readHead(text: string): SinkHead | undefined {
  const { version, origin, size, root, checkpoint } = membersOf(text);
  if (version !== 1 || typeof origin !== 'string' || typeof size !== 'number' || !isSize(size)) return undefined;
  if (typeof root !== 'string' || !hashForm.test(root)) return undefined;
  if (checkpoint !== null && typeof checkpoint !== 'string') return undefined;
  return { origin, size, root, checkpoint };
}

/** A list of digests: what is asked after, and what is missing. */
export function digestsText(digests: readonly string[]): string {
  return canonical({ version: 1, digests });
}

export function readDigests(text: string): readonly string[] | undefined {
  const { version, digests } = membersOf(text);
  if (version !== 1 || !isTexts(digests) || digests.length > askedAtOnceMax) return undefined;
  return digests.every((digest) => digestForm.test(digest)) ? digests : undefined;
}

export function refusalText(why: SinkRefusal, says: string): string {
  return canonical({ version: 1, refused: why, says: says.toWellFormed() } satisfies Json);
}

export function readRefusal(text: string): { readonly why: SinkRefusal; readonly says: string } | undefined {
  const { version, refused, says } = membersOf(text);
  const why = sinkRefusals.find((one) => one === refused);
  return version === 1 && why !== undefined && typeof says === 'string' ? { why, says } : undefined;
}

function membersOf(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

import { canonical } from '../kernel/digest.ts';
import { type Disk, readWhole, replaceFile } from './disk.ts';
import { names } from './folder.ts';

/** The decision that a workflow goes on making: it is recorded once, and counted from then on. */
export interface Still {
  /** Digest of its record. */
  readonly record: string;
  /** How often the same was decided again. */
  readonly again: number;
  /** When last, by the clock of the observer. */
  readonly lastMs: number;
}

/** Of so many workflows; beyond it the one that was decided about longest ago is forgotten, and its next decision is a new record. */
const workflowsMax = 1024;
const bytesMax = 1 << 20;

/** Bounded whatever the waiting: one entry a workflow. It stands beside the tree and not in it: what is lost of it in a crash is a part of a count. */
export class StillBook {
  readonly #disk: Disk;
  readonly #still: Map<string, Still>;
  #written: string;
  readonly #unseen: Set<string>;

  private constructor(disk: Disk, still: Map<string, Still>, written: string) {
    this.#disk = disk;
    this.#still = still;
    this.#written = written;
    this.#unseen = new Set([...still.values()].map(({ record }) => record));
  }

  /** A book that cannot be read is begun anew. */
  static async open(disk: Disk): Promise<StillBook> {
    const bytes = await readWhole(disk, names.still, bytesMax);
    const text = bytes === undefined || bytes === 'too-large' ? '' : new TextDecoder().decode(bytes);
    return new StillBook(disk, new Map(readStill(text)), text);
  }

  /** A record that is there. */
  seen(digest: string): void {
    this.#unseen.delete(digest);
  }

  /** After all records were seen: an entry whose record was cut off goes with it. */
  forgetUnseen(): void {
    for (const [workflow, { record }] of this.#still) if (this.#unseen.has(record)) this.#still.delete(workflow);
  }

  of(workflow: string): Still | undefined {
    return this.#still.get(workflow);
  }

  all(): ReadonlyMap<string, Still> {
    return this.#still;
  }

  begin(workflow: string, record: string, atMs: number): void {
    this.#put(workflow, { record, again: 0, lastMs: atMs });
  }

  /** Whether that record is what the workflow is still at: if not, this is a new decision and wants a record. */
  again(workflow: string, record: string, atMs: number): boolean {
    const still = this.#still.get(workflow);
    if (still?.record !== record) return false;
    this.#put(workflow, { record, again: still.again + 1, lastMs: Math.max(still.lastMs, atMs) });
    return true;
  }

  async save(): Promise<void> {
    const text = stillText(this.#still);
    if (text === this.#written) return;
    await replaceFile(this.#disk, names.still, new TextEncoder().encode(text));
    this.#written = text;
  }

  #put(workflow: string, still: Still): void {
    this.#still.delete(workflow);
    this.#still.set(workflow, still);
    const [oldest] = this.#still.keys();
    if (this.#still.size > workflowsMax && oldest !== undefined) this.#still.delete(oldest);
  }
}

function stillText(still: ReadonlyMap<string, Still>): string {
  return `${canonical({
    version: 1,
    workflows: [...still].map(([workflow, { record, again, lastMs }]) => ({ workflow, record, again, lastMs })),
  })}\n`;
}

/** Reads what `still.json` says, as far as it says it in our form. */
export function readStill(text: string): readonly (readonly [string, Still])[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const { version, workflows } = (json ?? {}) as Record<string, unknown>;
  if (version !== 1 || !Array.isArray(workflows)) return [];
  return (workflows as unknown[]).flatMap((entry): readonly (readonly [string, Still])[] => {
    const { workflow, record, again, lastMs } = (entry ?? {}) as Record<string, unknown>;
    const counts = Number.isSafeInteger(again) && (again as number) >= 0 && Number.isFinite(lastMs);
    if (typeof workflow !== 'string' || typeof record !== 'string' || !counts) return [];
    return [[workflow, { record, again: again as number, lastMs: lastMs as number }]];
  });
}

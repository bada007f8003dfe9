import type { Answer, Operation } from '../agent/instruction.ts';
import { type LeaseName, type LeaseObject, leadBy, leaseKind, readLease } from '../crd/lease.ts';
import type { KubeObject } from '../kernel/raw.ts';

export interface LeaderConfig {
  readonly lease: LeaseName;
  /** Of this incarnation: a process that was started anew is somebody else. */
  readonly identity: string;
  readonly durationMs: number;
  readonly retryMs: number;
}

/** Who decides: one Lease, and everybody's own monotonic clock. We lead while we renewed less than two thirds of its duration
 *  ago, counted from before we asked; we take over what we saw unchanged for longer than its whole duration. No moment that
 *  somebody wrote is looked at, so no clock that is wrong makes two leaders; a slow network still can, and then the
 *  epoch, one more with every leader, says which of them counts (K9). */
export class Leadership {
  readonly #config: LeaderConfig;
  readonly #now: () => number;
  readonly #took: (object: KubeObject) => void;
  #epoch = 0;
  #newest = 0;
  #leadsUntilMs = Number.NEGATIVE_INFINITY;
  #nextMs = Number.NEGATIVE_INFINITY;
  #held: LeaseObject | undefined;
  #seen: { readonly version: string; readonly sinceMs: number } | undefined;
  /** A write of ours that nobody answered: it may stand there. */
  #unheard: { readonly transitions: number } | undefined;

  constructor(config: LeaderConfig, now: () => number, took: (object: KubeObject) => void) {
    this.#config = config;
    this.#now = now;
    this.#took = took;
  }

  leads(): boolean {
    return this.#now() < this.#leadsUntilMs;
  }

  /** Of the last time that we led; 0: never. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Renews, or looks whether there is somebody to take over from, if it is time. */
  *tend(): Operation<void> {
    if (this.#now() < this.#nextMs) return;
    this.#nextMs = this.#now() + this.#config.retryMs;
    if (this.#held !== undefined && this.leads()) {
      if (yield* this.#write(this.#held, this.#epoch)) return;
      if (this.#held !== undefined) return; // not heard: looked at again at the next turn
    }
    yield* this.#look();
  }

  *#look(): Operation<void> {
    const { lease } = this.#config;
    const answer: Answer = yield { do: 'api', call: { verb: 'get', kind: leaseKind, ...lease } };
    if (answer.kind === 'missing') {
      this.#stepDown();
      yield* this.#write(undefined, this.#newest + 1);
      return;
    }
    if (answer.kind !== 'object') return;
    const read = readLease(answer.object);
    if (!read.ok) return this.#stepDown(); // nobody's we know: people look after it
    const found = read.value;
    this.#newest = Math.max(this.#newest, found.transitions);
    if (this.#seen?.version !== found.version) this.#seen = { version: found.version, sinceMs: this.#now() };
    if (this.#isMine(found)) {
      if (yield* this.#write(found, found.transitions)) return;
      if (this.#held !== undefined) this.#held = found;
      return;
    }
    this.#stepDown();
    if (found.holder === null || this.#isOver(found)) yield* this.#write(found, this.#newest + 1);
  }

  /** Ours by a write of this very process, heard or not; not by its name alone. */
  #isMine({ holder, transitions }: LeaseObject): boolean {
    if (holder !== this.#config.identity) return false;
    return (this.leads() && transitions === this.#epoch) || transitions === this.#unheard?.transitions;
  }

  #isOver({ durationMs }: LeaseObject): boolean {
    const { sinceMs } = this.#seen ?? { sinceMs: this.#now() };
    return this.#now() - sinceMs > Math.max(durationMs ?? 0, this.#config.durationMs);
  }

  *#write(before: LeaseObject | undefined, transitions: number): Operation<boolean> {
    const { lease, identity, durationMs } = this.#config;
    const askedAtMs = this.#now();
    const object = leadBy(before, lease, { identity, transitions, durationMs }, askedAtMs);
    const answer: Answer = yield { do: 'api', call: { verb: before === undefined ? 'create' : 'update', object } };
    if (answer.kind === 'object') {
      const read = readLease(answer.object);
      if (!read.ok) return false;
      this.#took(answer.object);
      this.#unheard = undefined;
      this.#held = read.value;
      this.#epoch = transitions;
      this.#newest = Math.max(this.#newest, transitions);
      this.#seen = { version: read.value.version, sinceMs: this.#now() };
      this.#leadsUntilMs = askedAtMs + (durationMs * 2) / 3;
      return true;
    }
    if (answer.kind === 'unheard') {
      this.#unheard = { transitions };
      this.#newest = Math.max(this.#newest, transitions);
      this.#held = this.leads() ? this.#held : undefined;
      return false;
    }
    // Somebody wrote it in between: that is a sign of life, and perhaps the end of ours.
    this.#seen = undefined;
    this.#held = undefined;
    return false;
  }

  #stepDown(): void {
    this.#leadsUntilMs = Number.NEGATIVE_INFINITY;
    this.#held = undefined;
    this.#unheard = undefined;
  }
}

/** Something that happens by itself at a moment. */
export interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  off: boolean;
}

/** What is due next, in a binary heap. Of two at one moment the one that was set first runs first, so that the same calls give
 *  the same world. A timer that was switched off stays in the heap until it comes up. */
export class Timers {
  readonly #heap: Timer[] = [];
  #order = 0;

  at(atMs: number, run: () => void): Timer {
    const timer = { atMs, order: this.#order++, run, off: false };
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  /** The moment of the next one; +Infinity if nothing is on its way. */
  nextAt(): number {
    this.#forget();
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Takes out the next one that is due by then. */
  due(nowMs: number): Timer | undefined {
    this.#forget();
    const first = this.#heap[0];
    return first !== undefined && first.atMs <= nowMs ? this.#take() : undefined;
  }

  #forget(): void {
    while (this.#heap[0]?.off === true) this.#take();
  }

  #take(): Timer | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, above)) return;
      at = above;
    }
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(child, at)) return;
      at = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [left, right] = [this.#heap[one], this.#heap[other]];
    if (left === undefined || right === undefined) return false;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  }

  #swapIfBefore(one: number, other: number): boolean {
    if (!this.#isBefore(one, other)) return false;
    const [left, right] = [this.#heap[one], this.#heap[other]];
    if (left !== undefined && right !== undefined) {
      this.#heap[one] = right;
      this.#heap[other] = left;
    }
    return true;
  }
}

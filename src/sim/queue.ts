/** What is to happen, by moment, and within a moment in the order in which it was asked for. Nothing else decides an order, so
 *  two runs of one seed are one. */
export interface EventQueue {
  readonly size: number;
  /** The moment of the next event; +Infinity when there is none. */
  nextAtMs(): number;
  push(atMs: number, event: () => void): void;
  /** The next event, or undefined. */
  pop(): (() => void) | undefined;
}

interface Entry {
  readonly atMs: number;
  readonly sequence: number;
  readonly event: () => void;
}

/** A binary heap in one array. */
export function eventQueue(): EventQueue {
  const heap: Entry[] = [];
  let sequence = 0;

  const before = (one: Entry, other: Entry): boolean =>
    one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence);

  const up = (entry: Entry): void => {
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Entry; // above is inside: it is less than at
      if (!before(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  };

  const down = (entry: Entry): void => {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && before(right, child)) {
        below += 1;
        child = right;
      }
      if (!before(child, entry)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = entry;
  };

  return {
    get size() {
      return heap.length;
    },
    nextAtMs: () => heap[0]?.atMs ?? Number.POSITIVE_INFINITY,
    push(atMs, event) {
      sequence += 1;
      up({ atMs, sequence, event });
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (last !== undefined && first !== last) down(last);
      return first?.event;
    },
  };
}

import { type FaultKind, faultNames } from './fault-kinds.ts';

/** How often a fault of each kind was at work in each state: what many runs have tried, and what they have not. */
export interface Coverage {
  /** `STATE` → kind → how often. */
  readonly hits: ReadonlyMap<string, ReadonlyMap<FaultKind, number>>;
}

export interface CoverageCount extends Coverage {
  hit(state: string, kind: FaultKind): void;
}

export function coverageOf(states: readonly string[]): CoverageCount {
  const hits = new Map<string, Map<FaultKind, number>>(states.map((state) => [state, new Map()]));
  return {
    hits,
    hit(state, kind) {
      const row = hits.get(state); // a status that somebody made up can name any other
      row?.set(kind, (row.get(kind) ?? 0) + 1);
    },
  };
}

/** Many runs together. */
export function joined(all: Iterable<Coverage>, states: readonly string[]): Coverage {
  const sum = new Map<string, Map<FaultKind, number>>(states.map((state) => [state, new Map()]));
  for (const { hits } of all) {
    for (const [state, row] of hits) {
      const to = sum.get(state) ?? new Map<FaultKind, number>();
      for (const [kind, count] of row) to.set(kind, (to.get(kind) ?? 0) + count);
      sum.set(state, to);
    }
  }
  return { hits: sum };
}

/** Pairs that no run has tried, in the states' order. */
export function missed(
  { hits }: Coverage,
  kinds: readonly FaultKind[] = faultNames,
): readonly { readonly state: string; readonly kind: FaultKind }[] {
  return [...hits].flatMap(([state, row]) => kinds.filter((kind) => !row.has(kind)).map((kind) => ({ state, kind })));
}

/** A row a kind, a column a state, numbered; `.` is what was never tried. */
export function coverageTable({ hits }: Coverage, kinds: readonly FaultKind[] = faultNames): string {
  const states = [...hits.keys()];
  const wide = Math.max(4, ...kinds.map((kind) => kind.length));
  const cells = (kind: FaultKind): readonly string[] => states.map((state) => shortCount(hits.get(state)?.get(kind)));
  const head = `${''.padEnd(wide)}  ${states.map((_, at) => String(at + 1).padStart(4)).join('')}`;
  const rows = kinds.map(
    (kind) =>
      `${kind.padEnd(wide)}  ${cells(kind)
        .map((cell) => cell.padStart(4))
        .join('')}`,
  );
  const legend = states.map((state, at) => `${String(at + 1).padStart(4)}  ${state}`);
  return [head, ...rows, '', ...legend, ''].join('\n');
}

/** In four places. */
function shortCount(count: number | undefined): string {
  if (count === undefined) return '.';
  if (count < 1_000) return String(count);
  return count < 100_000 ? `${Math.floor(count / 1_000)}k` : '>99k';
}

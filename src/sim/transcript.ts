/** What happened, as an operator would tell it: moment, who, what. Stable words; figures that only pass with time are left out,
 *  so that two builds that do the same tell the same. */
export interface Told {
  /** Since the beginning. */
  readonly atMs: number;
  /** `operator-1`, `agent node-b`, `world`, `fault`, `ops@site`, `law`. */
  readonly who: string;
  readonly what: string;
}

export interface Transcript {
  readonly lines: readonly Told[];
  /** Lines that were not kept: there is an end to what anybody reads. */
  readonly left: number;
  tell(atMs: number, who: string, what: string): void;
}

/** `linesMax` 0 keeps nothing: of a million runs nobody reads the transcript. */
export function transcriptOf(startMs: number, linesMax: number): Transcript {
  const lines: Told[] = [];
  let left = 0;
  return {
    lines,
    get left() {
      return left;
    },
    tell(atMs, who, what) {
      if (lines.length >= linesMax) {
        left += 1;
        return;
      }
      // What took a moment to put into words is told at the moment when it happened.
      const sinceMs = atMs - startMs;
      const before = lines.findLastIndex((line) => line.atMs <= sinceMs);
      lines.splice(before + 1, 0, { atMs: sinceMs, who, what });
    },
  };
}

/** ` 12:03  operator-1    FlipBonds → VerifyBonds`. */
export function transcriptText({ lines, left }: Pick<Transcript, 'lines' | 'left'>): string {
  const wide = Math.max(8, ...lines.map(({ who }) => who.length));
  const moments = lines.map(({ atMs }) => momentOf(atMs));
  const column = Math.max(6, ...moments.map(({ length }) => length));
  const rows = lines.map(({ who, what }, at) => `${moments[at]?.padStart(column)}  ${who.padEnd(wide)}  ${what}`);
  if (left > 0) rows.push(`${' '.repeat(column)}  … ${left} more`);
  return `${rows.join('\n')}\n`;
}

/** Hours, minutes and seconds since the beginning: `3:07`, `168:02:31`. */
export function momentOf(ms: number): string {
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1_000) % 60,
  ];
  const padded = String(seconds).padStart(2, '0');
  return hours === 0 ? `${minutes}:${padded}` : `${hours}:${String(minutes).padStart(2, '0')}:${padded}`;
}

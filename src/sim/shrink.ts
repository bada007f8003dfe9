import { type Fault, faultForm } from './fault-kinds.ts';
import type { Violation } from './oracles/violation.ts';
import type { RunResult } from './run.ts';
import type { RunOptions } from './run-options.ts';
import type { SiteSize } from './story.ts';

/** A run that breaks a law, made as short as it goes on breaking it. */
export interface Shrunk {
  readonly faults: readonly Fault[];
  readonly site: SiteSize;
  readonly result: RunResult;
  readonly runs: number;
}

interface Tried {
  readonly faults: readonly Fault[];
  readonly site: SiteSize;
}

const runsMax = 200;

/** Delta debugging: fewer faults, then simpler ones, then a smaller site. A shorter run counts if it breaks the same law, be it
 *  in another way. `simulate` is handed in, so that whoever shrinks may bound and meter it. */
export async function shrink(
  options: RunOptions,
  found: RunResult,
  simulate: (options: RunOptions) => Promise<RunResult>,
): Promise<Shrunk> {
  const laws = new Set(found.violations.map(({ law }) => law));
  let best: Tried & { readonly result: RunResult } = { faults: found.faults, site: options.site ?? {}, result: found };
  let runs = 0;
  const breaks = async (tried: Tried): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs += 1;
    const result = await simulate({ ...options, ...tried });
    if (!result.violations.some(({ law }) => laws.has(law))) return false;
    best = { ...tried, result };
    return true;
  };
  const { site } = best;
  if (found.begun.length < found.faults.length) await breaks({ faults: found.faults.filter(isIn(found.begun)), site });
  await fewer(() => best, breaks);
  await simpler(() => best, breaks);
  for (const smaller of smallerSites(options.site)) await breaks({ faults: best.faults, site: smaller });
  await fewer(() => best, breaks);
  return { faults: best.faults, site: best.site, result: best.result, runs };
}

type Breaks = (tried: Tried) => Promise<boolean>;

/** Leaves out halves, then quarters, and so on down to single ones. */
async function fewer(best: () => Tried, breaks: Breaks): Promise<void> {
  let size = Math.ceil(best().faults.length / 2);
  while (size >= 1) {
    let isLess = false;
    for (let from = 0; from < best().faults.length; ) {
      const { faults, site } = best();
      const rest = faults.filter((_, at) => at < from || at >= from + size);
      if (await breaks({ faults: rest, site })) isLess = true;
      else from += size;
    }
    if (size === 1 && !isLess) return;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
}

async function simpler(best: () => Tried, breaks: Breaks): Promise<void> {
  for (let at = 0; at < best().faults.length; at += 1) {
    const fault = best().faults[at] as Fault; // inside
    for (const change of simplifications(fault)) {
      const { faults, site } = best();
      const now = faults[at] as Fault; // as many as before
      await breaks({ faults: faults.with(at, { ...now, ...change }), site });
    }
  }
}

function simplifications({ kind, forMs, afterMs, how }: Fault): readonly Partial<Fault>[] {
  const { lasts } = faultForm(kind);
  const shortest = lasts === 'moment' ? 0 : lasts[0];
  const rounded = Math.round(afterMs / 1_000) * 1_000;
  return [
    ...(forMs > shortest ? [{ forMs: shortest }] : []),
    ...(afterMs > 0 ? [{ afterMs: 0 }] : []),
    ...(rounded === afterMs || rounded === 0 ? [] : [{ afterMs: rounded }]),
    ...(how > 0 ? [{ how: 0 }, { how: how % 2 }] : []),
  ];
}

function smallerSites(site: SiteSize = {}): readonly SiteSize[] {
  return [
    { ...site, volumes: 1, vms: 0 },
    { ...site, volumes: 1 },
    { ...site, vms: 0 },
  ];
}

function isIn(faults: readonly Fault[]): (fault: Fault) => boolean {
  const set = new Set(faults);
  return (fault) => set.has(fault);
}

/** In words, for a message. */
export function firstOf(violations: readonly Violation[]): string {
  const [first] = violations;
  return first === undefined ? 'nothing' : `${first.law}: ${first.says}`;
}

import type { Fault, FaultKind } from './fault-kinds.ts';
import type { Random } from './random.ts';
import type { Fate } from './wire.ts';

/** The faults that are at work now. */
export interface AtWork {
  readonly faults: ReadonlySet<Fault>;
  begin(fault: Fault): void;
  end(fault: Fault): void;
  /** One of this kind that strikes this one, or everybody. */
  find(kind: FaultKind, on: string): Fault | undefined;
}

export function atWork(): AtWork {
  const faults = new Set<Fault>();
  /** Most requests meet no fault, so whoever asks is answered by one look. */
  const byKind = new Map<FaultKind, Set<Fault>>();
  return {
    faults,
    begin(fault) {
      faults.add(fault);
      byKind.set(fault.kind, (byKind.get(fault.kind) ?? new Set()).add(fault));
    },
    end(fault) {
      faults.delete(fault);
      byKind.get(fault.kind)?.delete(fault);
    },
    find(kind, on) {
      if (faults.size === 0) return undefined;
      for (const fault of byKind.get(kind) ?? []) if (fault.on === on || fault.on === 'site') return fault;
      return undefined;
    },
  };
}

export interface Request {
  /** The process that asks. */
  readonly who: string;
  readonly writes: boolean;
  readonly to: 'api' | 'linstor';
  /** How long it waits. */
  readonly patienceMs: number;
}

/** What becomes of one request. Two faults at once: the harder one wins, since whoever is cut off meets no other. */
export function fateOf({ who, writes, to, patienceMs }: Request, work: AtWork, random: Random): Fate {
  const thereMs = 1 + random.below(4);
  const plain: Fate = { thereMs, backMs: 1 + random.below(4) };
  if (work.faults.size === 0) return plain;
  if (to === 'linstor') return work.find('linstor-away', 'site') === undefined ? plain : { ...plain, lost: 'request' };
  if (work.find('api-away', 'site') ?? work.find('partition', who)) return { ...plain, lost: 'request' };
  const hits = (kind: FaultKind, probability: number): boolean =>
    work.find(kind, 'site') !== undefined && random.chance(probability);
  if (hits('api-unwritten', 0.5)) return { ...plain, lost: 'request' };
  if (writes && hits('api-unheard', 0.6)) return { ...plain, lost: 'answer' };
  if (writes && hits('api-late', 0.5)) return { ...plain, thereMs: patienceMs + random.below(20_000) };
  if (hits('api-refuses', 0.5)) return { ...plain, refused: 'etcdserver: leader changed' };
  if (writes && hits('api-conflicts', 0.5)) return { ...plain, conflict: true };
  if (writes && hits('api-twice', 0.7)) return { ...plain, againMs: random.below(15_000) };
  if (hits('api-slow', 0.7)) return { thereMs: random.below(4_000), backMs: random.below(4_000) };
  const stale = writes ? undefined : work.find('api-stale', 'site');
  return stale === undefined ? plain : { ...plain, staleMs: 1_000 + 50 * stale.how };
}

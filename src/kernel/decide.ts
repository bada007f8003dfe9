import type { Reason, Several, Verdict } from './verdict.ts';

/** What may happen to a waiting workflow. */
export type Decision =
  | { readonly kind: 'advance'; readonly to: string }
  | { readonly kind: 'hold'; readonly because: Several<Reason> };

/** INVARIANT K2: only open gates advance. Closed or unknown holds, whatever the other gates say. The list cannot be
 *  empty: a transition that names no gate is not decided here. */
export function decide(to: string, verdicts: Several<Verdict>): Decision {
  const [first, ...rest] = verdicts.flatMap(whyNot);
  return first === undefined ? { kind: 'advance', to } : { kind: 'hold', because: [first, ...rest] };
}

function whyNot(verdict: Verdict): readonly Reason[] {
  switch (verdict.kind) {
    case 'open':
      return [];
    case 'closed':
      return verdict.because;
    case 'unknown':
      return verdict.missing;
  }
}

import type { Population, Snapshot } from '../kernel/snapshot.ts';
import type { SubjectKind } from '../kernel/subject.ts';
import type { Truth } from '../kernel/verdict.ts';
import type { Evaluation, Judged } from './evaluation.ts';
import type { RulePack } from './pack.ts';

/** The truths of a pass, laid out by rule and object. Each part is made when it is first asked for. */
export function evaluationOf(
  packs: readonly RulePack[],
  snapshot: Snapshot,
  truths: readonly Truth[],
  offsets: readonly number[],
): Evaluation {
  return new LaidOut(packs, snapshot, truths, offsets);
}

class LaidOut implements Evaluation {
  readonly #packs: readonly RulePack[];
  readonly #snapshot: Snapshot;
  readonly #truths: readonly Truth[];
  readonly #offsets: readonly number[];
  #gates: Evaluation['gates'] | undefined;
  #findings: Evaluation['findings'] | undefined;
  #rollup: Evaluation['rollup'] | undefined;

  constructor(packs: readonly RulePack[], snapshot: Snapshot, truths: readonly Truth[], offsets: readonly number[]) {
    this.#packs = packs;
    this.#snapshot = snapshot;
    this.#truths = truths;
    this.#offsets = offsets;
  }

  get gates() {
    this.#gates ??= this.#judged(gatesOf, perOf, 0);
    return this.#gates;
  }

  get findings() {
    this.#findings ??= this.#judged(findingsOf, perOf, this.#count(gatesOf));
    return this.#findings;
  }

  get rollup() {
    this.#rollup ??= this.#judged(rollupOf, () => 'site', this.#count(gatesOf) + this.#count(findingsOf));
    return this.#rollup;
  }

  #count(of: (pack: RulePack) => readonly unknown[]): number {
    return this.#packs.reduce((sum, pack) => sum + of(pack).length, 0);
  }

  #judged<R>(of: (pack: RulePack) => readonly R[], perOf: (rule: R) => SubjectKind, first: number): Judged<R>[] {
    let at = first;
    return this.#packs.flatMap((pack) =>
      of(pack).map((rule): Judged<R> => {
        const population = this.#snapshot.populations[perOf(rule)];
        const offset = this.#offsets[at++] ?? 0;
        if (population.state !== 'known') {
          return { pack, rule, objects: [], truths: [], listUnknown: population.says };
        }
        const objects = idsOf(population);
        return { pack, rule, objects, truths: this.#truths.slice(offset, offset + objects.length) };
      }),
    );
  }
}

const gatesOf = ({ gates }: RulePack) => gates;
const findingsOf = ({ findings }: RulePack) => findings;
const rollupOf = ({ rollup }: RulePack) => rollup;
const perOf = ({ per }: { readonly per: SubjectKind }): SubjectKind => per;

const ids = new WeakMap<Population, readonly string[]>();

function idsOf(population: Population): readonly string[] {
  const known = ids.get(population);
  if (known !== undefined) return known;
  const made = population.members.map(({ id }) => id);
  ids.set(population, made);
  return made;
}

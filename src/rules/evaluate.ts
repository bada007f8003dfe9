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
  const count = (of: (pack: RulePack) => readonly unknown[]): number =>
    packs.reduce((sum, pack) => sum + of(pack).length, 0);
  const judge = <R>(of: (pack: RulePack) => readonly R[], perOf: (rule: R) => SubjectKind, first: number) => {
    let at = first;
    return packs.flatMap((pack) =>
      of(pack).map((rule): Judged<R> => {
        const population = snapshot.populations[perOf(rule)];
        const offset = offsets[at++] ?? 0;
        if (population.state !== 'known') {
          return { pack, rule, objects: [], truths: [], listUnknown: population.says };
        }
        const objects = idsOf(population);
        return { pack, rule, objects, truths: truths.slice(offset, offset + objects.length) };
      }),
    );
  };
  return {
    get gates() {
      return kept(this, 'gates', judge(gatesOf, perOf, 0));
    },
    get findings() {
      return kept(this, 'findings', judge(findingsOf, perOf, count(gatesOf)));
    },
    get rollup() {
      return kept(
        this,
        'rollup',
        judge(rollupOf, () => 'site', count(gatesOf) + count(findingsOf)),
      );
    },
  };
}

const gatesOf = ({ gates }: RulePack) => gates;
const findingsOf = ({ findings }: RulePack) => findings;
const rollupOf = ({ rollup }: RulePack) => rollup;
const perOf = ({ per }: { readonly per: SubjectKind }): SubjectKind => per;

/** Replaces a getter by what it came to. */
function kept<T>(on: object, name: string, value: T): T {
  Object.defineProperty(on, name, { value, enumerable: true });
  return value;
}

const ids = new WeakMap<Population, readonly string[]>();

function idsOf(population: Population): readonly string[] {
  const known = ids.get(population);
  if (known !== undefined) return known;
  const made = population.members.map(({ id }) => id);
  ids.set(population, made);
  return made;
}

import { at } from '../../facts/kube.ts';
import type { Operation } from '../instruction.ts';
import { annotated, annotationOf, type Change, untilSo, withAt } from './api-object.ts';
import { done, failed, type Result } from './result.ts';

const kubevirts = 'kubevirt.io/v1/KubeVirt';
const parallel = ['spec', 'configuration', 'migrations', 'parallelMigrationsPerCluster'] as const;

/** What KubeVirt allowed before, as JSON; `null` where it said nothing and KubeVirt's own default held. */
export const parallelBefore = 'nodewright.spectrocloud.com/parallel-migrations-before';

/** With 0 no new migration starts and those that run go on to their end. The number and the memory of what it was go in by
 *  one write, so that there is never the one without the other. Where it is 0 already somebody else wants it so: nothing
 *  of ours is remembered, and nothing will be put back. */
export function* suspendMigrations(): Operation<Result> {
  const why = yield* untilSo(kubevirts, (object): Change => {
    const now = at(object, ...parallel);
    if (now === 0) return 'so';
    if (now !== undefined && !isCount(now)) return { says: 'parallelMigrationsPerCluster is no number' };
    // Beside an older memory the number is somebody's newer wish: our own 0 and the memory came by one write.
    const before = JSON.stringify(now ?? null);
    return { object: withAt(annotated(object, parallelBefore, before), parallel, 0) };
  });
  return why === undefined ? done('no new migration starts') : failed(why);
}

export function* resumeMigrations(): Operation<Result> {
  const why = yield* untilSo(kubevirts, (object): Change => {
    const remembered = annotationOf(object, parallelBefore);
    if (remembered === undefined) return 'so';
    const before = countOrNull(remembered);
    if (before === undefined) return { says: `${parallelBefore} is none that we wrote` };
    const forgotten = annotated(object, parallelBefore, undefined);
    // Somebody set another number meanwhile: that is the newer wish.
    if (at(object, ...parallel) !== 0) return { object: forgotten };
    return { object: withAt(forgotten, parallel, before ?? undefined) };
  });
  return why === undefined ? done('migrations are as they were') : failed(why);
}

function countOrNull(text: string): number | null | undefined {
  if (text === 'null') return null;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

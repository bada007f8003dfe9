import type { Gap } from './cohort.ts';
import type { FactValue } from './fact.ts';
import { seen } from './readings.ts';
import type { Snapshot } from './snapshot.ts';

/** INVARIANT K11: what keeps the storage from taking on more, whatever a pack says. Empty: nothing. It asks for the least that
 *  must hold while anything is placed or snapshotted: LINSTOR answers, every pool is sound, no copy has lost its quorum, no I/O is
 *  frozen or answered with errors, no disk has failed. What is not known keeps it too. */
export function storageStrains(snapshot: Snapshot): readonly (Gap & { readonly detail: string })[] {
  const found: (Gap & { detail: string })[] = [];
  const must = (fact: string, object: string, good: (value: FactValue) => boolean, detail: string): void => {
    const value = seen(snapshot, fact, object);
    if (value === undefined) found.push({ fact, object, detail: 'is not known' });
    else if (!good(value)) found.push({ fact, object, detail });
  };
  must('site.linstorReachable', 'site', (value) => value === true, 'is false');
  must('site.poolsHealthy', 'site', (value) => value === true, 'is false');
  const { replica } = snapshot.populations;
  if (replica.state !== 'known') return [...found, { fact: 'replica', object: 'site', detail: 'is not known' }];
  for (const { id } of replica.members) {
    must('replica.quorum', id, (value) => value === true, 'is lost');
    must('replica.suspended', id, (value) => Array.isArray(value) && value.length === 0, 'is frozen');
    must('replica.forceIoFailures', id, (value) => value === false, 'answers I/O with errors');
    must('replica.disk', id, (value) => value !== 'Failed' && value !== 'Detaching', 'has failed');
  }
  return found;
}

import { type Fault, faultForms } from './fault.ts';
import type { Site, Volume } from './state.ts';

/** How long after its end a fault still explains what comes of it: until everybody noticed, and the last resync began. */
const aftermathMs = 60_000;

/** Whether a fault that was injected, and that can do such a thing by itself, strikes the volume now, or did just before. */
export function explained(site: Site, volume: Volume | undefined): boolean {
  for (const { fault, endedMs } of site.faults.values()) {
    if (!faultForms[fault.kind].hurts) continue;
    if (endedMs !== undefined && site.nowMs - endedMs > aftermathMs) continue;
    if (volume === undefined || strikes(fault, volume)) return true;
  }
  return false;
}

function strikes(fault: Fault, volume: Volume): boolean {
  if ('volume' in fault) return fault.volume === volume.name;
  if ('node' in fault) return volume.replicas.has(fault.node);
  return true;
}

/** Notes what must not happen, once a kind and object. */
export function trouble(site: Site, kind: string, object: string, says: string, isExplained: boolean): void {
  const key = `${kind} ${object}`;
  const before = site.troubles.get(key);
  // What nobody explains counts, also where the same happened before with a reason.
  if (before !== undefined && (!before.explained || isExplained)) return;
  site.troubles.set(key, { kind, object, says, sinceMs: site.nowMs, explained: isExplained });
}

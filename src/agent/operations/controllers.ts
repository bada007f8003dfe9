import { at, isMap } from '../../facts/kube.ts';
import type { KubeObject } from '../../kernel/raw.ts';
import type { Operation } from '../instruction.ts';
import { annotated, annotationOf, type Change, theOnly, untilSo, withAt } from './api-object.ts';
import { propertiesFrom, tell } from './linstor-call.ts';
import { done, failed, type Result, refused } from './result.ts';

const clusters = 'piraeus.io/v1/LinstorCluster';
const properties = '/v1/controller/properties';
const haEnabled = ['spec', 'highAvailabilityController', 'enabled'] as const;
const switches = ['BalanceResourcesEnabled', 'DrbdOptions/AutoEvictAllowEviction'] as const;

/** What they were, as JSON: `{"ha": true, "BalanceResourcesEnabled": null, …}`; null where nothing was said. */
export const controllersBefore = 'nodewright.spectrocloud.com/controllers-before';

/** All three would take a planned outage for a failure: one evicts VMs after five seconds, one moves copies, one removes a
 *  node. What they were is written down with the first change, before anything of LINSTOR's is touched. */
export function* pauseControllers(): Operation<Result> {
  const now = yield* propertiesFrom(properties);
  if (now === undefined) return refused('the properties of the LINSTOR controller could not be read');
  const running = switches.filter((name) => !isOff(now[name]));
  const paused = yield* untilSo(clusters, (object): Change => {
    const ha = at(object, ...haEnabled);
    const remembers = annotationOf(object, controllersBefore) !== undefined;
    if (ha === false && (remembers || running.length === 0)) return 'so';
    const before = { ha: ha ?? null, ...Object.fromEntries(switches.map((name) => [name, now[name] ?? null])) };
    const kept = remembers ? object : annotated(object, controllersBefore, JSON.stringify(before));
    return { object: withAt(kept, haEnabled, false) };
  });
  if (paused !== undefined) return failed(paused);
  if (running.length === 0) return done('the HA controller, the balancer and auto-eviction are switched off');
  const said = yield* tell('POST', properties, {
    override_props: Object.fromEntries(switches.map((name) => [name, 'false'])),
  });
  const after = yield* propertiesFrom(properties);
  if (after === undefined) return failed(`whether LINSTOR rests is not known. ${said}`);
  const left = switches.filter((name) => !isOff(after[name]));
  return left.length === 0
    ? done('the HA controller, the balancer and auto-eviction are switched off')
    : failed(`still on: ${left.join(', ')}. ${said}`);
}

/** LINSTOR first: the memory of what was is taken away with the last thing that is put back. */
export function* resumeControllers(): Operation<Result> {
  const object = yield* theOnly(clusters);
  if (typeof object === 'string') return refused(object);
  const remembered = annotationOf(object, controllersBefore);
  if (remembered === undefined) return done('nothing of ours was switched off');
  const before = readBefore(remembered);
  if (before === undefined) return failed(`${controllersBefore} is none that we wrote`);
  // Without a look first, a LINSTOR that is away would make a failure of what only has to wait.
  const now = yield* propertiesFrom(properties);
  if (now === undefined) return refused('the properties of the LINSTOR controller could not be read');
  const wanted = switches.filter((name) => before[name] !== null);
  const said = yield* tell('POST', properties, {
    override_props: Object.fromEntries(wanted.map((name) => [name, before[name]])),
    delete_props: switches.filter((name) => before[name] === null),
  });
  const after = yield* propertiesFrom(properties);
  if (after === undefined) return failed(`whether LINSTOR is as it was is not known. ${said}`);
  const left = switches.filter((name) => (after[name] ?? null) !== before[name]);
  if (left.length > 0) return failed(`not as it was: ${left.join(', ')}. ${said}`);
  const why = yield* untilSo(clusters, (cluster: KubeObject): Change => {
    if (annotationOf(cluster, controllersBefore) === undefined) return 'so';
    const forgotten = annotated(cluster, controllersBefore, undefined);
    // Somebody switched it on meanwhile: that is the newer wish.
    if (at(cluster, ...haEnabled) !== false) return { object: forgotten };
    return { object: withAt(forgotten, haEnabled, before.ha ?? undefined) };
  });
  return why === undefined ? done('the controllers are as they were') : failed(why);
}

interface Before {
  readonly ha: boolean | null;
  readonly [property: string]: string | boolean | null;
}

function readBefore(text: string): Before | undefined {
  try {
    const json = JSON.parse(text) as unknown;
    if (!isMap(json) || (json.ha !== null && typeof json.ha !== 'boolean')) return undefined;
    return switches.every((name) => json[name] === null || typeof json[name] === 'string')
      ? (json as unknown as Before)
      : undefined;
  } catch {
    return undefined;
  }
}

/** LINSTOR's own pattern of a switch that is off; left out, both are on. */
function isOff(value: unknown): boolean {
  return typeof value === 'string' && /^(false|no)$/i.test(value);
}

import { isMap, textAt } from '../../facts/kube.ts';
import { flagsOf } from '../../facts/linstor-reply.ts';
import { type Resource, resourcesOf } from '../../facts/linstor-resource.ts';
import type { Operation } from '../instruction.ts';

/** A list from LINSTOR; undefined where it could not be had. Errors come as a list too, of return codes, and one hung
 *  satellite makes a whole view such an error. */
export function* listFrom(path: string): Operation<readonly unknown[] | undefined> {
  const answer = yield { do: 'linstor', method: 'GET', path };
  if (answer.kind !== 'reply' || answer.status !== 200) return undefined;
  const body = parsed(answer.text);
  if (!Array.isArray(body)) return undefined;
  return body.every((entry) => isMap(entry) && !Object.hasOwn(entry, 'ret_code')) ? body : undefined;
}

export function* propertiesFrom(path: string): Operation<Readonly<Record<string, unknown>> | undefined> {
  const answer = yield { do: 'linstor', method: 'GET', path };
  if (answer.kind !== 'reply' || answer.status !== 200) return undefined;
  const body = parsed(answer.text);
  return isMap(body) && !Object.hasOwn(body, 'ret_code') ? body : undefined;
}

/** A change. Its answer proves nothing in either direction: a PUT that ended with 500 may be stored, and 201 may carry a
 *  warning that half of it was not done. What it said is only for people. */
export function* tell(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Operation<string> {
  const answer = yield { do: 'linstor', method, path, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  if (answer.kind === 'unheard') return 'LINSTOR did not answer';
  if (answer.kind !== 'reply') return 'LINSTOR could not be asked';
  if (answer.status < 300) return '';
  const [first] = [parsed(answer.text)].flat() as readonly unknown[];
  return `LINSTOR answered ${answer.status}: ${(textAt(first, 'message') ?? 'without a message').slice(0, 160)}`;
}

const view = '/v1/view/resources';

/** The copies and voters of one resource, as LINSTOR places them; undefined where the view could not be had, or the volume is
 *  none of LINSTOR's. */
export function* placedOf(resource: string): Operation<readonly Resource[] | undefined> {
  const placed = yield* placedBy(`?resources=${encodeURIComponent(resource)}`);
  const own = placed?.(resource) ?? [];
  return own.length === 0 ? undefined : own;
}

/** The copies and voters of any resource. */
export function* placedBy(query = ''): Operation<((resource: string) => readonly Resource[]) | undefined> {
  const answer = yield { do: 'linstor', method: 'GET', path: `${view}${query}` };
  if (answer.kind !== 'reply' || answer.status !== 200) return undefined;
  const reply = { state: 'had', path: view, at: 0, body: parsed(answer.text) } as const;
  const placed = resourcesOf({
    newestAt: 0,
    get: (path) => (path === view ? reply : { state: 'not-asked', path, at: 0, why: '' }),
  });
  return placed.view.ok ? (resource) => placed.of(resource) : undefined;
}

/** The nodes that keep a whole copy and go on keeping it. */
export function diskfulNodes(placed: readonly Resource[]): readonly string[] {
  return placed
    .filter(({ kind, leaving, inactive }) => kind === 'diskful' && !leaving && !inactive)
    .map(({ node }) => node)
    .sort();
}

export interface SnapshotNow {
  readonly flags: readonly string[];
  readonly nodes: readonly string[];
}

/** One snapshot of a resource: as it stands, `none`, or undefined where nobody knows. */
export function* snapshotOf(resource: string, name: string): Operation<SnapshotNow | 'none' | undefined> {
  const list = yield* listFrom(`/v1/view/snapshots?resources=${encodeURIComponent(resource)}`);
  const entry = list?.find((one) => textAt(one, 'name') === name && textAt(one, 'resource_name') === resource);
  if (entry === undefined) return list === undefined ? undefined : 'none';
  const flags = flagsOf(entry);
  const nodes = isMap(entry) && Array.isArray(entry.nodes) ? entry.nodes : [];
  return Array.isArray(flags) ? { flags, nodes: nodes.filter((node) => typeof node === 'string') } : undefined;
}

/** `pvc-7/1` is volume 1 of `pvc-7`: what LINSTOR places and snapshots is the whole resource. */
export function resourceOf(volume: string): string {
  const slash = volume.indexOf('/');
  return slash === -1 ? volume : volume.slice(0, slash);
}

/** JSON without its return codes, whose 64 bits a Number would round: nothing here reads them. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

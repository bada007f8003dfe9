import { at, clusterOf, textAt } from '../../facts/kube.ts';
import { classPlaceOf, storageClasses } from '../../facts/storage-class.ts';
import { type KubeObject, kindOf, type Raw } from '../../kernel/raw.ts';
import type { Order } from '../../kernel/workflow.ts';
import type { Operation } from '../instruction.ts';
import { isResource } from './drbd-look.ts';
import { diskfulNodes, listFrom, placedBy, placedOf, resourceOf, tell } from './linstor-call.ts';
import { done, failed, type Result } from './result.ts';

const volumes = 'v1/PersistentVolume';

/** The class first: linstor-csi writes its number into the group with the next volume, and the balancer would take the new
 *  copies away again (linstor.md §3.4). A class cannot be changed, only made anew, and who makes it is the cluster's
 *  profile; one that still asks for fewer is a reason to stop. The group last, when all of its volumes have their copies:
 *  raising it places all that are missing at once, and a site takes only so many resyncs. */
export function* raisePlacement(order: Order): Operation<Result> {
  const { place } = order.with;
  const resource = resourceOf(order.object);
  if (!isResource(resource)) return failed('no such volume');
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 1 || place > 16) {
    return failed('no number of copies that can be placed');
  }
  const fewer = yield* classThatAsksForFewer(resource, place);
  if (fewer !== undefined) return failed(fewer);
  const before = yield* placedOf(resource);
  if (before === undefined) return failed(`where LINSTOR keeps ${resource} is not known`);
  let said = '';
  let copies = diskfulNodes(before);
  if (copies.length < place) {
    const path = `/v1/resource-definitions/${encodeURIComponent(resource)}/autoplace`;
    said = yield* tell('POST', path, { select_filter: { place_count: place } });
    const after = yield* placedOf(resource);
    if (after === undefined) return failed(`where LINSTOR keeps ${resource} now is not known. ${said}`);
    copies = diskfulNodes(after);
  }
  if (copies.length < place) return failed(`${resource} is placed on ${copies.join(', ')} only. ${said}`);
  const group = yield* raiseGroup(resource, place);
  return group === undefined ? done(`${resource} is placed on ${copies.join(', ')}`) : failed(group);
}

function* classThatAsksForFewer(resource: string, place: number): Operation<string | undefined> {
  const found: Raw[] = [];
  for (const kind of [volumes, storageClasses]) {
    const answer = yield { do: 'api', call: { verb: 'list', kind } };
    if (answer.kind !== 'objects') return `${kind} could not be listed`;
    found.push(
      { from: 'list', at: 0, kind },
      ...answer.objects.map((object): Raw => ({ from: 'object', at: 0, object })),
    );
  }
  const cluster = clusterOf(found);
  for (const seen of cluster.kind(volumes).all) {
    if (!isOf(seen.object as KubeObject, resource)) continue;
    const asks = classPlaceOf(seen, cluster)?.place;
    if (asks === undefined) continue;
    if (typeof asks !== 'number') return `how many copies the class of ${resource} asks for cannot be read`;
    if (asks < place) return `the class of ${resource} still asks for ${asks}: the next volume would undo it`;
  }
  return undefined;
}

function isOf(object: KubeObject, resource: string): boolean {
  return kindOf(object) === volumes && textAt(object, 'spec', 'csi', 'volumeHandle') === resource;
}

/** Undefined when the group asks for so many, or some of its volumes still wait for theirs; else what went wrong. */
function* raiseGroup(resource: string, place: number): Operation<string | undefined> {
  const definitions = yield* listFrom('/v1/resource-definitions');
  const groups = yield* listFrom('/v1/resource-groups');
  if (definitions === undefined || groups === undefined) return 'the groups of LINSTOR could not be read';
  const groupOf = (name: string): string | undefined =>
    textAt(
      definitions.find((one) => textAt(one, 'name') === name),
      'resource_group_name',
    );
  const group = groupOf(resource);
  if (group === undefined) return undefined;
  if (asksOf(groups, group) >= place) return undefined;
  const members = definitions.flatMap((one) => textAt(one, 'name') ?? []).filter((name) => groupOf(name) === group);
  const placed = yield* placedBy();
  if (placed === undefined) return 'where LINSTOR keeps the volumes of the group is not known';
  if (members.some((name) => diskfulNodes(placed(name)).length < place)) return undefined;
  const path = `/v1/resource-groups/${encodeURIComponent(group)}`;
  const said = yield* tell('PUT', path, { select_filter: { place_count: place } });
  const after = yield* listFrom('/v1/resource-groups');
  return after !== undefined && asksOf(after, group) >= place ? undefined : `group ${group} was not raised. ${said}`;
}

function asksOf(groups: readonly unknown[], name: string): number {
  const group = groups.find((one) => textAt(one, 'name') === name);
  const count = at(group, 'select_filter', 'place_count');
  return typeof count === 'number' ? count : 0;
}

import { at, textAt } from '../../facts/kube.ts';
import type { Order } from '../../kernel/workflow.ts';
import type { Operation } from '../instruction.ts';
import { isResource } from './drbd-look.ts';
import { diskfulNodes, listFrom, placedBy, placedOf, resourceOf, tell } from './linstor-call.ts';
import { done, failed, type Result, refused } from './result.ts';
import { raiseClass } from './storage-class.ts';

/** The class first: linstor-csi writes its number into the group with the next volume, and the balancer would take the new
 *  copies away again (linstor.md §3.4). The group last, when all of its volumes have their copies: raising it places all that
 *  are missing at once, and a site takes only so many resyncs. */
export function* raisePlacement(order: Order): Operation<Result> {
  const { place } = order.with;
  const resource = resourceOf(order.object);
  if (!isResource(resource)) return failed('no such volume');
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 1 || place > 16) {
    return failed('no number of copies that can be placed');
  }
  const before = yield* placedOf(resource);
  if (before === undefined) return refused(`where LINSTOR keeps ${resource} is not known`);
  const definitions = yield* listFrom('/v1/resource-definitions');
  if (definitions === undefined) return refused('the groups of LINSTOR could not be read');
  const low = yield* raiseClass(resource, groupOf(definitions, resource), place);
  if (low !== undefined) return low;
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
  const group = yield* raiseGroup(definitions, resource, place);
  return group === undefined ? done(`${resource} is placed on ${copies.join(', ')}`) : failed(group);
}

/** Undefined when the group asks for so many, or some of its volumes still wait for theirs; else what went wrong. */
function* raiseGroup(definitions: readonly unknown[], resource: string, place: number): Operation<string | undefined> {
  const groups = yield* listFrom('/v1/resource-groups');
  if (groups === undefined) return 'the groups of LINSTOR could not be read';
  const group = groupOf(definitions, resource);
  if (group === undefined) return undefined;
  if (asksOf(groups, group) >= place) return undefined;
  const members = definitions
    .flatMap((one) => textAt(one, 'name') ?? [])
    .filter((name) => groupOf(definitions, name) === group);
  const placed = yield* placedBy();
  if (placed === undefined) return 'where LINSTOR keeps the volumes of the group is not known';
  if (members.some((name) => diskfulNodes(placed(name)).length < place)) return undefined;
  const path = `/v1/resource-groups/${encodeURIComponent(group)}`;
  const said = yield* tell('PUT', path, { select_filter: { place_count: place } });
  const after = yield* listFrom('/v1/resource-groups');
  return after !== undefined && asksOf(after, group) >= place ? undefined : `group ${group} was not raised. ${said}`;
}

function groupOf(definitions: readonly unknown[], resource: string): string | undefined {
  return textAt(
    definitions.find((one) => textAt(one, 'name') === resource),
    'resource_group_name',
  );
}

function asksOf(groups: readonly unknown[], name: string): number {
  const group = groups.find((one) => textAt(one, 'name') === name);
  const count = at(group, 'select_filter', 'place_count');
  return typeof count === 'number' ? count : 0;
}

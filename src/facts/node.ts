import { operatingSystems } from '../kernel/capability.ts';
import type { Census, Observation, Report } from '../kernel/fact.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { bond, node, site } from '../kernel/subject.ts';
import {
  at,
  type Cluster,
  isMap,
  type Kind,
  labelOf,
  listAt,
  type SeenObject,
  sayBool,
  sayCondition,
  sayText,
  textAt,
} from './kube.ts';
import { agreed, type Found, say, setOf, unreadable } from './say.ts';

const nodes = 'v1/Node';
const pods = 'v1/Pod';
/** What we set ourselves on a node begins with this, so that we never take our own mark for somebody else's. */
const ours = 'nodewright.spectrocloud.com/';

/** What others than the API server said of which system image a node booted, with the moment they saw it. */
export type BootWords = ReadonlyMap<string, readonly { readonly word: Found<string>; readonly at: number }[]>;

/** Nodes and their virt-handler Pods → who the nodes are, and what the API server says of each. */
export function nodesReport(cluster: Cluster, shape: SiteShape, boots: BootWords = new Map()): Report | undefined {
  const all = cluster.kind(nodes);
  const seenAtMs = cluster.newestAt(nodes, pods);
  if (seenAtMs === undefined) return undefined;
  const members = all.all.filter((seen) => seen.torn || isOurs(seen, shape));
  return {
    reporter: 'kubernetes:nodes',
    scope: site.id,
    seenAtMs,
    observations: [
      ...controlPlaneNodes(all),
      // Who it is stays certain also where nothing else that it says can be believed.
      ...members.flatMap(({ id, at: seenAt }) => say('node.name', node(id), id, { at: seenAt, source: `Node ${id}` })),
      ...members.filter(({ torn }) => !torn).flatMap((seen) => factsOf(seen, shape, boots.get(seen.id) ?? [])),
      ...virtHandlers(cluster.kind(pods), members),
    ],
    censuses: censusesOf(all, members, shape, seenAtMs),
  };
}

/** Bonds are on every node whether anybody reports them or not: the profile names them. */
function censusesOf(all: Kind, members: readonly SeenObject[], shape: SiteShape, at: number): readonly Census[] {
  const { listing } = all;
  const strange = all.all.find((seen) => !seen.torn && hasStrangeLabels(seen));
  const failed = !listing.had
    ? listing.why
    : strange !== undefined
      ? `node ${strange.id} has labels that cannot be read`
      : notTheProfiles(members.length, shape);
  const seenAtMs = listing.at ?? at;
  const source = `list of ${nodes}`;
  if (failed !== undefined) {
    return (['node', 'bond'] as const).map((kind) => ({ kind, members: { failed }, seenAtMs, source }));
  }
  return [
    { kind: 'node', members: members.map(({ id }) => node(id)), seenAtMs, source },
    {
      kind: 'bond',
      members: bondsOf(members, shape),
      seenAtMs,
      source: `${source}, and the profile’s storage bond`,
    },
  ];
}

/** A Node that was deleted from the API still runs, and its bond with it: how many should report, the profile says. */
function notTheProfiles(count: number, { nodes: { atLeast, atMost } }: SiteShape): string | undefined {
  if (count >= atLeast && count <= atMost) return undefined;
  const promised = atLeast === atMost ? `${atLeast}` : `${atLeast} to ${atMost}`;
  return `has ${count} of our nodes, and the profile promises ${promised}`;
}

/** One node needs no network to the others. That several have none is not said by leaving it out of the profile. */
function bondsOf(members: readonly SeenObject[], { storageBond, nodes: { atMost } }: SiteShape): Census['members'] {
  if (storageBond !== undefined) return members.map(({ id }) => bond(id, storageBond.name));
  return atMost === 1 ? [] : { failed: 'the profile names no storage bond for its nodes' };
}

function isOurs({ object }: SeenObject, shape: SiteShape): boolean {
  return Object.entries(shape.nodes.matchLabels).every(([label, value]) => labelOf(object, label) === value);
}

function hasStrangeLabels({ object }: SeenObject): boolean {
  const labels = at(object, 'metadata', 'labels');
  return labels !== undefined && !(isMap(labels) && Object.values(labels).every((value) => typeof value === 'string'));
}

function factsOf({ object, at: seenAt, id }: SeenObject, shape: SiteShape, boots: Boots): readonly Observation[] {
  const subject = node(id);
  const seen = { at: seenAt, source: `Node ${id}` };
  const cordoned = isCordoned(object);
  return [
    ...say('node.ready', subject, sayCondition(object, 'Ready'), seen),
    ...say('node.memoryPressure', subject, sayCondition(object, 'MemoryPressure'), seen),
    ...say('node.schedulable', subject, typeof cordoned === 'boolean' ? !cordoned : cordoned, seen),
    ...say('node.cordonedBy', subject, cordonedBy(object), seen),
    ...say('node.uid', subject, sayText(object, 'metadata', 'uid'), seen),
    ...say('node.bootId', subject, bootIdOf(object), seen),
    ...say('node.bootState', subject, bootStateOf(object), seen),
    ...say('node.foreignTaints', subject, foreignTaints(object), seen),
    ...say('node.role', subject, roleOf(object), seen),
    ...say('node.eligible', subject, eligible(object, shape, boots), {
      ...seen,
      at: Math.min(seenAt, ...boots.map((boot) => boot.at)),
    }),
  ];
}
type Boots = readonly { readonly word: Found<string>; readonly at: number }[];

/** The API server leaves `unschedulable` out when it is false, so its absence from a spec that is there says: not cordoned. */
function isCordoned(object: unknown): Found<boolean> {
  return isMap(at(object, 'spec')) ? (sayBool(object, 'spec', 'unschedulable') ?? false) : undefined;
}

/** Who cordoned says so in an annotation, or else the API server noted who last set the field. Cordoned by somebody who
 *  left no name is neither nobody nor a name: it is unreadable. (`kubectl get -o json` leaves managed fields out.) */
function cordonedBy(object: unknown): Found<string | null> {
  const cordoned = isCordoned(object);
  if (cordoned === false) return null;
  if (cordoned !== true) return cordoned;
  const marks = [`${ours}cordoned-by`, 'operator.kairos.io/cordoned-by'].flatMap(
    (name) => textAt(object, 'metadata', 'annotations', name) ?? [],
  );
  const managers = (listAt(object, 'metadata', 'managedFields') ?? []).flatMap((entry) =>
    at(entry, 'fieldsV1', 'f:spec', 'f:unschedulable') === undefined ? [] : (textAt(entry, 'manager') ?? []),
  );
  const names = setOf((marks.length > 0 ? marks : managers).filter((name) => name !== ''));
  const [first, second] = names;
  if (first === undefined) return unreadable('somebody who left no name');
  return second === undefined ? first : unreadable(names.join(' and '));
}

/** Taints that keep pods away and are not ours. `node.kubernetes.io/unschedulable` is the shadow that Kubernetes itself
 *  puts beside a cordon: who cordoned is asked of `cordonedBy`, and a node that we cordoned must not look as if somebody
 *  else had tainted it. Without a cordon nothing explains it, and then it counts. */
function foreignTaints(object: unknown): Found<readonly string[]> {
  if (!isMap(at(object, 'spec'))) return undefined;
  const taints = at(object, 'spec', 'taints') ?? [];
  if (!Array.isArray(taints)) return unreadable(taints);
  const foreign: string[] = [];
  for (const taint of taints) {
    const [key, effect] = [textAt(taint, 'key'), textAt(taint, 'effect')];
    if (key === undefined || effect === undefined) return unreadable('a taint without key or effect');
    if (effect === 'PreferNoSchedule' || key.startsWith(ours)) continue;
    if (effect !== 'NoSchedule' && effect !== 'NoExecute') return unreadable(`${key}:${effect}`);
    if (key === 'node.kubernetes.io/unschedulable' && effect === 'NoSchedule' && isCordoned(object) === true) continue;
    foreign.push(`${key}:${effect}`);
  }
  return setOf(foreign);
}

function bootIdOf(object: unknown): Found<string> {
  const id = sayText(object, 'status', 'nodeInfo', 'bootID');
  return id === '' ? undefined : id; // what a kubelet reports that could not read it
}

/** The Kairos operator's label. It also says `unknown`, which is no word of ours and stays unreadable; `autoreset` it does
 *  not have. It is refreshed at intervals: `kairos-agent state` of the node itself, where it was had, must agree. */
function bootStateOf(object: unknown): Found<string> {
  return sayText(object, 'metadata', 'labels', 'kairos.io/boot-state');
}

const roleLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** The label counts, not its value (kubeadm writes none, k3s `true`). A Node without any label was not read whole: every
 *  kubelet sets some. */
function roleOf(object: unknown): Found<string> {
  const labels = at(object, 'metadata', 'labels');
  if (labels === undefined) return undefined;
  if (!isMap(labels)) return unreadable(labels);
  return roleLabels.some((label) => Object.hasOwn(labels, label)) ? 'control-plane' : 'worker';
}

function controlPlaneNodes({ listing, all }: Kind): readonly Observation[] {
  if (!listing.had) return [];
  const roles = all.map(({ object, torn }) => (torn ? undefined : roleOf(object)));
  const unclear = roles.some((role) => typeof role !== 'string');
  const count = unclear
    ? unreadable('a node whose labels cannot be read')
    : roles.filter((role) => role === 'control-plane').length;
  return say('site.controlPlaneNodes', site, count, { at: listing.at, source: `list of ${nodes}` });
}

/** May hold storage: not being removed, not cordoned by anybody but us, and, where an operating system falls back to an
 *  older image by itself, booted from the active one. One «no» is enough; without one, nothing may be unknown. */
function eligible(object: unknown, shape: SiteShape, boots: Boots): Found<boolean> {
  const cordoned = isCordoned(object);
  const byUs = textAt(object, 'metadata', 'annotations', `${ours}cordoned-by`) !== undefined;
  const parts: Found<boolean>[] = [
    at(object, 'metadata', 'deletionTimestamp') === undefined,
    cordoned === true ? byUs : cordoned === false ? true : cordoned,
  ];
  if ((operatingSystems[shape.os] as readonly string[]).includes('ImageFallback')) {
    const label = bootStateOf(object);
    const words = [...(label === undefined ? [] : [label]), ...boots.map(({ word }) => word)];
    const word = agreed(words);
    const known = ['active', 'passive', 'recovery', 'livecd', 'autoreset'];
    parts.push(
      typeof word === 'string'
        ? known.includes(word)
          ? word === 'active'
          : unreadable(word)
        : (word as Found<boolean>),
    );
  }
  if (parts.includes(false)) return false;
  if (parts.includes(undefined)) return undefined;
  return parts.find((part) => typeof part === 'object') ?? true;
}

/** Without its virt-handler KubeVirt takes a node for dead and kills its VMs. A Pod that is being deleted says nothing of
 *  the one that follows it, and no Pod at all says nothing either: the list may have been of another namespace. */
function virtHandlers({ clean }: Kind, members: readonly SeenObject[]): readonly Observation[] {
  const handlers = clean.filter(
    ({ object }) =>
      labelOf(object, 'kubevirt.io') === 'virt-handler' && at(object, 'metadata', 'deletionTimestamp') === undefined,
  );
  const byNode = Map.groupBy(handlers, ({ object }) => textAt(object, 'spec', 'nodeName'));
  return members.flatMap(({ id }) => {
    const here = byNode.get(id) ?? [];
    const ready = agreed(here.map(({ object }) => sayCondition(object, 'Ready')));
    const source = `Pod ${here.map((pod) => pod.id).join(', ')}`;
    return say('node.virtHandlerReady', node(id), ready, { at: Math.min(...here.map((pod) => pod.at)), source });
  });
}

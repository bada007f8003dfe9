import type { Census, Observation, Report } from '../kernel/fact.ts';
import type { Raw } from '../kernel/raw.ts';
import { connection, node, replica, type Subject, site, volume } from '../kernel/subject.ts';
import { at, sayBool, sayText, textAt } from './kube.ts';
import { type LinstorReplies, listOf, propertiesOf, repliesOf } from './linstor-reply.ts';
import { type Placed, type Resource, resourcesOf } from './linstor-resource.ts';
import { type Found, say, setOf, unreadable } from './say.ts';
import type { Requested } from './volume.ts';

/** LINSTOR's REST replies → who volumes, replicas and connections are, and what LINSTOR says of them. Its words are a
 *  second opinion beside the kernel's own: it is known to say Ok of what stands alone. A reply that was not had, or that
 *  is an error, says nothing and counts nobody; it is not an empty list. */
export function linstorReport(raws: readonly Raw[], requested: Requested = nobody): Report | undefined {
  const replies = repliesOf(raws);
  if (replies.newestAt === undefined) return undefined;
  const placed = resourcesOf(replies);
  return {
    reporter: 'linstor',
    scope: site.id,
    seenAtMs: replies.newestAt,
    observations: [
      ...siteFacts(replies),
      ...nodeFacts(replies),
      ...volumeFacts(replies, placed, requested),
      ...replicaFacts(placed),
      ...connectionFacts(placed),
    ],
    censuses: censusesOf(replies, placed),
  };
}

const nobody: Requested = { ids: new Set(), anybody: false };

const nodesPath = '/v1/nodes';
const viewPath = '/v1/view/resources';
const definitionsPath = '/v1/resource-definitions';
const groupsPath = '/v1/resource-groups';
const poolsPath = '/v1/view/storage-pools';
const snapshotsPath = '/v1/view/snapshots';
const propertiesPath = '/v1/controller/properties';

function from(reply: { readonly at: number; readonly path: string }): { at: number; source: string } {
  return { at: reply.at, source: `LINSTOR GET ${reply.path}` };
}

// --- the site ---------------------------------------------------------------------------------------------------------

function siteFacts(replies: LinstorReplies): readonly Observation[] {
  const nodes = replies.get(nodesPath);
  const reachable = nodes.state === 'not-asked' ? undefined : listOf(nodes).ok;
  return [
    ...say('site.linstorReachable', site, reachable, from(nodes)),
    ...balancerPaused(replies),
    ...autoEvictPaused(replies),
    ...poolsHealthy(replies),
  ];
}

/** LINSTOR balances unless it is told not to, and a group or a definition may be told otherwise than the controller. */
function balancerPaused(replies: LinstorReplies): readonly Observation[] {
  const properties = propertiesOf(replies.get(propertiesPath));
  if (!properties.ok) return [];
  const name = 'BalanceResourcesEnabled';
  const own = switchOf(properties.value, name) ?? true;
  const others = [groupsPath, definitionsPath].flatMap((path) => {
    const list = listOf(replies.get(path));
    return list.ok ? list.value.map((entry) => switchOf(at(entry, 'props'), name)) : [];
  });
  return say('site.balancerPaused', site, neither([own, ...others]), from(replies.get(propertiesPath)));
}

/** A node's own property wins over the controller's; both default to «may evict». Which nodes there are must be known. */
function autoEvictPaused(replies: LinstorReplies): readonly Observation[] {
  const [properties, nodes] = [propertiesOf(replies.get(propertiesPath)), listOf(replies.get(nodesPath))];
  if (!properties.ok || !nodes.ok) return [];
  const name = 'DrbdOptions/AutoEvictAllowEviction';
  const inherited = switchOf(properties.value, name) ?? true;
  const each = nodes.value.map((entry) => switchOf(at(entry, 'props'), name) ?? inherited);
  const seenAt = Math.min(properties.at, nodes.at);
  return say('site.autoEvictPaused', site, neither(each.length === 0 ? [inherited] : each), {
    at: seenAt,
    source: `LINSTOR GET ${propertiesPath} and ${nodesPath}`,
  });
}

/** LINSTOR's own pattern for these: `(?i)(?:true|false|yes|no)`. */
function switchOf(properties: unknown, name: string): Found<boolean> {
  const text = sayText(properties, name);
  if (typeof text !== 'string') return text;
  if (/^(true|yes)$/i.test(text)) return true;
  return /^(false|no)$/i.test(text) ? false : unreadable(text);
}

/** True if none of the switches is on: one that is on decides, one that cannot be read leaves it open. */
function neither(switches: readonly Found<boolean>[]): Found<boolean> {
  if (switches.includes(true)) return false;
  return switches.find((one) => typeof one === 'object') ?? true;
}

/** A broken pool stands in an otherwise fine reply, with an error in its `reports` and no capacity. Of a node that is not
 *  connected the pool only carries a warning and leaves its capacity out: nobody knows how it is. */
function poolsHealthy(replies: LinstorReplies): readonly Observation[] {
  const pools = listOf(replies.get(poolsPath));
  if (!pools.ok) return [];
  // Diskless pools keep no data, and call 2^63−1 their capacity.
  const each = pools.value.filter((pool) => at(pool, 'provider_kind') !== 'DISKLESS').map(healthOf);
  const value = each.includes(false)
    ? false
    : (each.find((health) => typeof health === 'object') ?? (each.length === 0 ? undefined : true));
  return say('site.poolsHealthy', site, value, from(pools));
}

function healthOf(pool: unknown): Found<boolean> {
  const named = `pool ${textAt(pool, 'storage_pool_name')} on ${textAt(pool, 'node_name')}`;
  const reports = at(pool, 'reports') ?? [];
  if (!Array.isArray(reports)) return unreadable(`${named}: reports`);
  const severities = reports.map(severityOf);
  if (severities.includes('error')) return false;
  if (severities.some((severity) => severity !== 'info')) return unreadable(`${named}: warned of`);
  const [free, total] = [at(pool, 'free_capacity'), at(pool, 'total_capacity')];
  if (!Number.isSafeInteger(free) || !Number.isSafeInteger(total)) return unreadable(`${named}: no capacity`);
  return (total as number) > 0 && (free as number) >= 0;
}

/** The two highest of 64 bits. The reply's reader left return codes as text, since a Number would round them. */
function severityOf(report: unknown): 'error' | 'warning' | 'info' | undefined {
  const code = textAt(report, 'ret_code');
  if (code === undefined || !/^-?\d{1,20}$/.test(code)) return undefined;
  const bits = BigInt.asUintN(64, BigInt(code)) >> 62n;
  return bits === 3n ? 'error' : bits === 2n ? 'warning' : 'info';
}

// --- nodes ------------------------------------------------------------------------------------------------------------

function nodeFacts(replies: LinstorReplies): readonly Observation[] {
  const nodes = listOf(replies.get(nodesPath));
  if (!nodes.ok) return [];
  return nodes.value.flatMap((entry) => {
    const name = textAt(entry, 'name');
    if (name === undefined) return [];
    return [
      ...say('node.satellite', node(name), satelliteOf(entry, name), from(nodes)),
      ...say('node.satelliteFlags', node(name), flagsOf(entry), from(nodes)),
    ];
  });
}

/** A satellite that was registered under another node's name goes ONLINE all the same; only the host name that it told
 *  gives it away. */
function satelliteOf(entry: unknown, name: string): Found<string> {
  const status = sayText(entry, 'connection_status');
  const host = textAt(entry, 'props', 'NodeUname');
  if (host !== undefined && host.toLowerCase() !== name.toLowerCase()) {
    return unreadable(`${typeof status === 'string' ? status : '?'}, but its host calls itself ${host}`);
  }
  return status;
}

/** LINSTOR leaves `flags` out where there are none. */
function flagsOf(entry: unknown): Found<readonly string[]> {
  const flags = at(entry, 'flags') ?? [];
  return Array.isArray(flags) && flags.every((flag) => typeof flag === 'string') ? setOf(flags) : unreadable(flags);
}

// --- volumes ----------------------------------------------------------------------------------------------------------

function volumeFacts(replies: LinstorReplies, placed: Placed, requested: Requested): readonly Observation[] {
  return placed.volumes.flatMap(({ resource, number }) => {
    const subject = volume(resource, number);
    return [
      ...(placed.view.ok ? say('volume.place', subject, placeOf(placed.of(resource)), from(placed.view)) : []),
      ...pendingDelete(replies, placed, resource, subject),
      ...inherited(replies, 'volume.quorumPolicy', 'DrbdOptions/Resource/quorum', resource, subject, quorumOf),
      ...inherited(
        replies,
        'volume.migrationTwoPrimaries',
        'DrbdOptions/Net/allow-two-primaries',
        resource,
        subject,
        (text) => (text === undefined ? false : switchOf({ text }, 'text')),
      ),
      ...snapshotRunning(replies, resource, subject, requested),
    ];
  });
}

/** DRBD also takes a number of votes here, which is none of our words. Left out everywhere it is off. */
function quorumOf(text: string | undefined): Found<string> {
  return text ?? 'off';
}

function placeOf(resources: readonly Resource[]): Found<number> {
  const strange = resources.find(({ kind }) => typeof kind !== 'string');
  if (strange !== undefined) return strange.kind as { unreadable: string };
  return resources.filter(({ kind, leaving, inactive }) => kind === 'diskful' && !leaving && !inactive).length;
}

/** One flag is enough to know it; that there is none takes both lists. */
function pendingDelete(
  replies: LinstorReplies,
  placed: Placed,
  resource: string,
  subject: Subject,
): readonly Observation[] {
  const definitions = listOf(replies.get(definitionsPath));
  const own = definitions.ok ? definitions.value.filter((entry) => at(entry, 'name') === resource) : [];
  const flags = [...placed.of(resource).map((one) => one.flags), ...own.map(flagsOf)];
  const waiting = flags.some((set) => Array.isArray(set) && (set.includes('DELETE') || set.includes('DRBD_DELETE')));
  const odd = flags.find((set) => !Array.isArray(set)) as { unreadable: string } | undefined;
  const value = waiting ? true : (odd ?? (placed.view.ok && definitions.ok ? false : undefined));
  const seenAt = Math.min(placed.view.ok ? placed.view.at : Infinity, definitions.ok ? definitions.at : Infinity);
  return say('volume.pendingDelete', subject, value, {
    at: seenAt,
    source: `LINSTOR GET ${viewPath} and ${definitionsPath}`,
  });
}

/** A property of a definition, else of its group, else of the controller. That it stands nowhere can be said only when all
 *  three were had. */
function inherited(
  replies: LinstorReplies,
  fact: string,
  property: string,
  resource: string,
  subject: Subject,
  read: (text: string | undefined) => Found<string | boolean>,
): readonly Observation[] {
  const definitions = listOf(replies.get(definitionsPath));
  if (!definitions.ok) return [];
  const definition = definitions.value.find((entry) => at(entry, 'name') === resource);
  if (definition === undefined) return [];
  const own = sayText(definition, 'props', property);
  if (own !== undefined) return say(fact, subject, typeof own === 'string' ? read(own) : own, from(definitions));

  const groups = listOf(replies.get(groupsPath));
  const groupName = textAt(definition, 'resource_group_name');
  const group = groups.ok ? groups.value.find((entry) => at(entry, 'name') === groupName) : undefined;
  if (!groups.ok || group === undefined) return [];
  const ofGroup = sayText(group, 'props', property);
  const groupAt = Math.min(definitions.at, groups.at);
  const groupSeen = { at: groupAt, source: `LINSTOR GET ${groupsPath}` };
  if (ofGroup !== undefined)
    return say(fact, subject, typeof ofGroup === 'string' ? read(ofGroup) : ofGroup, groupSeen);

  const properties = propertiesOf(replies.get(propertiesPath));
  if (!properties.ok) return [];
  const ofAll = sayText(properties.value, property);
  const seen = { at: Math.min(groupAt, properties.at), source: `LINSTOR GET ${propertiesPath}` };
  return say(fact, subject, ofAll === undefined || typeof ofAll === 'string' ? read(ofAll) : ofAll, seen);
}

const snapshotEnded = ['SUCCESSFUL', 'FAILED_DEPLOYMENT', 'FAILED_DISCONNECT'];

/** A snapshot that neither succeeded nor failed is being taken. While Kubernetes has asked for one that is not ready,
 *  LINSTOR's «none» only means that it did not get to it yet, so it says nothing. */
function snapshotRunning(
  replies: LinstorReplies,
  resource: string,
  subject: Subject,
  requested: Requested,
): readonly Observation[] {
  const snapshots = listOf(replies.get(snapshotsPath));
  if (!snapshots.ok) return [];
  const running = snapshots.value
    .filter((entry) => at(entry, 'resource_name') === resource)
    .map((entry): Found<boolean> => {
      const flags = flagsOf(entry);
      return Array.isArray(flags)
        ? !flags.some((flag) => snapshotEnded.includes(flag))
        : (flags as { unreadable: string });
    });
  const value: Found<boolean> = running.includes(true)
    ? true
    : (running.find((one) => typeof one === 'object') ?? false);
  if (value === false && (requested.anybody || requested.ids.has(subject.id))) return [];
  return say('volume.snapshotRunning', subject, value, from(snapshots));
}

// --- replicas and connections -----------------------------------------------------------------------------------------

function replicaFacts(placed: Placed): readonly Observation[] {
  const { view } = placed;
  if (!view.ok) return [];
  return placed.resources.flatMap((resource) =>
    placed.numbersOf(resource.name).flatMap((number) => {
      const subject = replica(resource.name, number, resource.node);
      return [
        ...say('replica.kind', subject, resource.kind, from(view)),
        ...say('replica.deleting', subject, resource.deleting, from(view)),
        ...say('replica.inUse', subject, sayBool(resource.entry, 'state', 'in_use'), from(view)),
        // `SyncTarget(17.15%)` stands here too: only the exact word is a state of the disk.
        ...say('replica.linstorDisk', subject, sayText(resource.volume(number), 'state', 'disk_state'), from(view)),
      ];
    }),
  );
}

/** Every ordered pair of a volume's replicas, but for two that are both without a disk: those have nothing to tell each
 *  other. A kind that cannot be read counts as one with a disk. */
function pairsOf(placed: Placed): readonly { own: Resource; peer: Resource; number: number }[] {
  const pairs: { own: Resource; peer: Resource; number: number }[] = [];
  for (const { resource, number } of placed.volumes) {
    const all = placed.of(resource).filter(({ drbd }) => drbd);
    for (const own of all) {
      for (const peer of all) if (own !== peer && !(own.diskless && peer.diskless)) pairs.push({ own, peer, number });
    }
  }
  return pairs;
}

function connectionFacts(placed: Placed): readonly Observation[] {
  const { view } = placed;
  if (!view.ok) return [];
  return pairsOf(placed).flatMap(({ own, peer, number }) => {
    const subject = connection(own.name, number, own.node, peer.node);
    return [
      ...say('connection.peerKind', subject, peer.kind, from(view)),
      ...say('connection.state', subject, stateOf(own, peer.node), from(view)),
    ];
  });
}

function stateOf(own: Resource, peer: string): Found<string> {
  const message = sayText(own.connections, peer, 'message');
  const connected = at(own.connections, peer, 'connected');
  if (typeof message !== 'string') return message;
  if (typeof connected === 'boolean' && connected !== (message === 'Connected')) {
    return unreadable(`connected: ${connected}, but ${message}`);
  }
  return message;
}

// --- who there is -----------------------------------------------------------------------------------------------------

function censusesOf(replies: LinstorReplies, placed: Placed): readonly Census[] {
  const definitions = listOf(replies.get(definitionsPath));
  const { view, failed } = placed;
  const newest = replies.newestAt ?? 0;
  const viewFailed = failed ?? (view.ok ? undefined : view.why);
  const bothFailed = viewFailed ?? (definitions.ok ? undefined : definitions.why);
  const viewAt = view.ok ? view.at : newest;
  const bothAt = Math.min(viewAt, definitions.ok ? definitions.at : newest);
  const replicas = (): readonly Subject[] =>
    placed.resources.flatMap(({ name, node: on }) => placed.numbersOf(name).map((number) => replica(name, number, on)));
  const connections = (): readonly Subject[] =>
    pairsOf(placed).map(({ own, peer, number }) => connection(own.name, number, own.node, peer.node));
  return [
    {
      kind: 'volume',
      members:
        bothFailed === undefined
          ? placed.volumes.map(({ resource, number }) => volume(resource, number))
          : { failed: bothFailed },
      seenAtMs: bothAt,
      source: `LINSTOR GET ${viewPath} and ${definitionsPath}`,
    },
    {
      kind: 'replica',
      members: viewFailed === undefined ? replicas() : { failed: viewFailed },
      seenAtMs: viewAt,
      source: `LINSTOR GET ${viewPath}`,
    },
    {
      kind: 'connection',
      members: viewFailed === undefined ? connections() : { failed: viewFailed },
      seenAtMs: viewAt,
      source: `LINSTOR GET ${viewPath}`,
    },
  ];
}

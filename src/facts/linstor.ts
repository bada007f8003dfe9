import type { Census, Observation, Report } from '../kernel/fact.ts';
import type { Raw } from '../kernel/raw.ts';
import { connection, node, replica, type Subject, site, volume } from '../kernel/subject.ts';
import { at, sayBool, sayText, textAt } from './kube.ts';
import { flagsOf, from, type LinstorReplies, listOf, paths, repliesOf } from './linstor-reply.ts';
import { type Placed, type Resource, resourcesOf } from './linstor-resource.ts';
import { siteFacts } from './linstor-site.ts';
import { volumeFacts } from './linstor-volume.ts';
import { type Found, say, unreadable } from './say.ts';
import type { Requested } from './volume.ts';

/** LINSTOR's REST replies → who volumes, replicas and connections are, and what LINSTOR says of them. Its words are a
 *  second opinion beside the kernel's own: it is known to say Ok of what stands alone. A reply that was not had, or that
 *  is an error, says nothing and counts nobody; it is not an empty list. */
export function linstorReport(raws: readonly Raw[], requested: Requested = nobody): Report | undefined {
  const replies = repliesOf(raws);
  if (replies.newestAt === undefined) return undefined;
  const placed = resourcesOf(replies);
  const pairs = pairsOf(placed);
  return {
    reporter: 'linstor',
    scope: site.id,
    seenAtMs: replies.newestAt,
    observations: [
      ...siteFacts(replies),
      ...nodeFacts(replies),
      ...volumeFacts(replies, placed, requested),
      ...replicaFacts(placed),
      ...connectionFacts(placed, pairs),
    ],
    censuses: censusesOf(replies, placed, pairs),
  };
}

const nobody: Requested = { ids: new Set(), anybody: false };

function nodeFacts(replies: LinstorReplies): readonly Observation[] {
  const nodes = listOf(replies.get(paths.nodes));
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

/** One direction of a connection: a replica and one of its peers. */
interface Pair {
  readonly own: Resource;
  readonly peer: Resource;
  readonly number: number;
}

/** Every ordered pair of a volume's replicas, but for two that are both without a disk: those have nothing to tell each
 *  other. A kind that cannot be read counts as one with a disk. */
function pairsOf(placed: Placed): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const { resource, number } of placed.volumes) {
    const all = placed.of(resource).filter(({ drbd }) => drbd);
    for (const own of all) {
      for (const peer of all) if (own !== peer && !(own.diskless && peer.diskless)) pairs.push({ own, peer, number });
    }
  }
  return pairs;
}

function connectionFacts({ view }: Placed, pairs: readonly Pair[]): readonly Observation[] {
  if (!view.ok) return [];
  return pairs.flatMap(({ own, peer, number }) => {
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

function censusesOf(replies: LinstorReplies, placed: Placed, pairs: readonly Pair[]): readonly Census[] {
  const { view, definitions } = placed;
  const newest = replies.newestAt ?? 0;
  const viewFailed = view.ok ? undefined : view.why;
  const bothFailed = viewFailed ?? (definitions.ok ? undefined : definitions.why);
  const viewAt = view.ok ? view.at : newest;
  const bothAt = Math.min(viewAt, definitions.ok ? definitions.at : newest);
  const replicas = (): readonly Subject[] =>
    placed.resources.flatMap(({ name, node: on }) => placed.numbersOf(name).map((number) => replica(name, number, on)));
  const connections = (): readonly Subject[] =>
    pairs.map(({ own, peer, number }) => connection(own.name, number, own.node, peer.node));
  return [
    {
      kind: 'volume',
      members:
        bothFailed === undefined
          ? placed.volumes.map(({ resource, number }) => volume(resource, number))
          : { failed: bothFailed },
      seenAtMs: bothAt,
      source: `LINSTOR GET ${paths.view} and ${paths.definitions}`,
    },
    {
      kind: 'replica',
      members: viewFailed === undefined ? replicas() : { failed: viewFailed },
      seenAtMs: viewAt,
      source: `LINSTOR GET ${paths.view}`,
    },
    {
      kind: 'connection',
      members: viewFailed === undefined ? connections() : { failed: viewFailed },
      seenAtMs: viewAt,
      source: `LINSTOR GET ${paths.view}`,
    },
  ];
}

import { autoplace, autoQuorum, copiesOf, dropCopy } from './linstor-place.ts';
import { linstorTouched } from './linstor-state.ts';
import { hungSatellite, replyText } from './linstor-text.ts';
import { settle } from './settle.ts';
import type { Definition, Site } from './state.ts';

export interface LinstorReply {
  /** 0: nobody answers. */
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

/** Return codes as recorded; with 64 bits, so they are texts here. */
const codes = {
  propSet: '17825793',
  placed: '20185089',
  groupModified: '21233667',
  snapshotMade: '17563649',
  snapshotDeleted: '51118083',
  warnOffline: '-9223372036854774806',
  warnMissing: '-9223372036803654728',
  notEnough: '-4611686018407201820',
  hung: '-4611686018427386906',
  exists: '-4611686018409823742',
  notUpToDate: '-4611686018409823277',
  notFound: '-4611686018427387594',
} as const;

function rc(...entries: readonly (readonly [code: string, message: string])[]): string {
  const parts = entries.map(([code, message]) => `{"ret_code":${code},"message":${JSON.stringify(message)}}`);
  return `[${parts.join(',')}]`;
}

const pathUnknown = (path: string): LinstorReply => ({
  status: 404,
  text: rc([codes.hung, `Path '${path}' not found on server.`]),
  tookMs: 6,
});

type Body = Readonly<Record<string, unknown>>;

/** The part of LINSTOR's REST interface that agents and operators use. */
export function linstorReply(site: Site, method: string, path: string, body = ''): LinstorReply {
  if (site.linstor.away) return { status: 0, text: '', tookMs: 5_000 };
  const [plain = '', query = ''] = path.split('?');
  if (method === 'GET') return get(site, plain, query);
  const parsed = bodyOf(body);
  if (parsed === undefined) return { status: 400, text: rc(['-3458764513820540931', 'bad JSON']), tookMs: 4 };
  // While a satellite hangs, what touches it waits for it and fails, and is stored all the same (linstor.md §8).
  const hangs = hungSatellite(site) && !plain.startsWith('/v1/controller');
  const reply = change(site, method, plain, parsed);
  if (!hangs || reply.status >= 300) return reply;
  return {
    status: 500,
    text: rc([codes.hung, 'failed due to an unhandled exception of type PeerClosingConnectionException. null']),
    tookMs: 6_900,
  };
}

function get(site: Site, path: string, query: string): LinstorReply {
  const isWide = path === '/v1/view/resources' || path === '/v1/view/storage-pools';
  if (isWide && query === '' && hungSatellite(site)) {
    return {
      status: 500,
      text: `[{"ret_code":${codes.hung},"error_report_ids":["6B014416-00000-000001"]}]`,
      tookMs: 6_500,
    };
  }
  const text = site.linstor.frozen?.get(path) ?? replyText(site, path).text;
  if (text === '') return pathUnknown(path);
  return { status: 200, text: query === '' ? text : filtered(text, query), tookMs: 12 };
}

/** `?resources=`, `?nodes=` */
function filtered(text: string, query: string): string {
  const asked = new URLSearchParams(query);
  const [resources, nodes] = [asked.getAll('resources'), asked.getAll('nodes')];
  const list = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  const kept = list.filter((entry) => {
    const resource = String(entry.resource_name ?? entry.name);
    const isAsked = resources.length === 0 || resources.some((name) => name.toLowerCase() === resource.toLowerCase());
    return isAsked && (nodes.length === 0 || nodes.includes(String(entry.node_name)));
  });
  return JSON.stringify(kept);
}

function bodyOf(text: string): Body | undefined {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}

function change(site: Site, method: string, path: string, body: Body): LinstorReply {
  const [, , kind = '', name = '', sub = '', third = ''] = path.split('/').map(decodeURIComponent);
  const { linstor } = site;
  if (path === '/v1/controller/properties' && method === 'POST') {
    changeProperties(site, linstor.properties, body);
    return { status: 201, text: rc([codes.propSet, 'Successfully set properties']), tookMs: 14 };
  }
  if (kind === 'nodes') return changeNode(site, method, name, sub, body);
  if (kind === 'resource-groups' && method === 'PUT') return changeGroup(site, name, body);
  const definition = kind === 'resource-definitions' ? linstor.definitions.get(name) : undefined;
  if (definition === undefined) {
    return { status: 404, text: rc([codes.notFound, `Resource definition '${name}' not found.`]), tookMs: 5 };
  }
  if (sub === '' && method === 'PUT') {
    changeProperties(site, definition.props, body);
    return { status: 200, text: rc([codes.propSet, `Resource definition '${name}' modified.`]), tookMs: 200 };
  }
  if (sub === 'autoplace' && method === 'POST') return placeMore(site, definition, body);
  if (sub === 'snapshots' && method === 'POST') return snapshot(site, definition, String(body.name ?? ''));
  if (sub === 'snapshots' && method === 'DELETE') return dropSnapshot(site, definition, third);
  if (sub === 'resources' && method === 'DELETE') {
    const inUse = site.volumes.get(name)?.replicas.get(third)?.open === true;
    if (inUse)
      return { status: 500, text: rc(['-4611686018406153219', `Resource '${name}' is still in use.`]), tookMs: 9 };
    if (definition.placed.has(third)) dropCopy(site, definition, third);
    return {
      status: 200,
      text: rc(['53739522', `Node: ${third}, Resource: ${name} marked for deletion.`]),
      tookMs: 500,
    };
  }
  return pathUnknown(path);
}

function changeProperties(site: Site, properties: Map<string, string>, body: Body): void {
  for (const [key, value] of Object.entries((body.override_props ?? {}) as Body)) properties.set(key, String(value));
  for (const key of (body.delete_props ?? []) as readonly string[]) properties.delete(key);
  linstorTouched(site);
}

function changeNode(site: Site, method: string, name: string, sub: string, body: Body): LinstorReply {
  const satellite = site.linstor.nodes.get(name);
  if (satellite === undefined || method !== 'PUT') return pathUnknown(`/v1/nodes/${name}/${sub}`);
  if (sub === '') changeProperties(site, satellite.props, body);
  if (sub === 'restore') satellite.flags.clear();
  linstorTouched(site);
  return { status: 200, text: rc(['37486595', `Node '${name}' modified.`]), tookMs: 30 };
}

/** A new count places at once what it finds missing, and lowering it does nothing yet (linstor.md §3.2). */
function changeGroup(site: Site, name: string, body: Body): LinstorReply {
  const group = site.linstor.groups.get(name);
  if (group === undefined)
    return { status: 404, text: rc([codes.notFound, `Resource group '${name}' not found.`]), tookMs: 5 };
  changeProperties(site, group.props, body);
  const count = (body.select_filter as Body | undefined)?.place_count;
  if (typeof count === 'number') group.placeCount = count;
  const done: [string, string][] = [[codes.groupModified, `Resource group '${name}' modified.`]];
  for (const definition of site.linstor.definitions.values()) {
    if (
      definition.group !== name ||
      typeof count !== 'number' ||
      definition.placed.size - breakersOf(definition) >= count
    )
      continue;
    const nodes = autoplace(site, definition, count);
    if (nodes === undefined)
      return { status: 500, text: rc(...done, [codes.notEnough, 'Not enough available nodes']), tookMs: 30 };
    done.push([codes.placed, `Resource '${definition.name}' successfully autoplaced on ${nodes.length} nodes`]);
  }
  return { status: 200, text: rc(...done), tookMs: 334 };
}

function breakersOf({ placed }: Definition): number {
  return [...placed.values()].filter(({ kind }) => kind === 'tie-breaker').length;
}

function placeMore(site: Site, definition: Definition, body: Body): LinstorReply {
  const count = Number((body.select_filter as Body | undefined)?.place_count ?? 1);
  const before = copiesOf(definition);
  if (before > count) {
    const text = rc([
      '-9223372036834586594',
      `Resource '${definition.name}' was already deployed on ${before} nodes. Skipping.`,
    ]);
    return { status: 200, text, tookMs: 9 };
  }
  const nodes = autoplace(site, definition, count);
  if (nodes === undefined)
    return { status: 500, text: rc([codes.notEnough, 'Not enough available nodes']), tookMs: 12 };
  autoQuorum(site, definition);
  const says = `Resource '${definition.name}' successfully autoplaced on ${nodes.length} nodes`;
  return { status: 201, text: rc([codes.placed, says]), tookMs: 700 };
}

/** I/O of every copy is frozen for it, and let go again; a leak forgets one. An offline copy is left out with a warning, a
 *  hung satellite spoils it, and while a copy is not up to date it is refused (replies 40, 68d, 81 and drbdsim/09). */
function snapshot(site: Site, definition: Definition, name: string): LinstorReply {
  const key = `${definition.name}/${name}`;
  const volume = site.volumes.get(definition.name);
  if (site.linstor.snapshots.has(key)) {
    return {
      status: 500,
      text: rc([codes.exists, `A snapshot definition with the name '${name}' already exists`]),
      tookMs: 9,
    };
  }
  if (volume === undefined) return pathUnknown(key);
  const copies = [...definition.placed.values()].filter(({ kind }) => kind === 'diskful').map(({ node }) => node);
  const online = copies.filter((node) => site.linstor.nodes.get(node)?.status === 'ONLINE').sort();
  const behind = online.some((node) => volume.replicas.get(node)?.disk === 'Inconsistent');
  if (behind)
    return { status: 500, text: rc([codes.notUpToDate, `Resource '${definition.name}' is not UpToDate`]), tookMs: 20 };
  const hung = hungSatellite(site);
  const flag = hung ? 'FAILED_DEPLOYMENT' : 'SUCCESSFUL';
  site.linstor.snapshots.set(key, { name, resource: definition.name, nodes: online, flag, atMs: site.nowMs });
  linstorTouched(site);
  if (site.linstor.leaks) {
    const writer = [...volume.replicas.values()].find(({ role }) => role === 'Primary');
    (writer ?? volume.replicas.get(online[0] ?? ''))?.suspended.add('user');
    settle(site, volume);
  }
  if (hung) {
    return {
      status: 500,
      text: rc([codes.snapshotMade, `New snapshot '${name}' registered.`], [codes.hung, 'Creation of snapshot failed']),
      tookMs: 6_900,
    };
  }
  const left = copies.filter((node) => !online.includes(node));
  const warnings = left.map((node): [string, string] => [
    codes.warnOffline,
    `Snapshot for resource '${definition.name}' will not be created on node '${node}' because that node is currently offline.`,
  ]);
  const made: [string, string] = [
    codes.snapshotMade,
    `New snapshot '${name}' of resource '${definition.name}' registered.`,
  ];
  return { status: 201, text: rc(...warnings, made), tookMs: 626 };
}

function dropSnapshot(site: Site, definition: Definition, name: string): LinstorReply {
  const had = site.linstor.snapshots.delete(`${definition.name}/${name}`);
  linstorTouched(site);
  const missing = `Snapshot definition ${name} of resource ${definition.name} not found.`;
  return had
    ? {
        status: 200,
        text: rc([codes.snapshotDeleted, `Deleted snapshot '${name}' of '${definition.name}'`]),
        tookMs: 100,
      }
    : { status: 200, text: rc([codes.warnMissing, missing]), tookMs: 7 };
}

/** A definition with its copies, as the operator of a site or a CSI driver makes one. */
export function define(site: Site, name: string, group: string, sizeKib: number): Definition {
  const props = new Map([
    ['DrbdOptions/Resource/quorum', 'off'],
    ['DrbdOptions/Resource/on-no-quorum', 'suspend-io'],
    ['DrbdOptions/auto-verify-alg', 'sha512'],
  ]);
  const definition: Definition = { name, group, sizeKib, props, flags: new Set(), placed: new Map(), nextId: 0 };
  site.linstor.definitions.set(name, definition);
  linstorTouched(site);
  return definition;
}

import { type Backend, backends, type OperatingSystem, operatingSystems } from '../kernel/capability.ts';
import { error, type Fault } from '../kernel/fault.ts';
import type { LegacyNames, SiteShape } from '../kernel/site-shape.ts';
import type { RulePack } from '../rules/pack.ts';
import { child, entryOf, type Tree } from '../source/tree.ts';

/** A profile's tree of the right shape → what normalisers must know of the site. */
export function siteShapeOf(spec: Tree): SiteShape {
  const nodes = at(spec, 'topology', 'nodes');
  const network = at(spec, 'topology', 'storageNetwork');
  const storage = child(spec, 'storage');
  const pool = text(child(storage, 'pool'));
  const lease = at(spec, 'lock', 'lease');
  const legacy = child(spec, 'legacy');
  return {
    nodes: {
      atLeast: number(child(nodes, 'atLeast')),
      atMost: number(child(nodes, 'atMost')),
      matchLabels: words(at(nodes, 'selector', 'matchLabels')),
    },
    ...(network === undefined
      ? {}
      : {
          storageBond: {
            name: text(child(network, 'bond')) ?? '',
            members: list(child(network, 'members')),
            mtu: number(child(network, 'mtu')),
          },
        }),
    backend: backendOf(spec) ?? 'local-path',
    storageNamespace: text(child(storage, 'namespace')) ?? '',
    ...(pool === undefined ? {} : { storagePool: pool }),
    storageClasses: list(child(storage, 'classes')),
    os: osOf(spec) ?? 'ubuntu',
    ...(lease === undefined
      ? {}
      : {
          lock: { lease: { namespace: text(child(lease, 'namespace')) ?? '', name: text(child(lease, 'name')) ?? '' } },
        }),
    ...(legacy === undefined ? {} : { legacy: legacyOf(legacy) }),
  };
}

export function backendOf(spec: Tree): Backend | undefined {
  const word = text(at(spec, 'storage', 'backend'));
  return (Object.keys(backends) as Backend[]).find((name) => name === word);
}

export function osOf(spec: Tree): OperatingSystem | undefined {
  const word = text(child(spec, 'os'));
  return (Object.keys(operatingSystems) as OperatingSystem[]).find((name) => name === word);
}

/** What a schema cannot say of a topology. */
export function checkTopology(spec: Tree): readonly Fault[] {
  const nodes = at(spec, 'topology', 'nodes');
  const low = child(nodes, 'atLeast');
  const high = child(nodes, 'atMost');
  if (low === undefined || high === undefined || !(number(low) > number(high))) return [];
  const message = `\`atMost\` is ${number(high)}, below \`atLeast\`, which is ${number(low)}`;
  return [error('PROFILE_TOPOLOGY', high.at, message)];
}

/** Two workflows that work on one site at a time are the incident: what drives one needs the lock that keeps the other out. */
export function checkLock(spec: Tree, packs: readonly RulePack[]): readonly Fault[] {
  const driving = packs.find(({ machine }) => machine !== undefined);
  if (driving === undefined || at(spec, 'lock', 'lease') !== undefined) return [];
  const message = `pack \`${driving.name}\` drives ${driving.machine?.drives}, and this profile names no site lock`;
  const hint = 'add `lock: {lease: {namespace: nodewright-system, name: site-lock}}`';
  return [error('PROFILE_LOCK', entryOf(spec, 'packs')?.keyAt ?? spec.at, message, hint)];
}

function legacyOf(tree: Tree): LegacyNames {
  const lock = child(tree, 'lock');
  const lease = child(tree, 'lease');
  const heartbeats = child(tree, 'heartbeats');
  const events = child(tree, 'events');
  return {
    namespace: text(child(tree, 'namespace')) ?? '',
    daemonSet: text(child(tree, 'daemonSet')) ?? '',
    state: configMapKey(child(tree, 'state')),
    ...(lock === undefined ? {} : { lock: configMapKey(lock) }),
    ...(lease === undefined ? {} : { lease: { name: text(child(lease, 'name')) ?? '' } }),
    ...(heartbeats === undefined ? {} : { heartbeats: { configMap: text(child(heartbeats, 'configMap')) ?? '' } }),
    ...(events === undefined ? {} : { events: { reporter: text(child(events, 'reporter')) ?? '' } }),
    states: words(child(tree, 'states')),
  };
}

function configMapKey(tree: Tree | undefined): { readonly configMap: string; readonly key: string } {
  return { configMap: text(child(tree, 'configMap')) ?? '', key: text(child(tree, 'key')) ?? '' };
}

function at(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  return keys.reduce<Tree | undefined>(child, tree);
}

function text(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

function number(tree: Tree | undefined): number {
  return tree?.kind === 'scalar' && typeof tree.value === 'number' ? tree.value : 0;
}

function list(tree: Tree | undefined): readonly string[] {
  return tree?.kind === 'list' ? tree.items.map((item) => text(item) ?? '') : [];
}

/** Words from outside are never keys of an object with a prototype. */
function words(tree: Tree | undefined): Readonly<Record<string, string>> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  if (tree?.kind === 'map') for (const { key, value } of tree.entries) found[key] = text(value) ?? '';
  return found;
}

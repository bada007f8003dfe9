import { readFileSync } from 'node:fs';
import type { Census, FactValue, Report, Unreadable } from '../../../src/kernel/fact.ts';
import { type KubeObject, kindOf, type Raw } from '../../../src/kernel/raw.ts';
import type { SiteShape } from '../../../src/kernel/site-shape.ts';

const folder = new URL('../../fixtures/', import.meta.url);

export function textOf(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8');
}

/** A List as the API server answered it: items of built-in kinds carry no kind of their own. */
export function listed(path: string, at = 1_000): Raw[] {
  const list = JSON.parse(textOf(`k8s/${path}.json`)) as { apiVersion: string; kind: string; items: KubeObject[] };
  const kind = list.kind.replace(/List$/, '');
  const objects = list.items.map((item): Raw => {
    return { from: 'object', at, object: { ...item, apiVersion: list.apiVersion, kind } };
  });
  return [{ from: 'list', at, kind: `${list.apiVersion}/${kind}` }, ...objects];
}

/** Objects written down in a test, with the list that they make. */
export function made(kind: string, objects: readonly Record<string, unknown>[], at = 1_000): Raw[] {
  const cut = kind.lastIndexOf('/');
  const head = { apiVersion: kind.slice(0, cut), kind: kind.slice(cut + 1) };
  return [
    { from: 'list', at, kind },
    ...objects.map((object): Raw => ({ from: 'object', at, object: { ...head, ...object } as unknown as KubeObject })),
  ];
}

/** The same raws with one object changed by hand; the change is what the test is about. */
export function changed(raws: readonly Raw[], name: string, change: (object: Loose) => void): Raw[] {
  return raws.map((raw) => {
    if (raw.from !== 'object' || raw.object.metadata.name !== name) return raw;
    const copy = structuredClone(raw.object);
    change(copy as unknown as Loose);
    return { ...raw, object: copy };
  });
}

/** An object as a test edits it: whatever JSON can be, so that a test may reach anywhere into it to break it. */
export type Loose = ReturnType<typeof JSON.parse>;

export function failed(kind: string, why: string, at = 1_000): Raw {
  return { from: 'list', at, kind, failed: why };
}

export function reply(path: string, file: string, at = 1_000): Raw {
  return { from: 'linstor', at, path, text: textOf(`linstor/${file}.json`) };
}

export function said(path: string, body: unknown, at = 1_000): Raw {
  return { from: 'linstor', at, path, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

export function without(raws: readonly Raw[], kind: string): Raw[] {
  return raws.filter(
    (raw) => !(raw.from === 'object' && kindOf(raw.object) === kind) && !(raw.from === 'list' && raw.kind === kind),
  );
}

/** What is asked of LINSTOR. */
export const linstorPaths = {
  nodes: '/v1/nodes',
  view: '/v1/view/resources',
  definitions: '/v1/resource-definitions',
  groups: '/v1/resource-groups',
  pools: '/v1/view/storage-pools',
  snapshots: '/v1/view/snapshots',
  properties: '/v1/controller/properties',
} as const;

export const shape: SiteShape = {
  nodes: { atLeast: 1, atMost: 3, matchLabels: { 'node-role.kubernetes.io/control-plane': 'true' } },
  storageBond: { name: 'bond1', members: ['eno3', 'eno4'], mtu: 9000 },
  backend: 'piraeus',
  storageNamespace: 'piraeus-system',
  storageClasses: ['linstor-lvm-storage'],
  os: 'kairos',
  legacy: {
    namespace: 'kube-system',
    daemonSet: 'vx-rail-node-init',
    state: { configMap: 'vx-rail-upgrade-state', key: 'state' },
    lock: { configMap: 'vx-rail-upgrade-state', key: 'lockHolder' },
    heartbeats: { configMap: 'vx-rail-heartbeats' },
    states: { Idle: 'Idle', SuspendMigration: 'SuspendMigration' },
  },
};

/** What a report says of one fact of one subject; undefined when nothing; an array when several things. */
export function valueIn(
  report: Report | undefined,
  fact: string,
  id: string,
): FactValue | Unreadable | undefined | readonly (FactValue | Unreadable)[] {
  const found = (report?.observations ?? []).filter((one) => one.fact === fact && one.subject.id === id);
  return found.length > 1 ? found.map(({ value }) => value as string) : found[0]?.value;
}

/** Ids of a census, or why there is none; undefined when nobody counted. */
export function idsIn(report: Report | undefined, kind: string): readonly string[] | { failed: string } | undefined {
  const census = report?.censuses.find((one: Census) => one.kind === kind);
  if (census === undefined) return undefined;
  return 'failed' in census.members ? census.members : census.members.map(({ id }) => id);
}

/** Who a fact can be about. A kind belongs to others: a replica belongs to its volume and to its node. */
export const subjectKinds = ['site', 'node', 'bond', 'volume', 'replica', 'connection', 'vm'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** The direct owners of each kind, outermost first. Scope and the meaning of `every: X` without `in:` follow from this. */
export const ownersOf: Readonly<Record<SubjectKind, readonly SubjectKind[]>> = {
  site: [],
  node: ['site'],
  bond: ['node'],
  volume: ['site'],
  replica: ['volume', 'node'],
  connection: ['replica'],
  vm: ['site'],
};

/** Everything a kind belongs to, near and far: connection → replica, volume, node, site. */
export function ancestorsOf(kind: SubjectKind): readonly SubjectKind[] {
  const found: SubjectKind[] = [];
  const visit = (of: SubjectKind): void => {
    for (const owner of ownersOf[of]) {
      if (!found.includes(owner)) found.push(owner);
      visit(owner);
    }
  };
  visit(kind);
  return found;
}

/** One subject. `id` is what people type and read, ASCII and safe in a shell:
 *  site `site` · node `node-a` · bond `node-a/bond1` · volume `pvc-7` (`pvc-7/1` for volume number 1) ·
 *  replica `pvc-7@node-a` · connection `pvc-7@node-a:node-b` (as DRBD writes `resource:peer`) · vm `namespace/name`. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
  /** Ids of its owners, by kind: a connection has replica, volume and node. The site is everybody's and is not listed. */
  readonly of: Readonly<Partial<Record<SubjectKind, string>>>;
}

export const site: Subject = { kind: 'site', id: 'site', of: {} };

export function node(name: string): Subject {
  return { kind: 'node', id: name, of: {} };
}
export function bond(nodeName: string, name: string): Subject {
  return { kind: 'bond', id: `${nodeName}/${name}`, of: { node: nodeName } };
}
export function volume(resource: string, number: number): Subject {
  return { kind: 'volume', id: volumeId(resource, number), of: {} };
}
export function replica(resource: string, number: number, nodeName: string): Subject {
  const owner = volumeId(resource, number);
  return { kind: 'replica', id: `${owner}@${nodeName}`, of: { volume: owner, node: nodeName } };
}
export function connection(resource: string, number: number, nodeName: string, peer: string): Subject {
  return connectionOf(replica(resource, number, nodeName), peer);
}
export function connectionOf(owner: Subject, peer: string): Subject {
  const { volume, node } = owner.of;
  return {
    kind: 'connection',
    id: `${owner.id}:${peer}`,
    of: { volume: volume ?? '', node: node ?? '', replica: owner.id },
  };
}
export function vm(namespace: string, name: string): Subject {
  return { kind: 'vm', id: `${namespace}/${name}`, of: {} };
}

/** The subject of a kind that an id names, with everybody it belongs to; undefined where no such subject has such an id. */
export function subjectFromId(kind: SubjectKind, id: string): Subject | undefined {
  const [, first = '', second = '', third = '', fourth = ''] = idForms[kind].exec(id) ?? [];
  if (first === '') return undefined;
  switch (kind) {
    case 'site':
      return site;
    case 'node':
      return node(first);
    case 'bond':
      return bond(first, second);
    case 'volume':
      return volume(first, Number(second));
    case 'replica':
      return replica(first, Number(second), third);
    case 'connection':
      return connection(first, Number(second), third, fourth);
    case 'vm':
      return vm(first, second);
  }
}

const idForms: Readonly<Record<SubjectKind, RegExp>> = {
  site: /^(site)$/,
  node: /^([^/@:]+)$/,
  bond: /^([^/]+)\/([^/]+)$/,
  volume: /^([^/@]+)(?:\/([1-9]\d{0,8}))?$/,
  replica: /^([^/@]+)(?:\/([1-9]\d{0,8}))?@([^/@:]+)$/,
  connection: /^([^/@]+)(?:\/([1-9]\d{0,8}))?@([^/@:]+):([^/@:]+)$/,
  vm: /^([^/]+)\/([^/]+)$/,
};

export function volumeId(resource: string, number: number): string {
  return number === 0 ? resource : `${resource}/${number}`;
}

import type { SiteShape } from '../kernel/site-shape.ts';
import {
  ancestorsOf,
  bond,
  connectionOf,
  node,
  replica,
  type Subject,
  type SubjectKind,
  site,
  subjectKinds,
  vm,
  volume,
} from '../kernel/subject.ts';
import type { Bound } from './bound.ts';
import { type Formula, type Script, yes } from './script.ts';

/** Somebody who may be there. */
export interface Candidate {
  readonly subject: Subject;
  readonly exists: Formula;
}

/** Everybody who may be there within a bound, and which lists are known: every site that a fact store can hand out.
 *
 *  - A copy's volume is listed; its node need not be: LINSTOR and Kubernetes list nodes apart.
 *  - Two copies of a volume are connected both ways unless both are without a disk.
 *  - There are as many nodes as the profile promises, or none is on any list: another number is no list of them.
 *  - Every listed node has the profile's storage bond; where it names none, bonds are listed only of a single node, which needs none.
 *  - Copies and connections stand in one reply; the list of bonds is made from the list of nodes. */
export interface Universe {
  readonly of: Readonly<Record<SubjectKind, readonly Candidate[]>>;
  /** Whether the list of a kind is known. */
  readonly listed: Readonly<Record<SubjectKind, Formula>>;
  /** By a replica's id, whether it has no disk. */
  readonly diskless: ReadonlyMap<string, Formula>;
  candidate(kind: SubjectKind, id: string): Candidate | undefined;
}

export function universeWithin(
  { nodes, volumes, vms }: Bound,
  { storageBond, nodes: promised }: Pick<SiteShape, 'storageBond' | 'nodes'>,
  script: Script,
): Universe {
  const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);
  const chosen = (subject: Subject): Candidate => ({ subject, exists: script.choose() });
  const allNodes = numbered(nodes).map((at) => chosen(node(`node-${at}`)));
  const allVolumes = numbered(volumes).map((at) => chosen(volume(`pvc-${at}`, 0)));
  const bonds =
    storageBond === undefined
      ? []
      : allNodes.map(({ subject, exists }) => {
          return { subject: bond(subject.id, storageBond.name), exists };
        });
  const diskless = new Map<string, Formula>();
  const replicas: Candidate[] = [];
  const connections: Candidate[] = [];
  for (const { subject: owner, exists: hasOwner } of allVolumes) {
    const copies = allNodes.map(({ subject }) => chosen(replica(owner.id, 0, subject.id)));
    for (const { subject, exists } of copies) {
      script.assert(script.implies(exists, hasOwner));
      diskless.set(subject.id, script.choose());
    }
    replicas.push(...copies);
    for (const own of copies) {
      for (const peer of copies) {
        if (own === peer) continue;
        const apart = script.and(diskless.get(own.subject.id) ?? yes, diskless.get(peer.subject.id) ?? yes);
        const exists = script.and(own.exists, peer.exists, script.not(apart));
        connections.push({ subject: connectionOf(own.subject, peer.subject.of.node ?? ''), exists });
      }
    }
  }
  const of: Universe['of'] = {
    site: [{ subject: site, exists: yes }],
    node: allNodes,
    bond: bonds,
    volume: allVolumes,
    replica: replicas,
    connection: connections,
    vm: numbered(vms).map((at) => chosen(vm('apps', `vm-${at}`))),
  };
  const [listsNodes, listsVolumes, listsCopies, listsBonds] = [0, 1, 2, 3].map(() => script.choose()) as [
    Formula,
    Formula,
    Formula,
    Formula,
  ];
  const present = allNodes.map(({ exists }) => exists);
  const asPromised = script.and(
    script.atLeast(promised.atLeast, present),
    script.not(script.atLeast(promised.atMost + 1, present)),
  );
  script.assert(script.implies(script.or(listsNodes, ...present), asPromised));
  script.assert(script.implies(listsBonds, listsNodes));
  if (storageBond === undefined && promised.atMost !== 1) script.assert(script.not(listsBonds));
  const byId = new Map(
    subjectKinds.flatMap((kind) => of[kind].map((one) => [`${kind} ${one.subject.id}`, one] as const)),
  );
  return {
    of,
    diskless,
    listed: {
      site: yes,
      node: listsNodes,
      bond: listsBonds,
      volume: listsVolumes,
      replica: listsCopies,
      connection: listsCopies,
      vm: script.choose(),
    },
    candidate: (kind, id) => byId.get(`${kind} ${id}`),
  };
}

/** Who is in scope: the innermost subject of each kind, by id. */
export type Scope = Readonly<Partial<Record<SubjectKind, string>>>;

/** A member comes into scope, and with it everybody it belongs to. */
export function entering(outer: Scope, { kind, id, of }: Subject): Scope {
  const inner: Partial<Record<SubjectKind, string>> = { ...outer, site: site.id, [kind]: id };
  for (const owner of ancestorsOf(kind)) if (owner !== 'site') inner[owner] = of[owner] ?? '';
  return inner;
}

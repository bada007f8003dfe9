/** How large a site may be. Within it every site is meant: any number of each up to these, every volume with a copy on any of the
 *  nodes, and every pair of a volume's copies connected both ways or not. Whole numbers, 0 to 16. */
export interface Bound {
  readonly nodes: number;
  readonly volumes: number;
  readonly vms: number;
}

export const usualBound: Bound = { nodes: 3, volumes: 3, vms: 3 };

export const boundMax = 16;

/** What it comes to, for people and for data: copies and connections follow from the rest. */
export function sizesOf({ nodes, volumes, vms }: Bound): Readonly<Record<string, number>> {
  const connections = volumes * nodes * Math.max(0, nodes - 1);
  return { nodes, volumes, replicas: volumes * nodes, connections, vms };
}

/** The bounds on the way to this one, each half a step larger: small sites are looked at first, so that what is found is small, and
 *  what was covered can be said when the time runs out. `nodesAtLeast`: fewer than the profile promises make no site. */
export function stepsTo({ nodes, volumes, vms }: Bound, nodesAtLeast = 1): readonly Bound[] {
  const most = Math.max(nodes, volumes, vms, 1);
  return Array.from({ length: most }, (_, at) => ({
    nodes: Math.min(nodes, Math.max(nodesAtLeast, at + 1)),
    volumes: Math.min(volumes, at + 1),
    vms: Math.min(vms, at + 1),
  }));
}

import { connectionStates, replicationStates } from '../../kernel/vocabulary/connection.ts';
import type { Operation } from '../instruction.ts';
import { drbdStatus } from '../programs.ts';

/** One resource as this node's DRBD shows it. Words that are not in DRBD's lists make the whole look unknown. */
export interface ResourceNow {
  readonly name: string;
  /** Whether a person, or a snapshot that leaked it, holds its I/O; undefined where older tools do not say. */
  readonly suspendedUser: boolean | undefined;
  readonly connections: readonly {
    readonly peer: string;
    readonly state: string;
    readonly replications: readonly string[];
  }[];
}

/** Everything, or undefined: what cannot be read whole is not known. */
export function* lookAtDrbd(): Operation<readonly ResourceNow[] | undefined> {
  const answer = yield drbdStatus;
  if (answer.kind !== 'ran' || answer.code !== 0) return undefined;
  try {
    return resourcesOf(JSON.parse(answer.stdout) as unknown);
  } catch {
    return undefined;
  }
}

function resourcesOf(json: unknown): readonly ResourceNow[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const found: ResourceNow[] = [];
  for (const resource of json as readonly unknown[]) {
    if (!isMap(resource) || !isResource(resource.name) || !Array.isArray(resource.connections)) return undefined;
    const connections: ResourceNow['connections'][number][] = [];
    for (const connection of resource.connections as readonly unknown[]) {
      if (!isMap(connection) || typeof connection.name !== 'string') return undefined;
      const state = connectionStates.find((word) => word === connection['connection-state']);
      const devices = (Array.isArray(connection.peer_devices) ? connection.peer_devices : []) as readonly unknown[];
      const replications = devices.map((device) =>
        replicationStates.find((word) => isMap(device) && word === device['replication-state']),
      );
      if (state === undefined || replications.includes(undefined)) return undefined;
      connections.push({ peer: connection.name, state, replications: replications as readonly string[] });
    }
    const suspended = resource['suspended-user'];
    found.push({
      name: resource.name,
      suspendedUser: typeof suspended === 'boolean' ? suspended : undefined,
      connections,
    });
  }
  return found;
}

/** What may stand as one argument of drbdadm: DRBD's own names, and never an option. */
export function isResource(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(name) && name !== 'all';
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

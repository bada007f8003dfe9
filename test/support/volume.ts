import type { FactValue, Observation, Report, Unreadable } from '../../src/kernel/fact.ts';
import { connection, node, replica, volume } from '../../src/kernel/subject.ts';
import { lists, report, says } from './reports.ts';

export type Kind = 'diskful' | 'tie-breaker' | 'client';
export type Said = FactValue | Unreadable | undefined;

/** A volume `v` as its members and LINSTOR describe it. What is not given is healthy; undefined is not said at all. */
export interface VolumeShape {
  readonly policy?: Said;
  readonly members: Readonly<Record<string, Kind>>;
  /** Facts of replicas by node, and of connections by `node:peer`, that are otherwise. */
  readonly but?: Readonly<Record<string, Readonly<Record<string, Said>>>>;
}

/** Every fact that the volume's computed facts hang on, one observation each. */
export function observationsOf(shape: VolumeShape): readonly Observation[] {
  const { members, but = {} } = shape;
  const policy = 'policy' in shape ? shape.policy : 'majority';
  const found: Observation[] = [];
  const put = (fact: string, subject: ReturnType<typeof volume>, value: Said, source: string): void => {
    if (value !== undefined) found.push(says(fact, subject, value, { source }));
  };
  const other = (name: string, fact: string, healthy: Said): Said => {
    const changes = but[name];
    return changes !== undefined && fact in changes ? changes[fact] : healthy;
  };
  put('volume.quorumPolicy', volume('v', 0), policy, 'LINSTOR');
  for (const [name, kind] of Object.entries(members)) {
    const disk = kind === 'diskful' ? 'UpToDate' : 'Diskless';
    const subject = replica('v', 0, name);
    put('replica.kind', subject, other(name, 'kind', kind), 'LINSTOR');
    put('replica.linstorDisk', subject, other(name, 'linstorDisk', disk), 'LINSTOR');
    put('replica.inUse', subject, other(name, 'inUse', false), 'LINSTOR');
    put('replica.disk', subject, other(name, 'disk', disk), `drbd on ${name}`);
    put('replica.role', subject, other(name, 'role', 'Secondary'), `drbd on ${name}`);
    put('replica.quorum', subject, other(name, 'quorum', true), `drbd on ${name}`);
    for (const [peer, peerKind] of Object.entries(members)) {
      if (peer === name || (kind !== 'diskful' && peerKind !== 'diskful')) continue;
      const pair = `${name}:${peer}`;
      const link = connection('v', 0, name, peer);
      put('connection.state', link, other(pair, 'state', 'Connected'), `drbd on ${name}`);
      put('connection.replication', link, other(pair, 'replication', 'Established'), `drbd on ${name}`);
      put(
        'connection.peerDisk',
        link,
        other(pair, 'peerDisk', peerKind === 'diskful' ? 'UpToDate' : 'Diskless'),
        `drbd on ${name}`,
      );
    }
  }
  return found;
}

/** The lists of who there is, as LINSTOR and Kubernetes give them. */
export function censusOf({ members }: VolumeShape, at = 1_000): Report {
  const names = Object.keys(members);
  const links = names.flatMap((name) =>
    names.flatMap((peer) =>
      peer === name || (members[name] !== 'diskful' && members[peer] !== 'diskful')
        ? []
        : [connection('v', 0, name, peer)],
    ),
  );
  return report('census', 'site', [], {
    at,
    censuses: [
      lists('node', names.map(node), at),
      lists('volume', [volume('v', 0)], at),
      lists(
        'replica',
        names.map((name) => replica('v', 0, name)),
        at,
      ),
      lists('connection', links, at),
    ],
  });
}

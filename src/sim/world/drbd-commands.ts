import { fails, type Said, silent } from './bond.ts';
import { connect, disconnect, whyNotPrimary } from './drbd.ts';
import { versionText } from './drbd-text.ts';
import { pairsOf, replicaOf, sideOf } from './pairs.ts';
import { quorumOf } from './quorum.ts';
import { settle } from './settle.ts';
import type { Host, Site, Volume } from './state.ts';

/** A command and what it does to the kernel; done later if DRBD hangs. */
export interface DrbdCommand {
  readonly tookMs: number;
  readonly run: () => Said;
}

const tookMs: Readonly<Record<string, number>> = {
  disconnect: 444,
  connect: 206,
  adjust: 305,
  'resume-io': 196,
  'suspend-io': 166,
  primary: 291,
  secondary: 202,
  'pause-sync': 150,
  'resume-sync': 150,
};

/** `drbdadm VERB [--force] RES[:PEER]|all`; undefined for what nobody here uses. */
export function drbdadm(site: Site, host: Host, words: readonly string[]): DrbdCommand | undefined {
  if (words[0] === '--version') return { tookMs: 60, run: () => ({ ...silent, stdout: versionText }) };
  const [verb = '', ...rest] = words.filter((word) => !word.startsWith('-'));
  const took = tookMs[verb];
  const target = rest[0];
  if (took === undefined || target === undefined) return undefined;
  const [name = '', peer] = target.split(':');
  return { tookMs: took, run: () => onEach(site, host, verb, name, peer) };
}

function onEach(site: Site, host: Host, verb: string, name: string, peer: string | undefined): Said {
  const mine = [...site.volumes.values()].filter((volume) => volume.replicas.has(host.name));
  const meant = name === 'all' ? mine : mine.filter((volume) => volume.name === name);
  if (meant.length === 0 && name === 'all') return fails(1, 'no resources defined!');
  if (meant.length === 0) return fails(1, `'${name}' not defined in your config (for this host).`);
  let first: Said | undefined;
  for (const volume of meant) {
    const said = one(site, host, verb, volume, peer);
    if (said.code !== 0) first ??= said;
  }
  return first ?? silent;
}

function one(site: Site, host: Host, verb: string, volume: Volume, peer: string | undefined): Said {
  const own = replicaOf(volume, host.name);
  const { name } = volume;
  if (own === undefined) {
    const unknown = `${name}: Failure: (158) Unknown resource`;
    return fails(10, `${unknown}\nCommand 'drbdsetup ${verb} ${name}' terminated with exit code 10`);
  }
  const pairs = pairsOf(volume, host.name).filter(
    (pair) => peer === undefined || sideOf(pair, host.name).peer === peer,
  );
  const alone = pairs.filter((pair) => sideOf(pair, host.name).state === 'StandAlone');
  switch (verb) {
    case 'disconnect':
      if (pairs.length > 0 && alone.length === pairs.length) {
        return failure(
          verb,
          name,
          10,
          '(162) Invalid configuration request\nadditional info from kernel:\nunknown connection',
        );
      }
      if (freezes(volume, host.name, peer)) {
        const isOwn = own.role === 'Primary';
        return refused(verb, name, 11, isOwn ? '(-25) No quorum' : '(-10) State change was refused by peer node');
      }
      disconnect(site, volume, host.name, peer);
      return silent;
    case 'connect':
      if (pairs.length > 0 && alone.length === 0) {
        return failure(verb, name, 10, '(102) Local address(port) already in use.');
      }
      connect(site, volume, host.name, peer);
      return silent;
    case 'adjust':
      connect(site, volume, host.name);
      return silent;
    case 'suspend-io':
    case 'resume-io':
      if (verb === 'suspend-io') own.suspended.add('user');
      else own.suspended.delete('user');
      settle(site, volume);
      return silent;
    case 'primary': {
      const why = whyNotPrimary(volume, host.name);
      if (why !== undefined) return refused(verb, name, why.startsWith('(-2)') ? 17 : 11, why);
      own.role = 'Primary';
      settle(site, volume);
      return silent;
    }
    case 'secondary':
      if (own.open) return refused(verb, name, 11, '(-12) Device is held open by someone');
      own.role = 'Secondary';
      settle(site, volume);
      return silent;
    default:
      return silent;
  }
}

/** Whether a Primary would be without quorum after this goodbye: then DRBD refuses it. Tried out, and put back. */
function freezes(volume: Volume, node: string, peer: string | undefined): boolean {
  const sides = pairsOf(volume, node).flatMap((pair) => {
    const own = sideOf(pair, node);
    return own.state === 'Connected' && (peer === undefined || own.peer === peer) ? [own, sideOf(pair, own.peer)] : [];
  });
  const before = sides.map((side) => ({ side, state: side.state, peerDisk: side.peerDisk }));
  const primaries = [...volume.replicas.values()].filter(({ role, up, quorum }) => up && quorum && role === 'Primary');
  for (const side of sides) {
    side.state = 'Connecting';
    const [own, other] = [volume.replicas.get(side.node), volume.replicas.get(side.peer)];
    if (own?.role === 'Primary' && other?.kind === 'diskful') side.peerDisk = 'Outdated';
  }
  const costs = primaries.some((replica) => !quorumOf(volume, replica));
  for (const { side, state, peerDisk } of before) Object.assign(side, { state, peerDisk });
  return costs;
}

function failure(verb: string, name: string, code: number, says: string): Said {
  return fails(
    code,
    `${name}: Failure: ${says}\nCommand 'drbdsetup ${verb} ${name}' terminated with exit code ${code}`,
  );
}

function refused(verb: string, name: string, code: number, says: string): Said {
  const text = `${name}: State change failed: ${says}`;
  return fails(code, `${text}\nCommand 'drbdsetup ${verb} ${name}' terminated with exit code ${code}`);
}

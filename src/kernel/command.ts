import type { Capability } from './capability.ts';

/** What a workflow can have done: a closed list, so that a pack which names anything else is refused at load.
 *
 *  A command is one operation on one host or on the site. It looks first, and what is already so stays so. Whether it worked is
 *  never its own word: the facts it `moves` are looked at afterwards. */
export interface CommandForm {
  /** What one order of it is about. Site and volumes are worked on by the workflow's hand: one node of its cohort. */
  readonly on: 'site' | 'node' | 'volume';
  /** The site lock is the operator's own write, made before there is a hand; everything else is done by agents. */
  readonly by: 'agent' | 'operator';
  /** Argument → the fact whose type it has. */
  readonly with: Readonly<Record<string, string>>;
  /** The facts it changes. They are frozen with the cohort, and undone means that they read again as they did then. */
  readonly moves: readonly string[];
  /** The command that takes it back. Without one the state that gives it must be a point of no return. */
  readonly undoneBy?: string;
  /** Takes something away that a running VM may need: no step gives it without a gate. */
  readonly destructive?: true;
  /** Once interrupted it must not be begun again: arming twice forgets what was before, a second bookend is of another day. */
  readonly once?: true;
  /** What is down from this command until the one that brings it up. */
  readonly takesDown?: 'replication' | 'link';
  readonly bringsUp?: 'replication' | 'link';
  /** K11: asks more of the storage, so it waits while the storage is unhealthy, whatever the pack says. */
  readonly loads?: true;
  readonly needs: readonly Capability[];
  readonly means: string;
}

export const commands = {
  'site.take-lock': {
    on: 'site',
    by: 'operator',
    with: {},
    moves: ['site.lock'],
    undoneBy: 'site.release-lock',
    needs: [],
    means: 'writes this workflow and this leader’s epoch into the free site lock',
  },
  'site.release-lock': {
    on: 'site',
    by: 'operator',
    with: {},
    moves: ['site.lock'],
    undoneBy: 'site.take-lock',
    needs: [],
    means: 'frees the site lock, if it is held by this workflow',
  },
  'site.suspend-migrations': {
    on: 'site',
    by: 'agent',
    with: {},
    moves: ['site.migrationsSuspended'],
    undoneBy: 'site.resume-migrations',
    needs: [],
    means: 'KubeVirt starts no new live migration; what it allowed before is remembered on the object',
  },
  'site.resume-migrations': {
    on: 'site',
    by: 'agent',
    with: {},
    moves: ['site.migrationsSuspended'],
    undoneBy: 'site.suspend-migrations',
    needs: [],
    means: 'KubeVirt may migrate again as it could before',
  },
  'site.pause-controllers': {
    on: 'site',
    by: 'agent',
    with: {},
    moves: ['site.haControllerPaused', 'site.balancerPaused', 'site.autoEvictPaused'],
    undoneBy: 'site.resume-controllers',
    needs: ['SupportsReplication'],
    means: 'the HA controller, LINSTOR’s balancer and its auto-eviction are switched off; what they were is remembered',
  },
  'site.resume-controllers': {
    on: 'site',
    by: 'agent',
    with: {},
    moves: ['site.haControllerPaused', 'site.balancerPaused', 'site.autoEvictPaused'],
    undoneBy: 'site.pause-controllers',
    needs: ['SupportsReplication'],
    means: 'the HA controller, the balancer and auto-eviction are put back to what they were',
  },
  'network.stage': {
    on: 'node',
    by: 'agent',
    with: { mode: 'bond.mode' },
    moves: ['bond.stagedMode'],
    undoneBy: 'network.unstage',
    needs: ['PersistentNetworkConfig'],
    means: 'writes the bond’s new files beside the old ones, checked, used by nobody yet',
  },
  'network.unstage': {
    on: 'node',
    by: 'agent',
    with: {},
    moves: ['bond.stagedMode'],
    undoneBy: 'network.stage',
    needs: ['PersistentNetworkConfig'],
    means: 'removes the staged files',
  },
  'drbd.disconnect': {
    on: 'node',
    by: 'agent',
    with: {},
    moves: ['connection.state'],
    undoneBy: 'drbd.connect',
    destructive: true,
    takesDown: 'replication',
    needs: ['SupportsReplication'],
    means: 'every connection of the node is taken down gracefully, so that each side knows that the other left',
  },
  'drbd.connect': {
    on: 'node',
    by: 'agent',
    with: {},
    moves: ['connection.state'],
    undoneBy: 'drbd.disconnect',
    bringsUp: 'replication',
    needs: ['SupportsReplication'],
    means: '`drbdadm adjust`: every connection of the node is brought up again, also one that DRBD gave up',
  },
  'bond.set-mode': {
    on: 'node',
    by: 'agent',
    with: { mode: 'bond.mode' },
    moves: ['bond.mode', 'bond.configuredMode', 'bond.armed'],
    undoneBy: 'bond.revert',
    destructive: true,
    once: true,
    takesDown: 'link',
    needs: ['PersistentNetworkConfig'],
    means: 'kernel and file take the new mode; the host goes back by itself unless it is confirmed in time',
  },
  'bond.revert': {
    on: 'node',
    by: 'agent',
    with: {},
    moves: ['bond.mode', 'bond.configuredMode', 'bond.armed'],
    undoneBy: 'bond.set-mode',
    needs: ['PersistentNetworkConfig'],
    means: 'the host goes back now to what it was before the change that waits for its confirmation',
  },
  'bond.confirm': {
    on: 'node',
    by: 'agent',
    with: {},
    moves: ['bond.armed'],
    needs: ['PersistentNetworkConfig'],
    means: 'the change stays: the host no longer goes back by itself',
  },
  'volume.snapshot': {
    on: 'volume',
    by: 'agent',
    with: {},
    moves: ['volume.bookend'],
    undoneBy: 'volume.drop-snapshot',
    loads: true,
    once: true,
    needs: ['SupportsSnapshot'],
    means: 'takes this workflow’s snapshot of the volume and sees to it that no I/O stays frozen',
  },
  'volume.drop-snapshot': {
    on: 'volume',
    by: 'agent',
    with: {},
    moves: ['volume.bookend'],
    undoneBy: 'volume.snapshot',
    needs: ['SupportsSnapshot'],
    means: 'deletes this workflow’s snapshot of the volume',
  },
  'volume.raise-placement': {
    on: 'volume',
    by: 'agent',
    with: { place: 'volume.place' },
    moves: ['volume.place'],
    destructive: true,
    loads: true,
    needs: ['SupportsReplication'],
    means: 'the class asks for so many copies, and LINSTOR places the missing ones of this volume',
  },
} as const satisfies Record<string, CommandForm>;

export type CommandName = keyof typeof commands;

export const commandNames = Object.keys(commands) as readonly CommandName[];

export function formOf(name: CommandName): CommandForm {
  return commands[name];
}

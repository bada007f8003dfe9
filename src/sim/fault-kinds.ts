/** Everything that can go wrong in a simulated site: a closed list, each with whom it strikes, how long it lasts, and what it
 *  does, in words that a story may print. What a kind does to the world is in `strike.ts`, to messages in `fates.ts`. */
export interface FaultForm {
  readonly family: 'world' | 'api' | 'process' | 'clock' | 'human';
  readonly on: 'site' | 'node' | 'volume' | 'vm' | 'process' | 'operator';
  /** Shortest and longest, milliseconds; `moment` for what has no duration. */
  readonly lasts: readonly [number, number] | 'moment';
  readonly means: string;
}

const s = 1_000;
const m = 60_000;

export const faultKinds = {
  'node-restarts': { family: 'world', on: 'node', lasts: [20 * s, 3 * m], means: 'the node goes down and boots again' },
  'node-crashes': { family: 'world', on: 'node', lasts: [20 * s, 3 * m], means: 'the node loses its power' },
  'node-hangs': {
    family: 'world',
    on: 'node',
    lasts: [5 * s, 2 * m],
    means: 'nothing on the node runs, and then goes on',
  },
  'node-replaced': {
    family: 'world',
    on: 'node',
    lasts: [m, 3 * m],
    means: 'another machine comes under the node’s name',
  },
  'node-joins': { family: 'world', on: 'site', lasts: 'moment', means: 'a new node joins' },
  'link-down': {
    family: 'world',
    on: 'node',
    lasts: [3 * s, 2 * m],
    means: 'the storage link of the node carries nothing',
  },
  'slave-down': { family: 'world', on: 'node', lasts: [3 * s, 2 * m], means: 'one cable of the storage bond is out' },
  'switch-port-off': {
    family: 'world',
    on: 'node',
    lasts: [3 * s, 2 * m],
    means: 'a switch port of the bond is up and forwards nothing',
  },
  'bond-stuck': {
    family: 'world',
    on: 'node',
    lasts: [30 * s, 5 * m],
    means: '`ip` answers 0 and leaves the bond as it is (incident 7.5)',
  },
  'connection-lost': {
    family: 'world',
    on: 'volume',
    lasts: [2 * s, m],
    means: 'its replication connections are cut',
  },
  'resync-stalls': { family: 'world', on: 'volume', lasts: [30 * s, 5 * m], means: 'a resync does not move' },
  'tie-breaker-lost': { family: 'world', on: 'volume', lasts: [m, 5 * m], means: 'the tie-breaker is gone' },
  'io-suspended': { family: 'world', on: 'volume', lasts: [10 * s, 2 * m], means: 'application I/O is frozen' },
  'drbd-hangs': {
    family: 'world',
    on: 'node',
    lasts: [10 * s, 2 * m],
    means: 'every DRBD command of the node hangs (drbd #51)',
  },
  'split-brain': { family: 'world', on: 'volume', lasts: [2 * m, 5 * m], means: 'both sides gave the connection up' },
  diverges: {
    family: 'world',
    on: 'volume',
    lasts: 'moment',
    means: 'a reconnect finds nothing to sync although data differ (incident 2.1)',
  },
  'linstor-away': {
    family: 'world',
    on: 'site',
    lasts: [5 * s, 2 * m],
    means: 'the LINSTOR controller does not answer',
  },
  'linstor-lies': { family: 'world', on: 'site', lasts: [10 * s, 2 * m], means: 'LINSTOR goes on saying what it said' },
  'snapshot-leaks': {
    family: 'world',
    on: 'site',
    lasts: [m, 5 * m],
    means: 'a snapshot leaves its I/O frozen (linstor-server #524)',
  },
  'satellite-offline': {
    family: 'world',
    on: 'node',
    lasts: [10 * s, 2 * m],
    means: 'LINSTOR does not reach the node',
  },
  'volume-created': { family: 'world', on: 'site', lasts: 'moment', means: 'somebody claims a new volume' },
  'vm-migrates': { family: 'world', on: 'vm', lasts: [10 * s, m], means: 'a live migration begins' },
  'vm-created': { family: 'world', on: 'site', lasts: 'moment', means: 'somebody makes a VM with a volume of its own' },
  'vm-stops': { family: 'world', on: 'vm', lasts: 'moment', means: 'a VM is stopped' },
  'vm-starts': { family: 'world', on: 'vm', lasts: 'moment', means: 'a VM that was stopped is started' },
  'kubelet-silent': {
    family: 'world',
    on: 'node',
    lasts: [30 * s, 3 * m],
    means: 'nobody hears of the node’s kubelet',
  },
  'agent-disk-full': {
    family: 'world',
    on: 'node',
    lasts: [10 * s, 2 * m],
    means: 'the node’s disk takes no more writes',
  },

  'api-refuses': {
    family: 'api',
    on: 'site',
    lasts: [2 * s, m],
    means: 'the API server answers some requests with an error',
  },
  'api-conflicts': {
    family: 'api',
    on: 'site',
    lasts: [2 * s, m],
    means: 'writes are answered with a conflict that is none',
  },
  'api-unheard': { family: 'api', on: 'site', lasts: [2 * s, m], means: 'writes are done and their answers are lost' },
  'api-unwritten': { family: 'api', on: 'site', lasts: [2 * s, m], means: 'requests are lost' },
  'api-late': {
    family: 'api',
    on: 'site',
    lasts: [5 * s, m],
    means: 'requests arrive after whoever sent them has given them up',
  },
  'api-twice': { family: 'api', on: 'site', lasts: [2 * s, m], means: 'requests arrive twice' },
  'api-slow': { family: 'api', on: 'site', lasts: [5 * s, m], means: 'answers take seconds' },
  'api-stale': { family: 'api', on: 'site', lasts: [5 * s, m], means: 'reads are served from an old cache' },
  'watch-lost': {
    family: 'api',
    on: 'operator',
    lasts: [5 * s, 2 * m],
    means: 'watches are silent and nobody says so',
  },
  'api-away': { family: 'api', on: 'site', lasts: [5 * s, 2 * m], means: 'the API server is not there' },
  partition: {
    family: 'api',
    on: 'process',
    lasts: [5 * s, 2 * m],
    means: 'one process does not reach the API server',
  },
  'api-restored': { family: 'api', on: 'site', lasts: 'moment', means: 'the database is put back to an old copy' },

  'agent-dies': {
    family: 'process',
    on: 'node',
    lasts: [s, 30 * s],
    means: 'the agent is killed between two instructions',
  },
  'operator-dies': {
    family: 'process',
    on: 'operator',
    lasts: [s, 30 * s],
    means: 'the operator is killed between two writes',
  },
  'command-unheard': {
    family: 'process',
    on: 'node',
    lasts: [5 * s, m],
    means: 'commands on the host run past their time, done or not',
  },
  'second-leader': {
    family: 'process',
    on: 'site',
    lasts: [10 * s, 2 * m],
    means: 'two operators both believe that they lead',
  },

  'clock-jumps': { family: 'clock', on: 'process', lasts: 'moment', means: 'a wall clock is set to something else' },
  'clock-drifts': { family: 'clock', on: 'process', lasts: [m, 10 * m], means: 'a clock runs fast or slow' },

  abort: { family: 'human', on: 'site', lasts: 'moment', means: 'somebody asks to take the workflow back' },
  cordon: { family: 'human', on: 'node', lasts: [30 * s, 5 * m], means: 'somebody cordons the node' },
  'migrations-edited': { family: 'human', on: 'site', lasts: 'moment', means: 'somebody lets KubeVirt migrate again' },
  'ha-returns': {
    family: 'human',
    on: 'site',
    lasts: [2 * m, 5 * m],
    means: 'somebody switches the HA controller on again',
  },
  'lock-freed': { family: 'human', on: 'site', lasts: 'moment', means: 'somebody empties the site lock' },
  'lock-stolen': {
    family: 'human',
    on: 'site',
    lasts: [30 * s, 3 * m],
    means: 'somebody puts another name into the site lock',
  },
  'status-mangled': {
    family: 'human',
    on: 'site',
    lasts: 'moment',
    means: 'somebody edits the workflow’s status by hand',
  },
  'profile-changes': { family: 'human', on: 'site', lasts: 'moment', means: 'somebody gives the site a new profile' },
} as const satisfies Record<string, FaultForm>;

export type FaultKind = keyof typeof faultKinds;

export const faultNames = Object.keys(faultKinds).sort() as readonly FaultKind[];

export function faultForm(kind: FaultKind): FaultForm {
  return faultKinds[kind];
}

export function isFaultKind(word: string): word is FaultKind {
  return Object.hasOwn(faultKinds, word);
}

/** One fault of one run: what, when, whom, how long. A run is what its seed, its site and these say, and nothing else. */
export interface Fault {
  readonly kind: FaultKind;
  /** Counted from when the workflow first enters this state; without it, from the beginning. */
  readonly state?: string;
  readonly afterMs: number;
  /** 0 for a moment; +Infinity only where somebody asked for a fault that does not end. */
  readonly forMs: number;
  /** A node, a volume, a VM, a process; `site` for what strikes everybody. */
  readonly on: string;
  /** Which of several ways: the nth instruction an agent dies at, how old the copy is, how far a clock jumps. */
  readonly how: number;
}

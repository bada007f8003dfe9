/** The order in which the keys of our documents are read best: what it is called, what it says, whom it is about, and at
 *  the end the part that runs over many lines. One list serves all kinds, since a key means the same wherever it stands. */
const order = [
  'apiVersion',
  'kind',
  'metadata',
  'spec',
  // what anything says first
  'backend',
  'name',
  'namespace',
  'phase',
  'severity',
  'type',
  'says',
  'version',
  // an EdgeProfile
  'topology',
  'storage',
  'os',
  'legacy',
  'daemonSet',
  'state',
  'lock',
  'lease',
  'heartbeats',
  'events',
  // a test’s workflow, a transition
  'decision',
  'to',
  // a step, before its gates; a stretch that is put in
  'command',
  'on',
  'atATime',
  'with',
  'confirmWithin',
  'onlyIf',
  'stretch',
  'then',
  // a RulePack
  'vocabulary',
  'requires',
  'drives',
  'parameters',
  'conditions',
  'gates',
  'findings',
  'rollup',
  'guards',
  'stretches',
  'states',
  'packs',
  // a rule
  'per',
  'during',
  'grace',
  // a parameter
  'required',
  'default',
  // a condition
  'fact',
  'unknown',
  'every',
  'some',
  'none',
  'atLeast',
  'atMost',
  'of',
  'operator',
  'value',
  'stale',
  'age',
  'maxAge',
  'grade',
  'in',
  'except',
  'whenEmpty',
  'where',
  'satisfies',
  // a state
  'takesBack',
  'ends',
  'step',
  'settled',
  'undo',
  'pointOfNoReturn',
  'goto',
  'onFailure',
  'budget',
  'overdue',
  'next',
  'when',
  // a test
  'profile',
  'capture',
  'now',
  'steps',
  'change',
  'advance',
  'expect',
] as const;

const ranks: ReadonlyMap<string, number> = new Map(order.map((key, rank) => [key, rank]));

/** Keys that we do not know stay behind those that we know, in the order they came in. */
export function rankOf(key: string): number {
  return ranks.get(key) ?? order.length;
}

/** Under these keys the author gives the names, and their order is the author's. */
const named = new Set([
  'parameters',
  'conditions',
  'gates',
  'findings',
  'guards',
  'stretches',
  'states',
  'with',
  'matchLabels',
  'workflow',
]);

/** Whether the keys of a map that stands under `key` are names. */
export function keepsOrder(key: string): boolean {
  return named.has(key);
}

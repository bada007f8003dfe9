/** Every flag, once: the parser, the help, the completion, the environment and the configuration files all read this. */
export interface OptionForm {
  readonly name: OptionName;
  readonly short?: string;
  /** What stands for its value in help; without it, the flag is on or off. */
  readonly value?: string;
  readonly many?: true;
  readonly choices?: readonly string[];
  readonly says: string;
  readonly default?: string;
  /** May stand in nodewright.yaml or config.yaml. What changes an answer or an exit code may not: it is said where it is meant. */
  readonly inFile?: true;
  /** In a file: relative to the folder of that file. */
  readonly path?: true;
  /** Said on the command line or not at all, where whoever reads the command sees it. */
  readonly flagOnly?: true;
}

export const formats = ['text', 'wide', 'json', 'yaml', 'name'] as const;
export const reportFormats = ['junit', 'sarif', 'github'] as const;
/** What is written into a conversation about a change. */
export const commentFormats = ['markdown'] as const;
/** What a browser shows. */
export const pageFormats = ['html'] as const;
export type Format =
  | (typeof formats)[number]
  | (typeof reportFormats)[number]
  | (typeof commentFormats)[number]
  | (typeof pageFormats)[number];

export type OptionName =
  | 'output'
  | 'color'
  | 'ascii'
  | 'verbose'
  | 'log-format'
  | 'profile'
  | 'next-profile'
  | 'capture'
  | 'gate'
  | 'only'
  | 'now'
  | 'exit-zero'
  | 'like'
  | 'check'
  | 'run'
  | 'coverage'
  | 'coverage-format'
  | 'min'
  | 'pack'
  | 'limit'
  | 'write-tests'
  | 'keep'
  | 'mapping'
  | 'out'
  | 'all'
  | 'origin'
  | 'workflow'
  | 'seed'
  | 'runs'
  | 'faults'
  | 'steps'
  | 'time'
  | 'exit-code'
  | 'fail-on'
  | 'captures'
  | 'name'
  | 'update'
  | 'older-than'
  | 'delete'
  | 'moments'
  | 'captures-only'
  | 'bound'
  | 'budget'
  | 'site'
  | 'save'
  | 'sites'
  | 'algorithm'
  | 'passphrase-file'
  | 'key'
  | 'signer'
  | 'public-key'
  | 'trust'
  | 'ran'
  | 'remember'
  | 'insecure-unsigned'
  | 'expect'
  | 'root-key'
  | 'profile-key'
  | 'remove-key'
  | 'threshold'
  | 'profile-threshold'
  | 'signs'
  | 'expires'
  | 'key-expires'
  | 'log-key'
  | 'listen'
  | 'token-file'
  | 'witness'
  | 'witness-key'
  | 'witnesses'
  | 'checkpoint'
  | 'since'
  | 'object'
  | 'facts-max'
  | 'to'
  | 'log'
  | 'with'
  | 'records-only'
  | 'timeout';

const forms: readonly OptionForm[] = [
  {
    name: 'output',
    short: 'o',
    value: 'FORMAT',
    choices: [...formats, ...reportFormats, ...commentFormats, ...pageFormats],
    default: 'text',
    inFile: true,
    says: 'form of what is printed',
  },
  {
    name: 'color',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    inFile: true,
    says: 'auto: on a terminal, and not if NO_COLOR is set',
  },
  { name: 'ascii', inFile: true, says: 'signs and trees in ASCII only' },
  { name: 'verbose', short: 'v', inFile: true, says: 'say more; on a bug of ours, where it happened' },
  {
    name: 'log-format',
    value: 'FORMAT',
    choices: ['text', 'json'],
    default: 'text',
    inFile: true,
    says: 'form of messages on standard error',
  },
  {
    name: 'profile',
    short: 'p',
    value: 'DIR',
    inFile: true,
    path: true,
    says: 'the site: a folder with a profile.yaml, that file, or a built document',
  },
  {
    name: 'capture',
    short: 'c',
    value: 'PATH',
    inFile: true,
    path: true,
    says: 'what was seen of it: a folder, a file, or - for standard input',
  },
  { name: 'gate', short: 'g', value: 'NAME[/OBJECT]', many: true, says: 'ask for this gate only; may be given again' },
  {
    name: 'only',
    value: 'VERDICTS',
    many: true,
    choices: ['open', 'closed', 'unknown'],
    says: 'show these verdicts only; the exit code still means all that was asked',
  },
  {
    name: 'now',
    value: 'MOMENT',
    says: 'judge as of this moment (RFC 3339), or so long after the capture was taken (+5m)',
  },
  { name: 'exit-zero', says: 'exit 0 where it would be 3 or 4; for advisory use' },
  { name: 'like', value: 'PROFILE', default: 'three-node', says: 'the shipped profile to start from' },
  { name: 'check', says: 'change nothing; exit 3 if something would change' },
  { name: 'run', value: 'REGEXP', says: 'only tests whose name or file matches' },
  {
    name: 'coverage',
    says: 'also say what no test has seen: verdicts of gates and findings, truths of conditions, states of workflows',
  },
  {
    name: 'coverage-format',
    value: 'FORMAT',
    choices: ['text', 'json', 'lcov', 'cobertura'],
    default: 'text',
    says: 'form of the coverage; other than text it is all that is printed',
  },
  { name: 'min', value: 'N%', says: 'exit 3 and name what is missing if the coverage, or the score, is less' },
  { name: 'pack', value: 'NAME', many: true, says: 'change this pack only; may be given again' },
  { name: 'limit', value: 'N', says: 'look at so many changes, drawn by --seed' },
  {
    name: 'write-tests',
    value: 'DIR',
    says: 'write a test for each change that none noticed, with its capture; what is there is never overwritten',
  },
  { name: 'keep', value: 'NAME', many: true, says: 'leave this name as it is' },
  { name: 'mapping', value: 'FILE', says: 'also write what became what, for its owner only' },
  { name: 'out', short: 'o', value: 'FILE', says: 'the file to write' },
  { name: 'all', says: 'everything: of `why`, every part and every member; of `replay`, every record' },
  { name: 'workflow', short: 'w', value: 'KIND/NAME', says: 'which workflow; of `sim`, which kind' },
  {
    name: 'seed',
    value: 'N',
    default: '1',
    says: 'of `sim`: of the first run, each next one has one more; of `redact` and `mutate`: the same one, the same answer',
  },
  { name: 'runs', value: 'M', default: '100', says: 'how many runs' },
  {
    name: 'faults',
    value: 'KINDS',
    default: 'all',
    says: 'what goes wrong: all, none, or kinds and families of them, with commas',
  },
  {
    name: 'next-profile',
    value: 'DIR',
    path: true,
    says: 'what the site’s profile changes to; without it, to a new version that says the same',
  },
  { name: 'steps', value: 'N', says: 'begin no run once so many steps were simulated' },
  { name: 'time', value: 'DURATION', says: 'begin no run, or look at no further change, once so long was spent (10m)' },
  { name: 'exit-code', says: 'exit 5 if there is a difference' },
  {
    name: 'fail-on',
    value: 'LEVEL',
    choices: ['danger', 'caution'],
    says: 'exit 3 from this level on (with --exit-code: danger, if it is not said)',
  },
  {
    name: 'captures',
    value: 'DIR',
    many: true,
    path: true,
    says: 'captures to judge: a folder of them, or one; may be given again (default the folder captures here)',
  },
  { name: 'name', value: 'NAME', says: 'what it is called in the corpus; without it, by what it shows' },
  { name: 'update', says: 'keep what is decided now in place of what was' },
  { name: 'older-than', value: 'DURATION', says: 'those that were taken so long ago (180d)' },
  { name: 'delete', says: 'delete what goes; without it, it is only said' },
  { name: 'moments', says: 'judge each capture also at every later instant at which something in it gets too old' },
  { name: 'captures-only', says: 'do not look for sites that are in no capture' },
  {
    name: 'bound',
    value: 'SIZES',
    default: 'nodes=3,volumes=3,vms=3',
    says: 'how large the sites may be that are looked for; what is not said is as by default',
  },
  { name: 'site', value: 'DIR', says: 'write the site that is found as a capture: a folder that is not there yet' },
  { name: 'budget', value: 'DURATION', default: '60s', says: 'how long sites may be looked for' },
  {
    name: 'save',
    value: 'FORM=FILE',
    many: true,
    says: 'also write this form into a file, of the same run; may be given again; markdown@N=FILE: at most N characters',
  },
  {
    name: 'sites',
    value: 'DIR',
    path: true,
    says: 'also write each made-up site as a capture into a folder in DIR; what is there is never overwritten',
  },
  { name: 'origin', says: 'also say where each value comes from' },
  {
    name: 'algorithm',
    value: 'NAME',
    choices: ['ed25519', 'ecdsa-p256'],
    default: 'ed25519',
    says: 'what kind of key',
  },
  {
    name: 'passphrase-file',
    value: 'FILE',
    says: 'its first line opens the key; else NW_PASSPHRASE, else it is asked for',
  },
  { name: 'key', short: 'k', value: 'FILE', says: 'the private key to sign with' },
  {
    name: 'signer',
    value: 'COMMAND',
    says: 'sign by a command: bytes on its standard input, the raw signature comes out',
  },
  { name: 'public-key', value: 'FILE', says: 'the public key of the signer' },
  {
    name: 'trust',
    short: 't',
    value: 'FILE',
    inFile: true,
    path: true,
    default: 'trust.yaml',
    says: 'whom the site believes',
  },
  { name: 'ran', value: 'VERSION[=DIGEST]', many: true, says: 'what was run there: older is refused' },
  {
    name: 'remember',
    value: 'FILE',
    says: 'the memory of what was run: older is refused, and what verifies is written into it',
  },
  {
    name: 'insecure-unsigned',
    flagOnly: true,
    says: 'judge by a draft that nobody has signed; every output says so',
  },
  { name: 'expect', value: 'NAME', says: 'refuse every other profile' },
  { name: 'root-key', value: 'FILE', many: true, says: 'a public key that signs this root and the next' },
  {
    name: 'profile-key',
    value: 'FILE',
    many: true,
    says: 'a public key that signs profiles; without any, the root keys do',
  },
  {
    name: 'remove-key',
    value: 'ID',
    many: true,
    says: 'take a key out of every role; the beginning of its id is enough',
  },
  { name: 'threshold', value: 'K', says: 'how many root keys must sign' },
  { name: 'profile-threshold', value: 'K', says: 'how many profile keys must sign' },
  {
    name: 'signs',
    value: 'NAMES',
    many: true,
    says: 'which profiles the profile keys sign; `edge-*` for a beginning (default *)',
  },
  { name: 'expires', value: 'WHEN', default: '365d', says: 'when the root expires: a moment, or so long from now' },
  { name: 'key-expires', value: 'WHEN', says: 'when the keys named here expire' },
  {
    name: 'log-key',
    value: 'KEY',
    many: true,
    path: true,
    says: 'public keys of logs: a file of them, one a line, as their key.pub; or one as `name+id+base64`',
  },
  { name: 'listen', value: 'HOST:PORT', default: '127.0.0.1:8642', says: 'where to listen' },
  { name: 'token-file', value: 'FILE', says: 'its first line is the token that a request must bear' },
  { name: 'witness', value: 'NAME', says: 'cosign what is kept, under this name, with the key of --key' },
  {
    name: 'witness-key',
    value: 'KEY',
    many: true,
    path: true,
    says: 'public keys of witnesses: a file of them, or one as `name+id+base64`',
  },
  { name: 'witnesses', value: 'K', says: 'how many of them must have seen it; without it, all' },
  {
    name: 'checkpoint',
    value: 'FILE',
    many: true,
    path: true,
    says: 'a checkpoint that somebody kept: what is in the log must have grown from it',
  },
  { name: 'since', value: 'WHEN', says: 'from this moment on (RFC 3339), or of so long (2h)' },
  { name: 'object', value: 'NAME', says: 'only what is about it: a node, a bond, a volume' },
  { name: 'facts-max', value: 'SIZE', default: '1GiB', says: 'how large the documents of one log may be together' },
  { name: 'to', value: 'URL', says: 'the external sink: what stands before /v1/' },
  {
    name: 'log',
    value: 'DIR',
    path: true,
    says: 'the folder of a log, or one with logs in it; `sim` writes those of its runs there',
  },
  { name: 'with', value: 'PROFILE', path: true, says: 'also what this profile would have decided' },
  { name: 'records-only', says: 'leave the documents aside: send, or look at, records alone' },
  { name: 'timeout', value: 'DURATION', default: '30s', says: 'how long one request may take' },
];

export const optionForms: ReadonlyMap<string, OptionForm> = new Map(forms.map((form) => [form.name, form]));

export function formOf(name: OptionName): OptionForm {
  const form = optionForms.get(name);
  if (form === undefined) throw new Error(`invariant broken: no option ${name}`);
  return form;
}

/** `exit-zero` → `NW_EXIT_ZERO`. */
export function variableOf(name: string): string {
  return `NW_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** `exit-zero` → `exitZero`, as it is called in a configuration file and by the parser. */
export function camel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What every verb takes. */
export const everywhere: readonly OptionName[] = ['color', 'ascii', 'verbose', 'log-format'];

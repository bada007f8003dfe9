import { commentFormats, type Format, formats, type OptionName, reportFormats } from './options.ts';

/** Every verb, once, without what it needs to run: that is loaded when it is typed, so that `--help` starts fast. */
export interface Verb {
  /** `eval`, or `capture pack`. */
  readonly name: string;
  /** As commander reads it: `<a>` must be given, `[a]` may, `...` more than one. */
  readonly takes: readonly Argument[];
  readonly says: string;
  /** What does not fit a line. */
  readonly more?: string;
  /** What it takes a profile for: nothing; work on a draft, by which nothing is decided over a site; or to decide over a site, for
   *  which it must be signed by whom the site believes. */
  readonly profile: 'none' | 'draft' | 'signed';
  readonly options: readonly OptionName[];
  /** Forms of output it can have; none: it prints one form only. */
  readonly formats: readonly Format[];
  readonly examples: readonly Example[];
  readonly hidden?: true;
}

export interface Argument {
  readonly form: string;
  readonly says: string;
  /** What completes it. */
  readonly completes?: 'gate' | 'object' | 'workflow' | 'fact' | 'code' | 'shell' | 'path' | 'folder';
}

export interface Example {
  readonly does: string;
  readonly args: string;
}

const where = '--profile profiles/three-node --capture captures/one-side-flipped';
const calm = '--profile profiles/three-node --capture captures/calm';
/** What every verb takes that decides over a site: by whom its profile must be signed, and how to do without. */
const belief = ['trust', 'insecure-unsigned'] as const;
const reports = [...formats, ...reportFormats];
/** What a root is made of, be it the first or the next. */
const rootOptions = ['root-key', 'threshold', 'profile-key', 'profile-threshold', 'signs'] as const;
const aLog: Argument = {
  form: '[log]',
  says: 'a log, a folder with logs in it, or an exported file',
  completes: 'path',
};

export const verbs: readonly Verb[] = [
  {
    name: 'init',
    takes: [{ form: '<dir>', says: 'the folder to make; what is there is never overwritten', completes: 'folder' }],
    says: "start a site's profile from a shipped one",
    profile: 'draft',
    options: ['like', 'output'],
    formats,
    examples: [{ does: 'a new site of three nodes, which checks clean', args: 'init my-site --like three-node' }],
  },
  {
    name: 'check',
    takes: [
      {
        form: '[profile...]',
        says: 'profile folders, or single packs, tests and captures’ manifests',
        completes: 'path',
      },
    ],
    says: 'find every fault of a profile and its packs',
    more: 'All faults at once, each with its place, an excerpt, the likely name and a code. Exit 2 if there is an error; warnings alone exit 0.',
    profile: 'draft',
    options: ['profile', 'output'],
    formats: reports,
    examples: [
      { does: 'check a site', args: 'check profiles/three-node' },
      { does: 'annotate a pull request on GitHub', args: 'check -o github profiles/three-node' },
    ],
  },
  {
    name: 'fmt',
    takes: [{ form: '<path...>', says: 'YAML files, or folders of them', completes: 'path' }],
    says: 'write profiles, packs and tests in their one form; comments and meaning stay',
    profile: 'draft',
    options: ['check', 'exit-zero', 'output'],
    formats,
    examples: [
      { does: 'format a site', args: 'fmt my-site' },
      { does: 'only ask, for CI; exit 3 if something would change', args: 'fmt --check my-site' },
    ],
  },
  {
    name: 'eval',
    takes: [],
    says: 'judge a site: what is open, what is closed, what is not known',
    more: 'Exit 0: every asked gate is open. 3: one is closed. 4: one is unknown, none is closed.',
    profile: 'signed',
    options: ['profile', ...belief, 'capture', 'gate', 'only', 'now', 'exit-zero', 'output'],
    formats: reports,
    examples: [
      { does: 'the whole site', args: `eval ${where}` },
      { does: 'may node-b restart? the exit code says', args: `eval ${where} --gate node-may-restart/node-b` },
      {
        does: 'a capture from standard input, as data',
        args: 'eval -p profiles/three-node -c - -o json < site.ndjson.gz',
      },
      { does: 'a draft that nobody has signed', args: 'eval -p my-site -c captures/calm --insecure-unsigned' },
    ],
  },
  {
    name: 'why',
    takes: [
      { form: '<gate>', says: 'a gate or a finding', completes: 'gate' },
      { form: '[object]', says: 'of which object; without it, every one that is not open', completes: 'object' },
    ],
    says: 'explain a gate: every part, what was read, and the smallest change that would open it',
    more: 'An open gate is explained too, with the single facts that would close it. Exit 0 whatever the gate says: the question was answered.',
    profile: 'signed',
    options: ['profile', ...belief, 'capture', 'now', 'all', 'output'],
    formats,
    examples: [
      { does: 'why may the next step not happen?', args: `why storage-network-agrees ${where}` },
      { does: 'one object, nothing folded', args: `why node-may-restart node-b --all ${where}` },
    ],
  },
  {
    name: 'plan',
    takes: [
      {
        form: '<workflow>',
        says: 'KIND/NAME: ReplicationUpgrade/site, BondModeFlipPlan/NAME',
        completes: 'workflow',
      },
    ],
    says: 'every step that a workflow has before it, what each waits for, and what can be undone',
    more: 'Of a workflow that is not in the capture: the plan from the beginning. Exit 0: nothing stands in the way of the next step. 3: a gate of it is closed, or the workflow has given up. 4: what it waits for is not known.',
    profile: 'signed',
    options: ['profile', ...belief, 'capture', 'now', 'exit-zero', 'output'],
    formats,
    examples: [
      { does: 'what would the upgrade of this site do?', args: `plan ReplicationUpgrade/site ${calm}` },
      { does: 'keep it, to compare it with tomorrow’s', args: `plan ReplicationUpgrade/site -o json ${calm}` },
    ],
  },
  {
    name: 'plan diff',
    takes: [
      { form: '<old>', says: 'a capture, or what `plan -o json` printed', completes: 'path' },
      { form: '<new>', says: 'the same, of later', completes: 'path' },
    ],
    says: 'what became possible between two plans, what no longer is, which steps came and went',
    more: 'Of captures the profile says how they are planned. Exit 0, with --exit-code 5 if the plans differ.',
    profile: 'signed',
    options: ['profile', ...belief, 'workflow', 'exit-code', 'output'],
    formats,
    examples: [
      {
        does: 'what changed overnight?',
        args: 'plan diff captures/calm captures/silent-node -p profiles/three-node --workflow ReplicationUpgrade/site',
      },
      { does: 'of two that were kept, for a script', args: 'plan diff monday.json tuesday.json --exit-code -o json' },
    ],
  },
  {
    name: 'diff',
    takes: [
      {
        form: '<old>',
        says: 'a profile’s folder, a built or signed document, or a folder as git has it: main:profiles/three-node',
        completes: 'folder',
      },
      { form: '<new>', says: 'the same, as it is to be', completes: 'folder' },
    ],
    says: 'what a change of rules decides otherwise: over captures, and in what is written',
    more: 'The worst first: danger, where something may happen that could not; caution, where it is decided or told otherwise; routine, which no site can tell. It judges no site, so no signature is looked at. With --exit-code 0: nothing above routine. 5: something differs. 3: danger. 6: a bound was hit. Always 2: a capture could not be judged.',
    profile: 'draft',
    options: ['captures', 'moments', 'exit-code', 'fail-on', 'output'],
    formats: [...formats, 'junit', 'github', ...commentFormats],
    examples: [
      { does: 'what does my change do?', args: 'diff main:profiles/three-node profiles/three-node' },
      {
        does: 'also as time goes by, for a pull request',
        args: 'diff HEAD:profiles/three-node profiles/three-node --moments -o markdown',
      },
    ],
  },
  {
    name: 'explain',
    takes: [{ form: '[code]', says: 'a code of a message; without it, all of them', completes: 'code' }],
    says: 'what a message means and what to do; offline',
    profile: 'none',
    options: ['output'],
    formats,
    examples: [{ does: 'look a code up', args: 'explain PACK_UNKNOWN_FACT' }],
  },
  {
    name: 'test',
    takes: [
      {
        form: '[profile...]',
        says: 'profile folders; their tests and those beside their packs are run',
        completes: 'folder',
      },
    ],
    says: 'run the tests beside a profile and its packs',
    more: 'Exit 3 if a test fails, if there is none, or if the coverage is less than --min.',
    profile: 'draft',
    options: ['profile', 'run', 'coverage', 'coverage-format', 'min', 'exit-zero', 'output'],
    formats: reports,
    examples: [
      { does: 'all tests of a site', args: 'test profiles/three-node' },
      { does: 'some of them, for a CI server', args: 'test profiles/three-node --run restart -o junit' },
      { does: 'what does no test see?', args: 'test profiles/three-node --coverage' },
    ],
  },
  {
    name: 'replay',
    takes: [
      {
        form: '[what]',
        says: 'a story (a site, a workflow, and what goes wrong when; or - for standard input), or a record of a log: its number, or the beginning of its digest; with --all the folder of logs',
        completes: 'path',
      },
    ],
    says: 'tell a story, or decide again what a log says was decided',
    more: 'Of a story: the whole transcript of one simulated run. Exit 0: it came as the story expects. 3: it did not; the first difference is named. Of a record: it is made again from the documents that it names. Exit 0: the same bytes. 3: other bytes, and where they part, or a document that was altered. 4: a document is not there. 2: this build cannot read it.',
    profile: 'signed',
    options: ['log', 'all', 'with', ...belief, 'exit-zero', 'output'],
    formats,
    examples: [
      { does: 'what would happen?', args: 'replay test/golden/stories/two-sides/story.yaml' },
      { does: 'was this rightly decided?', args: 'replay 41 --log logs/seed-1/operator-1' },
      {
        does: 'what would another profile have decided?',
        args: 'replay 41 --log logs/seed-1/operator-1 --with my-site',
      },
      { does: 'every decision of every log', args: 'replay --all logs' },
    ],
  },
  {
    name: 'sim',
    takes: [],
    says: 'run a workflow in a simulated site many times, with everything that can go wrong',
    more: 'The real operator and the real agents in a simulated site, under one seed a run. Exit 0: no law was broken. 3: one was; the shortest story of it is saved for `replay`. 6: a bound stopped it, and what was not explored is said.',
    profile: 'signed',
    options: [
      'profile',
      ...belief,
      'workflow',
      'seed',
      'runs',
      'faults',
      'next-profile',
      'steps',
      'time',
      'log',
      'exit-zero',
      'output',
    ],
    formats,
    examples: [
      { does: 'a thousand upgrades, each with its own bad luck', args: 'sim -p profiles/three-node --runs 1000' },
      {
        does: 'five, with everything that was decided kept for `replay`',
        args: 'sim -p profiles/three-node --runs 5 --log logs',
      },
      {
        does: 'only what agents and the API server do, for ten minutes',
        args: 'sim -p profiles/three-node --runs 100000 --faults api,process --time 10m',
      },
    ],
  },
  {
    name: 'facts',
    takes: [{ form: '[fact...]', says: 'facts or subjects (`bond`), of one object with /OBJECT', completes: 'fact' }],
    says: 'the vocabulary; with a profile and a capture, every reading with source, age and grade',
    profile: 'signed',
    options: ['profile', ...belief, 'capture', 'now', 'output'],
    formats,
    examples: [
      { does: 'what can a rule read?', args: 'facts' },
      { does: 'what is known of the bonds of a site?', args: `facts bond ${where}` },
    ],
  },
  {
    name: 'capture pack',
    takes: [{ form: '<capture>', says: 'a capture folder, or any other form', completes: 'path' }],
    says: 'make one file of a capture, the same bytes every time',
    profile: 'none',
    options: ['out'],
    formats: [],
    examples: [{ does: 'a file to send', args: 'capture pack captures/calm -o calm.ndjson.gz' }],
  },
  {
    name: 'redact',
    takes: [{ form: '<capture>', says: 'a folder, a file, or - for standard input', completes: 'path' }],
    says: 'put other names and addresses into a capture, and prove that every decision stays the same',
    more: 'Proved by --profile, or else by every profile that is shipped. What no rule can read is left out. Without -o nothing is written. Exit 3: a rule reads something by its name; it is said which one, and nothing is written.',
    profile: 'draft',
    options: ['profile', 'keep', 'seed', 'mapping', 'out'],
    formats: [],
    examples: [
      {
        does: 'a file that may be shown to strangers',
        args: 'redact captures/calm -p profiles/three-node -o calm.ndjson.gz',
      },
      {
        does: 'the same bytes every time, and what became what',
        args: 'redact captures/calm --seed 7 --mapping names.json -o calm.ndjson.gz',
      },
    ],
  },
  {
    name: 'capture show',
    takes: [{ form: '<capture>', says: 'a folder, a file, or - for standard input', completes: 'path' }],
    says: 'what a capture holds, and what it could not have',
    profile: 'none',
    options: ['output'],
    formats,
    examples: [{ does: 'look before you judge', args: 'capture show captures/silent-node' }],
  },
  {
    name: 'keygen',
    takes: [
      {
        form: '[name]',
        says: 'NAME.key and NAME.pub are written (default nodewright); never over what is there',
        completes: 'path',
      },
    ],
    says: 'make a key to sign with',
    more: 'The private key is PKCS#8, readable by its owner only, and encrypted if there is a passphrase.',
    profile: 'none',
    options: ['algorithm', 'passphrase-file', 'output'],
    formats,
    examples: [{ does: 'a key of your own', args: 'keygen alice' }],
  },
  {
    name: 'build',
    takes: [{ form: '[profile]', says: 'a profile’s folder', completes: 'folder' }],
    says: 'make one canonical document of a profile and its packs: what gets signed',
    more: 'The same profile gives the same bytes (RFC 8785), wherever its files stand.',
    profile: 'draft',
    options: ['profile', 'out'],
    formats: [],
    examples: [{ does: 'a document to sign', args: 'build profiles/three-node -o three-node.json' }],
  },
  {
    name: 'sign',
    takes: [
      {
        form: '<what>',
        says: 'a profile’s folder, a built profile, one that is signed already, or a trust file',
        completes: 'path',
      },
    ],
    says: 'add a signature',
    more: 'Of a folder the envelope is its profile.sig, of X.json it is X.dsse.json; an envelope or a trust file gets one signature more. Only what loads is signed.',
    profile: 'draft',
    options: ['key', 'passphrase-file', 'signer', 'public-key', 'output'],
    formats,
    examples: [
      { does: 'a folder, by a key of your own', args: 'sign my-site --key alice.key' },
      { does: 'a built document', args: 'sign three-node.json --key alice.key' },
      { does: 'by a token', args: "sign three-node.json --signer 'token-sign --slot 3' --public-key token.pub" },
    ],
  },
  {
    name: 'verify',
    takes: [{ form: '<profile>', says: 'a signed profile: a document, or a folder', completes: 'path' }],
    says: 'say whether a site may believe a profile, and who signed it',
    more: 'Exit 2 with a code for each way not to be believed.',
    profile: 'signed',
    options: ['trust', 'expect', 'ran', 'remember', 'now', 'output'],
    formats,
    examples: [
      { does: 'would the site take it?', args: 'verify three-node.dsse.json --trust trust.yaml' },
      { does: 'though it has run 1.2.0?', args: 'verify three-node.dsse.json --trust trust.yaml --ran 1.2.0' },
      { does: 'before it is run, and remembered', args: 'verify my-site --remember /var/lib/nodewright/ran.json' },
    ],
  },
  {
    name: 'trust init',
    takes: [{ form: '<site>', says: 'what the trust is called' }],
    says: 'start a site’s trust: its first root, to be signed by its root keys',
    profile: 'none',
    options: ['trust', ...rootOptions, 'expires', 'key-expires', 'output'],
    formats,
    examples: [
      { does: 'two of three holders', args: 'trust init site-7 --root-key a.pub,b.pub,c.pub --threshold 2' },
      {
        does: 'others sign the profiles',
        args: 'trust init site-7 --root-key a.pub --profile-key ci.pub --signs three-node',
      },
    ],
  },
  {
    name: 'trust rotate',
    takes: [],
    says: 'start the next root: keys come and go, thresholds change, a new moment of expiry',
    more: 'A root that too few have signed yet is changed in its place.',
    profile: 'none',
    options: ['trust', ...rootOptions, 'remove-key', 'expires', 'key-expires', 'output'],
    formats,
    examples: [
      { does: 'one more year', args: 'trust rotate --expires 365d' },
      { does: 'a holder leaves, another comes', args: 'trust rotate --remove-key 3f2a9c --root-key dora.pub' },
    ],
  },
  {
    name: 'trust show',
    takes: [],
    says: 'whom a site believes: roots, keys, who may sign what, until when',
    more: 'Exit 2 if the newest root is not to be believed now.',
    profile: 'none',
    options: ['trust', 'now', 'output'],
    formats,
    examples: [{ does: 'who may sign?', args: 'trust show --trust trust.yaml' }],
  },
  {
    name: 'log show',
    takes: [aLog],
    says: 'tell what was decided, when, why, and what was commanded',
    more: 'Several logs are told together, by their moments. Without a path: --log, else the folder here. Nothing of it is checked: ask `log verify`. Exit 3: a line is no record.',
    profile: 'none',
    options: ['log', 'since', 'workflow', 'object', 'output'],
    formats,
    examples: [
      { does: 'the last two hours of this node', args: 'log show /var/lib/nodewright/log --since 2h' },
      { does: 'all that was about one bond', args: 'log show logs --object node-b/bond1' },
    ],
  },
  {
    name: 'log verify',
    takes: [aLog],
    says: 'say whether a log is as it was written, and which record is the first that is not',
    more: 'Records, chain, tree, signatures and documents. Exit 0: verified. 3: something is wrong. 4: it cannot be known: no checkpoint, no key of this log, too few witnesses. Without --log-key the key that lies beside the log is used, which proves only that whoever has it says so.',
    profile: 'none',
    options: ['log', 'log-key', 'checkpoint', 'witness-key', 'witnesses', 'records-only', 'exit-zero', 'output'],
    formats,
    examples: [
      { does: 'every log of a simulation', args: 'log verify logs' },
      {
        does: 'as a stranger: by a key and a checkpoint of your own',
        args: 'log verify copy --log-key node-a.pub --checkpoint kept-in-march',
      },
    ],
  },
  {
    name: 'log prove',
    takes: [{ form: '<id>', says: 'a record: its number, or the beginning of its digest' }],
    says: 'write what proves to a stranger that a record is in a log',
    more: 'Without -o on standard output. Exit 4: no checkpoint speaks of it yet. 3: the log does not bear it out.',
    profile: 'none',
    options: ['log', 'log-key', 'out'],
    formats: [],
    examples: [{ does: 'a file to hand out', args: 'log prove 41 --log logs/seed-1/operator-1 -o proof.json' }],
  },
  {
    name: 'log check-proof',
    takes: [{ form: '[file]', says: 'what `log prove` wrote; - for standard input', completes: 'path' }],
    says: 'say what such a proof proves, and what it does not; with nothing else at hand',
    more: 'Exit 0: it proves it. 3: it does not.',
    profile: 'none',
    options: ['log-key', 'witness-key', 'witnesses', 'output'],
    formats,
    examples: [
      { does: 'is it in the log?', args: 'log check-proof proof.json' },
      { does: 'and is it the log that you know?', args: 'log check-proof proof.json --log-key node-a.pub' },
    ],
  },
  {
    name: 'log export',
    takes: [{ form: '[log]', says: 'the folder of one log', completes: 'folder' }],
    says: 'make one file of a log, the same bytes every time',
    more: 'All its records, since the tree is over all; --since and --workflow choose whose documents come along. `replay` and the verbs of `log` take the file as they take the folder.',
    profile: 'none',
    options: ['log', 'since', 'workflow', 'out'],
    formats: [],
    examples: [
      { does: 'the whole log', args: 'log export /var/lib/nodewright/log -o node-a.ndjson' },
      {
        does: 'what it takes to replay one workflow',
        args: 'log export logs/seed-1/operator-1 --workflow BondModeFlipPlan/site -o flip.ndjson',
      },
    ],
  },
  {
    name: 'log serve',
    takes: [{ form: '<dir>', says: 'where the copies are kept, a folder for each log', completes: 'folder' }],
    says: 'be the external sink of logs: take what extends them, refuse forks',
    more: 'Until it is interrupted. It takes only logs whose key it was given, and answers only after what it took is durable. It speaks HTTP; put TLS before it where others can listen.',
    profile: 'none',
    options: ['log-key', 'listen', 'token-file', 'key', 'passphrase-file', 'witness', 'facts-max'],
    formats: [],
    examples: [
      { does: 'for two nodes of a site', args: 'log serve copies --log-key node-a/key.pub --log-key node-b/key.pub' },
      { does: 'as a witness too', args: 'log serve copies --log-key node-a/key.pub --key w.key --witness hub.example' },
    ],
  },
  {
    name: 'log push',
    takes: [{ form: '<log>', says: 'the folder of a log; its writer may go on meanwhile', completes: 'folder' }],
    says: 'send a log to its external sink, as far as it is signed',
    more: 'What was sent before is not sent again. Exit 3: the sink refuses, or it and the log differ. 4: the sink was not heard; nothing is lost.',
    profile: 'none',
    options: ['to', 'token-file', 'records-only', 'timeout', 'output'],
    formats,
    examples: [{ does: 'by hand', args: 'log push /var/lib/nodewright/log --to https://hub.example' }],
  },
  {
    name: 'config view',
    takes: [],
    says: 'the settings in force',
    more: 'A flag wins over its NW_ variable, that over nodewright.yaml (looked for here and in every folder above), that over config.yaml in $XDG_CONFIG_HOME/nwctl (else ~/.config/nwctl), that over the default.',
    profile: 'none',
    options: ['origin', 'output'],
    formats,
    examples: [{ does: 'which file does this profile come from?', args: 'config view --origin' }],
  },
  {
    name: 'version',
    takes: [],
    says: 'version, digest of the engine, versions of vocabulary and schemas',
    profile: 'none',
    options: ['output'],
    formats,
    examples: [{ does: 'for a bug report', args: 'version -o yaml' }],
  },
  {
    name: 'completion',
    takes: [{ form: '<shell>', says: 'bash, zsh or fish', completes: 'shell' }],
    says: 'a script that completes verbs, flags, gates, objects, facts and codes',
    profile: 'none',
    options: [],
    formats: [],
    examples: [{ does: 'for this shell', args: 'completion bash > ~/.local/share/bash-completion/completions/nwctl' }],
  },
  {
    name: '__complete',
    takes: [{ form: '[words...]', says: 'the words so far; the last one is being typed' }],
    says: 'what could come next',
    profile: 'draft',
    options: [],
    formats: [],
    examples: [],
    hidden: true,
  },
];

/** Verbs of two words, by their first. */
export const groups: ReadonlyMap<string, string> = new Map([
  ['capture', 'what was seen of a site, as a folder or a file'],
  ['config', 'where settings come from'],
  ['log', 'what was decided, and how others keep it'],
  ['trust', 'whom a site believes'],
]);

import { commentFormats, formats, pageFormats, reportFormats } from '../options.ts';
import type { Verb } from './verb.ts';

const where = '--profile profiles/three-node --capture captures/one-side-flipped';
const calm = '--profile profiles/three-node --capture captures/calm';
/** What every verb takes that decides over a site: by whom its profile must be signed, and how to do without. */
const belief = ['trust', 'insecure-unsigned'] as const;
const reports = [...formats, ...reportFormats];

/** Whoever writes profiles, and whoever asks what they decide. */
export const judging: readonly Verb[] = [
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
    options: [
      'captures',
      'moments',
      'captures-only',
      'bound',
      'budget',
      'exit-code',
      'fail-on',
      'save',
      'sites',
      'output',
    ],
    formats: [...reports, ...commentFormats, ...pageFormats],
    examples: [
      { does: 'what does my change do?', args: 'diff main:profiles/three-node profiles/three-node' },
      {
        does: 'also as time goes by, for a pull request',
        args: 'diff HEAD:profiles/three-node profiles/three-node --moments -o markdown',
      },
      {
        does: 'in several forms at once, for CI',
        args: 'diff HEAD:profiles/three-node profiles/three-node -o github --save markdown=review.md --save json=review.json',
      },
    ],
  },
  {
    name: 'ask',
    takes: [
      {
        form: '<question...>',
        says: 'GATE open while CONDITION; also closed, unknown, not open',
        completes: 'question',
      },
    ],
    says: 'is there any site on which a gate is open while something holds?',
    more: 'Answered for every site within --bound, whatever is known on it, stale or not reported. The answer is the smallest such site, judged again as every site is, or that there is none. Conditions: `any vm.migrating`, `every replica of the node: replica.disk = UpToDate`, with `and`, `or`, `not` and brackets. Exit 0: there is none. 3: there is one. 6: the time of --budget was over. No signature is looked at.',
    profile: 'draft',
    options: ['profile', 'bound', 'budget', 'site', 'output'],
    formats,
    examples: [
      {
        does: 'can a node restart while a VM migrates?',
        args: "ask 'node-may-restart open while any vm.migrating' --profile profiles/three-node",
      },
      {
        does: 'keep the site, to judge it',
        args: "ask 'node-may-restart unknown while node.ready' -p profiles/three-node --site made-up",
      },
    ],
  },
  {
    name: 'implies',
    takes: [
      { form: '<a>', says: '[SIDE#]GATE; a side is what `diff` takes, without it --profile', completes: 'gate alone' },
      { form: '<b>', says: 'the same', completes: 'gate alone' },
    ],
    says: 'is one gate open wherever another one is?',
    more: 'Answered for every site within --bound. Exit 0: it is. 3: there is a site on which the first is open and the second is not, and it is shown. 6: the time of --budget was over. Both are asked of the same kind, or one of the site. No signature is looked at.',
    profile: 'draft',
    options: ['profile', 'bound', 'budget', 'site', 'output'],
    formats,
    examples: [
      {
        does: 'does one gate follow from another?',
        args: 'implies node-may-restart safe-to-continue --profile profiles/three-node',
      },
      {
        does: 'is a gate no looser than it was?',
        args: 'implies profiles/three-node#node-may-restart main:profiles/three-node#node-may-restart',
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
    name: 'mutate',
    takes: [{ form: '[profile]', says: 'a profile’s folder', completes: 'folder' }],
    says: 'change a profile’s packs in every small way, and say which change no test notices',
    more: 'Limits moved, parts dropped, all for any, gates no longer asked: each change is a pack that somebody could have written. Of each that no test notices: its line, and a test that would, made of the smallest site on which it shows. What no site shows is not counted. With --min exit 3: the score is less. 6: it was stopped by --time, or --budget was over before it was clear.',
    profile: 'draft',
    options: [
      'profile',
      'pack',
      'run',
      'limit',
      'seed',
      'time',
      'captures-only',
      'bound',
      'budget',
      'write-tests',
      'min',
      'exit-zero',
      'output',
    ],
    formats: [...reports, 'markdown'],
    examples: [
      { does: 'are my tests any good?', args: 'mutate my-site' },
      {
        does: 'one pack, with tests for what none notices',
        args: 'mutate my-site --pack my-rules --write-tests my-site/tests',
      },
      { does: 'two hundred changes, for CI', args: 'mutate my-site --limit 200 --min 85%' },
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
];

import { formats } from '../options.ts';
import type { Argument, Verb } from './verb.ts';

const aLog: Argument = {
  form: '[log]',
  says: 'a log, a folder with logs in it, or an exported file',
  completes: 'path',
};

/** What was decided, and how others keep it. */
export const logs: readonly Verb[] = [
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
];

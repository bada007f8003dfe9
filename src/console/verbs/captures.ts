import { formats } from '../options.ts';
import type { Verb } from './verb.ts';

/** What was seen of a site. */
export const captures: readonly Verb[] = [
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
];

import { formats } from '../options.ts';
import type { Verb } from './verb.ts';

const profile = '-p profiles/three-node';

/** Captures that are kept for review. */
export const corpus: readonly Verb[] = [
  {
    name: 'corpus add',
    takes: [{ form: '<capture...>', says: 'captures, or folders of them, or - for standard input', completes: 'path' }],
    says: 'keep captures for review, each with what it decides now; of those that nothing tells apart, one',
    more: 'Each becomes one file, called by what it shows and no other does. A capture that stands in the corpus already stays as it is, and what it decides is written beside it. All are added, or none.',
    profile: 'draft',
    options: ['captures', 'profile', 'name', 'output'],
    formats,
    examples: [
      { does: 'a night worth keeping', args: `corpus add site.ndjson.gz ${profile}` },
      { does: 'without the names of the site', args: `corpus add redacted.ndjson.gz --name quorum-at-risk ${profile}` },
      { does: 'what stands here already, with what it decides', args: `corpus add captures ${profile}` },
    ],
  },
  {
    name: 'corpus list',
    takes: [],
    says: 'which captures are kept, and what each shows that the fewest others do',
    profile: 'none',
    options: ['captures', 'output'],
    formats,
    examples: [{ does: 'what is there?', args: 'corpus list' }],
  },
  {
    name: 'corpus check',
    takes: [],
    says: 'judge every kept capture again: what is decided otherwise than when it was added',
    more: 'Of captures that were added by this profile. Exit 0, with --exit-code 5 if something is decided otherwise. Always 2: something kept cannot be read; the rest was judged.',
    profile: 'draft',
    options: ['captures', 'profile', 'update', 'exit-code', 'output'],
    formats,
    examples: [
      { does: 'did my change move anything?', args: `corpus check --exit-code ${profile}` },
      { does: 'it did, and is meant to: a diff to review', args: `corpus check --update ${profile}` },
    ],
  },
  {
    name: 'corpus expire',
    takes: [],
    says: 'which old captures may go, since others show all that they show',
    more: 'The oldest first. What only one capture shows stays, however old it is. Nothing is deleted without --delete.',
    profile: 'draft',
    options: ['captures', 'profile', 'older-than', 'delete', 'output'],
    formats,
    examples: [
      { does: 'which would go?', args: `corpus expire --older-than 180d ${profile}` },
      { does: 'let them go', args: `corpus expire --older-than 180d --delete ${profile}` },
    ],
  },
];

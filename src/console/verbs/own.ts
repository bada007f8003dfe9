import { formats } from '../options.ts';
import type { Verb } from './verb.ts';

/** What nwctl says of itself. */
export const own: readonly Verb[] = [
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

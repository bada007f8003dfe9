import { captures } from './verbs/captures.ts';
import { corpus } from './verbs/corpus.ts';
import { judging } from './verbs/judging.ts';
import { logs } from './verbs/log.ts';
import { own } from './verbs/own.ts';
import { trust } from './verbs/trust.ts';
import type { Verb } from './verbs/verb.ts';

/** Every verb, once, in the order of the help. */
export const verbs: readonly Verb[] = [...judging, ...captures, ...corpus, ...trust, ...logs, ...own];

/** Verbs of two words, by their first. */
export const groups: ReadonlyMap<string, string> = new Map([
  ['capture', 'what was seen of a site, as a folder or a file'],
  ['config', 'where settings come from'],
  ['corpus', 'captures that are kept, so that a change of rules is seen'],
  ['log', 'what was decided, and how others keep it'],
  ['trust', 'whom a site believes'],
]);

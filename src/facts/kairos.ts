import type { Report } from '../kernel/fact.ts';
import type { RawHost } from '../kernel/raw.ts';
import { node as nodeSubject } from '../kernel/subject.ts';
import { type Found, say, unreadable } from './say.ts';

const bootWords = new Map([
  ['active_boot', 'active'],
  ['passive_boot', 'passive'],
  ['recovery_boot', 'recovery'],
  ['livecd_boot', 'livecd'],
  ['autoreset_boot', 'autoreset'],
]);

/** `kairos-agent state`: which image runs. Its own `unknown` is a word that says nothing, and stays unreadable. */
export function kairosReport(node: string, raw: RawHost | undefined): Report | undefined {
  if (raw === undefined || raw.failed !== undefined) return undefined;
  const seen = { at: raw.at, source: `kairos-agent state on ${node}` };
  const observations = say('node.bootState', nodeSubject(node), bootStateOf(raw.text), seen);
  return { reporter: 'kairos', scope: node, seenAtMs: raw.at, observations, censuses: [] };
}

/** One scalar of the outermost map, so that no YAML parser is needed: in block YAML nothing else than the keys of that map
 *  can begin in the first column. A key that stands twice, or a value of another form, is not read. */
function bootStateOf(text: string): Found<string> {
  const [first, second] = text.split(/\r?\n/).filter((line) => /^['"]?boot['"]? *:( |$)/.test(line));
  if (first === undefined) return undefined;
  if (second !== undefined) return unreadable('boot stands twice');
  const value = first
    .slice(first.indexOf(':') + 1)
    .replace(/ #.*$/, '')
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2');
  return bootWords.get(value) ?? unreadable(value);
}

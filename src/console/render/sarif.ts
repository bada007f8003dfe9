import type { Place } from '../../kernel/fault.ts';
import { harmless } from '../escape.ts';
import { type Data, json } from './data.ts';

/** What every SARIF 2.1.0 text of ours is made of. */

/** What GitHub shows of one run; it drops the rest silently, so we say so. It refuses more than 25,000. */
export const resultsMax = 5_000;

/** Steps of one flow that GitHub shows. */
export const stepsMax = 1_000;

/** GitHub takes 10 MB as gzip makes them. Ours are counted before, without the white space between them: whatever they are made of,
 *  they are not too many. */
export const bytesMax = 8_000_000;

export function sarifOf(run: Data): string {
  return json({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] });
}

export const home = 'https://nodewright.spectrocloud.com';

export function toolWith(rules: Data): Data {
  return { driver: { name: 'nwctl', informationUri: home, rules } };
}

/** Nothing in it is a link, whatever it was made of. */
export function message(text: string): { readonly text: string } {
  return { text: linkless(text) };
}

export function linkless(text: string): string {
  return harmless(text).replaceAll('](', '] (');
}

export function physical({ file, line, col, length }: Place): Data {
  const uri = encodeURI(file.toWellFormed()).replaceAll('#', '%23').replaceAll('?', '%3F');
  const startColumn = Math.max(1, col);
  const end = length === undefined || col < 1 ? {} : { endColumn: col + length };
  return {
    // What stands before a colon would be taken for a scheme.
    artifactLocation: { uri: /^[^/]*:/.test(uri) ? `./${uri}` : uri },
    region: { startLine: line, startColumn, ...end },
  };
}

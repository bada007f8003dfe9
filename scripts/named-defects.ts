import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Law } from '../src/kernel/verdict.ts';

/** A defect that somebody could really make, what it would break, and the test that must say so. */
export interface NamedDefect {
  readonly defect: string;
  readonly guards: Law | 'agreement' | 'determinism' | 'fmt' | 'dispute' | 'status' | 'packs';
  /** Code, or a shipped pack. */
  readonly file: string;
  readonly edits: readonly { readonly find: string; readonly put: string }[];
  readonly test: string;
  /** The full name of the test in that file. */
  readonly property: string;
  /** Of all its runs, where the usual share is too small for it. */
  readonly share?: string;
}

const list = join(import.meta.dirname, '..', 'test', 'defects', 'defects.json');

export function namedDefects(): readonly NamedDefect[] {
  return JSON.parse(readFileSync(list, 'utf8')) as NamedDefect[];
}

/** The text with the defect in it. Each `find` must stand there exactly once: a defect that misses its place proves nothing. */
export function seeded(text: string, { edits, defect }: NamedDefect): string {
  if (edits.length === 0) throw new Error(`${defect}: changes nothing`);
  return edits.reduce((left, { find, put }) => {
    const parts = left.split(find);
    if (parts.length !== 2) throw new Error(`${defect}: stands ${parts.length - 1} times: ${find}`);
    return parts.join(put);
  }, text);
}

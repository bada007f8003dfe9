import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../../src/kernel/fact.ts';
import type { RawHost } from '../../../src/kernel/raw.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');

export function fixture(path: string): string {
  return readFileSync(join(fixtures, path), 'utf8');
}

export function hostText(what: string, text: string, more: Partial<RawHost> = {}): RawHost {
  return { from: 'host', at: 1_000, node: 'node-a', what, text, ...more };
}

export function failedText(what: string): RawHost {
  return hostText(what, '', { failed: 'did not answer within 5s' });
}

/** `fact object` → value, or the list of values where several were said of one thing. */
export function saidBy(report: Report | undefined): Readonly<Record<string, unknown>> {
  const said = new Map<string, unknown>();
  for (const { fact, subject, value } of report?.observations ?? []) {
    const key = `${fact} ${subject.id}`;
    said.set(key, said.has(key) ? [said.get(key), value] : value);
  }
  return Object.fromEntries(said);
}

/** The part of it that is about some facts. */
export function saidOf(report: Report | undefined, ...facts: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(saidBy(report)).filter(([key]) => facts.includes(key.split(' ')[0] ?? '')));
}

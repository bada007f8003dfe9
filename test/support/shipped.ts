import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCapture } from '../../src/capture/files.ts';
import { normalise } from '../../src/facts/normalise.ts';
import { createStore } from '../../src/facts/store.ts';
import type { FactValue, Report } from '../../src/kernel/fact.ts';
import type { Loaded } from '../../src/kernel/fault.ts';
import type { Snapshot } from '../../src/kernel/snapshot.ts';
import { fits } from '../../src/kernel/value.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import { loadDraft } from '../../src/profile/load.ts';
import type { Profile } from '../../src/profile/profile.ts';
import type { Condition } from '../../src/rules/condition.ts';
import type { RulePack } from '../../src/rules/pack.ts';

const root = join(import.meta.dirname, '..', '..');

/** Every profile under profiles/, loaded as `nwctl` loads it. */
export function shippedProfiles(): readonly Profile[] {
  const folder = join(root, 'profiles');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'packs')
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const port = { read: (path: string) => readFileSync(join(folder, path)), nameOf: (path: string) => path };
      return orThrow(loadDraft(port, `${name}/profile.yaml`, vocabulary)).profile;
    });
}

export const shippedCaptures: readonly string[] = readdirSync(join(root, 'captures'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** What was reported when a shipped capture was taken, as a profile's site understands it. */
export async function shippedReports(capture: string, { shape }: Profile): Promise<ShippedReports> {
  const io = { stdin: (async function* () {})() };
  const { raws, takenAtMs } = orThrow(await openCapture(join(root, 'captures', capture), io));
  return { reports: normalise(raws, shape), takenAtMs: takenAtMs ?? 0 };
}

export interface ShippedReports {
  readonly reports: readonly Report[];
  readonly takenAtMs: number;
}

export function cutOf({ reports, takenAtMs }: ShippedReports): Snapshot {
  const store = createStore(vocabulary);
  for (const report of reports) store.fold(report);
  return store.cut(takenAtMs);
}

export async function shippedSnapshot(capture: string, profile: Profile): Promise<Snapshot> {
  return cutOf(await shippedReports(capture, profile));
}

function orThrow<T>(loaded: Loaded<T>): T {
  if (loaded.ok) return loaded.value;
  throw new Error(loaded.faults.map(({ at, code, message }) => `${at.file}:${at.line} ${code} ${message}`).join('\n'));
}

/** The values that packs compare each fact with. */
export function valuesAsked(packs: readonly RulePack[]): ReadonlyMap<string, readonly FactValue[]> {
  const found = new Map<string, FactValue[]>();
  const visit = (condition: Condition): void => {
    switch (condition.kind) {
      case 'leaf': {
        const { read, against } = condition;
        if (against.kind !== 'literal' || read.kind !== 'fact') return;
        const values = [against.value, ...(Array.isArray(against.value) ? against.value : [])] as FactValue[];
        found.set(read.name, [...(found.get(read.name) ?? []), ...values.filter((value) => fits(read.type, value))]);
        return;
      }
      case 'asks-unknown':
        return;
      case 'all':
      case 'any':
        for (const part of condition.of) visit(part);
        return;
      case 'not':
      case 'named':
        visit(condition.of);
        return;
      case 'quantified':
        if (condition.where !== undefined) visit(condition.where);
        visit(condition.satisfies);
    }
  };
  for (const { gates, findings, rollup } of packs)
    for (const { when } of [...gates, ...findings, ...rollup]) visit(when);
  return found;
}

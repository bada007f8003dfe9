import type { Json } from '../kernel/digest.ts';
import type { Place } from '../kernel/fault.ts';
import { readingAt, type Snapshot } from '../kernel/snapshot.ts';
import type { Reason } from '../kernel/verdict.ts';

/** Where two records part. Undefined on one side: it is not there. */
export interface Difference {
  /** `decision.because[0].detail` */
  readonly path: string;
  readonly recorded: Json | undefined;
  readonly replayed: Json | undefined;
  /** Of a reason: its rule, where this build reads it, and what was seen of its fact. */
  readonly rule?: { readonly says: string; readonly at: Place; readonly fact: string; readonly object: string };
  readonly reads?: string;
}

const differencesMax = 20;

/** In the order of the record's members; so many at most. */
export function differencesOf(
  recorded: Json,
  replayed: Json,
  grounds: { readonly because: readonly Reason[] | undefined; readonly snapshot: Snapshot | undefined },
): readonly Difference[] {
  const found: Difference[] = [];
  part(recorded, replayed, '', found);
  return found.map((difference) => ({ ...difference, ...ruleOf(difference.path, grounds) }));
}

function part(recorded: Json | undefined, replayed: Json | undefined, path: string, found: Difference[]): void {
  if (found.length === differencesMax) return;
  if (isList(recorded) && isList(replayed)) {
    const length = Math.max(recorded.length, replayed.length);
    for (let at = 0; at < length; at += 1) part(recorded[at], replayed[at], `${path}[${at}]`, found);
  } else if (isMap(recorded) && isMap(replayed)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(replayed)]);
    const within = (name: string): string => (path === '' ? name : `${path}.${name}`);
    for (const name of [...names].sort()) part(recorded[name], replayed[name], within(name), found);
  } else if (recorded !== replayed) found.push({ path, recorded, replayed });
}

function ruleOf(
  path: string,
  { because, snapshot }: Parameters<typeof differencesOf>[2],
): Pick<Difference, 'rule' | 'reads'> {
  const index = /^decision\.because\[(\d+)\]/.exec(path)?.[1];
  const reason = index === undefined ? undefined : because?.[Number(index)];
  if (reason === undefined) return {};
  const { says, at, fact, object } = reason;
  const column = snapshot?.columns.get(fact);
  const member = column === undefined ? undefined : snapshot?.populations[column.fact.subject].indexOf.get(object);
  if (snapshot === undefined || member === undefined) return { rule: { says, at, fact, object } };
  const reading = readingAt(snapshot, fact, member);
  const reads =
    reading.kind === 'absent' ? `absent: ${reading.says}` : `${reading.kind}: ${JSON.stringify(reading.value)}`;
  return { rule: { says, at, fact, object }, reads };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

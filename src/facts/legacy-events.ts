import type { Observation } from '../kernel/fact.ts';
import type { LegacyNames } from '../kernel/site-shape.ts';
import { site } from '../kernel/subject.ts';
import { at, type Cluster, type SeenObject, textAt } from './kube.ts';
import { type Found, say, setOf, unreadable } from './say.ts';

/** Where the two groups keep the same things. Each Event is served under both. */
interface Fields {
  readonly kind: string;
  readonly reporter: string;
  /** Controllers that still write the old style name themselves here only, and count here. */
  readonly oldReporter: string;
  readonly oldCount: string;
}

const groups: readonly Fields[] = [
  {
    kind: 'events.k8s.io/v1/Event',
    reporter: 'reportingController',
    oldReporter: 'deprecatedSource',
    oldCount: 'deprecatedCount',
  },
  { kind: 'v1/Event', reporter: 'reportingComponent', oldReporter: 'source', oldCount: 'count' },
];

/** What the DaemonSet of today warned of, as far as the API server still keeps it: about an hour, and best-effort. It is
 *  there for people who look for a reason, and good for no decision: that nothing is warned of is no good sign. What
 *  Kubernetes says *about* the DaemonSet is not its word. Moments are by the clocks of many nodes and are left alone. */
export function legacyWarnings(cluster: Cluster, { namespace, events }: LegacyNames): readonly Observation[] {
  if (events === undefined) return [];
  const found = newestList(cluster);
  if (found === undefined) return [];
  const { fields, all } = found;
  const own = all.filter(
    ({ object }) => textAt(object, 'metadata', 'namespace') === namespace && isBy(object, events.reporter, fields),
  );
  const odd = own.map(strangeness).find((word) => word !== undefined);
  const warnings = own.filter(({ object }) => textAt(object, 'type') === 'Warning');
  const seen = { at: found.at, source: `list of ${fields.kind}`, grade: 'reported' } as const;
  const reasons = setOf(warnings.map(({ object }) => textAt(object, 'reason') ?? ''));
  return [
    ...say('site.legacyWarnings', site, odd ?? reasons, seen),
    ...say('site.legacyWarningCount', site, odd ?? total(warnings.map((event) => timesOf(event, fields))), seen),
  ];
}

/** Both groups hold the same Events, so the list that was had last is enough. */
function newestList(
  cluster: Cluster,
): { readonly fields: Fields; readonly at: number; readonly all: readonly SeenObject[] } | undefined {
  let newest: { readonly fields: Fields; readonly at: number; readonly all: readonly SeenObject[] } | undefined;
  for (const fields of groups) {
    const { listing, all } = cluster.kind(fields.kind);
    if (listing.had && (newest === undefined || listing.at > newest.at)) newest = { fields, at: listing.at, all };
  }
  return newest;
}

function isBy(object: unknown, reporter: string, fields: Fields): boolean {
  const own = textAt(object, fields.reporter);
  // The old style leaves the new field empty, or repeats the component there.
  return (own === undefined || own === '' ? textAt(object, fields.oldReporter, 'component') : own) === reporter;
}

/** Anything but a clean Event of a type that we know. */
function strangeness({ object, torn }: SeenObject): { readonly unreadable: string } | undefined {
  if (torn) return unreadable('an Event in two forms');
  const [type, reason] = [at(object, 'type'), at(object, 'reason')];
  if (type !== 'Normal' && type !== 'Warning') return unreadable(type);
  return typeof reason === 'string' ? undefined : unreadable(reason);
}

/** A series counts itself; the old style counts beside it; one that says nothing happened once. */
function timesOf({ object }: SeenObject, { oldCount }: Fields): Found<number> {
  const count = at(object, 'series', 'count') ?? at(object, oldCount) ?? 1;
  return Number.isSafeInteger(count) && (count as number) > 0 ? (count as number) : unreadable(count);
}

function total(counts: readonly Found<number>[]): Found<number> {
  let sum = 0;
  for (const count of counts) {
    if (typeof count !== 'number') return count;
    sum += count;
  }
  return sum;
}

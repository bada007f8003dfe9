import { agentStatusKind } from '../crd/agent-status.ts';
import { isSameJson } from '../crd/same.ts';
import { AgentReader } from '../facts/agent-status.ts';
import { bootWord, type Family, families, type Sources } from '../facts/families.ts';
import { observerReport } from '../facts/observer.ts';
import { createStore, type FactStore } from '../facts/store.ts';
import type { Observation, Report } from '../kernel/fact.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { site } from '../kernel/subject.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import type { Observer } from './observe.ts';

/** What a site of one shape is, by what the observer heard: normalised as far as something changed, and folded. It is at every
 *  moment what `normalise(observer.raws())` makes of the same, only sooner; a test holds the two equal. */
export class View {
  readonly #observer: Observer;
  readonly #shape: SiteShape;
  readonly #store: FactStore;
  readonly #families: readonly FamilyView[];
  readonly #agents = new Map<string, AgentView>();
  #agentsRevision = -1;
  #witnesses: readonly Report[] = [];
  #bootWordsRevision = 0;
  #shownRevision = 0;
  #observed: ReadonlySet<string> = new Set();

  constructor(observer: Observer, shape: SiteShape, vocabulary: Vocabulary) {
    this.#observer = observer;
    this.#shape = shape;
    this.#store = createStore(vocabulary);
    this.#families = families.map((family) => ({ family, madeOf: [], made: undefined, thenOf: [], said: undefined }));
  }

  snapshot(nowMs: number): Snapshot {
    this.#lookAtAgents();
    this.#lookAtSite(nowMs);
    this.#lookAtOurselves(nowMs);
    return this.#store.cut(nowMs);
  }

  /** Each agent by itself: one that beats does not make the others be read again. */
  #lookAtAgents(): void {
    const revision = this.#observer.revisionOf(agentStatusKind);
    if (revision === this.#agentsRevision) return;
    this.#agentsRevision = revision;
    const seen = this.#observer.cluster.kind(agentStatusKind).clean;
    const there = new Set<string>();
    let changed = false;
    for (const one of seen) {
      there.add(one.id);
      const changedAt = this.#observer.heartbeatChangedAt(one.id);
      const before = this.#agents.get(one.id);
      if (before?.object === one.object && before.at === one.at && before.changedAt === changedAt) continue;
      const reader = before?.reader ?? new AgentReader();
      const report = reader.report(one, changedAt);
      this.#agents.set(one.id, { object: one.object, at: one.at, changedAt, reader, report });
      this.#witness(one.id, before?.report, report);
      changed = true;
    }
    for (const id of [...this.#agents.keys()]) {
      if (there.has(id)) continue;
      this.#witness(id, this.#agents.get(id)?.report, undefined);
      this.#agents.delete(id);
      changed = true;
    }
    if (!changed) return;
    this.#witnesses = [...this.#agents.keys()].sort().flatMap((id) => this.#agents.get(id)?.report ?? []);
  }

  #witness(id: string, before: Report | undefined, now: Report | undefined): void {
    this.#store.replace('agent', id, now);
    if (!isSameLines(before?.observations.filter(isBootWord), now?.observations.filter(isBootWord), isSameSaid))
      this.#bootWordsRevision += 1;
    if (!isSameLines(before?.observations, now?.observations, isOfTheSame)) this.#shownRevision += 1;
  }

  #lookAtSite(nowMs: number): void {
    let sources: Sources | undefined;
    const from = (): Sources => {
      sources ??= {
        cluster: this.#observer.cluster,
        replies: this.#observer.replies(),
        observers: this.#observer.observers(nowMs),
        witnesses: this.#witnesses,
      };
      return sources;
    };
    for (const view of this.#families) {
      const { family } = view;
      const of = this.#revisions(family.reads);
      const isNew = !isSame(of, view.madeOf);
      if (isNew) {
        view.madeOf = of;
        const made = family.report(from(), this.#shape);
        if (!isSameReport(view.made, made)) view.made = made;
      }
      const thenOf = family.after === undefined ? [] : this.#revisions(family.after.reads);
      if (!isNew && isSame(thenOf, view.thenOf)) continue;
      view.thenOf = thenOf;
      const { made } = view;
      view.said =
        made === undefined || family.after === undefined ? made : family.after.report(made, from(), this.#shape);
      this.#store.replace(family.reporter, site.id, view.said);
    }
  }

  /** What we measured is as of now. */
  #lookAtOurselves(nowMs: number): void {
    const observers = this.#observer.observers(nowMs);
    for (const [node, raw] of observers) this.#store.replace('observer', node, observerReport(raw));
    for (const node of this.#observed) if (!observers.has(node)) this.#store.replace('observer', node, undefined);
    this.#observed = new Set(observers.keys());
  }

  #revisions(reads: readonly string[]): readonly number[] {
    return reads.map((what) => {
      switch (what) {
        case 'boot-words':
          return this.#bootWordsRevision;
        case 'shown':
          return this.#shownRevision;
        default:
          return this.#observer.revisionOf(what);
      }
    });
  }
}

interface FamilyView {
  readonly family: Family;
  madeOf: readonly number[];
  made: Report | undefined;
  thenOf: readonly number[];
  said: Report | undefined;
}

interface AgentView {
  readonly object: unknown;
  readonly at: number;
  readonly changedAt: number | undefined;
  readonly reader: AgentReader;
  readonly report: Report | undefined;
}

const isBootWord = ({ fact }: Observation): boolean => fact === bootWord;

function isSameLines(
  left: readonly Observation[] = [],
  right: readonly Observation[] = [],
  isSameLine: (left: Observation, right: Observation) => boolean,
): boolean {
  return left.length === right.length && left.every((one, at) => isSameLine(one, right[at] as Observation)); // as many
}

function isOfTheSame(left: Observation, right: Observation): boolean {
  const [one, other] = [left.subject, right.subject];
  return left.source === right.source && (one === other || (one.kind === other.kind && one.id === other.id));
}

function isSameSaid(left: Observation, right: Observation): boolean {
  const isSameValue =
    left.value === right.value || (typeof left.value === 'object' && isSameJson(left.value, right.value));
  return (
    left.fact === right.fact &&
    left.seenAtMs === right.seenAtMs &&
    left.grade === right.grade &&
    isSameValue &&
    isOfTheSame(left, right)
  );
}

/** A report that was made anew and says word for word the same, of the same moments. One that counts heads counts as new. */
function isSameReport(left: Report | undefined, right: Report | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (left.seenAtMs !== right.seenAtMs || left.censuses.length + right.censuses.length > 0) return false;
  return isSameLines(left.observations, right.observations, isSameSaid);
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((one, at) => one === right[at]);
}

import { agentStatusKind } from '../crd/agent-status.ts';
import { agentReports } from '../facts/agent-status.ts';
import { type Family, families, type Sources } from '../facts/families.ts';
import type { Cluster, Kind, SeenObject } from '../facts/kube.ts';
import { observerReport } from '../facts/observer.ts';
import { createStore, type FactStore } from '../facts/store.ts';
import type { Report } from '../kernel/fact.ts';
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
  #witnessesRevision = 0;
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
      const report = reportOf(one, changedAt);
      this.#agents.set(one.id, { object: one.object, at: one.at, changedAt, report });
      this.#store.replace('agent', one.id, report);
      changed = true;
    }
    for (const id of [...this.#agents.keys()]) {
      if (there.has(id)) continue;
      this.#agents.delete(id);
      this.#store.replace('agent', id, undefined);
      changed = true;
    }
    if (!changed) return;
    this.#witnesses = [...this.#agents.keys()].sort().flatMap((id) => this.#agents.get(id)?.report ?? []);
    this.#witnessesRevision += 1;
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
      const of = this.#revisions(family.reads, nowMs);
      const isNew = !isSame(of, view.madeOf);
      if (isNew) {
        view.madeOf = of;
        view.made = family.report(from(), this.#shape);
      }
      const thenOf = family.after === undefined ? [] : this.#revisions(family.after.reads, nowMs);
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

  #revisions(reads: readonly string[], nowMs: number): readonly number[] {
    return reads.map((what) => {
      switch (what) {
        case 'witnesses':
          return this.#witnessesRevision;
        case 'observers':
          return this.#shape.legacy === undefined ? 0 : nowMs;
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
  readonly report: Report | undefined;
}

function reportOf(seen: SeenObject, changedAt: number | undefined): Report | undefined {
  const kind: Kind = { listing: { had: false, why: '' }, all: [seen], clean: [seen] };
  const alone: Cluster = { kind: () => kind, newestAt: () => seen.at };
  const name = seen.id;
  const heartbeat = changedAt === undefined ? {} : { heartbeatChangedAt: changedAt };
  const observers = new Map([[name, { from: 'observer' as const, at: seen.at, node: name, ...heartbeat }]]);
  return agentReports(alone, observers)[0];
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((one, at) => one === right[at]);
}

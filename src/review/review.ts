import type { Capture } from '../capture/capture.ts';
import { normalise } from '../facts/normalise.ts';
import { createStore, type FactStore } from '../facts/store.ts';
import { canonical, type Json } from '../kernel/digest.ts';
import type { Fault, Loaded } from '../kernel/fault.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { askedOf } from './asked.ts';
import { byText, type DecisionChange, type Level, type Moved, type StructureChange, worst } from './change.ts';
import { type Compared, compare, comparePhase, type Pair, pairsOf } from './decisions.ts';
import { folded, type Seen } from './fold.ts';
import { instantsOf, type Limits, limitsOf } from './moments.ts';
import { type Names, namesOf } from './names.ts';
import type { Proof } from './proof.ts';
import type { Side } from './side.ts';
import { Judge } from './sight.ts';
import { inOrder, structureOf } from './structure.ts';
import { versionChanges } from './versions.ts';
import { compareWorkflows, type DecideWorkflows, type StateNames, type WorkflowWord } from './workflow.ts';

/** What a reviewer is told of two profiles: what they decide otherwise over a corpus, and what is written otherwise. It judges no
 *  site, and proves nothing of sites that are not in the corpus. */
export interface Review {
  readonly old: Side;
  readonly new: Side;
  readonly corpus: Corpus;
  /** The worst first. */
  readonly decisions: readonly DecisionChange[];
  readonly structure: readonly StructureChange[];
  /** Undefined: nobody asked for it. */
  readonly proof: Proof | undefined;
  /** Of everything; undefined where nothing is another one. */
  readonly level: Level | undefined;
}

export interface Corpus {
  /** That were judged. */
  readonly captures: readonly string[];
  /** Of those, on which something is decided otherwise. */
  readonly differing: readonly string[];
  readonly broken: readonly BrokenCapture[];
  /** Moments at which captures were judged, all together. */
  readonly moments: number;
  /** Instants at which some age crosses a limit, and that were beyond the bound. */
  readonly momentsNotJudged: number;
  /** Decisions that both sides made, or one of them: an object, at a moment. */
  readonly equal: number;
  readonly differ: number;
}

export interface BrokenCapture {
  readonly capture: string;
  readonly faults: readonly Fault[];
}

/** A capture by the name that it is told by. */
export interface CaptureToJudge {
  readonly name: string;
  open(): Promise<Loaded<Capture>>;
}

export interface ReviewOptions {
  /** Every instant at which some age crosses a limit of either side, not only the moment of the capture. */
  readonly moments: boolean;
  /** Who decides on the workflows that a capture holds, for one side. */
  workflows(side: Side, capture: Capture, names: StateNames): DecideWorkflows;
  /** Whoever looks for sites that are not in the corpus; without it nobody does. */
  prove?(pairs: readonly Pair[], old: Side, fresh: Side): Promise<Proof>;
}

/** Of one capture. Past it the earliest are judged, and how many were not is said. */
export const momentsMax = 500;

export async function review(
  old: Side,
  fresh: Side,
  captures: readonly CaptureToJudge[],
  options: ReviewOptions,
): Promise<Review> {
  const names = namesOf(old, fresh);
  const [olds, news] = [askedOf(old, names), askedOf(fresh, undefined)];
  const pairs = pairsOf(olds, news);
  const limits = [limitsOf(old, olds.values()), limitsOf(fresh, news.values())];
  const reviewer = new Reviewer(old, fresh, pairs, limits, names, options);
  for (const capture of captures) await reviewer.judge(capture);
  const { corpus, decisions } = reviewer.result();
  const structure = structureOf(old, fresh, names);
  const proof = await options.prove?.(pairs, old, fresh);
  const decided = [...decisions, ...(proof?.questions ?? [])];
  const all = inOrder([...structure, ...versionChanges(old, fresh, decided, structure)]);
  const told = [...decided, ...all];
  return { old, new: fresh, corpus, decisions, structure: all, proof, level: worst(told) };
}

class Reviewer {
  readonly #old: Judge;
  readonly #new: Judge;
  readonly #pairs: readonly Pair[];
  readonly #limits: readonly Limits[];
  readonly #names: Names;
  readonly #options: ReviewOptions;
  readonly #sameShape: boolean;
  readonly #captures: string[] = [];
  readonly #broken: BrokenCapture[] = [];
  readonly #seen: Seen[] = [];
  #moments = 0;
  #momentsNotJudged = 0;
  #equal = 0;

  constructor(
    old: Side,
    fresh: Side,
    pairs: readonly Pair[],
    limits: readonly Limits[],
    names: Names,
    options: ReviewOptions,
  ) {
    this.#old = new Judge(old);
    this.#new = new Judge(fresh);
    this.#pairs = pairs;
    this.#limits = limits;
    this.#names = names;
    this.#options = options;
    this.#sameShape =
      canonical(old.profile.shape as unknown as Json) === canonical(fresh.profile.shape as unknown as Json);
  }

  async judge({ name, open }: CaptureToJudge): Promise<void> {
    const capture = await open();
    if (!capture.ok) {
      this.#broken.push({ capture: name, faults: capture.faults });
      return;
    }
    this.#captures.push(name);
    const { takenAtMs } = capture.value;
    const nowMs = takenAtMs ?? 0;
    const stores = this.#stores(capture.value);
    const { states } = this.#names;
    const fresh: StateNames['told'] = (drives, state) => states.get(drives)?.get(state);
    const older: StateNames['told'] = (drives, state) =>
      [...(states.get(drives) ?? [])].find(([, is]) => is === state)?.[0];
    const workflows = [
      this.#options.workflows(this.#old.side, capture.value, { own: older, told: fresh }),
      this.#options.workflows(this.#new.side, capture.value, { own: fresh, told: () => undefined }),
    ] as const;
    const words = await this.#judgeAt(name, takenAtMs, nowMs, stores, workflows);
    // Without a moment no age is known, so none of them crosses anything.
    if (!this.#options.moments || takenAtMs === null) return;
    const ages = stores.flatMap((store) => instantsOf(store.cut(nowMs), this.#limits));
    const due = words.flatMap(({ dueAtMs }) => dueAtMs.map((at) => at + 1)).filter((at) => at > nowMs);
    const instants = [...new Set([...ages, ...due])].sort((left, right) => left - right);
    for (const at of instants.slice(0, momentsMax)) await this.#judgeAt(name, takenAtMs, at, stores, workflows);
    this.#momentsNotJudged += Math.max(0, instants.length - momentsMax);
  }

  /** Two sides that read a site in the same way share what was read. */
  #stores({ raws }: Capture): readonly [FactStore, FactStore] {
    const store = ({ profile }: Side): FactStore => {
      const made = createStore(vocabulary);
      for (const report of normalise(raws, profile.shape)) made.fold(report);
      return made;
    };
    const old = store(this.#old.side);
    return [old, this.#sameShape ? old : store(this.#new.side)];
  }

  async #judgeAt(
    capture: string,
    takenAtMs: number | null,
    nowMs: number,
    [oldStore, newStore]: readonly [FactStore, FactStore],
    [oldWorkflows, newWorkflows]: readonly [DecideWorkflows, DecideWorkflows],
  ): Promise<readonly WorkflowWord[]> {
    const before = oldStore.cut(nowMs);
    const after = this.#sameShape ? before : newStore.cut(nowMs);
    const [was, is] = [this.#old.look(before), this.#new.look(after)];
    const [olds, news] = [await oldWorkflows(before), await newWorkflows(after)];
    const all: readonly Compared[] = [
      compare(this.#pairs, was, is),
      comparePhase(this.#old.side, this.#new.side, was, is),
      compareWorkflows(olds, news),
    ];
    const moved: readonly Moved[] = all.flatMap((one) => one.moved);
    this.#equal += all.reduce((sum, { equal }) => sum + equal, 0);
    this.#moments += 1;
    if (moved.length > 0) this.#seen.push({ capture, takenAtMs, afterMs: nowMs - (takenAtMs ?? 0), moved });
    return [...olds, ...news];
  }

  result(): { readonly corpus: Corpus; readonly decisions: readonly DecisionChange[] } {
    const corpus: Corpus = {
      captures: [...this.#captures].sort(byText),
      differing: [...new Set(this.#seen.map(({ capture }) => capture))].sort(byText),
      broken: [...this.#broken].sort((left, right) => byText(left.capture, right.capture)),
      moments: this.#moments,
      momentsNotJudged: this.#momentsNotJudged,
      equal: this.#equal,
      differ: this.#seen.reduce((sum, { moved }) => sum + moved.length, 0),
    };
    return { corpus, decisions: folded(this.#seen) };
  }
}

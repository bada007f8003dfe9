import type { Answer, Operation } from '../agent/instruction.ts';
import { paths } from '../facts/linstor-reply.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import { kindsOf, type Pace } from './kinds.ts';
import type { Observer } from './observe.ts';

export interface RefreshTimes {
  readonly linstorEveryMs: number;
  readonly listEveryMs: Readonly<Record<Pace, number>>;
}

/** Well below two thirds of the leader's lease less one renewal: whoever waited longer for LINSTOR would lead no more by the
 *  time that it has not answered, and never decide anything while it is away. */
const linstorPatienceMs = 5_000;

/** Asks for what no watch tells: lists, at the beginning, after a lost watch and now and then; objects that somebody doubts;
 *  LINSTOR's replies. What could not be had is said to be so, and is never an empty list. */
export class Refresher {
  readonly #times: RefreshTimes;
  readonly #observer: Observer;
  readonly #now: () => number;
  readonly #listedAtMs = new Map<string, number>();
  #polledAtMs = Number.NEGATIVE_INFINITY;
  #kinds: { readonly of: readonly SiteShape[]; readonly kinds: ReadonlyMap<string, Pace> } = {
    of: [],
    kinds: kindsOf([]),
  };

  constructor(times: RefreshTimes, observer: Observer, now: () => number) {
    this.#times = times;
    this.#observer = observer;
    this.#now = now;
  }

  /** Nothing that was had before counts any more. */
  everything(): void {
    this.#listedAtMs.clear();
    this.#polledAtMs = Number.NEGATIVE_INFINITY;
  }

  /** `between` runs before each question: whoever leads must not forget to renew while others are slow. */
  *refresh(shapes: readonly SiteShape[], between: () => Operation<void>): Operation<void> {
    for (const [kind, pace] of this.#kindsOf(shapes)) {
      if (!this.#isDue(kind, pace)) continue;
      yield* between();
      yield* this.#list(kind);
    }
    for (const doubt of this.#observer.doubts()) {
      yield* between();
      const { kind, name, namespace } = doubt;
      const call = { verb: 'get', kind, name, ...(namespace === undefined ? {} : { namespace }) } as const;
      const answer: Answer = yield { do: 'api', call };
      if (answer.kind === 'object') this.#observer.took(answer.object);
      if (answer.kind === 'missing') this.#observer.missed(doubt);
    }
    if (shapes.some(({ backend }) => backend === 'piraeus')) yield* this.#poll(between);
  }

  #kindsOf(shapes: readonly SiteShape[]): ReadonlyMap<string, Pace> {
    const { of } = this.#kinds;
    const isSame = of.length === shapes.length && of.every((shape, at) => shape === shapes[at]);
    if (!isSame) this.#kinds = { of: shapes, kinds: kindsOf(shapes) };
    return this.#kinds.kinds;
  }

  #isDue(kind: string, pace: Pace): boolean {
    const last = this.#listedAtMs.get(kind);
    return last === undefined || this.#observer.lost().has(kind) || this.#now() - last >= this.#times.listEveryMs[pace];
  }

  *#list(kind: string): Operation<void> {
    const askedAtMs = this.#now();
    this.#listedAtMs.set(kind, askedAtMs);
    const answer: Answer = yield { do: 'api', call: { verb: 'list', kind } };
    if (answer.kind === 'objects') this.#observer.listed(kind, answer.objects, askedAtMs);
    else this.#observer.listFailed(kind, failureOf(answer), askedAtMs, answer.kind === 'unheard');
  }

  *#poll(between: () => Operation<void>): Operation<void> {
    if (this.#now() - this.#polledAtMs < this.#times.linstorEveryMs) return;
    this.#polledAtMs = this.#now();
    let silent = false;
    for (const path of Object.values(paths)) {
      const askedAtMs = this.#now();
      // Who has just not answered is not asked six times more: that would be a minute without a look at anything else.
      if (silent) {
        this.#observer.linstor(path, { failed: 'did not answer in time' }, askedAtMs);
        continue;
      }
      yield* between();
      const answer: Answer = yield { do: 'linstor', method: 'GET', path, timeoutMs: linstorPatienceMs };
      const isHad = answer.kind === 'reply' && answer.status === 200;
      this.#observer.linstor(path, isHad ? { text: answer.text } : { failed: failureOf(answer) }, askedAtMs);
      silent = answer.kind === 'unheard';
    }
  }
}

function failureOf(answer: Answer): string {
  switch (answer.kind) {
    case 'unheard':
      return 'did not answer in time';
    case 'reply':
      return `HTTP ${answer.status}`;
    case 'refused':
      return answer.why;
    case 'missing':
      return 'no such kind';
    default:
      return `was answered with «${answer.kind}»`;
  }
}

import type { Part, Seen } from './seen.ts';

/** How long each resync has not moved: since the amount out of sync last went down, by the agent's own clock. More of it
 *  is no progress. From the first sight on it counts anew, so it can only say too little: an agent that has just come back
 *  does not know how long it was gone. */
export class Progress {
  #since = new Map<string, { readonly bytes: number; readonly sinceMs: number }>();
  #last: { readonly of: readonly Seen[]; readonly still: boolean; readonly part: Part } | undefined;

  over({ seen, askedAtMs }: Part): Part {
    // Nothing is out of sync and nothing changed: all of them stand at nought, as they did.
    if (this.#last?.of === seen && this.#last.still) return { seen: this.#last.part.seen, askedAtMs };
    const since = new Map<string, { readonly bytes: number; readonly sinceMs: number }>();
    const ages: Seen[] = [];
    for (const { fact, object, value } of seen) {
      if (fact !== 'connection.outOfSync' || typeof value !== 'number') continue;
      const before = this.#since.get(object);
      const moved = value === 0 || before === undefined || value < before.bytes;
      const sinceMs = moved ? askedAtMs : before.sinceMs;
      since.set(object, { bytes: value, sinceMs });
      ages.push({ fact: 'connection.progressAge', object, value: Math.max(0, Math.round(askedAtMs - sinceMs)) });
    }
    this.#since = since;
    const part = { seen: ages, askedAtMs };
    this.#last = { of: seen, still: [...since.values()].every(({ bytes }) => bytes === 0), part };
    return part;
  }
}

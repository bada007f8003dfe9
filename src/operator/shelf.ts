import { isOlder } from '../crd/version.ts';
import type { Kind, Listing, SeenObject } from '../facts/kube.ts';
import type { KubeObject, RawList, RawObject } from '../kernel/raw.ts';

/** So long the copy of an object that we have seen stands against older ones. Whoever shows nothing else for longer is no
 *  slow cache: the store behind it is an old one, and then what it says is what there is. */
export const olderPatienceMs = 60_000;

interface Entry {
  readonly object: KubeObject;
  readonly at: number;
  /** Since when only older copies of it were shown. It is not confirmed by anybody meanwhile, so it ages. */
  readonly doubtedSinceMs?: number;
}

/** What happened to an object by what was shown. `back`: an older copy, which was believed at last. */
export type Shown = 'new' | 'changed' | 'same' | 'older' | 'back';

/** All that was seen of one kind: the objects, each with the moment it was last shown, and the last list. */
export class Shelf {
  readonly kind: string;
  /** One more with every change of anything that a normaliser could see. */
  revision = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #together: boolean;
  #listing: RawList | undefined;
  #seen: Kind | undefined;

  /** `together`: while the watch lives, whatever it does not mention is as it was; else each object is as old as its own last word. */
  constructor(kind: string, together: boolean) {
    this.kind = kind;
    this.#together = together;
  }

  get listed(): boolean {
    return this.#listing !== undefined && this.#listing.failed === undefined;
  }

  find(id: string): KubeObject | undefined {
    return this.#entries.get(id)?.object;
  }

  objects(): readonly KubeObject[] {
    return [...this.#entries.values()].map(({ object }) => object);
  }

  show(object: KubeObject, nowMs: number): Shown {
    const id = idOf(object);
    const before = this.#entries.get(id);
    this.#touch();
    if (before === undefined) {
      this.#entries.set(id, { object, at: nowMs });
      return 'new';
    }
    if (!isOlder(object, before.object)) {
      this.#entries.set(id, { object, at: nowMs });
      return before.object.metadata.resourceVersion === object.metadata.resourceVersion ? 'same' : 'changed';
    }
    const doubtedSinceMs = before.doubtedSinceMs ?? nowMs;
    if (nowMs - doubtedSinceMs < olderPatienceMs) {
      this.#entries.set(id, { ...before, doubtedSinceMs });
      return 'older';
    }
    this.#entries.set(id, { object, at: nowMs });
    return 'back';
  }

  /** A watch says that it is gone; or an old copy of it is, and then a newer one may well be there. */
  remove(object: KubeObject): boolean {
    const id = idOf(object);
    const before = this.#entries.get(id);
    if (before === undefined || isOlder(object, before.object)) return false;
    this.forget(id);
    return true;
  }

  forget(id: string): void {
    if (this.#entries.delete(id)) this.#touch();
  }

  /** A whole list: who is not in it is not there. */
  listHad(objects: readonly KubeObject[], nowMs: number, changed: (object: KubeObject, shown: Shown) => void): void {
    const ids = new Set(objects.map(idOf));
    for (const id of [...this.#entries.keys()]) if (!ids.has(id)) this.#entries.delete(id);
    for (const object of objects) changed(object, this.show(object, nowMs));
    this.#listing = { from: 'list', at: nowMs, kind: this.kind };
    this.#touch();
  }

  listFailed(why: string, nowMs: number): void {
    this.#listing = { from: 'list', at: nowMs, kind: this.kind, failed: why };
    this.#touch();
  }

  /** The watch said something, so it is alive: of what it does not mention the last word is still true. */
  alive(nowMs: number): void {
    if (!this.#together || !this.listed) return;
    this.#listing = { from: 'list', at: nowMs, kind: this.kind };
    for (const [id, entry] of this.#entries) {
      if (entry.doubtedSinceMs === undefined) this.#entries.set(id, { object: entry.object, at: nowMs });
    }
    this.#touch();
  }

  raws(): readonly (RawList | RawObject)[] {
    const objects = [...this.#entries.values()].map(({ object, at }): RawObject => ({ from: 'object', at, object }));
    return this.#listing === undefined ? objects : [this.#listing, ...objects];
  }

  /** The same, as normalisers look at it: what `clusterOf` makes of `raws()`. */
  seen(): Kind {
    if (this.#seen !== undefined) return this.#seen;
    const all = [...this.#entries]
      .map(([id, { object, at }]): SeenObject => ({ object, at, id, torn: false }))
      .sort((left, right) => (left.id < right.id ? -1 : 1));
    this.#seen = { listing: listingOf(this.kind, this.#listing), all, clean: all };
    return this.#seen;
  }

  #touch(): void {
    this.revision += 1;
    this.#seen = undefined;
  }
}

function listingOf(kind: string, list: RawList | undefined): Listing {
  if (list === undefined) return { had: false, why: `${kind} was not listed` };
  return list.failed === undefined ? { had: true, at: list.at } : { had: false, why: list.failed, at: list.at };
}

export function idOf({ metadata: { name, namespace } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

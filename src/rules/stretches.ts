import { error, type Place } from '../kernel/fault.ts';
import type { GateUse } from '../kernel/machine.ts';
import { shown } from '../source/shown.ts';
import { hintFor } from '../source/suggest.ts';
import { child, type Entry, type Tree } from '../source/tree.ts';
import { has } from './link-condition.ts';
import { linkState, type Word, type WrittenState, wordIn } from './link-machine-state.ts';
import type { PackContext } from './link-scope.ts';
import type { Question } from './pack.ts';

/** States that machines share, as its pack has it. */
export interface Stretch {
  /** `PACK/STRETCH` */
  readonly name: string;
  readonly at: Place;
  readonly entries: readonly Entry[];
  /** The pack that it stands in: what its states name is looked for there. */
  readonly pack: string;
  readonly context: PackContext;
}

/** A state in its place: it knows where it leads. */
export interface PlacedState {
  readonly written: WrittenState;
  readonly stretch?: string;
  readonly goto: readonly PlacedTransition[];
  readonly onFailure?: Word;
}

export interface PlacedTransition {
  /** A state of this machine, by its own name. */
  readonly to: string;
  readonly at: Place;
  readonly gates: readonly GateUse<Question>[];
}

export interface PlacedStates {
  readonly states: readonly PlacedState[];
  /** The states of each stretch, by the name under which the machine uses it. */
  readonly spans: ReadonlyMap<string, readonly string[]>;
  /** The stretches that were put in, also those that only others use. */
  readonly used: ReadonlySet<string>;
  /** Whether every name leads somewhere and stands once, so that more can be asked of it. */
  readonly sound: boolean;
}

/** The packs of a profile, as far as machines need them. */
export interface Library {
  readonly stretches: ReadonlyMap<string, Stretch>;
  /** False if a pack could not be read: it may have any stretch. */
  readonly complete: boolean;
  /** A state is linked once, however many machines it stands in. */
  readonly linked: Map<Entry, WrittenState | undefined>;
}

/** Where names are looked for: the states that stand beside each other, and for failures also those around. */
interface Frame {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly pack: string;
  readonly context: PackContext;
  readonly stretch?: string;
  /** Where `end` leads. */
  readonly end?: string | undefined;
  readonly onFailure?: Word | undefined;
  readonly outer?: Frame;
  /** Where the machine itself uses a stretch: what clashes in there is its user's to mend. */
  readonly usedAt?: Place;
  readonly using: readonly string[];
}

/** `states` of a machine, with every stretch put in where it is used. */
export function placeStates(
  entries: readonly Entry[],
  pack: string,
  context: PackContext,
  library: Library,
): PlacedStates {
  const placing = new Placing(library);
  placing.place({ entries: byKey(entries), pack, context, using: [] });
  return placing;
}

/** A stretch that nobody uses, for what is wrong with it alone: where it ends and fails to is not known. */
export function placeAlone({ name, entries, pack, context }: Stretch, library: Library): PlacedStates {
  const placing = new Placing(library);
  placing.place({ entries: byKey(entries), pack, context, stretch: name, using: [name] });
  return placing;
}

class Placing implements PlacedStates {
  readonly states: PlacedState[] = [];
  readonly spans = new Map<string, readonly string[]>();
  readonly used = new Set<string>();
  sound = true;
  readonly #library: Library;
  readonly #claimed = new Map<string, Place>();

  constructor(library: Library) {
    this.#library = library;
  }

  place(frame: Frame): void {
    for (const entry of frame.entries.values()) {
      if (has(entry.value, 'stretch')) this.#placeStretch(entry, frame);
      else this.#placeState(entry, frame);
    }
  }

  #placeState(entry: Entry, frame: Frame): void {
    const { linked } = this.#library;
    if (!linked.has(entry)) linked.set(entry, linkState(entry, frame.context));
    const written = linked.get(entry);
    this.#claim(entry.key, entry.keyAt, frame);
    if (written === undefined) {
      this.sound = false;
      return;
    }
    const onFailure = written.onFailure === undefined ? frame.onFailure : this.#failsTo(written.onFailure, frame);
    this.states.push({
      written,
      goto: written.goto.flatMap(({ to, gates }) => {
        const name = this.#leadsTo(to, frame);
        return name === undefined ? [] : [{ to: name, at: to.at, gates }];
      }),
      ...(frame.stretch === undefined ? {} : { stretch: frame.stretch }),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
  }

  #placeStretch({ key, keyAt, value }: Entry, frame: Frame): void {
    const word = wordIn(value, 'stretch');
    const stretch = word && this.#stretchNamed(word, frame);
    const then = wordIn(value, 'then');
    const failure = wordIn(value, 'onFailure');
    const end = then && this.#leadsTo(then, frame);
    const onFailure = failure === undefined ? frame.onFailure : this.#failsTo(failure, frame);
    if (word === undefined || stretch === undefined) {
      this.sound = false;
      return;
    }
    if (frame.using.includes(stretch.name)) {
      const circle = [...frame.using.slice(frame.using.indexOf(stretch.name)), stretch.name].map(shown);
      const message =
        circle.length === 2 ? `\`${circle[0]}\` uses itself` : `goes round in a circle: ${circle.join(' → ')}`;
      frame.context.report(error('PACK_STRETCH_CYCLE', word.at, message));
      this.sound = false;
      return;
    }
    const before = this.states.length;
    this.used.add(stretch.name);
    if (key !== beginningOf(stretch)?.key) this.#claim(key, keyAt, frame);
    const { name, entries, pack, context } = stretch;
    const using = [...frame.using, name];
    const usedAt = frame.usedAt ?? keyAt;
    this.place({ entries: byKey(entries), pack, context, stretch: name, end, onFailure, outer: frame, usedAt, using });
    const names = this.states.slice(before).map(({ written }) => written.name);
    if (frame.outer === undefined) this.spans.set(key, names);
  }

  #stretchNamed({ text, at }: Word, { pack, context }: Frame): Stretch | undefined {
    const { stretches, complete } = this.#library;
    const full = text.includes('/') ? text : `${pack}/${text}`;
    const found = stretches.get(full);
    if (found === undefined && complete) {
      const elsewhere = [...stretches.keys()].find((known) => known.endsWith(`/${text}`));
      const hint =
        elsewhere === undefined
          ? hintFor(text, stretches.keys(), 'names are STRETCH in a pack and PACK/STRETCH across packs')
          : `did you mean \`${elsewhere}\`?`;
      context.report(error('PACK_UNKNOWN_STRETCH', at, `there is no stretch \`${shown(text)}\``, hint));
    }
    return found;
  }

  /** A name stands for one state of the machine, whatever stretch it came from. */
  #claim(name: string, at: Place, { usedAt, stretch, context, outer }: Frame): void {
    const first = this.#claimed.get(name);
    this.#claimed.set(name, first ?? at);
    if (first === undefined) return;
    this.sound = false;
    const from = stretch === undefined ? '' : ` of stretch \`${stretch}\``;
    const message = `this machine has another \`${shown(name)}\`${from}, at ${first.file}:${first.line}`;
    let user = context;
    for (let around = outer; around !== undefined; around = around.outer) user = around.context;
    user.report(error('PACK_DUPLICATE_NAME', usedAt ?? at, message));
  }

  #leadsTo({ text, at }: Word, frame: Frame): string | undefined {
    if (text === 'end' && frame.stretch !== undefined) {
      if (frame.end === undefined) this.sound = false; // it stands alone, or its user’s `then` leads nowhere
      return frame.end;
    }
    const entry = frame.entries.get(text);
    const found = entry && this.#firstOf(entry, frame.pack, []);
    if (found !== undefined) return found;
    this.sound = false;
    if (entry !== undefined) return undefined; // its stretch has been complained about
    const names = [...frame.entries.keys()];
    const what = frame.stretch === undefined ? 'machine' : 'stretch';
    const hint =
      text === 'end'
        ? '`end` is the end of a stretch; say what end the workflow has by `ends`'
        : hintFor(
            text,
            names,
            what === 'stretch' ? 'a stretch leads to its own states and to `end`' : 'add it under `states:`',
          );
    frame.context.report(error('PACK_UNKNOWN_STATE', at, `this ${what} has no state \`${shown(text)}\``, hint));
    return undefined;
  }

  /** The state that a name means: itself, or the first of the stretch that it stands for. */
  #firstOf({ key, value }: Entry, pack: string, using: readonly string[]): string | undefined {
    const word = wordIn(value, 'stretch')?.text;
    if (word === undefined) return has(value, 'stretch') ? undefined : key;
    const full = word.includes('/') ? word : `${pack}/${word}`;
    const stretch = using.includes(full) ? undefined : this.#library.stretches.get(full);
    const first = stretch && beginningOf(stretch);
    return stretch === undefined || first === undefined
      ? undefined
      : this.#firstOf(first, stretch.pack, [...using, full]);
  }

  /** A failure may lead out of the stretch: to a state of whoever uses it. */
  #failsTo({ text, at }: Word, frame: Frame): Word | undefined {
    const names: string[] = [];
    let around: Frame | undefined = frame;
    for (; around !== undefined; around = around.outer) {
      if (around.entries.has(text)) return { text, at };
      names.push(...around.entries.keys());
      if (around.stretch !== undefined && around.outer === undefined) {
        this.sound = false; // nobody uses it, so nobody knows where its failures lead
        return undefined;
      }
    }
    this.sound = false;
    const hint = hintFor(text, names, 'add it under `states:`');
    frame.context.report(error('PACK_UNKNOWN_STATE', at, `this machine has no state \`${shown(text)}\``, hint));
    return undefined;
  }
}

/** Where a stretch begins: at the one state to which none of its others leads. The order in which they are written says
 *  nothing: a built document sorts its keys. */
export function beginningOf({ entries }: Pick<Stretch, 'entries'>): Entry | undefined {
  const ledTo = new Set(entries.flatMap(({ key, value }) => wordsToward(value).filter((word) => word !== key)));
  const [one, ...more] = entries.filter(({ key }) => !ledTo.has(key));
  return more.length === 0 ? one : undefined;
}

function wordsToward(state: Tree): readonly string[] {
  const list = child(state, 'goto');
  const words = [wordIn(state, 'then'), ...(list?.kind === 'list' ? list.items.map((item) => wordIn(item, 'to')) : [])];
  return words.flatMap((word) => word?.text ?? []);
}

function byKey(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}

export function entriesOf(tree: Tree | undefined): readonly Entry[] {
  return tree?.kind === 'map' ? tree.entries : [];
}

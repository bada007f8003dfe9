import { type CameBy, recordOf } from '../actuators/audit.ts';
import { workflowFrom } from '../crd/kept-object.ts';
import { isForeign, member } from '../crd/read.ts';
import type { Tellable } from '../crd/told.ts';
import type { WorkflowObject } from '../crd/workflow-object.ts';
import { type LogRecord, type RecordBody, readRecord } from '../kernel/audit.ts';
import { canonical, type Json } from '../kernel/digest.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { snapshotDigest } from '../kernel/snapshot-document.ts';
import { documentsIn, snapshotFrom } from '../kernel/snapshot-from.ts';
import type { Reason } from '../kernel/verdict.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { type Difference, differencesOf } from './differences.ts';
import { heldFrom } from './held-from.ts';
import { type HeldProfile, pinnedTo, prepare, wentBack } from './prepare.ts';
import { passWorkflow } from './spine.ts';

/** A document by its digest. `damaged`: something stands under that name, and is another. */
export type DocumentRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged' };

/** What came of deciding again.
 *
 *  `same`: the bytes of the record, made anew. `differs`: other bytes, and where they part. `unknown`: a document is missing, or is not
 *  the one that decided, so nobody can say. `unread`: what is there has not the form that this build writes. */
export type Replayed =
  | { readonly kind: 'same' }
  | { readonly kind: 'differs'; readonly differences: readonly Difference[] }
  | {
      readonly kind: 'unknown';
      readonly why: 'missing' | 'damaged';
      readonly digest: string;
      /** For people: `what is said of replica.disk`. */
      readonly holds: string;
    }
  | { readonly kind: 'unread'; readonly says: string };

/** A record, with what of it says how it was made. */
export interface Decided {
  readonly line: string;
  readonly record: LogRecord;
  readonly workflow: string;
  readonly uid: string;
  /** By the build that replays, or by another one: then that is said first. */
  readonly engine: string;
}

/** What was decided, and what another profile would have decided there. */
export interface Instead {
  readonly profile: string;
  readonly decision: Json;
}

/** A line of a log → the record of a decision; or what it is instead. */
export function decidedIn(line: string): Decided | { readonly not: string } {
  const read = readRecord(line);
  if (!read.ok) return { not: read.fault.says };
  const { record } = read;
  if (record.kind !== 'decision') return { not: `is no decision but says \`${record.kind}\`` };
  const { workflow, uid, engine } = record;
  if (typeof workflow !== 'string' || typeof uid !== 'string' || typeof engine !== 'string') {
    return { not: 'names no workflow, or no build' };
  }
  return { line, record, workflow, uid, engine };
}

/** Decides again what was decided, from its record and the documents that it names. Pure but for the port, and for the profiles
 *  and documents that it remembers: thousands of records rest on the same few. */
export class Replayer {
  readonly #document: (digest: string) => Promise<DocumentRead>;
  readonly #profiles = new Map<string, HeldProfile>();
  readonly #texts = new Map<string, string>();
  /** Characters in them. */
  #remembered = 0;

  constructor(document: (digest: string) => Promise<DocumentRead>) {
    this.#document = document;
  }

  async replay({ record, line }: Decided): Promise<Replayed> {
    try {
      const made = await this.#again(record);
      const again = { ...made.body, ...placeIn(record) } as Json;
      if (canonical(again) === line) return { kind: 'same' };
      return { kind: 'differs', differences: differencesOf(record as unknown as Json, again, made) };
    } catch (problem) {
      return answerIn(problem);
    }
  }

  /** What this profile would have decided: the workflow's status is taken as begun with it. */
  async instead({ record }: Decided, profile: HeldProfile): Promise<Replayed | Instead> {
    try {
      const { decision } = (await this.#again(record, profile)).body;
      return { profile: profile.digest, decision: decision ?? null };
    } catch (problem) {
      return answerIn(problem);
    }
  }

  async #again(record: LogRecord, instead?: HeldProfile): Promise<Again> {
    const { epoch } = record;
    if (typeof epoch !== 'number') throw new Stop({ kind: 'unread', says: 'names no epoch' });
    const workflow = begunWith(await this.#workflow(record), instead);
    const snapshot = await this.#snapshot(record);
    const nowMs = snapshot?.nowMs ?? Date.parse(record.at);
    const held = instead === undefined ? await this.#held(record, workflow) : [instead];
    const prepared = prepare(workflow, held, epoch, nowMs);
    const isReady = prepared.kind === 'ready';
    if (isReady && snapshot === undefined) throw new Stop({ kind: 'unread', says: 'names no snapshot' });
    const by = byIn(record, isReady);
    const decision: Tellable =
      prepared.kind === 'decided'
        ? prepared.decision
        : by.how === 'went-back'
          ? wentBack(workflow, prepared, by.seen, nowMs)
          : await passWorkflow(
              prepared.profile,
              prepared.evaluator,
              snapshot as Snapshot, // said so above
              prepared.status,
              epoch,
              workflow.intent,
            );
    const body = recordOf(
      workflow,
      decision,
      {
        nowMs,
        epoch,
        by,
        profile: isReady ? prepared.profile.digest : undefined,
        profiles: held.map(({ digest }) => digest),
        machine: isReady ? prepared.evaluator.machine.digest : undefined,
        engine: String(record.engine),
        snapshot: () => (isReady && snapshot !== undefined ? snapshotDigest(snapshot) : undefined),
      },
      typeof record.parent === 'string' ? record.parent : null,
    );
    return {
      body,
      because: 'because' in decision ? (decision.because as readonly Reason[] | undefined) : undefined,
      snapshot,
    };
  }

  async #workflow(record: LogRecord): Promise<WorkflowObject> {
    const text = await this.#text(record.object, 'the workflow’s object');
    const json = parsed(text);
    const read = json === undefined ? undefined : workflowFrom(json);
    if (read === undefined) throw new Stop({ kind: 'unread', says: 'the workflow’s object is no JSON' });
    if (!read.ok) throw new Stop({ kind: 'unread', says: `the workflow’s object: ${read.field} ${read.says}` });
    return read.value;
  }

  async #snapshot({ snapshot }: LogRecord): Promise<Snapshot | undefined> {
    if (snapshot === null) return undefined;
    const index = await this.#text(snapshot, 'what was seen');
    const named = documentsIn(index);
    if (named === undefined) throw new Stop({ kind: 'unread', says: 'what was seen is no snapshot of ours' });
    const texts = new Map<string, string>();
    for (const [digest, holds] of named) texts.set(digest, await this.#text(digest, holds));
    const read = snapshotFrom(index, (digest) => texts.get(digest), vocabulary);
    if (!read.ok) throw new Stop({ kind: 'unread', says: `what was seen: ${read.says}` });
    return read.snapshot;
  }

  /** All that were at hand, in their order; only the one that decided must still be there. */
  async #held({ profiles }: LogRecord, workflow: WorkflowObject): Promise<readonly HeldProfile[]> {
    const digests = Array.isArray(profiles) ? profiles.map(String) : [];
    const pinned = workflow.fault === undefined ? pinnedTo(workflow, digests[0]) : undefined;
    const held: HeldProfile[] = [];
    for (const digest of digests) held.push(digest === pinned ? await this.#profile(digest) : aside(digest));
    return held;
  }

  async #profile(digest: string): Promise<HeldProfile> {
    const known = this.#profiles.get(digest);
    if (known !== undefined) return known;
    const loaded = heldFrom(await this.#text(digest, 'the profile'), `profile ${digest}`);
    if (!loaded.ok) {
      const why = loaded.faults[0]?.message ?? '';
      throw new Stop({ kind: 'unread', says: `this build does not load the profile ${digest}: ${why}` });
    }
    this.#profiles.set(digest, loaded.value);
    return loaded.value;
  }

  async #text(digest: unknown, holds: string): Promise<string> {
    if (typeof digest !== 'string') throw new Stop({ kind: 'unread', says: `${holds} is not named` });
    const known = this.#texts.get(digest);
    if (known !== undefined) return known;
    const read = await this.#document(digest);
    if (read.kind !== 'text') throw new Stop({ kind: 'unknown', why: read.kind, digest, holds });
    this.#texts.set(digest, read.text);
    this.#remembered += read.text.length;
    for (const [oldest, text] of this.#texts) {
      if (this.#remembered <= rememberedMax) break;
      this.#texts.delete(oldest);
      this.#remembered -= text.length;
    }
    return read.text;
  }
}

/** Characters of documents that are remembered: enough for the columns of many snapshots after each other. */
const rememberedMax = 32 * 2 ** 20;

interface Again {
  readonly body: RecordBody;
  /** The reasons with the places of their rules, which the record does not bear. */
  readonly because: readonly Reason[] | undefined;
  readonly snapshot: Snapshot | undefined;
}

/** Thrown and caught in this file only: deciding again is over, and this came of it. */
class Stop extends Error {
  readonly came: Replayed;
  constructor(came: Replayed) {
    super(came.kind);
    this.came = came;
  }
}

function answerIn(problem: unknown): Replayed {
  if (problem instanceof Stop) return problem.came;
  throw problem;
}

/** What the log put in itself, not whoever decided. */
function placeIn({ version, sequence, previous, before }: LogRecord): Readonly<Record<string, Json | undefined>> {
  return { version, sequence, previous, before };
}

function byIn({ by }: LogRecord, isReady: boolean): CameBy {
  if (!isReady) return { how: 'prepared' };
  const seen = member(by, 'seen');
  return member(by, 'how') === 'went-back' && typeof seen === 'number' ? { how: 'went-back', seen } : { how: 'pass' };
}

/** The status as though this profile had begun it. What the machine of that profile cannot read it does not believe either. */
function begunWith(workflow: WorkflowObject, profile: HeldProfile | undefined): WorkflowObject {
  if (profile === undefined) return workflow;
  const { workflow: written, kind } = workflow;
  const machine = profile.machineOf(kind)?.machine.digest;
  const status = isForeign(written) ? { ...written, profile: profile.digest, machine } : written;
  return { ...workflow, profile: undefined, workflow: status };
}

/** At hand, and not asked. */
function aside(digest: string): HeldProfile {
  return { digest, shape: {} as HeldProfile['shape'], machineOf: () => undefined };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

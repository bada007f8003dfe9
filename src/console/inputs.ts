import type { Capture } from '../capture/capture.ts';
import { openCapture } from '../capture/files.ts';
import { parseMoment } from '../capture/moment.ts';
import { normalise } from '../facts/normalise.ts';
import { createStore, type FactStore } from '../facts/store.ts';
import type { Loaded } from '../kernel/fault.ts';
import type { Raw } from '../kernel/raw.ts';
import { parseDuration } from '../kernel/value.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { type Judgement, judge } from '../operator/spine.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import { type Compiled, compile } from '../rules/compile.ts';
import type { Asked } from './asked.ts';
import type { Look } from './paint.ts';
import { missing, openProfileAsked } from './profiles.ts';
import { mention, refuse } from './refuse.ts';
import { type ShortNames, shortNames } from './short.ts';
import { usage } from './usage.ts';
import type { ExitCode, World } from './world.ts';

/** A profile judged over a capture: what most commands are about. */
export interface Site {
  readonly profile: VerifiedProfile;
  readonly capture: Capture;
  readonly evaluator: Compiled;
  readonly store: FactStore;
  readonly nowMs: number;
  readonly judgement: Judgement;
  readonly names: ShortNames;
}

/** How text about this site looks: its long names are short unless everything was asked for. */
export function lookOf({ names }: Site, look: Look): Look {
  return look.wide ? look : { ...look, short: names.shorten };
}

/** What a command cannot go on without. Said to people already: `code` is what is left to do. */
export type Needed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ExitCode };

/** Profile and capture as the flags name them, loaded, normalised and judged. All faults of both at once. */
export async function openSite(asked: Asked, world: World): Promise<Needed<Site>> {
  const [profile, capture] = await Promise.all([openProfileAsked(asked, world), openCaptureAsked(asked, world)]);
  const faults = [...(profile.ok ? [] : profile.faults), ...(capture.ok ? [] : capture.faults)];
  if (!profile.ok || !capture.ok) return { ok: false, code: await refuse(faults, asked, world) };
  const now = momentAsked(asked.settings.text('now'), capture.value.takenAtMs);
  if (!now.ok) return { ok: false, code: await refuse(now.faults, asked, world) };
  await mention([...profile.warnings, ...capture.warnings], asked);
  return { ok: true, value: judged(profile.value.profile, capture.value, now.value) };
}

export function judged(profile: VerifiedProfile, capture: Capture, nowMs: number): Site {
  const store = storeOf(profile, capture, nowMs);
  const evaluator = compile(profile.packs);
  const judgement = judge(profile, evaluator, store, nowMs);
  return { profile, capture, evaluator, store, nowMs, judgement, names: shortNames(judgement.snapshot) };
}

/** What is known, of which nothing is decided yet. */
export function storeOf({ shape }: Pick<VerifiedProfile, 'shape'>, capture: Capture, nowMs: number): FactStore {
  const store = createStore(vocabulary);
  for (const report of normalise(rawsAt(capture, nowMs), shape)) store.fold(report);
  return store;
}

/** A capture that nobody wrote a moment down for is as old as the question: only what was seen together can be judged. */
export function rawsAt(capture: Capture, nowMs: number): readonly Raw[] {
  return capture.takenAtMs === null ? capture.raws.map((raw) => ({ ...raw, at: nowMs })) : capture.raws;
}

async function openCaptureAsked(asked: Asked, world: World): Promise<Loaded<Capture>> {
  const path = asked.settings.text('capture');
  if (path === undefined) return { ok: false, faults: [missing('capture', 'PATH')] };
  return openCapture(path, world);
}

function momentAsked(text: string | undefined, takenAtMs: number | null): Loaded<number> {
  if (text === undefined) return { ok: true, value: takenAtMs ?? 0, warnings: [] };
  const later = text.startsWith('+') ? parseDuration(text.slice(1)) : undefined;
  const moment = later === undefined ? parseMoment(text) : (takenAtMs ?? 0) + later;
  if (moment !== undefined) return { ok: true, value: moment, warnings: [] };
  return { ok: false, faults: [usage(`--now is \`${text}\``, 'write it as 2026-03-04T10:15:02Z, or as +5m')] };
}

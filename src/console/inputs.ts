import type { Capture } from '../capture/capture.ts';
import { openCapture } from '../capture/files.ts';
import { parseMoment } from '../capture/moment.ts';
import { normalise } from '../facts/normalise.ts';
import { createStore, type FactStore } from '../facts/store.ts';
import type { Fault, Loaded } from '../kernel/fault.ts';
import type { Raw } from '../kernel/raw.ts';
import { parseDuration } from '../kernel/value.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { type Judgement, judge } from '../operator/spine.ts';
import { type LoadedProfile, loadProfile } from '../profile/load.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import type { Origin } from '../profile/verify.ts';
import { type Compiled, compile } from '../rules/compile.ts';
import { listed } from '../rules/suggest.ts';
import type { Asked } from './asked.ts';
import { folderOf } from './disk.ts';
import type { Look } from './paint.ts';
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
  const store = createStore(vocabulary);
  for (const report of normalise(rawsAt(capture, nowMs), profile.shape)) store.fold(report);
  const evaluator = compile(profile.packs);
  const judgement = judge(profile, evaluator, store, nowMs);
  return { profile, capture, evaluator, store, nowMs, judgement, names: shortNames(judgement.snapshot) };
}

/** A capture that nobody wrote a moment down for is as old as the question: only what was seen together can be judged. */
export function rawsAt(capture: Capture, nowMs: number): readonly Raw[] {
  return capture.takenAtMs === null ? capture.raws.map((raw) => ({ ...raw, at: nowMs })) : capture.raws;
}

export async function openProfileAsked(asked: Asked, world: World): Promise<Loaded<LoadedProfile>> {
  const path = asked.settings.text('profile');
  if (path === undefined) return { ok: false, faults: [missing('profile', 'DIR')] };
  return openProfile(path, world);
}

export async function openProfile(path: string, world: World, origin?: Origin): Promise<Loaded<LoadedProfile>> {
  const { folder, file } = folderOf(world.disk, path);
  const loaded = await loadProfile(folder, file, vocabulary, origin);
  const hint = loaded.ok ? undefined : profilesIn(path, world);
  if (loaded.ok || hint === undefined) return loaded;
  return { ok: false, faults: loaded.faults.map((fault) => ({ ...fault, hint })) };
}

/** The folder above was named: which profiles are in it. */
function profilesIn(path: string, { disk }: World): string | undefined {
  const at = (name: string): string => `${path.replace(/\/+$/, '')}/${name}`;
  if (disk.kindOf(path) !== 'folder' || disk.kindOf(at('profile.yaml')) !== 'none') return undefined;
  const names = disk.list(path);
  const held = 'code' in names ? [] : names.filter((name) => disk.kindOf(at(`${name}/profile.yaml`)) === 'file');
  return held.length === 0 ? undefined : `there are profiles in it: ${listed(held.map(at), 'and')}`;
}

async function openCaptureAsked(asked: Asked, world: World): Promise<Loaded<Capture>> {
  const path = asked.settings.text('capture');
  if (path === undefined) return { ok: false, faults: [missing('capture', 'PATH')] };
  return openCapture(path, world);
}

function missing(name: 'profile' | 'capture', value: string): Fault {
  const where = `name it: --${name} ${value}, NW_${name.toUpperCase()}, or \`${name}:\` in nodewright.yaml`;
  return usage(`no ${name} was given`, where);
}

function momentAsked(text: string | undefined, takenAtMs: number | null): Loaded<number> {
  if (text === undefined) return { ok: true, value: takenAtMs ?? 0, warnings: [] };
  const later = text.startsWith('+') ? parseDuration(text.slice(1)) : undefined;
  const moment = later === undefined ? parseMoment(text) : (takenAtMs ?? 0) + later;
  if (moment !== undefined) return { ok: true, value: moment, warnings: [] };
  return { ok: false, faults: [usage(`--now is \`${text}\``, 'write it as 2026-03-04T10:15:02Z, or as +5m')] };
}

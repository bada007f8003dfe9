import type { Capture } from '../capture/capture.ts';
import { openCapture } from '../capture/files.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { isUnread } from '../profile/folder.ts';
import { askedOf, type Asked as Question } from '../review/asked.ts';
import { byText } from '../review/change.ts';
import { type Decided, decidedBy, keyOf } from '../review/corpus/decided.ts';
import { type Kept, keptOf } from '../review/corpus/kept.ts';
import { keptEnding, readKept } from '../review/corpus/kept-file.ts';
import type { Side } from '../review/side.ts';
import { Judge } from '../review/sight.ts';
import { decodeText } from '../source/text.ts';
import type { Asked } from './asked.ts';
import { storeOf } from './inputs.ts';
import { missing } from './profiles.ts';
import { corpusOf, openSide, usualCorpus } from './review-inputs.ts';
import { workflowsOf } from './review-workflows.ts';
import { usage } from './usage.ts';
import type { World } from './world.ts';

/** A folder of captures, and beside each what it decided when it was added. */
export interface CorpusFolder {
  readonly path: string;
  /** By their names. */
  readonly members: readonly Member[];
  /** Of decisions that cannot be read, or belong to nobody. */
  readonly faults: readonly Fault[];
}

export interface Member {
  readonly name: string;
  readonly path: string;
  /** Undefined: nobody added it, or what was kept of it cannot be read. */
  readonly kept: Kept | undefined;
  /** Something is kept of it, and cannot be read. */
  readonly unreadable: boolean;
}

/** What one profile decides of one capture, and all that tells it from others. */
export interface Judged {
  readonly capture: Capture;
  readonly decided: Decided;
  readonly key: string;
}

/** The one folder of `--captures`, or else the usual one. */
export function corpusAsked({ settings }: Asked): Loaded<string> {
  const [path = usualCorpus, second] = settings.list('captures');
  if (second !== undefined) {
    return { ok: false, faults: [usage('a corpus is one folder, and several were given', 'name one: --captures DIR')] };
  }
  return { ok: true, value: path.replace(/(?<=.)\/+$/, ''), warnings: [] };
}

export function openCorpus(path: string, world: World): Loaded<CorpusFolder> {
  const found = corpusOf([path], world);
  if (!found.ok) return found;
  const at = { file: path, line: 1, col: 1 };
  if (found.value.some(({ name }) => name === path)) {
    const hint = 'name the folder in which captures are kept: --captures DIR';
    return { ok: false, faults: [usage(`\`${path}\` is a capture, and no folder of them`, hint)] };
  }
  const names = world.disk.list(path);
  if ('code' in names) return { ok: false, faults: [error(names.code, at, names.message)] };
  const faults: Fault[] = [];
  const members = new Map<string, Member>();
  for (const capture of found.value) {
    const name = nameOf(capture.name);
    const other = members.get(name);
    if (other === undefined) members.set(name, memberAt(name, capture.name, path, names, faults, world));
    else {
      const says = `is called \`${name}\`, as ${other.path} is`;
      faults.push(error('CORPUS_NAME', { ...at, file: capture.name }, says, 'rename one of them'));
    }
  }
  for (const file of names) {
    if (!file.endsWith(keptEnding) || members.has(file.slice(0, -keptEnding.length))) continue;
    const hint = 'remove it, or bring the capture back';
    const where = { ...at, file: `${path}/${file}` };
    faults.push(error('CORPUS_DECISIONS', where, 'are the decisions of a capture that is not there', hint));
  }
  const sorted = [...members.values()].sort((left, right) => byText(left.name, right.name));
  return { ok: true, value: { path, members: sorted, faults }, warnings: [] };
}

/** `captures/calm.ndjson.gz` → `calm`. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ndjson(\.gz)?$/, '');
}

function memberAt(
  name: string,
  path: string,
  folder: string,
  names: readonly string[],
  faults: Fault[],
  { disk }: World,
): Member {
  if (!names.includes(`${name}${keptEnding}`)) return { name, path, kept: undefined, unreadable: false };
  const file = keptPath(folder, name);
  const bytes = disk.read(file);
  const text = isUnread(bytes)
    ? { ok: false as const, faults: [error(bytes.code, { file, line: 1, col: 1 }, bytes.message)] }
    : decodeText(file, bytes, keptBytesMax);
  const kept = text.ok ? readKept(text.value, name) : text;
  if (kept.ok) return { name, path, kept: kept.value, unreadable: false };
  faults.push(...kept.faults);
  return { name, path, kept: undefined, unreadable: true };
}

/** To the second: nobody asks for more. */
export function addedAt({ nowMs }: World): number {
  return Math.floor(nowMs() / 1000) * 1000;
}

const keptBytesMax = 16 * 2 ** 20;

export function keptPath(folder: string, name: string): string {
  return `${folder}/${name}${keptEnding}`;
}

/** The profile of `--profile`, as one side of a review: it judges no site, so nobody asks who signed it. */
export async function sideAsked({ settings }: Asked, world: World): Promise<Loaded<Side>> {
  const path = settings.text('profile');
  return path === undefined ? { ok: false, faults: [missing('profile', 'DIR')] } : openSide(path, world);
}

/** Judges captures one after the other by one profile, each at the moment at which it was taken. */
export class CorpusJudge {
  readonly #side: Side;
  readonly #judge: Judge;
  readonly #asked: readonly Question[];

  constructor(side: Side) {
    this.#side = side;
    this.#judge = new Judge(side);
    this.#asked = [...askedOf(side, undefined).values()];
  }

  async judge(capture: Capture): Promise<Judged> {
    const nowMs = capture.takenAtMs ?? 0;
    const snapshot = storeOf(this.#side.profile, capture, nowMs).cut(nowMs);
    const workflows = await workflowsOf(this.#side, capture)(snapshot);
    const decided = decidedBy(this.#judge.look(snapshot), this.#asked, workflows);
    return { capture, decided, key: keyOf(decided) };
  }

  async open(path: string, world: World): Promise<Loaded<Judged>> {
    const capture = await openCapture(path, { stdin: world.stdin });
    return capture.ok ? { ...capture, value: await this.judge(capture.value) } : capture;
  }

  /** As it is to be kept. */
  kept(name: string, { capture, decided }: Judged, addedAtMs: number): Kept {
    const { name: profile, version, digest } = this.#side.profile;
    const { digest: of, takenAtMs } = capture;
    return keptOf(decided, { name, capture: of, takenAtMs, addedAtMs, profile: { name: profile, version, digest } });
  }
}

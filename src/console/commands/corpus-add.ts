import type { Capture } from '../../capture/capture.ts';
import { openCapture } from '../../capture/files.ts';
import { packCapture } from '../../capture/pack.ts';
import { error, type Fault, type Loaded } from '../../kernel/fault.ts';
import { byText } from '../../review/change.ts';
import type { Kept } from '../../review/corpus/kept.ts';
import { keptText } from '../../review/corpus/kept-file.ts';
import { nameFor, showCounts, showingsOf } from '../../review/corpus/shown.ts';
import type { Asked } from '../asked.ts';
import {
  addedAt,
  type CorpusFolder,
  CorpusJudge,
  corpusAsked,
  type Judged,
  keptPath,
  openCorpus,
  sideAsked,
} from '../corpus.ts';
import { mention, refuse } from '../refuse.ts';
import { type Added, addedData, addedNames, addedText } from '../render/corpus-add.ts';
import { inForm } from '../render/form.ts';
import { corpusOf } from '../review-inputs.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** A capture that is to be added, judged. `name`: it stands in the corpus already, and nobody added it. */
interface Candidate {
  readonly from: string;
  readonly name: string | undefined;
  readonly judged: Judged;
}

/** All of them are added, or none. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const path = corpusAsked(asked);
  const side = await sideAsked(asked, world);
  const folder = path.ok ? openOrNew(path.value, world) : path;
  const captures = await capturesAsked(asked, world);
  const wrong = nameFault(asked);
  if (!side.ok || !folder.ok || !captures.ok || wrong !== undefined) {
    const faults = [side, folder, captures].flatMap((loaded): readonly Fault[] => (loaded.ok ? [] : loaded.faults));
    return refuse(wrong === undefined ? faults : [...faults, wrong], asked, world);
  }
  await mention([...side.warnings, ...captures.warnings], asked);
  const corpus = folder.value;
  const judge = new CorpusJudge(side.value);
  const candidates: Candidate[] = [];
  const there: Added[] = [];
  for (const { from, capture } of captures.value) {
    const member = corpus.members.find((one) => world.disk.resolve(one.path) === world.disk.resolve(from));
    if (member?.unreadable) return refuse(corpus.faults, asked, world);
    if (member?.kept !== undefined) there.push({ kind: 'there', from, name: member.name });
    else candidates.push({ from, name: member?.name, judged: await judge.judge(capture) });
  }
  const others = await judgeOthers(corpus, candidates, judge, asked, world);
  const { fresh, same } = apart(candidates, others);
  const named = namesOf(fresh, corpus, others, judge, asked.settings.text('name'), addedAt(world));
  if (!named.ok) return refuse(named.faults, asked, world);
  const written = await writeAll(named.value, corpus.path, world);
  if (!written.ok) return refuse(written.faults, asked, world);
  const nameOf = new Map(named.value.map(({ candidate, kept }) => [candidate.judged.key, kept.name]));
  const told: readonly Added[] = [
    ...named.value.map(({ candidate, kept }) => ({
      kind: 'added' as const,
      from: candidate.from,
      name: kept.name,
      kept,
    })),
    ...same.map(({ from, judged }) => {
      const name = nameOf.get(judged.key) ?? others.find(({ key }) => key === judged.key)?.name ?? '';
      return { kind: 'same' as const, from, name };
    }),
    ...there,
  ].sort((left, right) => byText(left.from, right.from));
  const { format, look } = asked;
  const counts = showCounts([...others, ...named.value].map(({ kept }) => showingsOf(kept)));
  world.out.write(
    inForm(format, {
      data: () => addedData(corpus.path, told, counts),
      names: () => addedNames(told),
      text: () => addedText(told, counts, look),
    }),
  );
  if (named.value.some(({ candidate }) => candidate.name === undefined)) {
    asked.messages.note(`names and addresses stand in it as they were; others: ${world.calledAs} help redact`);
  }
  return exit.ok;
}

/** A corpus begins with its first capture. */
function openOrNew(path: string, world: World): Loaded<CorpusFolder> {
  if (world.disk.kindOf(path) !== 'none') return openCorpus(path, world);
  return { ok: true, value: { path, members: [], faults: [] }, warnings: [] };
}

async function capturesAsked(
  { args }: Asked,
  world: World,
): Promise<Loaded<readonly { readonly from: string; readonly capture: Capture }[]>> {
  const paths = corpusOf(
    args.filter((path) => path !== '-'),
    world,
  );
  if (!paths.ok) return paths;
  const all = [...paths.value.map(({ name }) => name), ...(args.includes('-') ? ['-'] : [])];
  if (all.length === 0) return { ok: false, faults: [usage('there is no capture in what was named')] };
  const [faults, warnings, value]: [Fault[], Fault[], { from: string; capture: Capture }[]] = [[], [], []];
  for (const from of all) {
    const capture = await openCapture(from, { stdin: world.stdin, keep: 'all' });
    if (!capture.ok) faults.push(...capture.faults);
    else {
      warnings.push(...capture.warnings);
      value.push({ from, capture: capture.value });
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value, warnings };
}

function nameFault({ settings }: Asked): Fault | undefined {
  const name = settings.text('name');
  if (name === undefined || /^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?$/.test(name)) return undefined;
  const at = { file: '', line: 0, col: 0 };
  return error('CORPUS_NAME', at, `\`${name}\` is no name of a capture`, 'lower-case letters, digits, dots and dashes');
}

interface Other {
  readonly name: string;
  readonly key: string;
  readonly kept: Kept;
}

/** All that stand in the corpus and are not added just now. What is broken there is said and is in nobody's way. */
async function judgeOthers(
  { members, faults }: CorpusFolder,
  candidates: readonly Candidate[],
  judge: CorpusJudge,
  asked: Asked,
  world: World,
): Promise<readonly Other[]> {
  const broken: Fault[] = [...faults];
  const others: Other[] = [];
  for (const { name, path } of members) {
    if (candidates.some((candidate) => candidate.name === name)) continue;
    const judged = await judge.open(path, world);
    if (judged.ok) others.push({ name, key: judged.value.key, kept: judge.kept(name, judged.value, 0) });
    else broken.push(...judged.faults);
  }
  await mention(broken, asked);
  return others;
}

/** Of those that nothing tells apart the newest is taken, whatever the order in which they came. */
function apart(
  candidates: readonly Candidate[],
  others: readonly Other[],
): { readonly fresh: readonly Candidate[]; readonly same: readonly Candidate[] } {
  const seen = new Set(others.map(({ key }) => key));
  const [fresh, same]: [Candidate[], Candidate[]] = [[], []];
  for (const candidate of candidates.toSorted(newestFirst)) {
    (seen.has(candidate.judged.key) ? same : fresh).push(candidate);
    seen.add(candidate.judged.key);
  }
  return { fresh, same };
}

/** Whoever stands in the corpus already comes first. */
function newestFirst(left: Candidate, right: Candidate): number {
  const [one, other] = [left.judged.capture, right.judged.capture];
  return (
    Number(left.name === undefined) - Number(right.name === undefined) ||
    (other.takenAtMs ?? 0) - (one.takenAtMs ?? 0) ||
    byText(one.digest, other.digest) ||
    byText(left.from, right.from)
  );
}

interface Named {
  readonly candidate: Candidate;
  readonly kept: Kept;
}

/** Names by what they show and the others do not, each once. */
function namesOf(
  fresh: readonly Candidate[],
  { members }: CorpusFolder,
  others: readonly Other[],
  judge: CorpusJudge,
  given: string | undefined,
  nowMs: number,
): Loaded<readonly Named[]> {
  const unnamed = fresh.filter(({ name }) => name === undefined);
  if (given !== undefined && unnamed.length > 1) {
    return { ok: false, faults: [usage(`\`${given}\` is one name, and ${unnamed.length} captures would be added`)] };
  }
  const taken = new Set(members.map(({ name }) => name));
  if (given !== undefined && unnamed.length > 0 && taken.has(given)) {
    const says = `\`${given}\` is the name of another capture`;
    return { ok: false, faults: [error('CORPUS_NAME', { file: '', line: 0, col: 0 }, says, 'choose another one')] };
  }
  const all = fresh.map((candidate) => ({ candidate, kept: judge.kept('', candidate.judged, nowMs) }));
  const counts = showCounts([...others, ...all].map(({ kept }) => showingsOf(kept)));
  const value = all.map(({ candidate, kept }) => {
    const name = candidate.name ?? given ?? free(nameFor(kept, counts), taken);
    taken.add(name);
    return { candidate, kept: { ...kept, name } };
  });
  return { ok: true, value, warnings: [] };
}

function free(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const one = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(one)) return one;
  }
}

/** What was written is taken away again when the rest cannot be. */
async function writeAll(all: readonly Named[], folder: string, world: World): Promise<Loaded<true>> {
  const { disk, interrupted } = world;
  const made = all.length === 0 || disk.kindOf(folder) === 'folder' ? undefined : disk.makeFolder(folder);
  if (made !== undefined && !made.ok) return made;
  const written: string[] = [];
  let whole = false;
  const put = async (path: string, content: string | AsyncIterable<Uint8Array>): Promise<Loaded<unknown>> => {
    const done = await disk.write(path, content, true);
    if (done.ok) written.push(path);
    return done;
  };
  try {
    for (const { candidate, kept } of all) {
      const pages = untilInterrupted(packCapture(candidate.judged.capture), interrupted);
      const capture = candidate.name === undefined ? await put(`${folder}/${kept.name}.ndjson.gz`, pages) : undefined;
      if (capture !== undefined && !capture.ok) return capture;
      const decisions = await put(keptPath(folder, kept.name), keptText(kept));
      if (!decisions.ok) return decisions;
    }
    whole = true;
    return { ok: true, value: true, warnings: [] };
  } finally {
    if (!whole) for (const path of written) disk.remove(path);
  }
}

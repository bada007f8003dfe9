import type { Capture } from '../../capture/capture.ts';
import { openCapture } from '../../capture/files.ts';
import { capturePages, packPages } from '../../capture/pack.ts';
import { publicNames, redact } from '../../capture/redact.ts';
import { addSubject, namesIn } from '../../capture/redact-names.ts';
import type { Rewriter } from '../../capture/redact-text.ts';
import type { Fault, Loaded } from '../../kernel/fault.ts';
import { subjectKinds } from '../../kernel/subject.ts';
import type { VerifiedProfile } from '../../profile/profile.ts';
import { rehearsed } from '../../profile/verify.ts';
import type { Asked } from '../asked.ts';
import { count } from '../messages.ts';
import { openDraft } from '../profiles.ts';
import { differences, namesOfShape, readByName, type Said, saidOf } from '../redaction-proof.ts';
import { mention, refuse } from '../refuse.ts';
import { json } from '../render/data.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** Other names, then the proof on what will be written, then the writing: nothing is written that was not proved. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [path = ''] = asked.args;
  const target = asked.settings.text('out');
  if (target === '-') {
    return refuse([usage('`-o -` names no file', 'into a pipe, write to /dev/stdout')], asked, world);
  }
  // What no normaliser reads cannot change a decision, and so it is no part of what is handed out.
  const [capture, profiles] = await Promise.all([
    openCapture(path, { stdin: world.stdin, keep: 'read' }),
    profilesAsked(asked, world),
  ]);
  const faults = [...(capture.ok ? [] : capture.faults), ...(profiles.ok ? [] : profiles.faults)];
  if (!capture.ok || !profiles.ok) return refuse(faults, asked, world);
  await mention(capture.warnings, asked);
  const made = await redacted(capture.value, profiles.value, asked, world);
  if (!made.ok) {
    await asked.messages.faults(
      made.faults,
      `${made.faults.length} in the way: nothing was written   explain: ${world.calledAs} explain ${made.faults[0]?.code ?? ''}`,
    );
    return exit.denied;
  }
  const { value } = made;
  const mapping = asked.settings.text('mapping');
  if (mapping !== undefined) {
    const written = world.disk.writeSecret(mapping, mappingOf(value.rewriter));
    if (!written.ok) return refuse(written.faults, asked, world);
  }
  if (target !== undefined) {
    const written = await world.disk.write(target, untilInterrupted(packPages(value.pages), world.interrupted));
    if (!written.ok) return refuse(written.faults, asked, world);
    asked.messages.note(`${target}: ${written.value.bytes} bytes, ${value.capture.digest}`);
  }
  tell(value, profiles.value, asked);
  return exit.ok;
}

/** The profile that was named, or all that are shipped. */
async function profilesAsked({ settings }: Asked, world: World): Promise<Loaded<readonly VerifiedProfile[]>> {
  const named = settings.text('profile');
  const home = world.disk.shipped('profiles');
  const shipped = named === undefined ? world.disk.list(home) : [];
  const paths =
    named !== undefined
      ? [named]
      : 'code' in shipped
        ? []
        : shipped.map((name) => `${home}/${name}`).filter((one) => world.disk.kindOf(`${one}/profile.yaml`) === 'file');
  const drafts = await Promise.all(paths.map((path) => openDraft(path, world)));
  const faults = drafts.flatMap((draft) => (draft.ok ? [] : draft.faults));
  if (faults.length > 0) return { ok: false, faults };
  const value = drafts.flatMap((draft) => (draft.ok ? [rehearsed(draft.value.profile)] : []));
  return value.length > 0
    ? { ok: true, value, warnings: [] }
    : { ok: false, faults: [usage('no profile was given, and none is shipped', 'name it: --profile DIR')] };
}

interface Made {
  /** As it reads again from the bytes that are written. */
  readonly capture: Capture;
  /** Those bytes. */
  readonly pages: readonly Uint8Array[];
  readonly rewriter: Rewriter;
  readonly words: number;
  readonly reasons: number;
  /** What was found in the capture and stays, with why. */
  readonly kept: readonly { readonly name: string; readonly why: string }[];
}

type Making = { readonly ok: true; readonly value: Made } | { readonly ok: false; readonly faults: readonly Fault[] };

async function redacted(
  capture: Capture,
  profiles: readonly VerifiedProfile[],
  asked: Asked,
  world: World,
): Promise<Making> {
  const before: Said[] = [];
  for (const profile of profiles) before.push(await saidOf(profile, capture));
  const names = namesIn(capture.raws);
  for (const { snapshot } of before)
    for (const kind of subjectKinds)
      for (const { id } of snapshot.populations[kind].members) addSubject(names, kind, id);

  const shapes = new Set(profiles.flatMap(({ shape }) => [...namesOfShape(shape)]));
  const asKept = new Set(asked.settings.list('keep'));
  const kept = new Set([...publicNames, ...shapes, ...asKept]);
  const found = [...names.node, ...names.namespace, ...names.name].filter((name) => kept.has(name));
  const why = (name: string): string => (asKept.has(name) ? '--keep' : shapes.has(name) ? 'the profile' : 'public');

  const { rewriter, capture: changed } = redact(capture, keyFor(asked, world), names, kept, shapes);
  const read = profiles.flatMap((profile) => readByName(profile, rewriter));
  if (read.length > 0) return { ok: false, faults: read };
  const pages = [...capturePages(changed)];
  const again = await openCapture('-', { stdin: oneByOne(pages), keep: 'read' });
  if (!again.ok) return again;

  const renamed = (name: string): string => rewriter.text(name);
  const faults: Fault[] = [];
  for (const [at, profile] of profiles.entries()) {
    const first = before[at];
    if (first === undefined) continue;
    const after = await saidOf(profile, again.value);
    faults.push(...differences(first.words(renamed), after.words()));
  }
  if (faults.length > 0) return { ok: false, faults };
  const sum = (of: (said: Said) => number): number => before.reduce((total, said) => total + of(said), 0);
  return {
    ok: true,
    value: {
      capture: again.value,
      pages,
      rewriter,
      words: sum((said) => said.words().length),
      reasons: sum(({ reasons }) => reasons),
      kept: [...new Set(found)].sort().map((name) => ({ name, why: why(name) })),
    },
  };
}

/** Without a seed nobody has the key, not even whoever redacted it. */
function keyFor({ settings }: Asked, world: World): string {
  const seed = settings.get('seed')?.origin === 'default' ? undefined : settings.text('seed');
  return seed === undefined ? Buffer.from(world.randomBytes(32)).toString('hex') : `seed ${seed}`;
}

async function* oneByOne(pages: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pages;
}

function mappingOf(rewriter: Rewriter): string {
  return json({
    schemaVersion: 'redaction/v1',
    names: Object.fromEntries([...rewriter.names].sort(([one], [other]) => (one < other ? -1 : 1))),
    others: rewriter.pseudonyms.entries().map(([kind, original, became]) => ({ kind, original, became })),
  });
}

function tell(
  { rewriter, words, reasons, kept }: Made,
  profiles: readonly VerifiedProfile[],
  { messages }: Asked,
): void {
  const by = profiles.map(({ name, version }) => `${name} ${version}`).join(', ');
  messages.note(
    `replaced: ${count(rewriter.names.size, 'name')}, and ${rewriter.pseudonyms.entries().length} addresses, ids and other words`,
  );
  messages.note(
    `proved by ${by}: ${words} verdicts, findings, phases and decisions are the same, and their ${reasons} reasons`,
  );
  for (const why of ['the profile', 'public', '--keep']) {
    const names = kept.filter((one) => one.why === why).map(({ name }) => name);
    const says = { 'the profile': 'the profile says them', public: 'every cluster has them' }[why] ?? 'you said --keep';
    if (names.length > 0) messages.note(`left as they are, because ${says}: ${names.join(', ')}`);
  }
}

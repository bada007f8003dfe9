import type { Asked } from '../asked.ts';
import { harmless } from '../escape.ts';
import { everywhere, formOf, type OptionForm, type OptionName, optionForms } from '../options.ts';
import type { Argument, Verb } from '../verbs/verb.ts';
import { groups, verbs } from '../verbs.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** `name<TAB>what it is` a line; `:files` and `:folders` hand over to the shell. It never fails and never says anything else:
 *  whoever presses TAB wants a word or nothing. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const words = asked.args.filter((word, at) => at > 0 || word !== '--');
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const found = await candidates(before, typed, world);
  const lines = found.filter(([word]) => word.startsWith(':') || word.startsWith(typed));
  world.out.write(
    lines.map(([word, says]) => `${harmless(word)}${says === '' ? '' : `\t${harmless(says)}`}\n`).join(''),
  );
  return exit.ok;
}

type Candidate = readonly [word: string, says: string];

async function candidates(before: readonly string[], typed: string, world: World): Promise<readonly Candidate[]> {
  const { verb, rest } = verbOf(before);
  if (verb === undefined)
    return before.length === 0 ? [...firstWords(), ...flagsOf(typed, everywhere)] : secondWords(before);
  const previous = before.at(-1) ?? '';
  const [, flag, start] = /^(--[^=]+=)(.*)$/.exec(typed) ?? [];
  const joined = flag === undefined ? undefined : flagOf(flag.slice(0, -1), verb);
  if (joined?.value !== undefined && start !== undefined) {
    const values = await valuesOf(joined, verb, before, world);
    return values.map(([word, says]) => [word.startsWith(':') ? word : `${flag}${word}`, says]);
  }
  const pending = flagOf(previous, verb);
  if (pending?.value !== undefined) return valuesOf(pending, verb, before, world);
  if (typed.startsWith('-')) return flagsOf(typed, [...verb.options, ...everywhere]);
  const given = positionals(rest, verb);
  const argument = verb.takes[Math.min(given.length, verb.takes.length - 1)];
  if (argument === undefined || (given.length >= verb.takes.length && !argument.form.includes('...'))) return [];
  const values = await argumentValues(argument, given, before, world);
  return given.length === 0 ? [...secondWords([verb.name]), ...values] : values;
}

function verbOf(words: readonly string[]): { readonly verb?: Verb; readonly rest: readonly string[] } {
  const plain = words.filter((word) => !word.startsWith('-'));
  const named = (word: string): Verb | undefined => verbs.find(({ name, hidden }) => !hidden && name === word);
  const verb = named(plain.slice(0, 2).join(' ')) ?? named(plain[0] ?? '');
  if (verb === undefined) return { rest: words };
  let skip = verb.name.split(' ').length;
  return { verb, rest: words.filter((word) => word.startsWith('-') || skip-- <= 0) };
}

function firstWords(): readonly Candidate[] {
  const own = verbs
    .filter(({ name, hidden }) => !hidden && !name.includes(' '))
    .map(({ name, says }): Candidate => [name, says]);
  return [...own, ...groups, ['help', 'help for a command']];
}

function secondWords([first]: readonly string[]): readonly Candidate[] {
  if (first === 'help') return firstWords();
  return verbs
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name, says }) => [name.split(' ')[1] ?? '', says]);
}

function flagsOf(typed: string, names: readonly OptionName[]): readonly Candidate[] {
  return typed.startsWith('-') ? names.map((name) => [`--${name}`, formOf(name).says]) : [];
}

function flagOf(word: string, verb: Verb): OptionForm | undefined {
  if (!word.startsWith('-')) return undefined;
  return [...verb.options, ...everywhere]
    .map(formOf)
    .find(({ name, short }) => word === `--${name}` || word === `-${short ?? ' '}`);
}

/** The words that are neither flags nor their values. */
function positionals(words: readonly string[], verb: Verb): readonly string[] {
  return words.filter((word, at) => !word.startsWith('-') && flagOf(words[at - 1] ?? '', verb)?.value === undefined);
}

async function valuesOf(
  form: OptionForm,
  verb: Verb,
  before: readonly string[],
  world: World,
): Promise<readonly Candidate[]> {
  if (form.name === 'output') return verb.formats.map((word) => [word, '']);
  if (form.choices !== undefined) return form.choices.map((word) => [word, '']);
  if (form.name === 'workflow') return workflowNames(before, world);
  if (form.name === 'gate') return gateNames(before, world);
  if (form.name === 'like') return ['three-node', 'two-node', 'single-node'].map((word) => [word, '']);
  return form.name === 'profile' ? [[':folders', '']] : form.path || form.name === 'out' ? [[':files', '']] : [];
}

async function argumentValues(
  argument: Argument,
  given: readonly string[],
  before: readonly string[],
  world: World,
): Promise<readonly Candidate[]> {
  switch (argument.completes) {
    case 'gate':
      return gateNames(before, world, true);
    case 'gate alone':
      return gateNames(before, world);
    case 'question':
      return given.length === 0 ? gateNames(before, world) : questionWords(given.length);
    case 'object':
      return objectNames(given[0] ?? '', before, world);
    case 'workflow':
      return workflowNames(before, world);
    case 'fact':
      return factNames();
    case 'code': {
      const { faultCodes } = await import('../../kernel/fault-codes.ts');
      return Object.entries(faultCodes).map(([code, { why }]) => [code, why]);
    }
    case 'shell':
      return ['bash', 'zsh', 'fish'].map((word) => [word, '']);
    case 'path':
      return [[':files', '']];
    case 'folder':
      return [[':folders', '']];
    default:
      return [];
  }
}

async function factNames(): Promise<readonly Candidate[]> {
  const { vocabulary } = await import('../../kernel/vocabulary.ts');
  return [...vocabulary.values()].map(({ name, means }) => [name, means]);
}

/** What may stand in a question behind its gate, for whoever types it without quotes. */
async function questionWords(given: number): Promise<readonly Candidate[]> {
  const plain = (words: readonly string[]): readonly Candidate[] => words.map((word) => [word, '']);
  if (given === 1) return plain(['open', 'closed', 'unknown', 'not']);
  return [...plain(['while', 'and', 'or', 'not', 'any', 'every', 'no', 'is']), ...(await factNames())];
}

async function profileIn(before: readonly string[], world: World) {
  const path = typedValue('profile', before, world);
  if (path === undefined) return undefined;
  const { openDraft } = await import('../profiles.ts');
  const loaded = await openDraft(path, world);
  return loaded.ok ? loaded.value.profile : undefined;
}

/** The flag as typed so far, else its variable; files are not worth the time of a key press. */
function typedValue(name: 'profile' | 'capture', before: readonly string[], world: World): string | undefined {
  const { short } = optionForms.get(name) ?? {};
  const at = before.findLastIndex((word) => word === `--${name}` || word === `-${short}`);
  const joined = before.findLast((word) => word.startsWith(`--${name}=`));
  return (
    joined?.slice(name.length + 3) ?? (at === -1 ? undefined : before[at + 1]) ?? world.env[`NW_${name.toUpperCase()}`]
  );
}

async function gateNames(before: readonly string[], world: World, withFindings = false): Promise<readonly Candidate[]> {
  const profile = await profileIn(before, world);
  return (profile?.packs ?? []).flatMap(({ gates, findings }) =>
    [...gates, ...(withFindings ? findings : [])].map(({ name, says }): Candidate => [name, says]),
  );
}

async function objectNames(name: string, before: readonly string[], world: World): Promise<readonly Candidate[]> {
  const profile = await profileIn(before, world);
  const rule = profile?.packs
    .flatMap(({ gates, findings }) => [...gates, ...findings])
    .find((one) => one.name === name);
  const path = typedValue('capture', before, world);
  if (profile === undefined || rule === undefined || path === undefined || path === '-') return [];
  const { openCapture } = await import('../../capture/files.ts');
  const capture = await openCapture(path, world);
  if (!capture.ok) return [];
  const [{ storeOf }, { shortNames }] = await Promise.all([import('../inputs.ts'), import('../short.ts')]);
  const nowMs = capture.value.takenAtMs ?? 0;
  const snapshot = storeOf(profile, capture.value, nowMs).cut(nowMs);
  const names = shortNames(snapshot);
  return snapshot.populations[rule.per].members.map(({ id }) => [names.shorten(id), '']);
}

/** Those of the capture, and for each kind that the profile drives how one is called that nobody has asked for yet. */
async function workflowNames(before: readonly string[], world: World): Promise<readonly Candidate[]> {
  const profile = await profileIn(before, world);
  const kinds = (profile?.packs ?? []).flatMap(({ machine }) => machine?.drives ?? []);
  const path = typedValue('capture', before, world);
  const there: string[] = [];
  if (path !== undefined && path !== '-') {
    const { openCapture } = await import('../../capture/files.ts');
    const { workflowObjects } = await import('../workflows.ts');
    const capture = await openCapture(path, world);
    if (capture.ok) there.push(...workflowObjects(capture.value.raws).keys());
  }
  const others = kinds.map((kind) => `${kind}/site`).filter((id) => !there.includes(id));
  return [...there.map((id): Candidate => [id, 'in the capture']), ...others.map((id): Candidate => [id, ''])];
}

import { type Fault, invariant } from '../kernel/fault.ts';
import type { Asked } from './asked.ts';
import { commands } from './commands.ts';
import { fileLayers } from './config-file.ts';
import { messagesTo } from './messages.ts';
import { everywhere, type Format, type OptionName } from './options.ts';
import { look } from './paint.ts';
import { type Parsed, parse } from './program.ts';
import { environmentLayer, type Layer, resolve, type Settings } from './settings.ts';
import { usage } from './usage.ts';
import { type ExitCode, exit, type World } from './world.ts';

/** How long a command may take to clean up after Ctrl-C. */
const graceMs = 250;
const helpColumns = 100;

/** One run of the command line: everything comes in by its arguments, and what comes out is an exit code. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  let verbose = argv.includes('-v') || argv.includes('--verbose');
  try {
    const parsed = parse(spelled(argv), world.calledAs, Math.min(world.out.columns ?? helpColumns, helpColumns));
    if (parsed.kind === 'help') {
      world.out.write(parsed.text);
      return exit.ok;
    }
    if (parsed.kind === 'wrong') return await refuse(world, [parsed.fault], parsed.verb);
    const asked = await askedOf(parsed, world);
    if ('faults' in asked) return await refuse(world, asked.faults, parsed.verb.name, asked.json);
    verbose = asked.messages.verbose;
    const load = commands[parsed.verb.name];
    invariant(load !== undefined, `nothing runs ${parsed.verb.name}`);
    const command = await load();
    return await Promise.race([command.run(asked, world), interruption(world)]);
  } catch (problem) {
    if (world.interrupted.aborted) return exit.interrupted;
    return confess(problem, verbose, world);
  }
}

function spelled(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return ['--help'];
  return first === '--version' || first === '-V' ? ['version', ...rest] : argv;
}

async function askedOf(
  parsed: Parsed & { kind: 'run' },
  world: World,
): Promise<Asked | { readonly faults: readonly Fault[]; readonly json: boolean }> {
  const { verb } = parsed;
  const says = new Map(
    [...parsed.flags].map(([name, value]) => [name, { value, where: `--${name}`, at: { file: '', line: 0, col: 0 } }]),
  );
  const names: readonly OptionName[] = [...everywhere, ...verb.options];
  const layers: Layer[] = [{ origin: 'flag', says }, environmentLayer(world.env)];
  const faults: Fault[] = [];
  if (!verb.hidden) {
    const files = fileLayers(world);
    layers.push(...(await files).layers);
    faults.push(...(await files).faults);
  }
  const resolved = resolve(names, layers);
  faults.push(...resolved.faults);
  const { settings } = resolved;
  const format = (settings.text('output') ?? 'text') as Format;
  if (verb.options.includes('output') && !verb.formats.includes(format)) {
    const where = settings.get('output')?.where ?? '';
    faults.push(
      usage(`${where} is \`${format}\`, which \`${verb.name}\` does not have`, `it has ${verb.formats.join(', ')}`),
    );
  }
  const json = settings.text('log-format') === 'json';
  if (faults.length > 0) return { faults, json };
  const color = colorFor(settings, world);
  const ascii = settings.on('ascii') || (world.out.isTerminal && lacksUnicode(world.env));
  const messages = messagesTo(world, {
    json,
    verbose: settings.on('verbose'),
    ...(world.err.isTerminal ? { width: world.err.columns ?? 80 } : {}),
    ascii,
    color: color(world.err.isTerminal),
  });
  const screen = world.out.isTerminal ? (world.out.columns ?? 80) : Number.POSITIVE_INFINITY;
  return {
    verb: verb.name,
    args: parsed.args,
    settings,
    format,
    messages,
    look: look({
      color: color(world.out.isTerminal),
      ascii,
      width: screen,
      wide: format === 'wide',
    }),
  };
}

function colorFor(settings: Settings, { env }: World): (isTerminal: boolean) => boolean {
  const when = settings.text('color');
  const refused = (env.NO_COLOR ?? '') !== '' && settings.get('color')?.origin !== 'flag';
  return (isTerminal) =>
    when === 'always' ? !refused : when !== 'never' && !refused && isTerminal && env.TERM !== 'dumb';
}

/** Only a terminal that says so itself: what goes into a pipe or a file is the same everywhere. */
function lacksUnicode(env: World['env']): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return env.TERM === 'linux' || (locale !== '' && !/utf-?8/i.test(locale));
}

async function refuse(
  world: World,
  faults: readonly Fault[],
  verb: string,
  json = world.env.NW_LOG_FORMAT === 'json',
): Promise<ExitCode> {
  // What was asked could not be read, so how to say so could not either: the plainest form, but for machines theirs.
  const form = { json, verbose: false, ascii: false, color: false };
  await messagesTo(world, form).faults(faults);
  if (!json && faults.some(({ code }) => code === 'USAGE'))
    world.err.write(`help: ${`${world.calledAs} help ${verb}`.trimEnd()}\n`);
  return exit.invalid;
}

function interruption({ interrupted }: World): Promise<ExitCode> {
  return new Promise((resolve) => {
    const give = (): void => {
      setTimeout(() => resolve(exit.interrupted), graceMs);
    };
    if (interrupted.aborted) give();
    else interrupted.addEventListener('abort', give, { once: true });
  });
}

/** A bug of ours. Where it happened is for whoever asks. */
function confess(problem: unknown, verbose: boolean, world: World): ExitCode {
  const says = problem instanceof Error ? problem.message : String(problem);
  // Messages are loaded by the time anything can go wrong, but nothing may go wrong in here: no import, no helper.
  const safe = [...says].map((c) => (c < ' ' || (c >= '\u007f' && c < '\u00a0') ? '?' : c)).join('');
  world.err.write(`nwctl has a bug: ${safe}\n`);
  if (verbose && problem instanceof Error) world.err.write(`${problem.stack ?? ''}\n`);
  else
    world.err.write('please report it with the command line and, if you may, the capture; -v says where it happened\n');
  return exit.bug;
}

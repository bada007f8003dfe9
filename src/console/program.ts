import { Argument, Command, CommanderError, Option } from 'commander';
import type { Fault } from '../kernel/fault.ts';
import { hintFor } from '../source/suggest.ts';
import { harmless } from './escape.ts';
import { camel, everywhere, formOf, type OptionName, optionForms, variableOf } from './options.ts';
import { usage } from './usage.ts';
import type { Verb } from './verbs/verb.ts';
import { groups, verbs } from './verbs.ts';

/** What was typed, as far as the command line alone says. */
export type Parsed =
  | {
      readonly kind: 'run';
      readonly verb: Verb;
      readonly args: readonly string[];
      readonly flags: ReadonlyMap<string, unknown>;
    }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'wrong'; readonly fault: Fault; readonly verb: string };

/** Commander, made of our table of verbs. It only parses and lays out help: it prints nothing, runs nothing and never
 *  ends the process. */
export function parse(argv: readonly string[], calledAs: string, columns: number): Parsed {
  let parsed: Parsed | undefined;
  let help = '';
  let asked = '';
  const onHelp = (text: string): void => {
    help += text;
  };
  const root = quiet(new Command(calledAs), columns, onHelp);
  root
    .usage('COMMAND [FLAGS]')
    .description('Says whether the next storage step of an edge site may happen, and why.')
    .helpCommand('help [command]', 'help for a command');
  for (const name of everywhere) root.addOption(optionOf(name));
  const parents = new Map<string, Command>();
  const groupOf = (name: string): Command => {
    const group = quiet(root.command(name).description(groups.get(name) ?? ''), columns, onHelp);
    group.helpCommand(false).usage('COMMAND');
    if (name === 'config') group.addHelpText('after', settingsHelp);
    parents.set(name, group);
    return group;
  };
  for (const verb of verbs) {
    const [first = '', second] = verb.name.split(' ');
    const parent = second === undefined ? root : (parents.get(first) ?? groupOf(first));
    const command = parent.command(second ?? first, { hidden: verb.hidden === true });
    quiet(command, columns, onHelp);
    // A verb may have words below it: what stands behind such a word is that word's.
    if (isAlsoGroup(verb.name)) parents.set(verb.name, command.helpCommand(false).enablePositionalOptions());
    command.description(verb.more === undefined ? verb.says : `${verb.says}\n\n${verb.more}`).summary(verb.says);
    for (const { form, says } of verb.takes) command.addArgument(new Argument(form, says));
    for (const name of verb.options) command.addOption(optionOf(name, verb));
    if (verb.hidden) command.allowUnknownOption().helpOption(false);
    command.addHelpText('after', examplesOf(verb, calledAs));
    command.action((...given: unknown[]) => {
      const spread = given
        .slice(0, verb.takes.length)
        .flat()
        .filter((word) => word !== undefined);
      const flags = new Map<string, unknown>();
      for (const name of [...verb.options, ...everywhere]) {
        const from = (everywhere.includes(name) ? [root] : [command, parent]).find(
          (one) => one.getOptionValueSource(camel(name)) === 'cli',
        );
        if (from !== undefined) flags.set(name, from.getOptionValue(camel(name)));
      }
      parsed = { kind: 'run', verb, args: spread.map(String), flags };
    });
  }
  const helped = helpAsked(argv);
  if (helped !== undefined && 'wrong' in helped) return { kind: 'wrong', fault: helped.wrong, verb: '' };
  try {
    const words = argv.filter((word) => !word.startsWith('-'));
    const two = words.slice(0, 2).join(' ');
    asked = verbs.some(({ name }) => name === two) ? two : (words[0] ?? '');
    root.parse([...(helped?.argv ?? argv)], { from: 'user' });
  } catch (problem) {
    if (!(problem instanceof CommanderError)) throw problem;
    if (problem.code === 'commander.helpDisplayed' || problem.code === 'commander.help') {
      const isGroup = argv.length === 1 && groups.has(argv[0] ?? '');
      if (isGroup) return { kind: 'wrong', fault: groupFault(argv[0] ?? ''), verb: asked };
      // Flags alone ask for nothing, as no word at all does.
      return { kind: 'help', text: help === '' ? root.helpInformation() : help };
    }
    return { kind: 'wrong', fault: faultOf(problem), verb: asked };
  }
  return parsed ?? { kind: 'help', text: help };
}

function isAlsoGroup(name: string): boolean {
  return verbs.some((other) => other.name.startsWith(`${name} `));
}

/** `help capture pack` is `capture pack --help`, which commander knows for one word only; of a word that it does not know
 *  it says nothing. */
function helpAsked(
  argv: readonly string[],
): { readonly argv: readonly string[] } | { readonly wrong: Fault } | undefined {
  if (argv[0] !== 'help') return undefined;
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const name = words.join(' ');
  const known = [...verbs.filter(({ hidden }) => !hidden).map((verb) => verb.name), ...groups.keys(), 'help'];
  if (name === '' || name === 'help') return { argv: ['--help'] };
  if (known.includes(name)) return { argv: [...words, '--help'] };
  return { wrong: usage(harmless(`unknown command \`${name}\``), hintFor(name, known)) };
}

function quiet(command: Command, columns: number, onHelp: (text: string) => void): Command {
  return command
    .exitOverride()
    .configureOutput({
      writeOut: onHelp,
      writeErr: () => undefined,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: () => undefined,
    })
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(argumentTerm)].join(' '),
    })
    .helpOption('-h, --help', 'this help');
}

function optionOf(name: OptionName, verb?: Verb): Option {
  const form = formOf(name);
  const value = form.value === undefined ? '' : form.many ? ` <${form.value}>` : ` <${form.value}>`;
  const choices = name === 'output' ? verb?.formats : form.choices;
  const words = choices === undefined ? '' : `: ${choices.join('|')}`;
  const byDefault = form.default === undefined ? '' : ` (default ${form.default})`;
  const option = new Option(
    `${form.short === undefined ? '' : `-${form.short}, `}--${name}${value}`,
    `${form.says}${words}${byDefault}`,
  );
  if (form.many) option.argParser((word: string, before: readonly string[] | undefined) => [...(before ?? []), word]);
  return option;
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function examplesOf(verb: Verb, calledAs: string): string {
  if (verb.examples.length === 0) return '';
  const lines = verb.examples.map(({ does, args }) => `  # ${does}\n  ${calledAs} ${args}\n`);
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.join('')}`;
}

function settingsHelp(): string {
  const rows = [...optionForms.values()].map(({ name, inFile, flagOnly }) => [
    `--${name}`,
    flagOnly ? '-' : variableOf(name),
    inFile ? camel(name) : '-',
  ]);
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0), 8));
  const line = (row: readonly string[]): string =>
    `  ${row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  return `\nSettings, as flag, as variable, and as field of nodewright.yaml and config.yaml:\n${line(['FLAG', 'VARIABLE', 'FIELD'])}${rows.map(line).join('')}`;
}

function groupFault(name: string): Fault {
  const words = verbs.filter((verb) => verb.name.startsWith(`${name} `)).map((verb) => `\`${verb.name}\``);
  return usage(`\`${name}\` needs a second word`, `try ${words.join(' or ')}`);
}

/** Commander's sentence in our tone: its suggestion is the next step. */
function faultOf(problem: CommanderError): Fault {
  const [first = '', ...rest] = problem.message.replace(/^error: /, '').split('\n(Did you mean ');
  const meant = rest
    .join('')
    .replace(/\?\)$/, '')
    .replace(/^one of /, '');
  const says = first
    .replaceAll("'", '`')
    .replace(/^missing required argument `(.*)`$/, (_, name: string) => `\`${name.toUpperCase()}\` is missing`);
  return usage(
    harmless(says),
    meant === ''
      ? undefined
      : `did you mean ${meant
          .split(', ')
          .map((word) => `\`${word}\``)
          .join(' or ')}?`,
  );
}

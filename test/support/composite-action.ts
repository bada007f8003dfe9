import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');

export interface ActionStep {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly uses?: string;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description?: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description?: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly ActionStep[] };
}

export const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;

export interface Job {
  readonly code: number;
  /** What all steps printed, standard output and standard error together as the log has them. */
  readonly log: string;
  readonly summaries: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** The steps that were run, and those that use another action. */
  readonly ran: readonly string[];
}

/** As much of GitHub's runner as a composite action needs: its own steps, with its own scripts, one after the other in bash, and what they leave
 *  in the files that the runner hands them. Steps that use other actions are named and not run; `install` was done. */
export async function runAction(
  cwd: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<Job> {
  const temp = join(cwd, '..', 'temp');
  mkdirSync(temp, { recursive: true });
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: usual }]) => [name, inputs[name] ?? usual ?? '']),
  );
  const outputs: Record<string, Record<string, string>> = {};
  const valueIn = (expression: string): string => {
    const [place = '', ...rest] = expression.split('.');
    // The only default that is an expression.
    if (place === 'inputs')
      return (given[rest.join('.')] ?? '').replace(/^\$\{\{ github\.token \}\}$/, env.TOKEN ?? '');
    if (place === 'steps') return outputs[rest[0] ?? '']?.[rest[2] ?? ''] ?? '';
    if (expression === 'runner.temp') return temp;
    throw new Error(`action.yml asks for \`${expression}\`, which is not known here`);
  };
  const filled = (text: string): string =>
    text.replaceAll(/\$\{\{ ([a-z.-]+) \}\}/g, (_, expression: string) => valueIn(expression));
  const holds = (condition: string): boolean => {
    const [, left = '', right] = /^([a-z.-]+) == '([^']*)'$/.exec(condition) ?? [];
    if (right === undefined) throw new Error(`action.yml has the condition \`${condition}\`, which is not known here`);
    return valueIn(left) === right;
  };
  let [log, code] = ['', 0];
  const summaries: Record<string, string> = {};
  const ran: string[] = [];
  for (const [index, step] of action.runs.steps.entries()) {
    if (code !== 0 || step.id === 'install' || (step.if !== undefined && !holds(step.if))) continue;
    ran.push(step.name);
    if (step.run === undefined) continue;
    const [summary, output] = [join(temp, `summary-${index}`), join(temp, `output-${index}`)];
    for (const file of [summary, output]) writeFileSync(file, '');
    const told = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text)]));
    const files = { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output, GITHUB_ACTION_PATH: root };
    const done = await bash(step.run, cwd, { PATH: process.env.PATH ?? '', HOME: temp, ...env, ...files, ...told });
    log += done.log;
    code = done.code;
    if (existsSync(summary)) summaries[step.name] = readFileSync(summary, 'utf8');
    if (step.id !== undefined) outputs[step.id] = outputsIn(readFileSync(output, 'utf8'));
  }
  const handed = Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value)]);
  return { code, log, summaries, outputs: Object.fromEntries(handed), ran };
}

/** A script as the hosts' runners call it. */
export function bash(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; log: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], { cwd, env });
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        log += part.toString('utf8');
      });
    child.on('close', (code) => resolve({ code: code ?? 1, log }));
  });
}

function outputsIn(text: string): Record<string, string> {
  const found = text.matchAll(/^([a-z-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]));
}

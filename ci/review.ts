/** Step one of a review in a pull request: checks, tests and compares every profile, and writes what the host shows. It fails only where
 *  nothing could be found out; what was found out `verdict.ts` turns into an exit code, after the comment. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { harmless } from '../src/console/escape.ts';
import { baseOf, type Event, type Git, githubTells, gitlabTells } from './base.ts';
import { type Around, body, isQuiet, markerOf, notesOn, shortest, worstFirst } from './body.ts';
import { type HostName, type Inputs, inputsFrom, text as inputText } from './inputs.ts';
import { type Judged, judge, kept, keptSites, keptTests, sizes, worse, worstLevel } from './judge.ts';
import type { Nwctl } from './nwctl.ts';
import { profileFolders, profilesOf } from './profiles.ts';
import { Refused } from './refused.ts';
import { commentMax, fails, type Result, summaryMax } from './result.ts';
import { codeQuality, together } from './sarif.ts';
import { annotations, command, output, unobeyed } from './workflow-commands.ts';

const { env } = process;
const token = randomUUID();

const git: Git = (args) => {
  const { status, stdout } = spawnSync('git', ['--no-pager', ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    env: { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return status === 0 ? stdout : undefined;
};

/** Ours as it was built beside us, unless another one is named. */
const program = inputText(env, 'NWCTL') ?? join(import.meta.dirname, '..', 'dist', 'nwctl.js');

const nwctl: Nwctl = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString('utf8');
      resolve({ code: code ?? 1, out: text(out), err: text(err) });
    });
  });

function read(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
}

try {
  await review();
} catch (problem) {
  if (!(problem instanceof Refused)) throw problem;
  const says = harmless(problem.message);
  process.stdout.write(
    inputText(env, 'ON') === 'github' ? command('error', 'nodewright review', says) : `error: ${says}\n`,
  );
  process.exitCode = 2;
}

async function review(): Promise<void> {
  const inputs = inputsFrom(env);
  const { on, folder } = inputs;
  const event = on === 'github' ? (JSON.parse(read(env.GITHUB_EVENT_PATH ?? '') ?? '{}') as Event) : {};
  const base = baseOf(on === 'github' ? githubTells(event) : gitlabTells(env), inputs.base, git);
  const short = (revision: string): string => git(['rev-parse', '--short=12', revision])?.trim() ?? revision;
  const revision = short(base);
  const prefix = git(['rev-parse', '--show-prefix'])?.trim() ?? '';
  const before = git(['ls-tree', '-r', '-z', '--name-only', base, '--', '.']);
  if (before === undefined) throw new Refused('git cannot list what the base holds');
  const now = globSync(inputs.profiles.map((pattern) => `${pattern}/profile.yaml`));
  const found = profilesOf(inputs.profiles, profileFolders(before.split('\0')), profileFolders(now));

  mkdirSync(folder, { recursive: true });
  const all: Judged[] = [];
  const stems = new Map<string, string>();
  const annotated = new Set<string>();
  for (const [index, one] of found.entries()) {
    const stem = join(folder, `${index + 1}-${one.path.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}`);
    const endings = [...Object.values(kept), keptTests, '.md', ...sizes.map((size) => `.${size}.md`)];
    for (const ending of endings) rmSync(stem + ending, { force: true });
    rmSync(stem + keptSites, { recursive: true, force: true });
    const judged = await judge(one, { revision, prefix }, inputs, stem, nwctl, read);
    if (on === 'gitlab' && judged.test !== 'not run') {
      writeFileSync(stem + keptTests, (await nwctl(['test', '-o', 'junit', '--', one.path])).out);
    }
    stems.set(one.path, stem);
    all.push(judged);
    // Of all sizes the largest is worth keeping.
    for (const size of sizes) rmSync(`${stem}.${size}.md`, { force: true });
    if (judged.told[0] !== undefined) writeFileSync(`${stem}.md`, judged.told[0]);
    tell(judged, on, read(stem + kept.text), annotated);
  }

  const around: Around = { id: inputs.id, base: revision, head: short(headOf(event)), run: pageOfRun(on) };
  const files = write(all, around, stems, annotated, inputs);
  const code = all.reduce((worst, one) => worse(worst, one.code), 0);
  const result: Result = {
    marker: markerOf(inputs.id),
    level: worstLevel(all),
    code,
    fails: fails(code),
    quiet: isQuiet(all),
  };
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  if (on === 'github') hand({ level: result.level, 'exit-code': String(code), ...files });
}

/** The log: annotations where the host knows them, and everything in words. What stands in a pack that several profiles share is annotated
 *  once. */
function tell({ path, ran, decisions }: Judged, on: HostName, text: string | undefined, before: Set<string>): void {
  const words = ran.flatMap(({ what, ran: { out, err } }) => [what === 'diff' ? (text ?? out) : out, err]).join('');
  const all = `${harmless(decisions)}\n${words}`;
  if (on === 'gitlab') {
    process.stdout.write(`\n== ${harmless(path)}: ${all}`);
    return;
  }
  const lines = ran.flatMap(({ ran: { out } }) => annotations(out));
  const rest = all.split('\n').filter((line) => !lines.includes(line));
  process.stdout.write(`::group::${harmless(path)}\n${unobeyed(rest.join('\n'), token)}::endgroup::\n`);
  for (const line of lines) {
    if (!before.has(line)) process.stdout.write(`${line}\n`);
    before.add(line);
  }
}

function write(
  all: readonly Judged[],
  around: Around,
  stems: ReadonlyMap<string, string>,
  annotated: ReadonlySet<string>,
  { on, folder, sarifFile }: Inputs,
): Readonly<Record<'sarif' | 'html' | 'markdown', string>> {
  const characters = (text: string): number => text.length;
  const markdown = join(folder, 'comment.md');
  writeFileSync(markdown, body(all, around, commentMax[on], characters));
  writeFileSync(join(folder, 'comment-short.md'), shortest(all, around));
  const partOf = (ending: string): readonly string[] =>
    [...stems.values()].map((stem) => stem + ending).filter((path) => read(path) !== undefined);
  const runs = worstFirst(all).flatMap(({ path: profile }) => {
    const text = read(`${stems.get(profile)}${kept.sarif}`);
    return text === undefined ? [] : [{ profile, text }];
  });
  const { text, left } = together(runs);
  if (runs.length > 0) writeFileSync(sarifFile, text);
  const digest = (words: string): string => createHash('sha256').update(words).digest('hex');
  if (on === 'gitlab') writeFileSync(join(folder, 'code-quality.json'), codeQuality(text, digest));
  if (on === 'github') {
    const bytes = (words: string): number => Buffer.byteLength(words);
    const added = notesOn(annotated, left);
    append(env.GITHUB_STEP_SUMMARY, body(all, around, summaryMax - bytes(added), bytes) + added);
  }
  return { sarif: runs.length > 0 ? sarifFile : '', html: partOf(kept.html).join('\n'), markdown };
}

function hand(outputs: Readonly<Record<string, string>>): void {
  append(
    env.GITHUB_OUTPUT,
    Object.entries(outputs)
      .map(([name, value]) => output(name, value, token))
      .join(''),
  );
}

function append(file: string | undefined, text: string): void {
  if (file !== undefined) appendFileSync(file, text);
}

/** The change's own commit; what is checked out may be a merge of it. */
function headOf({ pull_request }: Event): string {
  return pull_request?.head?.sha ?? (env.CI_COMMIT_SHA || 'HEAD');
}

function pageOfRun(on: HostName): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, CI_JOB_URL } = env;
  if (on === 'gitlab') return CI_JOB_URL;
  return GITHUB_RUN_ID && `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}

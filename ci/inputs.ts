import { Refused } from './refused.ts';

/** Where the change is talked about. */
export const hosts = ['github', 'gitlab'] as const;
export type HostName = (typeof hosts)[number];

export const failOn = ['never', 'danger', 'caution'] as const;
export type FailOn = (typeof failOn)[number];

/** What a job is asked to review, and how. */
export interface Inputs {
  readonly on: HostName;
  /** Folders with a profile.yaml, or patterns of them: `profiles/*`. As seen from where the job runs. */
  readonly profiles: readonly string[];
  /** A revision; undefined: what the change is made against. */
  readonly base: string | undefined;
  /** Folders of captures; none: the folder captures here. */
  readonly captures: readonly string[];
  readonly moments: boolean;
  readonly prove: boolean;
  /** As `nwctl diff` takes them; undefined: as it has them by itself. */
  readonly bound: string | undefined;
  readonly budget: string | undefined;
  readonly failOn: FailOn;
  /** Where everything is written. */
  readonly folder: string;
  readonly sarifFile: string;
  /** Tells two reviews in one pull request apart. */
  readonly id: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** `REVIEW_…` variables → inputs. Nothing of them is ever read by a shell. */
export function inputsFrom(env: Env): Inputs {
  const folder = text(env, 'FOLDER') ?? '.nodewright-review';
  const profiles = lines(env, 'PROFILES');
  if (profiles.length === 0) throw new Refused('`profiles` names none', 'one path or pattern a line: `profiles/*`');
  for (const path of [...profiles, ...lines(env, 'CAPTURES')]) {
    if (path.startsWith('-')) throw new Refused(`\`${path}\` reads as a flag, and a path is needed`);
  }
  for (const path of profiles) {
    if (path.startsWith('/') || path.split('/').includes('..')) {
      throw new Refused(`\`${path}\` leads out of the repository`, 'profiles are compared as Git has them');
    }
  }
  const id = text(env, 'ID') ?? 'rules';
  // It stands in an HTML comment, and is looked for there.
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(id) || id.includes('--')) {
    throw new Refused(`\`${id}\` is no id of a comment`, 'small letters, digits and single hyphens, at most 40');
  }
  return {
    on: oneOf(env, 'ON', hosts, undefined),
    profiles,
    base: text(env, 'BASE'),
    captures: lines(env, 'CAPTURES'),
    moments: isOn(env, 'MOMENTS', false),
    prove: isOn(env, 'PROVE', true),
    bound: text(env, 'BOUND'),
    budget: text(env, 'BUDGET'),
    failOn: oneOf(env, 'FAIL_ON', failOn, 'never'),
    folder,
    sarifFile: text(env, 'SARIF_FILE') ?? `${folder}/review.sarif`,
    id,
  };
}

export function isOn(env: Env, name: string, usual: boolean): boolean {
  return oneOf(env, name, ['true', 'false'], usual ? 'true' : 'false') === 'true';
}

/** An empty one counts as not set: that is how CI hands over what nobody wrote. */
export function text(env: Env, name: string): string | undefined {
  const value = env[`REVIEW_${name}`]?.trim();
  return value === '' ? undefined : value;
}

function lines(env: Env, name: string): readonly string[] {
  const all = (text(env, name) ?? '').split('\n').map((line) => line.trim().replace(/(?<=.)\/+$/, ''));
  return [...new Set(all.filter((line) => line !== ''))];
}

function oneOf<T extends string>(env: Env, name: string, known: readonly T[], usual: T | undefined): T {
  const value = text(env, name) ?? usual;
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  const input = name.toLowerCase().replaceAll('_', '-');
  throw new Refused(`\`${input}\` is \`${value ?? ''}\``, `it is one of ${known.join(', ')}`);
}

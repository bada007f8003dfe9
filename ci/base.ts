import { Refused } from './refused.ts';

/** `git` in the job's clone → what it printed, or undefined where it failed. */
export type Git = (args: readonly string[]) => string | undefined;

/** What a job was started by, as far as a review reads it. Sent by the host; of a fork its names are a stranger's. */
export interface Event {
  readonly pull_request?: {
    readonly number?: number;
    readonly base?: { readonly sha?: string };
    readonly head?: { readonly sha?: string; readonly repo?: { readonly full_name?: string } | null };
  };
  readonly merge_group?: { readonly base_sha?: string };
  readonly before?: string;
}

/** What a host says of the change. */
export interface Told {
  /** A commit of the base. */
  readonly base: string | undefined;
  /** The base may have moved on: what is compared with is where the change left it. */
  readonly moves: boolean;
  /** The change's own commit, where a merge of it may be checked out. */
  readonly change: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

export function githubTells({ pull_request, merge_group, before }: Event): Told {
  if (pull_request !== undefined) {
    return { base: pull_request.base?.sha, moves: true, change: pull_request.head?.sha };
  }
  // A push that makes a branch comes after nothing but zeros.
  const pushed = before !== undefined && /[1-9a-f]/.test(before) ? before : undefined;
  return { base: merge_group?.base_sha ?? pushed, moves: false, change: undefined };
}

export function gitlabTells(env: Env): Told {
  const set = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const target = set('CI_MERGE_REQUEST_DIFF_BASE_SHA');
  return { base: target, moves: true, change: set('CI_MERGE_REQUEST_SOURCE_BRANCH_SHA') };
}

/** The commit that a change is compared with, whole. What somebody named goes before what the host tells. */
export function baseOf({ base, moves, change }: Told, named: string | undefined, git: Git): string {
  const commit = (revision: string): string | undefined =>
    git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])?.trim();
  const had = (id: string): string => {
    if (/^[0-9a-f]{40,64}$/.test(id) && commit(id) === undefined) {
      git(['fetch', '--quiet', '--no-tags', '--depth=1', 'origin', id]);
    }
    const found = commit(id);
    if (found === undefined) throw new Refused(`the base \`${id}\` is not in this clone`, deeper);
    return found;
  };
  if (named !== undefined) return had(named);
  // Hosts check out a merge of the change into its base: the first parent is the base, and nothing else differs. A shallow clone does not
  // have the parents, but the commit names them.
  const [first, second] = [...(git(['cat-file', 'commit', 'HEAD']) ?? '').split('\n\n', 1).join('').matchAll(parent)];
  if (first?.[1] !== undefined && change !== undefined && second?.[1] === change) return had(first[1]);
  if (base === undefined) throw new Refused('nothing says what to compare with', 'this is no pull request: set `base`');
  const tip = had(base);
  if (!moves) return tip;
  const left = git(['merge-base', tip, 'HEAD'])?.trim();
  if (left === undefined) throw new Refused('where the change left its base is not in this clone', deeper);
  return left;
}

const parent = /^parent ([0-9a-f]+)$/gm;
const deeper = 'check out with `fetch-depth: 0` (GitHub) or `GIT_DEPTH: 0` (GitLab)';

import type { Format, OptionName } from '../options.ts';

/** A verb, without what it needs to run: that is loaded when it is typed, so that `--help` starts fast. */
export interface Verb {
  /** `eval`, or `capture pack`. */
  readonly name: string;
  /** As commander reads it: `<a>` must be given, `[a]` may, `...` more than one. */
  readonly takes: readonly Argument[];
  readonly says: string;
  /** What does not fit a line. */
  readonly more?: string;
  /** What it takes a profile for: nothing; work on a draft, by which nothing is decided over a site; or to decide over a site, for
   *  which it must be signed by whom the site believes. */
  readonly profile: 'none' | 'draft' | 'signed';
  readonly options: readonly OptionName[];
  /** Forms of output it can have; none: it prints one form only. */
  readonly formats: readonly Format[];
  readonly examples: readonly Example[];
  readonly hidden?: true;
}

export interface Argument {
  readonly form: string;
  readonly says: string;
  /** What completes it. */
  readonly completes?:
    | 'gate'
    | 'gate alone'
    | 'question'
    | 'object'
    | 'workflow'
    | 'fact'
    | 'code'
    | 'shell'
    | 'path'
    | 'folder';
}

export interface Example {
  readonly does: string;
  readonly args: string;
}

import type { Page } from './page.ts';

/** Files, encodings, YAML and JSON, and Git. */
export const textFaults = {
  FILE_MISSING: {
    why: 'A file or folder that was named does not exist.',
    fix: 'Check the path; paths inside a profile are relative to the folder of its profile.yaml.',
  },
  FILE_UNREADABLE: {
    why: 'A file or folder could not be read: no permission, an I/O error, or a folder stands where a file should be.',
    fix: 'Check rights and kind with `ls -ld PATH`.',
  },
  FILE_UNWRITABLE: {
    why: 'The result could not be written. Whatever stood there before is untouched: we write beside it and rename.',
    fix: 'Check free space and rights of the folder, then run the command again.',
  },
  FILE_TOO_LARGE: {
    why: 'The file is larger than such a file may be. Reading it could exhaust the machine.',
    fix: 'Split it, or check that it is the file you meant.',
  },
  FILE_NOT_UTF8: {
    why: 'The file is text in another encoding.',
    fix: 'Save it as UTF-8; `iconv -f utf-16 -t utf-8` converts.',
  },
  FILE_NOT_TEXT: {
    why: 'The file holds bytes that text does not have, so it is something else or damaged.',
    fix: 'Check that it is the file you meant.',
  },
  GIT_REVISION: {
    why: 'A revision that was named is in no branch and under no tag of this repository.',
    fix: 'Write `REVISION:PATH` with a branch, a tag or a commit that is here; fetch it first if it is elsewhere.',
  },
  GIT_FAILED: {
    why: 'Git, which reads revisions for us, could not be run here, or refused.',
    fix: 'Install Git and work inside of a repository, or name a folder instead of a revision.',
  },
  SOLVER: {
    why: 'The solver that looks for sites that are in no capture, `z3-solver` from npm, is not installed here or does not run.',
    fix: 'Install it with `npm ci`, or leave the question out: `nwctl diff --captures-only`.',
  },
  YAML_SYNTAX: {
    why: 'The text is not one YAML 1.2 document.',
    fix: 'Mend the place that is shown; an editor with the YAML language server marks it while typing.',
  },
  YAML_DUPLICATE_KEY: {
    why: 'One key stands twice in one mapping. Readers differ in which one wins, so neither is taken.',
    fix: 'Remove or rename one of the two.',
  },
  YAML_EMPTY: {
    why: 'The file holds no document.',
    fix: 'Start from `nwctl init DIR --like three-node`.',
  },
  YAML_TAG: {
    why: 'The value carries a YAML tag (`!something`). Tags mean different things to different readers.',
    fix: 'Write the value plainly; quote it if it must be text.',
  },
  YAML_TOO_DEEP: {
    why: 'The document is nested deeper than 64 levels.',
    fix: 'Give inner conditions names under `conditions:` and refer to them.',
  },
  YAML_TOO_LARGE: {
    why: 'The document has more words and signs than anybody writes into one file, and reading them all would take long.',
    fix: 'Split it: a profile may have many packs, and a pack many test files.',
  },
  YAML_TOO_MANY_NODES: {
    why: 'Once its anchors are followed the document has more parts than we read. This is how a small file exhausts a parser.',
    fix: 'Use named conditions instead of anchors.',
  },
  FORMAT_UNSURE: {
    why: 'The file uses YAML in a way that could not be laid out anew without changing what it means or losing a comment. It was left as it is.',
    fix: 'Move comments out of the middle of values, and write texts of several lines in one style.',
  },
  JSON_SYNTAX: {
    why: 'The file is not JSON, and what is signed or built is JSON.',
    fix: 'Check that it is the file you meant; copy it in binary mode.',
  },
  JSON_TOO_DEEP: {
    why: 'The document is nested deeper than 64 levels.',
    fix: 'Build it anew with `nwctl build`.',
  },
  JSON_DUPLICATE_KEY: {
    why: 'One key stands twice in one map. Readers differ in which one wins, so whoever signed it may have read another document than you.',
    fix: 'Build and sign it anew; ask who made this one.',
  },
  JSON_NOT_CANONICAL: {
    why: 'The bytes are not the RFC 8785 form of their data. What is signed has one form only, so that a changed byte always shows.',
    fix: 'Take the file as `nwctl build` or `nwctl sign` wrote it; an editor or a formatter may have touched it.',
  },
} as const satisfies Record<string, Page>;

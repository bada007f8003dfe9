import type { Page } from './page.ts';

/** Captures, whole and with their names taken out. */
export const captureFaults = {
  CAPTURE_FORMAT: {
    why: 'The file is no capture: it is damaged, cut off, or something else.',
    fix: 'Make it again with `nwctl capture pack`, and copy it in binary mode.',
  },
  CAPTURE_LINE: {
    why: 'One line of the capture is not what a capture holds.',
    fix: 'The message names the line; make the capture again.',
  },
  CAPTURE_NEWER: {
    why: 'The capture was written by a newer version in a form that this one does not know.',
    fix: 'Use a newer nwctl.',
  },
  CAPTURE_TOO_LARGE: {
    why: 'The capture unpacks to more than we read. This is also how a small file exhausts a machine.',
    fix: 'Capture fewer kinds, or check where the file came from.',
  },
  CAPTURE_MANIFEST: {
    why: 'The manifest contradicts what is in the capture, or itself.',
    fix: 'Correct capture.yaml; docs/captures.md lists its fields.',
  },
  CAPTURE_OBJECT: {
    why: 'An object without apiVersion, kind or metadata.name: nobody can say what it is about.',
    fix: 'Remove the file, or fetch it again with `kubectl get … -o json`.',
  },
  CAPTURE_SECRET: {
    why: 'Secrets never enter a capture.',
    fix: 'Remove the file. If it was ever shared, change what it held.',
  },
  CAPTURE_NAME: {
    why: 'A name with characters that no such name has: path steps, control characters, terminal escapes.',
    fix: 'Rename the file, or fetch the object again.',
  },
  CAPTURE_UNKNOWN_FILE: {
    why: 'A file in the capture folder that no normaliser understands. It is left out.',
    fix: 'Remove it, or name it as docs/captures.md says.',
  },
  CORPUS_NAME: {
    why: 'A capture would get a name in the corpus that it cannot have, or that another one has.',
    fix: 'Choose another one: lower-case letters, digits, dots and dashes.',
  },
  CORPUS_DECISIONS: {
    why: 'Decisions that are kept in a corpus belong to no capture in it, or to one of another name.',
    fix: 'Name the file as the capture that it is about, or remove it and add the capture again.',
  },
  FACTS_ID: {
    why: 'What a stated site calls an object is no id, or one of another kind than the list or the fact that it stands at.',
    fix: 'Write node-a, node-a/bond1, pvc-7, pvc-7@node-a, pvc-7@node-a:node-b, default/web or site.',
  },
  FACTS_TWICE: {
    why: 'A stated site says the same thing twice: one object on a list, or one fact of one object.',
    fix: 'Keep one of the two.',
  },
  FACTS_MIXED: {
    why: 'A site that somebody made up stands beside what was observed: its facts would be taken for seen ones.',
    fix: 'A facts.yaml stands alone in its capture, beside a manifest and a README at most.',
  },
  REDACT_READS_NAME: {
    why: 'A rule compares a fact with a name that would be replaced: the redacted capture would be judged differently.',
    fix: 'Leave the name as it is with --keep NAME, if it may be seen; or let the rule ask for something else.',
  },
  REDACT_CHANGED: {
    why: 'With other names, a profile decides differently about this capture: something is read by its name.',
    fix: 'Find the name that is read and leave it as it is with --keep NAME, if it may be seen.',
  },
} as const satisfies Record<string, Page>;

import type { Page } from './page.ts';

/** Logs, their checkpoints and proofs, and those who keep copies. */
export const logFaults = {
  NOTE_FORM: {
    why: 'The text is no signed note: a text, an empty line, and signatures of one form (C2SP signed-note). Nothing in it can be believed.',
    fix: 'Take it again from where it came; an editor may have changed white space or line ends.',
  },
  NOTE_KEY: {
    why: 'This is no key that a note can be signed with, or not under this name: notes take Ed25519, written as `name+id+base64`.',
    fix: 'Copy the key whole, from somebody who may give it.',
  },
  NOTE_SIGNATURE: {
    why: 'A signature does not fit the text and the key that it names, or nobody who is believed has signed.',
    fix: 'Do not go on with this text. Ask whoever keeps the log, and compare the key with the one that you were given.',
  },
  LOG_CHECKPOINT: {
    why: 'A checkpoint does not say what a checkpoint says (origin, size, root), or it is that of another log.',
    fix: 'Take the checkpoint of this log; its first line is the log’s origin.',
  },
  LOG_WITNESSES: {
    why: 'Fewer witnesses have seen the checkpoint than are asked for, so that others may be shown another history.',
    fix: 'Wait until they have cosigned it, or ask for fewer; one key counts once.',
  },
  LOG_ALTERED: {
    why: 'A line of the log is no record in the one form that records have, or is not the line that its sum, the record after it or the checkpoint speak of: it was altered.',
    fix: 'Keep the folder as it is. What stands before this record is right; the message says what shows it.',
  },
  LOG_GAP: {
    why: 'The records are not numbered one after the other: some were removed, put in, repeated or exchanged.',
    fix: 'Keep the folder as it is, and compare with the copy that the external sink has.',
  },
  LOG_CHAIN: {
    why: 'A record does not name the digest of the record before it, so that one of the two is not what was written.',
    fix: 'Keep the folder as it is, and compare both with the copy that the external sink has.',
  },
  LOG_TREE: {
    why: 'The records hang together, and are not those that a signed checkpoint speaks of: the history was written anew.',
    fix: 'Keep the folder as it is, and compare with the copy that the external sink has, from the record that is named on.',
  },
  LOG_TORN: {
    why: 'The last line has no end. A machine that dies while it writes leaves such a line, and so does somebody who cuts a file off.',
    fix: 'If a checkpoint speaks of that record, it was durable once: keep the folder, and compare with the copy that the sink has. If not, the log’s own process cuts it off when it starts again and records that it did; if it is running, look again.',
  },
  LOG_FACTS: {
    why: 'A document that a record names is not there, and no record says that it was dropped; or what is there under its digest is another. What the record says still stands; nobody can decide it again.',
    fix: 'Keep the folder as it is. The external sink may have the document: what fits the digest is the right one, wherever it comes from.',
  },
  LOG_EXPORT: {
    why: 'The file is no export of a log in the form of this version, or it was altered.',
    fix: 'Make it anew with `nwctl log export DIR -o FILE`.',
  },
  LOG_PROOF: {
    why: 'The document does not prove that the record is in the log: it is damaged, of another form, or its hashes do not lead to the root that was signed.',
    fix: 'Ask for the proof again (`nwctl log prove ID`).',
  },
  LOG_DAMAGED: {
    why: 'A record in the middle of the log is not what was written, or is not there. A crash leaves that at the very end only, so this was none. Nothing was changed.',
    fix: 'Keep the folder as it is; `nwctl log verify` says which record it is. A copy at the external sink holds what was sent.',
  },
  LOG_CUT_OFF: {
    why: 'A signed checkpoint, or the external sink, knows of more records than the log has: its end was removed, or an older copy of the folder was restored.',
    fix: 'Put the newer folder back, or fetch the missing records from the sink; begin a log under another origin if they are lost.',
  },
  LOG_LOCKED: {
    why: 'Another process writes into this folder. Two writers would fork the log.',
    fix: 'Stop the other one; the message names it. The lock of a process that died is taken over by itself.',
  },
  LOG_DISK: {
    why: 'The disk refused, so nothing that was to be recorded is recorded, and nothing that needed the record may be done.',
    fix: 'Free space, or mend or remount the disk. The log goes on by itself once it can write.',
  },
  LOG_ORIGIN: {
    why: 'The folder holds the log of another origin, or something that is no log.',
    fix: 'Give each log a folder of its own, and the origin that it was begun with.',
  },
  LOG_RECORD: {
    why: 'What was to be recorded cannot be: it is too large, its document does not have the digest that it is named by, or JSON cannot carry it.',
    fix: 'The ceilings are in docs/log.md.',
  },
  LOG_CLOSED: {
    why: 'The log was closed; nothing is written to it any more.',
    fix: 'Open it again.',
  },
  SINK_FORK: {
    why: 'The log and the external sink hold different records under one number. One of them was altered, or two logs were written under one origin.',
    fix: 'Keep both folders. `nwctl log verify` finds which one is wrong; a log that is honest but new needs an origin of its own.',
  },
  SINK_BEHIND: {
    why: 'The external sink has more records than the log: the log’s folder was restored from an older copy.',
    fix: 'Fetch the missing records from the sink, or begin a log under another origin. Nothing is sent until then.',
  },
  SINK_ANSWER: {
    why: 'The external sink acknowledged something that it was not sent, or under a signature that does not fit. It is not believed.',
    fix: 'Look at the sink: another server may answer under its address. What was not surely acknowledged is sent again.',
  },
  SINK_UNHEARD: {
    why: 'The external sink did not answer in time, or with an error of its own. Nothing is lost: the log keeps what was not sent.',
    fix: 'Nothing, if it comes back. `nwctl log push` tries at once.',
  },
  SINK_REFUSED: {
    why: 'The external sink does not take this: no right, an origin it has no key for, or a size beyond its ceilings.',
    fix: 'The message has the sink’s own words; docs/log.md says what it takes.',
  },
} as const satisfies Record<string, Page>;

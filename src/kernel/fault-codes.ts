/** Every code that a person may meet, with what `nwctl explain` says about it. `why` says what is wrong in general and
 *  why it is refused; `fix` says what to do. A test asks that every code is used and that every used code is here. */
export const faultCodes = {
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
  SHAPE_INVALID: {
    why: 'A field is missing, misspelt or of the wrong kind. The JSON Schema in schemas/ is the contract; editors complete from it.',
    fix: 'Compare with the schema, or with a shipped profile.',
  },
  SHAPE_UNKNOWN_FIELD: {
    why: 'A field that the schema does not have. It would be ignored by a more careless reader; we do not guess what was meant.',
    fix: 'Remove it, or correct its spelling.',
  },
  SHAPE_WRONG_KIND: {
    why: 'The document is of another kind or API version than the place it is used at asks for.',
    fix: 'Check `apiVersion` and `kind`.',
  },
  PACK_UNKNOWN_FACT: {
    why: 'A rule reads a fact that the vocabulary does not have. A missing fact is never read as false, so the rule could never open.',
    fix: '`nwctl facts` lists every fact with its type.',
  },
  PACK_UNKNOWN_OPERATOR: {
    why: 'The operator does not exist.',
    fix: 'Use equal, notEqual, in, notIn, lessThan, lessThanInclusive, greaterThan, greaterThanInclusive, contains or doesNotContain.',
  },
  PACK_OPERATOR_TYPE: {
    why: 'The operator does not suit the fact’s type: order belongs to numbers, durations, sizes and versions; contains belongs to sets.',
    fix: 'The message lists the operators that suit.',
  },
  PACK_VALUE_TYPE: {
    why: 'The value is not one that the fact can have: another type, a missing or unknown unit, out of range, or a word the vocabulary does not list.',
    fix: 'Write it in the fact’s unit, as `nwctl facts` shows it.',
  },
  PACK_UNKNOWN_CONDITION: {
    why: 'A `condition:` refers to a name that this pack does not define.',
    fix: 'Define it under `conditions:`, or correct the spelling.',
  },
  PACK_UNKNOWN_GATE: {
    why: 'A gate is named that no pack of the profile defines.',
    fix: 'Names are GATE inside a pack and PACK/GATE across packs.',
  },
  PACK_UNKNOWN_STATE: {
    why: 'A state is named that this machine does not have.',
    fix: 'Correct the spelling, or add the state.',
  },
  PACK_UNKNOWN_COMMAND: {
    why: 'A step names a command that no agent has. The list is closed.',
    fix: 'Correct the spelling; the message lists the likely one.',
  },
  PACK_UNKNOWN_PARAMETER: {
    why: 'A rule reads, or a profile sets, a parameter that no pack declares.',
    fix: 'Declare it under `parameters:`, or correct the spelling.',
  },
  PACK_UNKNOWN_SUBJECT: {
    why: 'A subject kind that the vocabulary does not have.',
    fix: 'Subjects are site, node, bond, volume, replica, connection and vm.',
  },
  PACK_OUT_OF_SCOPE: {
    why: 'A rule reads a fact of a subject that is not in scope here. Inside `every: replica` stand the replica, its volume, its node and the site.',
    fix: 'Put the condition under a quantifier over that subject, or make the gate `per` it.',
  },
  PACK_EMPTY_CONDITION: {
    why: 'An empty `all`, `any` or list. Over nothing, other engines answer «proceed»; we refuse to load it.',
    fix: 'Write the condition, or remove the part.',
  },
  PACK_AMBIGUOUS_CONDITION: {
    why: 'One condition says two things at once, or nothing that we know.',
    fix: 'Write exactly one of fact, all, any, not, condition, unknown, every, some, none, atLeast, atMost; in states and guards also gate.',
  },
  PACK_CYCLE: {
    why: 'Named conditions refer to each other in a circle, so none of them means anything.',
    fix: 'Break the circle.',
  },
  PACK_TOO_LARGE: {
    why: 'Once its names are followed, a condition has more parts, levels or nested quantifiers than a person can follow or an evaluator should hold.',
    fix: 'Split it into several gates, or make it a rule `per` the subject that it ranges over.',
  },
  PACK_MAX_AGE: {
    why: 'A rule asks for a `maxAge` looser than the vocabulary’s. A rule may ask for fresher facts, never for staler ones.',
    fix: 'Remove `maxAge`, or make it tighter.',
  },
  PACK_GRADE: {
    why: 'A rule asks for a grade that no source of this fact can have, so it could never open.',
    fix: 'Ask for a lower grade, or read another fact.',
  },
  PACK_UNKNOWN_ASKED: {
    why: '`unknown:` may be asked in findings only: blindness may raise an alarm, never open a gate.',
    fix: 'Move it into a finding, or ask for the value.',
  },
  PACK_UNUSED: {
    why: 'A condition that nothing names, or a parameter that nothing reads.',
    fix: 'Remove it, or use it.',
  },
  PACK_DUPLICATE_NAME: {
    why: 'Two things of one profile have the same name.',
    fix: 'Rename one of them.',
  },
  PACK_CAPABILITY: {
    why: 'The pack needs something that the profile’s storage backend or operating system cannot do. Capabilities are declared by the type, never probed.',
    fix: 'Use another backend, or leave the pack out.',
  },
  PACK_VOCABULARY: {
    why: 'The pack was written against a vocabulary that this build does not have.',
    fix: 'Use the build that has it, or port the pack.',
  },
  PACK_UNREACHED_STATE: {
    why: 'A state that nothing leads to from where the workflow starts.',
    fix: 'Add a transition to it, or remove it.',
  },
  PACK_DEAD_END: {
    why: 'A state that is no end and is never left, or from which no end can be reached: the workflow would stay there for ever.',
    fix: 'Add a transition under `goto`, or say what end it is by `ends`.',
  },
  PACK_UNSETTLED_STEP: {
    why: 'A step that does not say what must be seen of each member before it is done. That a command returned proves nothing.',
    fix: 'Write `settled` beside the step: what the kernel, LINSTOR or Kubernetes shows once it has worked.',
  },
  PACK_NO_WAY_BACK: {
    why: 'A step that names no undo and is no point of no return, so that nobody could say what becomes of it when the workflow fails.',
    fix: 'Write `undo` beside the step, or `pointOfNoReturn` with the reason why there is none.',
  },
  PACK_UNDO: {
    why: 'An undo whose command does not take back what the step does, or an undo of no step.',
    fix: 'Each command is taken back by one other at most; the message names it.',
  },
  PACK_UNGUARDED_STEP: {
    why: 'A command that takes away what a running VM may need, with no gate that is asked before each order.',
    fix: 'Name the gates under `gates` of the step or of the undo.',
  },
  PACK_COMMAND_ARGUMENT: {
    why: 'A command is told too little or too much, or is given to other things than it is for.',
    fix: 'The message names what the command takes, and whom it is given to.',
  },
  PACK_OUTSIDE_LOCK: {
    why: 'A step of an agent before the site lock is taken, or after it is given back. Two workflows could then change one site.',
    fix: 'Move it between the states that take and release the lock.',
  },
  PACK_ROUND_THE_LOCK: {
    why: 'A step of an agent that can be reached on some way without the site lock, though not on all ways.',
    fix: 'Let every way to it pass the state that takes the lock; the message names the one that does not.',
  },
  PACK_LOCK_KEPT: {
    why: 'The workflow can be complete and still hold the site lock, and then no other could ever start.',
    fix: 'Let every way to the end pass a state with `site.release-lock`.',
  },
  PACK_NO_BUDGET: {
    why: 'A state that is no end and does not say how long it may take. A wait without a budget is never overdue, and nobody would hear of it.',
    fix: 'Write `budget` on the state.',
  },
  PACK_STATE_ROLE: {
    why: 'A machine has one state that takes back and leads to its start, where nothing is done; one that has given up; and one at least where it is complete.',
    fix: 'Write `takesBack: true`, `ends: halted` and `ends: complete` on one state each.',
  },
  PACK_FAILURE_STATE: {
    why: 'A state that can fail without saying where that leads, or that leads neither back nor to the state that has given up.',
    fix: 'Write `onFailure` with the state that takes back, or with the one that has given up.',
  },
  PACK_BEYOND_RETURN: {
    why: 'A failure would take back from beyond a point of no return, where there is no way back.',
    fix: 'Let it lead to the state that has given up.',
  },
  PACK_ENDLESS_ACTS: {
    why: 'Transitions without a gate lead from a step round to the same step, so that it could be done for ever.',
    fix: 'Put a gate on one of the transitions, or break the circle.',
  },
  PACK_UNKNOWN_STRETCH: {
    why: 'A stretch of states is used that no pack of the profile has.',
    fix: 'Names are STRETCH inside a pack and PACK/STRETCH across packs.',
  },
  PACK_STRETCH_START: {
    why: 'A stretch begins at the state to which none of its others leads, and this one has none or several.',
    fix: 'Connect the states that nothing leads to; where all lead to each other, put a state before them.',
  },
  PACK_STRETCH_CYCLE: {
    why: 'Stretches use each other in a circle, so that they would have no end.',
    fix: 'Break the circle.',
  },
  PACK_UNUSED_STRETCH: {
    why: 'A stretch of states that no machine of the profile uses.',
    fix: 'Use it, or remove it.',
  },
  PACK_UNREACHED_GATE: {
    why: 'A gate of a pack that drives a workflow, and no machine of the profile asks it. It looks like a safeguard and guards nothing.',
    fix: 'Name it where it should hold, or remove it.',
  },
  PROFILE_PARAMETER: {
    why: 'A parameter is missing although a pack requires it, or its value does not fit the declaration.',
    fix: 'Set it under `parameters:` in profile.yaml.',
  },
  PROFILE_PACK: {
    why: 'The profile names a pack that could not be loaded, twice the same, or none.',
    fix: 'Check the paths under `packs:`.',
  },
  PROFILE_LEGACY_STATE: {
    why: 'The profile maps a word of the legacy DaemonSet to a state that we do not have.',
    fix: '`nwctl facts` lists the states of site.legacyState.',
  },
  PROFILE_LOCK: {
    why: 'A pack drives a workflow, and nothing keeps two of them from working on the site at once.',
    fix: 'Name the Lease that is the site lock under `lock:` in profile.yaml.',
  },
  PROFILE_TOPOLOGY: {
    why: 'The topology contradicts itself.',
    fix: 'Check `atLeast`, `atMost` and the selector.',
  },
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
  REDACT_READS_NAME: {
    why: 'A rule compares a fact with a name that would be replaced: the redacted capture would be judged differently.',
    fix: 'Leave the name as it is with --keep NAME, if it may be seen; or let the rule ask for something else.',
  },
  REDACT_CHANGED: {
    why: 'With other names, a profile decides differently about this capture: something is read by its name.',
    fix: 'Find the name that is read and leave it as it is with --keep NAME, if it may be seen.',
  },
  TEST_NONE: {
    why: 'There is nothing to test here. No test found counts as failure.',
    fix: 'Put RuleTest files into `tests/` beside the pack.',
  },
  TEST_INVALID: {
    why: 'A test names something that does not exist in its profile or capture.',
    fix: 'Correct the name that is shown.',
  },
  PLAN_INVALID: {
    why: 'A file that says it is a plan is none that this version prints, so two of them cannot be compared.',
    fix: 'Print it anew with `nwctl plan WORKFLOW -o json`.',
  },
  ASK_UNKNOWN_NAME: {
    why: 'A gate, finding, object or code was asked for that does not exist here.',
    fix: 'The message lists the likely one; without arguments the command lists all.',
  },
  USAGE: {
    why: 'The command line does not fit the command.',
    fix: '`nwctl help COMMAND` shows an example.',
  },
  CONFIG_INVALID: {
    why: 'A configuration file or NW_* variable has a setting that does not exist or a value that does not fit.',
    fix: '`nwctl help config` lists them; flags win over variables, variables over files.',
  },
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
  KEY_FORMAT: {
    why: 'The file is no key in PEM: public keys are SPKI, private ones PKCS#8, one a file, each in its one usual form.',
    fix: 'Make keys with `nwctl keygen`, or convert them with `openssl pkey` and `openssl pkcs8 -topk8`.',
  },
  KEY_ALGORITHM: {
    why: 'The key is of another kind than the two that a site may trust.',
    fix: 'Use Ed25519 or ECDSA P-256.',
  },
  KEY_WEAK: {
    why: 'The public key is one of the few points of the curve for which everybody can make signatures, or is written in a second way.',
    fix: 'Nobody has such a key by chance: ask where it came from.',
  },
  KEY_PASSPHRASE: {
    why: 'The private key is encrypted, and the passphrase is missing or another one.',
    fix: 'Give it in a file with --passphrase-file, in NW_PASSPHRASE, or type it where it is asked for.',
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
  ENVELOPE_FORMAT: {
    why: 'The file is no DSSE envelope in its one form: `payload` and `payloadType`, and `signatures` sorted by key id, each with `keyid` and `sig`.',
    fix: 'Make it with `nwctl sign`.',
  },
  ENVELOPE_TYPE: {
    why: 'The envelope says that it holds something else than what is asked for here, and the signature covers that word.',
    fix: 'Check that it is the file you meant.',
  },
  SIGNATURE_MISSING: {
    why: 'What decides over a site must be signed, and this is not.',
    fix: 'Sign it with `nwctl sign FILE --key KEY`; `--insecure-unsigned` judges a draft.',
  },
  SIGNATURE_WRONG: {
    why: 'A signature is not over these bytes: the payload was altered, or the signature belongs to another document.',
    fix: 'Fetch the file again. If it stays so, ask who signed it; do not use it.',
  },
  SIGNATURE_UNKNOWN_KEY: {
    why: 'A signature is by a key that the trust root does not have. A signature that nobody can check is not passed over.',
    fix: 'Build and sign anew, or let a new root take the key in: `nwctl trust rotate`.',
  },
  SIGNATURE_REPEATED: {
    why: 'One key has signed twice. It would be counted as two by a more careless reader.',
    fix: 'Let another holder sign.',
  },
  SIGNATURE_NOT_ALLOWED: {
    why: 'The key is known, but the trust root does not let it sign this.',
    fix: '`nwctl trust show TRUST` lists who may sign what.',
  },
  SIGNATURE_TOO_FEW: {
    why: 'Fewer keys have signed than the trust root asks for.',
    fix: 'Let more holders sign: `nwctl sign FILE --key KEY` adds one signature.',
  },
  SIGNER_FAILED: {
    why: 'A command that was to sign failed, or gave what is no signature by the key that was named.',
    fix: 'Run the command by hand: it gets the bytes on standard input and prints the raw signature.',
  },
  TRUST_ROOT: {
    why: 'A trust root contradicts itself: a role names keys that there are not, or asks for more of them than it has.',
    fix: 'Let `nwctl trust` write it.',
  },
  TRUST_KEY: {
    why: 'A key of the trust root has another id than its bytes give, stands there twice, or is not what it says it is. One key must not count as two.',
    fix: 'Let `nwctl trust` write it.',
  },
  TRUST_FORM: {
    why: 'The trust file says what it should, but not in the form in which it is written, so that a changed byte would not always show.',
    fix: 'Take the file as `nwctl trust` wrote it; an editor or a formatter may have touched it.',
  },
  TRUST_SKIPS: {
    why: 'A root is not the next after the one before it. Whoever skips one could hide that its keys were taken away.',
    fix: 'Add the roots between them.',
  },
  TRUST_EXPIRED: {
    why: 'The newest root of the trust file has expired, so nobody has said lately whom to believe.',
    fix: 'Make the next root with `nwctl trust rotate` and let its holders sign it.',
  },
  TRUST_ROLLBACK: {
    why: 'The trust file ends before the root that was trusted here already, or has another one in its place.',
    fix: 'Fetch the newest trust file. If two roots have one version, keys were misused: stop and ask their holders.',
  },
  KEY_EXPIRED: {
    why: 'A signature is by a key that has expired. What it signed before does not count any more either: nobody can say when it was signed.',
    fix: 'Sign anew with a valid key.',
  },
  PROFILE_OTHER: {
    why: 'The document is rightly signed, but is the profile of another site or name than is asked for here.',
    fix: 'Check that it is the file you meant.',
  },
  PROFILE_DRAFT: {
    why: 'The folder is not the one that was signed: its profile.sig is of another content, so what was changed since is a draft.',
    fix: 'Sign it anew with `nwctl sign FOLDER --key KEY`; `--insecure-unsigned` judges the draft.',
  },
  PROFILE_ROLLBACK: {
    why: 'The profile is older than the one that was run here. An old signature stays right for ever, so age must be refused.',
    fix: 'To go back, sign the old content under a new version.',
  },
  PROFILE_VERSION_REUSED: {
    why: 'The profile has the version that was run here, and other content. One version must mean one content.',
    fix: 'Give it a new version, and sign it anew.',
  },
  RAN_BOOK: {
    why: 'The memory of what was run here is damaged or of another form. It is never taken for an empty one: then every old version would be let through.',
    fix: 'Find out what happened to it. To begin anew, write one with `nwctl verify --remember NEWFILE` of what is known to have run last.',
  },
  RULES_SPLIT: {
    why: 'The compiled evaluator, its explanation and json-rules-engine disagree about a gate. One of them is wrong, so the gate holds. This is a bug.',
    fix: 'Report it with the capture (`nwctl capture pack`); until then nothing advances on this gate.',
  },
} as const satisfies Record<string, { readonly why: string; readonly fix: string }>;

export type FaultCode = keyof typeof faultCodes;

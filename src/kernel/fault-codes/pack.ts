import type { Page } from './page.ts';

/** Rule packs and their tests. */
export const packFaults = {
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
  TEST_NONE: {
    why: 'There is nothing to test here. No test found counts as failure.',
    fix: 'Put RuleTest files into `tests/` beside the pack.',
  },
  TEST_INVALID: {
    why: 'A test names something that does not exist in its profile or capture.',
    fix: 'Correct the name that is shown.',
  },
  TEST_FAILED: {
    why: 'A test fails on the packs as they are. Whether it would notice a change of them nobody can tell.',
    fix: 'Run `nwctl test`, and correct the test or the pack.',
  },
  RULES_SPLIT: {
    why: 'The compiled evaluator, its explanation and json-rules-engine disagree about a gate. One of them is wrong, so the gate holds. This is a bug.',
    fix: 'Report it with the capture (`nwctl capture pack`); until then nothing advances on this gate.',
  },
} as const satisfies Record<string, Page>;

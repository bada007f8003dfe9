import type { Page } from './page.ts';

/** What somebody typed or set. */
export const useFaults = {
  PLAN_INVALID: {
    why: 'A file that says it is a plan is none that this version prints, so two of them cannot be compared.',
    fix: 'Print it anew with `nwctl plan WORKFLOW -o json`.',
  },
  ASK_UNKNOWN_NAME: {
    why: 'A gate, finding, object or code was asked for that does not exist here.',
    fix: 'The message lists the likely one; without arguments the command lists all.',
  },
  ASK_SYNTAX: {
    why: 'What stands in a question cannot be read: it is `GATE open while CONDITION`, with `closed`, `unknown` or `not open` for `open`.',
    fix: 'The message names the column and what could stand there; docs/asking.md has the whole grammar on one page.',
  },
  USAGE: {
    why: 'The command line does not fit the command.',
    fix: '`nwctl help COMMAND` shows an example.',
  },
  CONFIG_INVALID: {
    why: 'A configuration file or NW_* variable has a setting that does not exist or a value that does not fit.',
    fix: '`nwctl help config` lists them; flags win over variables, variables over files.',
  },
} as const satisfies Record<string, Page>;

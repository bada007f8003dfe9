import type { Fault } from '../kernel/fault.ts';
import { harmless, harmlessJson } from './escape.ts';
import type { World } from './world.ts';

/** What is said to people beside the data: on standard error, as text or as one JSON object a line. */
export interface Messages {
  /** Faults with place, excerpt and code, and how many there were. */
  faults(faults: readonly Fault[], closing?: string): Promise<void>;
  warn(says: string): void;
  note(says: string): void;
  readonly verbose: boolean;
}

export interface MessageForm {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly width?: number;
  readonly ascii: boolean;
  readonly color: boolean;
}

export function messagesTo(world: World, how: MessageForm): Messages {
  const say = (level: 'error' | 'warning' | 'info', message: string, more: object = {}): void => {
    if (how.json) world.err.write(`${harmlessJson(JSON.stringify({ level, message, ...more }))}\n`);
    else world.err.write(level === 'info' ? `${harmless(message)}\n` : `${level}: ${harmless(message)}\n`);
  };
  return {
    verbose: how.verbose,
    warn: (says) => say('warning', says),
    note: (says) => say('info', says),
    faults: async (faults, closing) => {
      if (how.json) {
        for (const { severity, message, code, at, hint } of faults) {
          const { file, line, col } = at;
          say(severity, message, { code, file, line, col, ...(hint === undefined ? {} : { hint }) });
        }
      } else {
        const { faultText, sentenceOf } = await import('./fault-text.ts');
        for (const fault of faults) {
          const isPlaced = fault.at.line > 0;
          const text = isPlaced ? faultText(fault, how) : `${fault.severity}: ${harmless(sentenceOf(fault))}`;
          world.err.write(`${text}\n`);
        }
      }
      if (closing !== undefined) say('info', closing);
    },
  };
}

/** `2 errors, 1 warning: nothing was loaded   explain: nwctl explain CODE`. */
export function closingOf(faults: readonly Fault[], calledAs: string): string {
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const warnings = faults.length - errors;
  const counts = [count(errors, 'error'), count(warnings, 'warning')].filter((part) => part !== '').join(', ');
  const code = (faults.find(({ severity }) => severity === 'error') ?? faults[0])?.code;
  return `${counts}${errors > 0 ? `: nothing was ${code === 'FILE_UNWRITABLE' ? 'written' : 'loaded'}` : ''}   explain: ${calledAs} explain ${code ?? ''}`.trimEnd();
}

export function count(many: number, what: string): string {
  return many === 0 ? '' : `${many} ${what}${many === 1 ? '' : 's'}`;
}

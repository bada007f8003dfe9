import { error, type Fault } from '../kernel/fault.ts';

/** A fault of the command line: it has no place in a file. */
export function usage(message: string, hint?: string): Fault {
  return error('USAGE', { file: '', line: 0, col: 0 }, message, hint);
}

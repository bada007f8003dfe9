import type { Messages } from './messages.ts';
import type { Format } from './options.ts';
import type { Look } from './paint.ts';
import type { Settings } from './settings.ts';

/** What was typed, with every setting resolved: all that a command is handed beside the world. */
export interface Asked {
  readonly verb: string;
  /** One entry an argument of the verb; those of `...` are spread. */
  readonly args: readonly string[];
  readonly settings: Settings;
  readonly format: Format;
  /** How text on standard output may look. */
  readonly look: Look;
  readonly messages: Messages;
}

import type { Asked } from './asked.ts';
import type { OptionName } from './options.ts';

/** By which a command says of which site it asks, and whom it believes. */
export const siteFlags: readonly OptionName[] = ['profile', 'capture', 'now', 'trust', 'insecure-unsigned'];

/** A word as a shell reads it back. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_./@:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A next command, ready to be copied: with the flags that were typed. What a variable or a file said holds for it too. */
export function nextCommand(
  calledAs: string,
  words: readonly string[],
  { settings }: Asked,
  names: readonly OptionName[],
): string {
  const flags = names.flatMap((name) => {
    const setting = settings.get(name);
    if (setting?.origin !== 'flag') return [];
    if (setting.value === true) return [`--${name}`];
    return typeof setting.value === 'string' ? [`--${name}`, setting.value] : [];
  });
  return [calledAs, ...[...words, ...flags].map(quoted)].join(' ');
}

import { bondModes } from '../kernel/vocabulary/bond.ts';
import { armedPath, type Instruction } from './instruction.ts';
import { ipBatch } from './programs.ts';

/** A change that goes back by itself: everything that the host needs for it, alone, with the agent dead and the API away. */
export interface Armed {
  readonly step: number;
  readonly workflow: string;
  readonly bond: string;
  /** What it is changed to. */
  readonly mode: string;
  /** What it was. */
  readonly before: { readonly mode: string; readonly configuredMode: string; readonly members: readonly string[] };
  /** What the files held; null for one that there was not. */
  readonly files: Readonly<Record<string, string | null>>;
  /** What makes the kernel what it was, from whatever state the change was cut off in. */
  readonly ipBatch: readonly string[];
}

export function armedText(armed: Armed): string {
  return `${JSON.stringify(armed, undefined, 1)}\n`;
}

/** The order that works on real kernels (transcripts 10, 12 and 30): the bond down first, or networkd loses its routes; no
 *  slaves while the mode changes, or the kernel refuses; slaves down before they come back, or it refuses them. Addresses
 *  and VLANs survive it. */
export function flipLines(bond: string, members: readonly string[], mode: string): readonly string[] {
  return [
    `link set dev ${bond} down`,
    ...members.map((member) => `link set dev ${member} nomaster`),
    `link set dev ${bond} type bond mode ${mode}`,
    ...members.map((member) => `link set dev ${member} down`),
    ...members.map((member) => `link set dev ${member} master ${bond}`),
    `link set dev ${bond} up`,
  ];
}

/** What the host carries out at the deadline or at its next boot. Files first: a boot in the middle must find the old ones.
 *  The armed file goes last, so that whoever is cut off begins again; empty for a text that is no armed file of ours, which
 *  then stays where people can see it. */
export function goBack(text: string): readonly Instruction[] {
  const armed = readArmed(text);
  if (armed === undefined) return [];
  return [...goBackFiles(armed), ipBatch(armed.ipBatch), ...standDown];
}

export function goBackFiles(armed: Armed): readonly Instruction[] {
  return Object.entries(armed.files).map(([path, before]) =>
    before === null ? { do: 'remove', path } : { do: 'write', path, text: before },
  );
}

/** First what the host would act on, then its timer: the other way round a death in between would leave a change that is
 *  confirmed and still goes back at the next boot. */
export const standDown: readonly Instruction[] = [{ do: 'remove', path: armedPath }, { do: 'disarm' }];

/** An armed file, if it is one that we wrote: only network files, only the lines that `flipLines` makes. */
export function readArmed(text: string): Armed | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isMap(json) || !isMap(json.before) || !isMap(json.files)) return undefined;
  const { step, workflow, bond, mode, before, files, ipBatch: lines } = json;
  const names = [bond, ...wordsOf(before.members)];
  const isOurs =
    Number.isSafeInteger(step) &&
    typeof workflow === 'string' &&
    names.length > 1 &&
    names.every(isDevice) &&
    [mode, before.mode].every(isMode) &&
    typeof before.configuredMode === 'string' &&
    Object.entries(files).every(([path, held]) => isNetworkPath(path) && (held === null || typeof held === 'string')) &&
    wordsOf(lines).join('\n') ===
      flipLines(bond as string, before.members as string[], before.mode as string).join('\n');
  return isOurs ? (json as unknown as Armed) : undefined;
}

/** What may become a word of a line for `ip`. */
export function isDevice(name: unknown): name is string {
  return (
    typeof name === 'string' && /^[A-Za-z0-9_.-]{1,15}$/.test(name) && !name.startsWith('-') && !/^\.+$/.test(name)
  );
}

export function isMode(mode: unknown): mode is string {
  return bondModes.some((known) => known === mode);
}

export function isNetworkPath(path: string): boolean {
  return (
    /^\/(etc\/systemd\/network|oem)\/[A-Za-z0-9_.@-]+(\/[A-Za-z0-9_.@-]+)?$/.test(path) && !/\/\.\.?(\/|$)/.test(path)
  );
}

function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : [];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

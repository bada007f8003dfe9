import { bond as bondSubject } from '../../kernel/subject.ts';
import { type Armed, readArmed } from '../armed.ts';
import { armedPath, type Operation } from '../instruction.ts';
import { lookAtFiles, modesOf, type NetworkFiles } from '../network-files.ts';
import { valueIn } from '../sense.ts';
import type { Hands } from './result.ts';

/** A bond as the kernel and the files have it now. */
export interface BondNow {
  readonly name: string;
  readonly mode: string;
  readonly members: readonly string[];
  readonly up: boolean;
  /** What the files give it at the next boot; undefined where they cannot be read so. */
  readonly configuredMode: string | undefined;
  readonly files: NetworkFiles;
}

/** The storage bond, read back from the kernel in both of its ways and from the files; in words what is in the way. */
export function* lookAtBond({ senses }: Hands, also?: (path: string) => boolean): Operation<BondNow | string> {
  const { node, bond } = senses.config;
  if (bond === undefined) return 'this site has no storage bond';
  const { id } = bondSubject(node, bond);
  const links = yield* senses.look('links');
  const mode = valueIn(links, 'bond.mode', id);
  const members = valueIn(links, 'bond.members', id);
  if (typeof mode !== 'string') return `what mode ${bond} runs in is not known`;
  if (!Array.isArray(members)) return `who the members of ${bond} are is not known`;
  const up = senses.isUp(bond);
  if (up === undefined) return `whether ${bond} is up is not known`;
  const files = yield* lookAtFiles(also);
  if (files === undefined) return 'the network files could not be read';
  const configured = modesOf(node, files.inUse).get(id);
  const configuredMode = typeof configured === 'string' ? configured : undefined;
  return { name: bond, mode, members: members as readonly string[], up, configuredMode, files };
}

/** The change that waits for its confirmation; `none`; or in words why that is not known. */
export function* lookAtArmed(): Operation<Armed | 'none' | { readonly says: string; readonly unreadable: boolean }> {
  const held = yield { do: 'read', path: armedPath };
  if (held.kind === 'missing') return 'none';
  if (held.kind !== 'text')
    return { says: 'whether a change waits for its confirmation is not known', unreadable: false };
  return readArmed(held.text) ?? { says: `${armedPath} is none that we wrote`, unreadable: true };
}

/** What is still in the way of a kernel that should run the bond in this mode, up, with these members. */
export function kernelNotYet(now: BondNow, mode: string, members: readonly string[]): string | undefined {
  if (now.mode !== mode) return `the kernel runs ${now.name} as ${now.mode}, not ${mode}`;
  const away = members.filter((member) => !now.members.includes(member));
  if (away.length > 0) return `${away.join(' and ')} did not come back to ${now.name}`;
  return now.up ? undefined : `${now.name} is down`;
}

/** The same, and of the files. */
export function notYet(
  now: BondNow,
  mode: string,
  configuredMode: string,
  members: readonly string[],
): string | undefined {
  const kernel = kernelNotYet(now, mode, members);
  if (kernel !== undefined || now.configuredMode === configuredMode) return kernel;
  return `the files give ${now.name} ${now.configuredMode ?? 'a mode that cannot be told'}, not ${configuredMode}`;
}

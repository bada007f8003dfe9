/** What an agent or an actuator can be told to do: a closed list, so that a pack which names anything else is refused at
 *  load. What each does on a host comes with the agent; here are the names and the arguments a step must give. */
export interface CommandForm {
  readonly on: 'site' | 'node';
  readonly with: Readonly<Record<string, string>>;
  readonly undoneBy?: string;
}

export const commands = {
  'site.suspend-migrations': { on: 'site', with: {}, undoneBy: 'site.resume-migrations' },
  'site.resume-migrations': { on: 'site', with: {}, undoneBy: 'site.suspend-migrations' },
  'drbd.disconnect': { on: 'node', with: {}, undoneBy: 'drbd.connect' },
  'drbd.connect': { on: 'node', with: {}, undoneBy: 'drbd.disconnect' },
  'bond.set-mode': { on: 'node', with: { mode: 'bond.mode' }, undoneBy: 'bond.set-mode' },
  'bond.confirm': { on: 'node', with: {} },
} as const satisfies Record<string, CommandForm>;

export type CommandName = keyof typeof commands;

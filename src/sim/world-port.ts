import type { Answer, Instruction } from '../agent/instruction.ts';
import type { KubeObject } from '../kernel/raw.ts';

/** What the loop asks of the world: hosts, links, DRBD, LINSTOR and KubeVirt (`world/`). */
export interface WorldPort {
  /** The hosts there are, running or not. */
  nodes(): readonly string[];
  power(node: string): 'up' | 'hung' | 'off' | 'booting';
  /** Changes whenever a host gets another disk, and with it loses what its agent had written down. */
  uid(node: string): string;
  /** Grows with every change of DRBD, of links or of faults. */
  readonly revision: number;
  advance(nowMs: number): void;
  nextEventAt(): number;
  carryOut(node: string, instruction: Instruction): { readonly answer: Answer; readonly tookMs: number };
  /** LINSTOR’s REST, for whoever asks it over the network. */
  linstor(method: string, path: string, body?: string): Answer;
  /** What controllers and kubelets have written since the last time. */
  changedObjects(): readonly { readonly object?: KubeObject; readonly gone?: Gone }[];
  /** Somebody wrote this to the API server: whoever watches it in the world acts on it. */
  applied(object: KubeObject): void;
  deleted(gone: Gone): void;
}

export interface Gone {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

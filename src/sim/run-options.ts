import type { RecordInstruction } from '../actuators/instruction.ts';
import type { WorkflowKind } from '../crd/workflow-object.ts';
import type { KubeObject, Raw } from '../kernel/raw.ts';
import type { HeldProfile } from '../operator/prepare.ts';
import type { TrueTime } from './clock.ts';
import type { Fault } from './fault-kinds.ts';
import type { FaultChoice } from './faults.ts';
import type { Keeper } from './keeper.ts';
import type { simWorld } from './real-world.ts';
import type { Life, Program } from './runner.ts';
import type { SiteSize } from './story.ts';

/** One run: everything that decides what happens in it. The same options and the same build give the same bytes. */
export interface RunOptions {
  readonly seed: number | string;
  readonly workflow: WorkflowKind;
  /** With the machine of the workflow's kind, compiled. */
  readonly profile: HeldProfile;
  /** What the site gets when its profile changes. */
  readonly nextProfile?: HeldProfile;
  readonly site?: SiteSize;
  /** These, or drawn by the seed from these kinds. */
  readonly faults: readonly Fault[] | FaultChoice;
  readonly boundMs?: number;
  readonly stepsMax?: number;
  /** Lines of transcript that are kept; 0 for none. */
  readonly linesMax?: number;
  /** For tests: another world than the real one. */
  readonly makeWorld?: MakeWorld;
  /** For the bench: a clock that measures our own time, milliseconds. */
  readonly meter?: () => number;
  /** For whoever keeps what a site looked like: everything that is written to the API server, when it is. */
  readonly onWrite?: (object: KubeObject, nowMs: number) => void;
  /** For whoever compares: every record of a decision before it is kept, with everything that its operator had heard by
   *  that moment of its own clock. */
  readonly onRecord?: (record: RecordInstruction, heard: (nowMs: number) => readonly Raw[]) => void;
  /** Who keeps the records; without, they are made and forgotten. */
  readonly keeperOf?: (time: TrueTime) => Keeper;
  /** The build that decides, by digest, as its records name it. */
  readonly engine?: string;
  /** For tests: other programs than the real ones. */
  readonly programs?: Programs;
}

export type MakeWorld = typeof simWorld;

export interface Programs {
  agent(node: string, life: Life): Program;
  operator(name: string, life: Life): Program;
}

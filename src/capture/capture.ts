import type { Loaded } from '../kernel/fault.ts';
import type { Raw } from '../kernel/raw.ts';

/** What was fetched of one site at about one moment: a folder that people keep in Git, or one file that tools pass around.
 *  Both make the same capture, digest included. */
export interface Capture {
  readonly name: string;
  /** When the last thing was fetched, by the observer's clock; null when nobody wrote it down. Every raw then has `at: 0`,
   *  and only the order of things seen together can be judged, not their age. */
  readonly takenAtMs: number | null;
  readonly takenBy: string;
  readonly requestedBy?: string;
  /** Whoever took it says that everything was asked for and had. */
  readonly complete: boolean;
  readonly hasManifest: boolean;
  /** In the order of the one-file form, so that the order of files and objects changes nothing. */
  readonly raws: readonly Raw[];
  readonly missing: readonly Missing[];
  /** SHA-256 over the one-file form before it is compressed. */
  readonly digest: string;
}

/** What was asked for and could not be had: unknown, never empty. */
export interface Missing {
  /** `kubevirt.io/v1/VirtualMachine`, `linstor/v1/view/resources` or `hosts/node-c/drbdsetup-status.json`. */
  readonly what: string;
  readonly why: string;
}

/** `read`: only what a normaliser reads, and of it only the fields that one may read. `all`: everything that may be kept,
 *  for making another capture of it. */
export type Keep = 'read' | 'all';

/** One file of a capture folder, with its path inside the folder, `/` between steps. */
export interface CaptureEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type LoadedCapture = Loaded<Capture>;

export const captureApiVersion = 'nodewright.spectrocloud.com/v1alpha1';
export const captureKind = 'Capture';
/** Grows when a reader of today would misread what a writer of tomorrow writes. */
export const captureFormatVersion = 1;

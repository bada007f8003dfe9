import type { Backend, OperatingSystem } from './capability.ts';

/** What a profile says of a site that normalisers must know: names, never thresholds. */
export interface SiteShape {
  readonly nodes: {
    readonly atLeast: number;
    readonly atMost: number;
    /** Labels that make a Node ours; all must match. Empty: every Node. */
    readonly matchLabels: Readonly<Record<string, string>>;
  };
  /** Undefined when the site replicates over no bond of its own. */
  readonly storageBond?: { readonly name: string; readonly members: readonly string[]; readonly mtu: number };
  readonly backend: Backend;
  /** Namespace of Piraeus. */
  readonly storageNamespace: string;
  readonly storagePool?: string;
  readonly storageClasses: readonly string[];
  readonly os: OperatingSystem;
  /** Where a workflow of ours writes down that it changes this site. */
  readonly lock?: { readonly lease: { readonly namespace: string; readonly name: string } };
  readonly legacy?: LegacyNames;
}

/** How the DaemonSet of today names what it reports. Read only: we never write any of it. */
export interface LegacyNames {
  readonly namespace: string;
  readonly daemonSet: string;
  readonly state: { readonly configMap: string; readonly key: string };
  readonly lock?: { readonly configMap: string; readonly key: string };
  /** In its own namespace. Beside a `lock`: both must say the same. */
  readonly lease?: { readonly name: string };
  readonly heartbeats?: { readonly configMap: string };
  /** As which reporter its Events are written. */
  readonly events?: { readonly reporter: string };
  /** Its words → ours (`legacyStates` in `vocabulary/site.ts`). A word that is not here is unreadable. */
  readonly states: Readonly<Record<string, string>>;
}

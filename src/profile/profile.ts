import type { Capability } from '../kernel/capability.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Signed, Verified } from '../kernel/trust.ts';
import type { RulePack } from '../rules/pack.ts';

/** A profile after loading: one site's shape, its parameters put into its packs, and what the whole is called. */
export interface Profile {
  readonly name: string;
  readonly version: string;
  /** Over the canonical document that holds the profile and its packs: where the files stood does not change it. */
  readonly digest: string;
  readonly signed: Signed;
  readonly shape: SiteShape;
  readonly capabilities: readonly Capability[];
  readonly packs: readonly RulePack[];
}

export type VerifiedProfile = Verified<Profile>;

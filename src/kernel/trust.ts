declare const checked: unique symbol;

/** A document whose origin was checked, or was said out loud not to be. Only `src/profile/verify.ts` makes one, so that text
 *  of unknown origin does not type-check where a profile is asked for. */
export type Verified<T> = T & { readonly [checked]: true };

/** What every output says of a profile's signature. `unsigned`: nobody asked, since it decides nothing over a site.
 *  `insecure-unsigned`: it decides without one, as somebody said on the command line. */
export type Signed =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'insecure-unsigned' }
  | {
      readonly kind: 'signed';
      /** Ids of the keys that signed, ascending; each is one that may. */
      readonly by: readonly string[];
      /** The trust root that says so. */
      readonly root: { readonly site: string; readonly version: number; readonly digest: string };
    };

declare const checked: unique symbol;

/** A document whose origin was checked, or was said out loud not to be. Only `src/profile/` makes one, so that text of
 *  unknown origin does not type-check where a profile is asked for. */
export type Verified<T> = T & { readonly [checked]: true };

/** What every output says of a profile's signature. Signatures come with a later version; until then: unsigned. */
export type Signed = { readonly kind: 'unsigned' };

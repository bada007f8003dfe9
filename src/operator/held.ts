import { canonical, type Json } from '../kernel/digest.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import { type CompiledMachine, compileMachine } from '../rules/machine-evaluator.ts';
import type { HeldProfile } from './prepare.ts';

/** The profile as the operator holds one: each of its machines is compiled when it is asked for. `bundle`: the document that its digest
 *  is of, for whoever keeps what decided. */
export function held({ digest, shape, packs }: VerifiedProfile, bundle?: Json): HeldProfile {
  const compiled = new Map<string, CompiledMachine | undefined>();
  const compiledOf = (kind: string): CompiledMachine | undefined => {
    const machine = packs.find((pack) => pack.machine?.drives === kind)?.machine;
    return machine === undefined ? undefined : compileMachine(machine);
  };
  let text: string | undefined;
  const bundleText = (document: Json): string => {
    text ??= canonical(document);
    return text;
  };
  return {
    digest,
    shape,
    ...(bundle === undefined ? {} : { bundle: () => bundleText(bundle) }),
    machineOf(kind) {
      if (!compiled.has(kind)) compiled.set(kind, compiledOf(kind));
      return compiled.get(kind);
    },
  };
}

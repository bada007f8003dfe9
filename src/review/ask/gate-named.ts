import { error, type Loaded, type Place } from '../../kernel/fault.ts';
import type { Gate } from '../../rules/pack.ts';
import { shown } from '../../source/shown.ts';
import { hintFor, listed } from '../../source/suggest.ts';
import type { Side } from '../side.ts';

export interface GateOf {
  readonly pack: string;
  readonly gate: Gate;
}

/** The gate of a profile that `GATE` or `PACK/GATE` means. */
export function gateNamed(word: string, { profile }: Side, at: Place): Loaded<GateOf> {
  const gates = profile.packs.flatMap((pack) => pack.gates.map((gate) => ({ pack: pack.name, gate })));
  const found = gates.find(({ pack, gate }) => word === gate.name || word === `${pack}/${gate.name}`);
  if (found !== undefined) return { ok: true, value: found, warnings: [] };
  const names = gates.map(({ gate }) => gate.name);
  const isFinding = profile.packs.some(({ findings }) => findings.some(({ name }) => name === word));
  const there = names.length === 0 ? 'it has no gate at all' : `there are ${listed(names, 'and')}`;
  const hint = isFinding
    ? 'it is a finding, which holds nothing'
    : hintFor(word.slice(word.lastIndexOf('/') + 1), names, there);
  const message = `there is no gate \`${shown(word)}\` in profile \`${profile.name}\``;
  return { ok: false, faults: [error('ASK_UNKNOWN_NAME', at, message, hint)] };
}

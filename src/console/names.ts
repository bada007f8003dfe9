import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import type { Finding, Gate } from '../rules/pack.ts';
import { shown } from '../rules/shown.ts';
import { hintFor, listed } from '../rules/suggest.ts';
import type { AskedGate } from './answer.ts';
import type { Site } from './inputs.ts';

/** A name that was asked for and does not exist is a fault of the question, never an empty answer. */
export function unknownName(message: string, hint?: string): Fault {
  return error('ASK_UNKNOWN_NAME', { file: '', line: 0, col: 0 }, message, hint);
}

/** `GATE` or `GATE/OBJECT`, each checked against the profile and against who there is. */
export function gatesAsked(words: readonly string[], site: Site): Loaded<readonly AskedGate[]> {
  const faults: Fault[] = [];
  const asked: AskedGate[] = [];
  const gates = site.profile.packs.flatMap((pack) => pack.gates.map((gate) => ({ pack: pack.name, gate })));
  for (const word of words) {
    const named = gates
      .map(({ pack, gate }) => ({ gate, rest: restAfter(word, gate.name) ?? restAfter(word, `${pack}/${gate.name}`) }))
      .find(({ rest }) => rest !== undefined);
    if (named === undefined) {
      const names = gates.map(({ gate }) => gate.name);
      const hint = hintFor(word.split('/')[0] ?? '', names, `there are ${listed(names, 'and')}`);
      faults.push(unknownName(`there is no gate \`${shown(word)}\` in profile \`${site.profile.name}\``, hint));
      continue;
    }
    if (named.rest === '' || named.rest === undefined) {
      asked.push({ name: named.gate.name });
      continue;
    }
    const object = objectAsked(named.gate, named.rest, site);
    if (object.ok) asked.push({ name: named.gate.name, object: object.value });
    else faults.push(...object.faults);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: asked, warnings: [] };
}

function restAfter(word: string, name: string): string | undefined {
  if (word === name) return '';
  return word.startsWith(`${name}/`) ? word.slice(name.length + 1) : undefined;
}

/** The object that the rule judges, in full; what cannot be looked up because its list is not known, as it was typed. */
export function objectAsked(rule: Gate | Finding, word: string, site: Site): Loaded<string> {
  const object = objectMeant(word, site);
  if (!object.ok) return object;
  const fault = objectFault(rule, object.value, site);
  return fault === undefined ? object : { ok: false, faults: [fault] };
}

/** A short name may stand for its volume as long as no other one begins so. */
export function objectMeant(word: string, { names }: Site): Loaded<string> {
  const [first = word, second] = names.meant(word);
  if (second === undefined) return { ok: true, value: first, warnings: [] };
  const candidates = names.meant(word).map((one) => names.shorten(one));
  return {
    ok: false,
    faults: [unknownName(`\`${shown(word)}\` may be one of several`, `there are ${listed(candidates, 'and')}`)],
  };
}

function objectFault(rule: Gate | Finding, object: string, { judgement, names }: Site): Fault | undefined {
  const population = judgement.snapshot.populations[rule.per];
  if (population.state !== 'known' || population.indexOf.has(object)) return undefined;
  const ids = population.members.map(({ id }) => names.shorten(id));
  const hint = hintFor(
    object,
    ids,
    ids.length === 0 ? `there is no ${rule.per} at all` : `there are ${listed(ids, 'and')}`,
  );
  return unknownName(`\`${rule.name}\` is about a ${rule.per}, and there is none called \`${shown(object)}\``, hint);
}

import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import type { Finding, Gate } from '../rules/pack.ts';
import { shown } from '../source/shown.ts';
import { hintFor, listed } from '../source/suggest.ts';
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
      const isFinding = site.profile.packs.some(({ findings }) => findings.some(({ name }) => name === word));
      const hint = isFinding
        ? `it is a finding, which holds nothing; ask \`why ${word}\``
        : hintFor(word.split('/')[0] ?? '', names, `there are ${listed(names, 'and')}`);
      faults.push(unknownName(`there is no gate \`${shown(word)}\` in profile \`${site.profile.name}\``, hint));
      continue;
    }
    const object = named.rest?.object;
    if (object === undefined) {
      const nobody = nobodyFault(named.gate, site);
      if (nobody === undefined) asked.push({ name: named.gate.name });
      else faults.push(nobody);
      continue;
    }
    const meant = objectAsked(named.gate, object, site);
    if (meant.ok) asked.push({ name: named.gate.name, object: meant.value });
    else faults.push(...meant.faults);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: asked, warnings: [] };
}

/** What is asked of, behind a name; an empty object is one that somebody meant to write. */
function restAfter(word: string, name: string): { readonly object?: string } | undefined {
  if (word === name) return {};
  return word.startsWith(`${name}/`) ? { object: word.slice(name.length + 1) } : undefined;
}

/** That the rule is about nobody who is here. To say that all of nobody is open would be an answer to act on. */
export function nobodyFault({ name, per }: Gate | Finding, { judgement }: Site): Fault | undefined {
  const { state, members } = judgement.snapshot.populations[per];
  if (state !== 'known' || members.length > 0) return undefined;
  return unknownName(`\`${name}\` is about a ${per}, and there is no ${per} at all`);
}

/** The object that the rule judges, in full; what cannot be looked up because its list is not known, as it was typed. */
export function objectAsked(rule: Gate | Finding, word: string, site: Site): Loaded<string> {
  if (word === '') {
    const fault = unknownName(
      `of which ${rule.per} \`${rule.name}\` is asked is empty`,
      'leave the `/` out to ask of all',
    );
    return { ok: false, faults: [fault] };
  }
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

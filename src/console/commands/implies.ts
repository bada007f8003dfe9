import type { Fault, Loaded } from '../../kernel/fault.ts';
import { implication, type Sided } from '../../review/ask/claims.ts';
import { gateNamed } from '../../review/ask/gate-named.ts';
import type { Side } from '../../review/side.ts';
import { answerAnySite } from '../answer-any-site.ts';
import type { Asked } from '../asked.ts';
import { missing } from '../profiles.ts';
import { mention, refuse } from '../refuse.ts';
import { openSide } from '../review-inputs.ts';
import type { ExitCode, World } from '../world.ts';

/** Whether one gate is open wherever another one is. */
export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [one = '', other = ''] = asked.args;
  const sides = new Map<string, Promise<Loaded<Side>>>();
  const open = (path: string): Promise<Loaded<Side>> => {
    const known = sides.get(path) ?? openSide(path, world);
    sides.set(path, known);
    return known;
  };
  const [a, b] = [await gateAsked(one, 'open', asked, open), await gateAsked(other, 'not open', asked, open)];
  if (!a.ok || !b.ok) {
    const faults = [a, b].flatMap((loaded): readonly Fault[] => (loaded.ok ? [] : loaded.faults));
    return refuse([...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()], asked, world);
  }
  const asking = implication(a.value, b.value);
  if (!asking.ok) return refuse(asking.faults, asked, world);
  await mention(a.warnings, asked);
  const notes = [a.value, b.value].flatMap(({ gate: { gate } }) =>
    gate.per === 'site' && asking.value.claim.per !== 'site'
      ? [`${gate.name} is asked of the site on which the ${asking.value.claim.per} is`]
      : [],
  );
  return answerAnySite(asking.value, { verb: 'implies', question: `${one} implies ${other}`, notes }, asked, world);
}

/** `[SIDE#]GATE` → the gate, by the rules of its side; without a side of the profile that was named. */
async function gateAsked(
  word: string,
  is: 'open' | 'not open',
  { settings }: Asked,
  open: (path: string) => Promise<Loaded<Side>>,
): Promise<Loaded<Sided>> {
  const cut = word.lastIndexOf('#');
  const path = cut === -1 ? settings.text('profile') : word.slice(0, cut);
  if (path === undefined || path === '') return { ok: false, faults: [missing('profile', 'DIR')] };
  const side = await open(path);
  if (!side.ok) return side;
  const name = word.slice(cut + 1);
  const at = { file: 'gate', line: 1, col: cut + 2, length: name.length, excerpt: word };
  const gate = gateNamed(name, side.value, at);
  if (!gate.ok) return gate;
  return { ok: true, value: { side: side.value, gate: { ...gate.value, is, at } }, warnings: side.warnings };
}

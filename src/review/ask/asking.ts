import { invariant } from '../../kernel/fault.ts';
import { type Reason, TRUE, type VerdictWord, verdictWords } from '../../kernel/verdict.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import type { Condition } from '../../rules/condition.ts';
import type { Finding, Gate, RulePack } from '../../rules/pack.ts';
import type { Found, MadeUpSite, NoneWithin, Unfinished } from '../../witness/answer.ts';
import type { Claim } from '../../witness/claim.ts';
import { search } from '../../witness/search.ts';
import type { Asked } from '../asked.ts';
import { letThrough } from '../let-through.ts';
import { nowhere } from '../parts.ts';
import type { LetThrough } from '../proof.ts';
import type { ProveOptions } from '../prove.ts';
import type { Side } from '../side.ts';
import { Judge, type SideSight, type Word } from '../sight.ts';
import { lookAtStated } from '../stated.ts';
import type { Asking, GateIs } from './claims.ts';

export type Told = NoneWithin | Unfinished | Example;

/** The smallest site on which it is so, as it was judged by the evaluator that judges real ones. */
export interface Example {
  readonly kind: 'example';
  readonly object: string;
  readonly site: MadeUpSite;
  /** In the order in which they were asked. */
  readonly gates: readonly GateOn[];
}

export interface GateOn {
  readonly side: Side;
  readonly gate: GateIs;
  readonly object: string;
  readonly is: VerdictWord;
  /** Why it is not open; nothing where it is. */
  readonly held: readonly Reason[];
  /** The lines that let it through; nothing where it is not open. */
  readonly let: readonly LetThrough[];
}

export async function answered(asking: Asking, options: ProveOptions): Promise<Told> {
  const [first] = asking.gates;
  invariant(first !== undefined, 'a question names a gate');
  const { shape } = first.side.profile;
  const answer = await search(asking.claim, { ...options, vocabulary, shape });
  return answer.kind === 'found' ? judged(asking, answer) : answer;
}

/** What the solver finds is judged again as every site is. Shown is what that said. */
function judged({ gates, condition, claim }: Asking, { object, site }: Found): Example {
  const finding = condition === undefined ? undefined : findingOf(condition, claim);
  const sights = new Map(
    gates.map(({ side }): [Side, SideSight] => [side, lookAtStated(new Judge(withFinding(side, finding)), site)]),
  );
  const word = (side: Side, asked: Asked, of: string): Word => {
    const said = sights.get(side)?.words(asked).get(of);
    invariant(said !== undefined, 'who a site is made up for is on its list');
    return said;
  };
  const on = gates.map(({ side, gate }): GateOn => {
    const of = gate.gate.per === 'site' ? 'site' : object;
    const { truth, why } = word(side, asked('gate', gate.pack, gate.gate), of);
    const is = verdictWords[truth];
    invariant(gate.is === 'not open' ? is !== 'open' : is === gate.is, 'a site is judged as the solver says');
    const reasons = why();
    const isOpen = is === 'open';
    return { side, gate, object: of, is, held: isOpen ? [] : reasons, let: isOpen ? letThrough(reasons) : [] };
  });
  const [first] = gates;
  if (finding !== undefined && first !== undefined) {
    const { truth } = word(first.side, asked('finding', questionPack, finding), object);
    invariant(truth === TRUE, 'what is asked for holds on the site');
  }
  return { kind: 'example', object, site, gates: on };
}

function asked(kind: 'gate' | 'finding', pack: string, rule: Gate | Finding): Asked {
  const { name, per, at } = rule;
  return { kind, pack, name, per, ways: [[{ name, rule }]], at };
}

/** No pack has such a name. */
const questionPack = '(question)';

/** What a question asks beside gates, as a rule: a finding, since a question may ask what is unknown. */
function findingOf(when: Condition, { per }: Claim): Finding {
  return { kind: 'finding', name: 'asked', says: '', per, when, severity: 'info', at: nowhere };
}

function withFinding(side: Side, finding: Finding | undefined): Side {
  if (finding === undefined) return side;
  const pack: RulePack = {
    name: questionPack,
    version: '0.0.0',
    digest: '',
    file: questionPack,
    requires: [],
    parameters: new Map(),
    gates: [],
    findings: [finding],
    rollup: [],
  };
  return { ...side, profile: { ...side.profile, packs: [...side.profile.packs, pack] } };
}

import type { Place } from '../../kernel/fault.ts';
import type { Side } from '../../review/side.ts';
import { harmless } from '../escape.ts';
import type { Data } from './data.ts';
import { inTree } from './diff-words.ts';
import { factText, siteLines } from './made-up-site.ts';
import { factsRead, type ToldWitness, witnessTurn, witnessWhom } from './proof-words.ts';
import { reasonSays } from './reason-text.ts';
import { message, physical, stepsMax } from './sarif.ts';

/** A made-up site as the path that SARIF has for it: one step a line of the new side that lets it through, or that holds it now, with what
 *  the line read there. */
export interface Flow {
  readonly says: string;
  readonly steps: readonly Step[];
  /** Steps past what is shown. */
  readonly left: number;
}

interface Step {
  readonly at: Place;
  readonly says: string;
  /** `node.ready of node-1` → `true (seen 31s before)`. */
  readonly state: ReadonlyMap<string, string>;
}

/** `ruleAt`: for what nothing is asked of any more. */
export function flowOf(told: ToldWitness, ruleAt: Place): Flow {
  const { witness, turn } = told;
  const steps: readonly Step[] =
    turn === 'opens'
      ? witness.let.map((line) => ({
          ...line,
          state: new Map(factsRead(line, witness).map((fact) => [`${fact.fact} of ${fact.of}`, factText(fact)])),
        }))
      : witness.held.map((reason) => ({
          at: reason.at,
          says: reasonSays(reason),
          state: new Map([[`${reason.fact} of ${reason.object}`, reason.detail]]),
        }));
  const all = steps.length > 0 ? steps : [{ at: ruleAt, says: 'nothing is asked', state: new Map<string, string>() }];
  const says = `${witnessTurn(told)} (${witnessWhom(told)}): ${siteLines(witness.site)
    .map((line) => line.trim())
    .join('; ')}`;
  return { says, steps: all.slice(0, stepsMax), left: Math.max(0, all.length - stepsMax) };
}

export function flowData({ says, steps }: Flow, fresh: Side): Data {
  return {
    message: message(says),
    threadFlows: [{ locations: steps.map((step, at) => stepData(step, at, fresh)) }],
  };
}

function stepData({ at, says, state }: Step, index: number, fresh: Side): Data {
  const here = inTree(at, fresh);
  return {
    executionOrder: index + 1,
    importance: 'essential',
    location: { ...(here.line < 1 ? {} : { physicalLocation: physical(here) }), message: message(says) },
    ...(state.size === 0
      ? {}
      : { state: Object.fromEntries([...state].map(([name, text]) => [harmless(name), message(text)])) }),
  };
}

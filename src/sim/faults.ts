import { type Fault, type FaultForm, type FaultKind, faultForm, faultNames, isFaultKind } from './fault-kinds.ts';
import type { Random } from './random.ts';

/** Whom faults can strike in one site. */
export interface Targets {
  readonly nodes: readonly string[];
  readonly volumes: readonly string[];
  readonly vms: readonly string[];
  /** Agents and operators, by process name. */
  readonly processes: readonly string[];
  readonly operators: readonly string[];
  /** States of the workflow's machine, in its order. */
  readonly states: readonly string[];
}

export interface FaultChoice {
  readonly kinds: readonly FaultKind[];
  /** How many there are at most in one run. */
  readonly atMost: number;
  /** Those that are counted from the beginning begin within so long. */
  readonly withinMs: number;
}

/** `all`, `none`, or kinds and families, separated by commas. Undefined words are named. */
export function parseFaults(text: string): {
  readonly kinds: readonly FaultKind[];
  readonly unknown: readonly string[];
} {
  if (text === 'none') return { kinds: [], unknown: [] };
  if (text === 'all') return { kinds: faultNames, unknown: [] };
  const kinds = new Set<FaultKind>();
  const unknown: string[] = [];
  for (const word of text.split(',').map((part) => part.trim())) {
    const family = faultNames.filter((kind) => faultForm(kind).family === word);
    if (isFaultKind(word)) kinds.add(word);
    else if (family.length > 0) for (const kind of family) kinds.add(kind);
    else unknown.push(word);
  }
  return { kinds: [...kinds].sort(), unknown };
}

/** A run's faults, from its seed. Every one of them ends. Most begin in a state that the machine is in, since a fault in an
 *  hour in which nothing happens finds nothing; few runs have many, since two that meet hide a third. */
export function drawFaults(random: Random, targets: Targets, choice: FaultChoice): readonly Fault[] {
  const [first, ...others] = choice.kinds;
  if (first === undefined) return [];
  const count = random.chance(0.25) ? random.between(1, choice.atMost) : random.between(1, Math.min(3, choice.atMost));
  const faults: Fault[] = [];
  for (let drawn = 0; drawn < count; drawn += 1) {
    const kind = random.pick([first, ...others]);
    const form = faultForm(kind);
    const on = random.split(`on/${drawn}`);
    const [target, ...rest] = targetsOf(form, targets);
    if (target === undefined) continue;
    const [state, ...states] = targets.states;
    const inState = state !== undefined && random.chance(0.8);
    faults.push({
      kind,
      ...(inState ? { state: random.pick([state, ...states]) } : {}),
      afterMs: inState ? (random.chance(0.4) ? 0 : random.below(30_000)) : random.below(choice.withinMs),
      forMs: form.lasts === 'moment' ? 0 : random.between(form.lasts[0], form.lasts[1]),
      on: on.pick([target, ...rest]),
      how: random.below(1_000),
    });
  }
  return faults;
}

export function targetsOf(form: FaultForm, targets: Targets): readonly string[] {
  switch (form.on) {
    case 'site':
      return ['site'];
    case 'node':
      return targets.nodes;
    case 'volume':
      return targets.volumes;
    case 'vm':
      return targets.vms;
    case 'process':
      return targets.processes;
    case 'operator':
      return targets.operators;
  }
}

import { member } from './read.ts';
import type { Told } from './told.ts';

/** A condition as `kubectl wait` and people read it. Its times are by the operator's clock. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** When its status last changed. */
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** `Held`: it waits. `Overdue`: longer than its budget. `Halted`: it has given up. `Complete`: it did what it was for. */
export const conditionTypes = ['Held', 'Overdue', 'Halted', 'Complete'] as const;
export type ConditionType = (typeof conditionTypes)[number];

/** `before`: what stands in the object, whoever wrote it; only the times of unchanged conditions are taken from it. */
export function conditionsOf(told: Told, generation: unknown, before: unknown): readonly Condition[] {
  const halted = told.kind === 'halt' || (told.kind === 'rest' && told.outcome === 'halted');
  const holds: Readonly<Record<ConditionType, boolean>> = {
    Held: told.kind === 'hold',
    Overdue: told.kind === 'hold' && told.overdue === true,
    Halted: halted,
    Complete: told.kind === 'rest' && told.outcome === 'complete',
  };
  const message = `${told.state}: ${told.says} (as seen at ${told.observedAt})`;
  return conditionTypes.map((type) => {
    const status = holds[type] ? 'True' : 'False';
    return {
      type,
      status,
      reason: reasonOf(told),
      message,
      lastTransitionTime: since(before, type, status) ?? told.observedAt,
      ...(typeof generation === 'number' ? { observedGeneration: generation } : {}),
    };
  });
}

function reasonOf({ kind, outcome }: Told): string {
  const words: Readonly<Record<Told['kind'], string>> = {
    advance: 'Advancing',
    undo: 'TakingBack',
    hold: 'Waiting',
    halt: 'GivenUp',
    rest: 'AtRest',
  };
  return outcome === undefined ? words[kind] : `${outcome[0]?.toUpperCase()}${outcome.slice(1)}`;
}

function since(before: unknown, type: ConditionType, status: string): string | undefined {
  if (!Array.isArray(before)) return undefined;
  const old: unknown = before.find((one) => member(one, 'type') === type && member(one, 'status') === status);
  const time = member(old, 'lastTransitionTime');
  return typeof time === 'string' && Number.isFinite(Date.parse(time)) ? time : undefined;
}

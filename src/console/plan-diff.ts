/** A plan as its document says it, as far as two are compared. */
export interface PlanRead {
  /** How people call where it came from. */
  readonly from: string;
  /** By whom the profile was signed that it was made by, as its document says. */
  readonly signature: string;
  readonly workflow: string;
  readonly state: string;
  readonly decision: string;
  readonly steps: readonly StepRead[];
}

export interface StepRead {
  readonly state: string;
  readonly command: string | null;
  readonly members: readonly { readonly object: string; readonly stands: string }[] | null;
  readonly waitsFor: readonly GateRead[];
  readonly down: readonly string[];
  readonly mayFail: readonly string[] | null;
}

export interface GateRead {
  readonly gate: string;
  readonly object: string;
  readonly when: string;
  readonly verdict: string;
  readonly because: readonly { readonly fact: string; readonly object: string; readonly detail: string }[];
}

export interface PlanDiff {
  readonly old: PlanRead;
  readonly new: PlanRead;
  /** Where it stands, or what is decided, if that is not the same. */
  readonly moved: boolean;
  /** Gates that are open now and were not; that were and are not; that are not, for another reason. */
  readonly possible: readonly GateChange[];
  readonly impossible: readonly GateChange[];
  readonly otherwise: readonly GateChange[];
  /** Gates of steps that are in both plans, and that are asked in one only. */
  readonly asked: readonly GateChange[];
  readonly added: readonly StepRead[];
  readonly gone: readonly StepRead[];
  readonly members: readonly MemberChange[];
  readonly mayFail: readonly FailChange[];
  readonly differs: boolean;
}

export interface GateChange {
  readonly state: string;
  readonly gate: string;
  readonly object: string;
  /** Undefined: it was not asked then, or is not asked now. */
  readonly was?: string;
  readonly is?: string;
  /** Why it is not open, of the newer plan if it is not open there. */
  readonly because?: GateRead['because'][number];
}

export interface MemberChange {
  readonly state: string;
  readonly command: string;
  readonly object: string;
  readonly was?: string;
  readonly is?: string;
}

export interface FailChange {
  readonly state: string;
  readonly was: readonly string[] | null;
  readonly is: readonly string[] | null;
}

/** What is different, step by step; steps are the same if their states are. */
export function diffPlans(before: PlanRead, after: PlanRead): PlanDiff {
  const then = new Map(before.steps.map((step) => [step.state, step]));
  const now = new Map(after.steps.map((step) => [step.state, step]));
  const added = after.steps.filter(({ state }) => !then.has(state));
  const gone = before.steps.filter(({ state }) => !now.has(state));
  const both = after.steps.flatMap((is) => {
    const was = then.get(is.state);
    return was === undefined ? [] : [{ was, is }];
  });
  const gates = both.flatMap(({ was, is }) => gateChanges(was, is));
  const inBoth = gates.filter(({ was, is }) => was !== undefined && is !== undefined);
  const members = both.flatMap(({ was, is }) => memberChanges(was, is));
  const mayFail = both.flatMap(({ was, is }): readonly FailChange[] =>
    same(was.mayFail, is.mayFail) ? [] : [{ state: is.state, was: was.mayFail, is: is.mayFail }],
  );
  const moved = before.state !== after.state || before.decision !== after.decision;
  const differs = moved || [added, gone, gates, members, mayFail].some(({ length }) => length > 0);
  return {
    old: before,
    new: after,
    moved,
    possible: inBoth.filter(({ is }) => is === 'open'),
    impossible: inBoth.filter(({ was }) => was === 'open'),
    otherwise: inBoth.filter(({ was, is }) => was !== 'open' && is !== 'open'),
    asked: gates.filter((gate) => !inBoth.includes(gate)),
    added,
    gone,
    members,
    mayFail,
    differs,
  };
}

function gateChanges(was: StepRead, is: StepRead): readonly GateChange[] {
  const keyOf = ({ gate, object, when }: GateRead): string => JSON.stringify([gate, object, when]);
  const then = new Map(was.waitsFor.map((gate) => [keyOf(gate), gate]));
  const now = new Map(is.waitsFor.map((gate) => [keyOf(gate), gate]));
  return [...new Set([...now.keys(), ...then.keys()])].flatMap((key): readonly GateChange[] => {
    const [old, fresh] = [then.get(key), now.get(key)];
    const one = fresh ?? old;
    if (one === undefined || old?.verdict === fresh?.verdict) return [];
    const because = fresh?.because[0] ?? old?.because[0];
    return [
      {
        state: is.state,
        gate: one.gate,
        object: one.object,
        ...(old === undefined ? {} : { was: old.verdict }),
        ...(fresh === undefined ? {} : { is: fresh.verdict }),
        ...(because === undefined ? {} : { because }),
      },
    ];
  });
}

function memberChanges(was: StepRead, is: StepRead): readonly MemberChange[] {
  const command = is.command ?? was.command;
  if (command === null) return [];
  const then = new Map((was.members ?? []).map(({ object, stands }) => [object, stands]));
  const now = new Map((is.members ?? []).map(({ object, stands }) => [object, stands]));
  return [...new Set([...now.keys(), ...then.keys()])].flatMap((object): readonly MemberChange[] => {
    const [old, fresh] = [then.get(object), now.get(object)];
    if (old === fresh) return [];
    const words = { ...(old === undefined ? {} : { was: old }), ...(fresh === undefined ? {} : { is: fresh }) };
    return [{ state: is.state, command, object, ...words }];
  });
}

function same(left: readonly string[] | null, right: readonly string[] | null): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

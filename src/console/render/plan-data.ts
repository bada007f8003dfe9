import { verdictWords } from '../../kernel/verdict.ts';
import { moment } from '../ages.ts';
import type { AnsweredStep, PlanAnswer } from '../plan-answer.ts';
import type { Data } from './data.ts';
import { captureData, placeData, profileData, reasonData } from './parts.ts';
import { workflowData } from './workflow-data.ts';

/** `plan -o json`: a contract, written down in schemas/plan.v1.json and held by a test; `plan diff` reads it back. */
export function planData(answer: PlanAnswer): Data {
  const { profile, capture, nowMs, workflow, isThere, steps, back, leftOut, verdict } = answer;
  return {
    schemaVersion: 'plan/v1',
    profile: profileData(profile),
    capture: captureData(capture),
    snapshot: { digest: answer.snapshotDigest(), at: moment(nowMs) },
    verdict,
    inCapture: isThere,
    workflow: workflowData(workflow),
    steps: steps.map(stepData),
    back: back.map(({ state, command, members }) => ({ state, command, members: [...members] })),
    leftOut: [...leftOut],
  };
}

function stepData(step: AnsweredStep): Data {
  const { number, state, says, stretch, command, members, atATime, confirmWithinMs, waitsFor } = step;
  const { undo, pointOfNoReturn, budgetMs, overdue, down, mayFail, at } = step;
  return {
    number,
    state,
    says,
    stretch: stretch ?? null,
    command: command ?? null,
    members:
      members === undefined
        ? null
        : members.map(({ object, node, with: args, stands }) => ({
            object,
            node: node ?? null,
            with: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, value as Data])),
            stands: stands === 'to do' ? 'toDo' : stands,
          })),
    atATime: atATime ?? null,
    confirmWithin: confirmWithinMs === undefined ? null : confirmWithinMs / 1000,
    waitsFor: waitsFor.map(({ gate, object, when, truth, because, changedBy }) => ({
      gate,
      object,
      when: when === 'before each order' ? 'eachOrder' : 'leaving',
      verdict: verdictWords[truth],
      because: because.map(reasonData),
      changedBy: [...changedBy],
    })),
    undo,
    pointOfNoReturn,
    budget: budgetMs === null ? null : budgetMs / 1000,
    overdue,
    down: [...down],
    mayFail: mayFail === undefined ? null : [...mayFail],
    at: placeData(at),
  };
}

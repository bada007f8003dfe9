import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import type { GateRead, PlanRead, StepRead } from './plan-diff.ts';

/** What `plan -o json` printed, read back; of any other JSON, which member is not as it must be. */
export function readPlan(from: string, json: unknown): Loaded<PlanRead> {
  try {
    return { ok: true, value: planOf(from, json), warnings: [] };
  } catch (problem) {
    if (problem instanceof NotSo) return { ok: false, faults: [problem.fault(from)] };
    throw problem;
  }
}

/** Whether somebody meant this JSON to be a plan. */
export function isPlan(json: unknown): boolean {
  const version = isMap(json) ? json.schemaVersion : undefined;
  return typeof version === 'string' && version.startsWith('plan/');
}

class NotSo extends Error {
  readonly member: string;
  readonly says: string;

  constructor(member: string, says: string) {
    super(`${member} ${says}`);
    this.member = member;
    this.says = says;
  }

  fault(file: string): Fault {
    const hint = '`nwctl plan -o json` prints one';
    return error('PLAN_INVALID', { file, line: 1, col: 1 }, `\`${this.member}\` ${this.says}`, hint);
  }
}

function planOf(from: string, json: unknown): PlanRead {
  const all = map(json, 'the document');
  if (all.schemaVersion !== 'plan/v1') throw new NotSo('schemaVersion', 'is not `plan/v1`');
  const workflow = map(all.workflow, 'workflow');
  const steps = list(all.steps, 'steps', stepOf);
  const twice = steps.find(({ state }, at) => steps.findIndex((one) => one.state === state) !== at);
  if (twice !== undefined) throw new NotSo('steps', `has \`${twice.state}\` twice`);
  return {
    from,
    signature: text(map(all.profile, 'profile').signature, 'profile.signature'),
    workflow: text(workflow.workflow, 'workflow.workflow'),
    state: text(workflow.state, 'workflow.state'),
    decision: text(workflow.decision, 'workflow.decision'),
    steps,
  };
}

function stepOf(json: unknown, at: string): StepRead {
  const all = map(json, at);
  return {
    state: text(all.state, `${at}.state`),
    command: all.command === null ? null : text(all.command, `${at}.command`),
    members:
      all.members === null
        ? null
        : list(all.members, `${at}.members`, (entry, place) => {
            const one = map(entry, place);
            return { object: text(one.object, `${place}.object`), stands: text(one.stands, `${place}.stands`) };
          }),
    waitsFor: list(all.waitsFor, `${at}.waitsFor`, gateOf),
    down: list(all.down, `${at}.down`, text),
    mayFail: all.mayFail === null ? null : list(all.mayFail, `${at}.mayFail`, text),
  };
}

function gateOf(json: unknown, at: string): GateRead {
  const all = map(json, at);
  return {
    gate: text(all.gate, `${at}.gate`),
    object: text(all.object, `${at}.object`),
    when: text(all.when, `${at}.when`),
    verdict: text(all.verdict, `${at}.verdict`),
    because: list(all.because, `${at}.because`, (entry, place) => {
      const one = map(entry, place);
      return {
        fact: text(one.fact, `${place}.fact`),
        object: text(one.object, `${place}.object`),
        detail: text(one.detail, `${place}.detail`),
      };
    }),
  };
}

function list<T>(value: unknown, at: string, read: (entry: unknown, at: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new NotSo(at, value === undefined ? 'is missing' : 'is no list');
  return value.map((entry, index) => read(entry, `${at}.${index}`));
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new NotSo(at, value === undefined ? 'is missing' : 'is no text');
  return value;
}

function map(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (!isMap(value)) throw new NotSo(at, value === undefined ? 'is missing' : 'is no map');
  return value;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

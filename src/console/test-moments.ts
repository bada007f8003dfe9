import type { Capture } from '../capture/capture.ts';
import { derivedFacts } from '../facts/derive.ts';
import { normalise } from '../facts/normalise.ts';
import { createStore, type FactStore } from '../facts/store.ts';
import type { Observation, Report } from '../kernel/fact.ts';
import { error, type Fault } from '../kernel/fault.ts';
import { kindOf, type Raw } from '../kernel/raw.ts';
import { type Cell, neverReported, type Snapshot } from '../kernel/snapshot.ts';
import type { Subject } from '../kernel/subject.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { Profile } from '../profile/profile.ts';
import type { Change, RuleTest, TestStep } from '../profile/test-file.ts';
import { rawsAt } from './inputs.ts';
import { isWorkflow } from './workflow-kinds.ts';

/** A change with the moment from which it holds. */
interface Held {
  readonly change: Change;
  readonly nowMs: number;
}

/** One step of a test, and what is known then. */
export interface TestMoment {
  readonly step: TestStep;
  readonly nowMs: number;
  readonly snapshot: Snapshot;
}

/** The moments of a test, one a step. What is known at one rests on the capture and on what the test changes, and on nothing that is
 *  decided: the same test of other rules has the same moments. It ends where a step is wrong, and `faults` say why. */
export function* momentsOf(
  test: RuleTest,
  { shape }: Pick<Profile, 'shape'>,
  capture: Capture,
  faults: Fault[],
): Generator<TestMoment, void> {
  let nowMs = startOf(test, capture);
  const raws = rawsOf(test, capture);
  const changes: Held[] = [];
  for (const step of test.steps) {
    nowMs = step.nowMs ?? nowMs + (step.advanceMs ?? 0);
    changes.push(...step.changes.map((change) => ({ change, nowMs })));
    const kept = removed(raws, changes, faults);
    const snapshot = storeOf(changed(normalise(kept, shape), changes, faults), changes).cut(nowMs);
    for (const change of step.changes) {
      const fault = strangerIn(change, snapshot);
      if (fault !== undefined) faults.push(fault);
    }
    if (faults.length > 0) return;
    yield { step, nowMs, snapshot };
  }
}

function startOf(test: RuleTest, capture: Capture): number {
  return test.nowMs ?? capture.takenAtMs ?? 0;
}

export function rawsOf(test: RuleTest, capture: Capture): readonly Raw[] {
  return rawsAt(capture, startOf(test, capture));
}

/** Whether a test has to do with workflows: it names one, or its capture holds one. */
export function hasWorkflows({ steps }: RuleTest, raws: readonly Raw[]): boolean {
  const isNamed = steps.some((step) => workflowsNamed(step).length > 0);
  return isNamed || raws.some((raw) => raw.from === 'object' && isWorkflow(raw.object));
}

export function workflowsNamed({ expects }: TestStep): readonly string[] {
  return expects.flatMap((one) => (one.kind === 'workflow' ? `${one.drives}/${one.name}` : []));
}

function removed(raws: readonly Raw[], held: readonly Held[], faults: Fault[]): readonly Raw[] {
  let left = raws;
  for (const { change } of held) {
    const matches = matcher(change);
    if (matches === undefined) continue;
    const next = left.filter((raw) => !matches(raw));
    if (next.length === left.length && !raws.some(matches)) {
      faults.push(
        error(
          'TEST_INVALID',
          change.at,
          'there is no such thing in the capture to remove',
          '`nwctl capture show` lists what there is',
        ),
      );
    }
    left = next;
  }
  return left;
}

function matcher(change: Change): ((raw: Raw) => boolean) | undefined {
  switch (change.kind) {
    case 'remove-host':
      return (raw) => raw.from === 'host' && raw.node === change.node;
    case 'remove-linstor':
      return (raw) => raw.from === 'linstor';
    case 'remove-object': {
      const { object, name, namespace } = change;
      const isKind = (kind: string): boolean =>
        kind === object || (!object.includes('/') && kind.endsWith(`/${object}`));
      return (raw) => {
        if (raw.from === 'list') return name === undefined && isKind(raw.kind);
        if (raw.from !== 'object' || !isKind(kindOf(raw.object))) return false;
        const { metadata } = raw.object;
        return (
          (name === undefined || metadata.name === name) &&
          (namespace === undefined || metadata.namespace === namespace)
        );
      };
    }
    default:
      return undefined;
  }
}

type FactChange = Change & { readonly kind: 'value' | 'unknown' | 'stale' };

/** Of each fact of each object only its last change counts, so that a test can take back what it took away; what becomes
 *  stale keeps the value that it was given before. */
function standing(held: readonly Held[]): readonly { readonly change: FactChange; readonly nowMs: number }[] {
  const last = new Map<string, { readonly change: FactChange; readonly nowMs: number }[]>();
  for (const { change, nowMs } of held) {
    if (change.kind !== 'value' && change.kind !== 'unknown' && change.kind !== 'stale') continue;
    const key = `${change.fact} ${change.of}`;
    const before = change.kind === 'stale' ? (last.get(key) ?? []).filter((one) => one.change.kind === 'value') : [];
    last.set(key, [...before, { change, nowMs }]);
  }
  return [...last.values()].flat();
}

/** Everybody who spoke of the fact says the new value, so that nobody disagrees; if nobody did, the test does. */
function changed(reports: readonly Report[], held: readonly Held[], faults: Fault[]): readonly Report[] {
  let now = reports;
  for (const { change, nowMs } of standing(held)) {
    const { fact, of } = change;
    const declared = vocabulary.get(fact);
    if (declared === undefined || derivedFacts.has(fact)) continue;
    let heard = false;
    now = now.map((report) => ({
      ...report,
      observations: report.observations.flatMap((seen): readonly Observation[] => {
        if (seen.fact !== fact || seen.subject.id !== of) return [seen];
        heard = true;
        return become(seen, change, nowMs, declared.maxAgeMs);
      }),
    }));
    if (heard) continue;
    if (change.kind !== 'value') {
      const says = `nobody reports \`${fact}\` of \`${of}\`, so it cannot be stale`;
      if (change.kind === 'stale') faults.push(error('TEST_INVALID', change.at, says));
      continue;
    }
    const subject: Subject = { kind: declared.subject, id: of, of: {} };
    const { value, ageMs, grade } = change;
    const observation: Observation = { fact, subject, value, seenAtMs: nowMs - ageMs, grade, source };
    now = [
      ...now,
      { reporter: 'test', scope: `${fact} ${of}`, seenAtMs: nowMs, observations: [observation], censuses: [] },
    ];
  }
  return now;
}

const source = 'the test';

function become(seen: Observation, change: FactChange, nowMs: number, maxAgeMs: number): readonly Observation[] {
  switch (change.kind) {
    case 'unknown':
      return [];
    case 'stale':
      return [{ ...seen, seenAtMs: nowMs - maxAgeMs - 1 }];
    case 'value':
      return [{ ...seen, value: change.value, seenAtMs: nowMs - change.ageMs, grade: change.grade, source }];
  }
}

/** Facts that are computed follow what they are computed from; a test that names one says what it comes to. */
function storeOf(reports: readonly Report[], held: readonly Held[]): FactStore {
  const store = createStore(vocabulary);
  for (const report of reports) store.fold(report);
  const computed = standing(held).filter(({ change }) => derivedFacts.has(change.fact));
  if (computed.length === 0) return store;
  return {
    fold: (report) => store.fold(report),
    replace: (reporter, scope, report) => store.replace(reporter, scope, report),
    cut: (nowMs) => computed.reduce(withComputed, store.cut(nowMs)),
  };
}

function withComputed(
  snapshot: Snapshot,
  { change, nowMs }: { readonly change: FactChange; readonly nowMs: number },
): Snapshot {
  const column = snapshot.columns.get(change.fact);
  const index = column === undefined ? undefined : snapshot.populations[column.fact.subject].indexOf.get(change.of);
  if (column === undefined || index === undefined) return snapshot;
  const before = column.cells[index] ?? neverReported;
  const cells = column.cells.with(index, computedCell(change, before, nowMs, column.fact.maxAgeMs));
  const present = cells.filter((cell) => cell.kind === 'present');
  const values = cells.map((cell) => (cell.kind === 'present' ? cell.value : undefined));
  const moments = present.map(({ seenAtMs }) => seenAtMs);
  const next = {
    ...column,
    cells,
    values,
    oldestMs: Math.min(...moments, Number.POSITIVE_INFINITY),
    newestMs: Math.max(...moments, Number.NEGATIVE_INFINITY),
  };
  return { ...snapshot, columns: new Map(snapshot.columns).set(change.fact, next) };
}

function computedCell(change: FactChange, before: Cell, nowMs: number, maxAgeMs: number): Cell {
  switch (change.kind) {
    case 'unknown':
      return neverReported;
    case 'stale':
      return before.kind === 'present' ? { ...before, seenAtMs: nowMs - maxAgeMs - 1 } : before;
    case 'value':
      return { kind: 'present', value: change.value, seenAtMs: nowMs - change.ageMs, grade: change.grade, source };
  }
}

/** A fact of somebody whom nobody lists changes nothing: that is a mistake of the test. */
function strangerIn(change: Change, { populations }: Snapshot): Fault | undefined {
  if (!('fact' in change)) return undefined;
  const kind = vocabulary.get(change.fact)?.subject;
  if (kind === undefined || populations[kind].indexOf.has(change.of)) return undefined;
  return error(
    'TEST_INVALID',
    change.at,
    `there is no ${kind} \`${change.of}\` in the capture`,
    '`nwctl facts --profile … --capture …` lists who there is',
  );
}

import type { Capture } from '../capture/capture.ts';
import type { Rewriter } from '../capture/redact-text.ts';
import { error, type Fault, type Place } from '../kernel/fault.ts';
import type { SiteShape } from '../kernel/site-shape.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import { type Reason, type Truth, verdictWords } from '../kernel/verdict.ts';
import type { Order } from '../kernel/workflow.ts';
import { held } from '../operator/held.ts';
import { reasonsAgainst } from '../operator/spine.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import { allIn, type Condition, type Leaf } from '../rules/condition.ts';
import { questionsOf } from '../rules/machine-frozen.ts';
import { judged } from './inputs.ts';
import { TestWorkflows } from './test-workflows.ts';
import type { WorkflowAnswer } from './workflows.ts';

/** All that a profile says of a capture, with what each object is called for whoever compares. */
export interface Word {
  readonly at: Place;
  /** `gate node-may-restart` */
  readonly of: string;
  readonly object: string;
  /** As the capture itself calls it, for people. */
  readonly called: string;
  /** The verdict with its reasons, or the decision with its orders. */
  readonly says: string;
}

export interface Said {
  readonly reasons: number;
  readonly snapshot: Snapshot;
  /** Everything that is decided, with objects as `renamed` calls them. */
  words(renamed?: Renames): readonly Word[];
}

type Renames = (name: string) => string;
const asItIs: Renames = (name) => name;

/** Judged once, whatever its objects are called afterwards. */
export async function saidOf(profile: VerifiedProfile, capture: Capture): Promise<Said> {
  const { judgement } = judged(profile, capture, capture.takenAtMs ?? 0);
  const { snapshot, gates, findings, site } = judgement;
  const ruled = [
    ...gates.map((one) => ({ ...one, of: `gate ${one.rule.name}` })),
    ...findings.map((one) => ({ ...one, of: `finding ${one.rule.name}` })),
  ].map(({ rule, of, object, truth, verdict }) => ({
    at: rule.at,
    of,
    object: object ?? '',
    says: [wordOf(truth)],
    because: reasonsAgainst(verdict()),
  }));
  const at = profile.packs.find(({ rollup }) => rollup.length > 0)?.rollup[0]?.at ?? { file: '', line: 0, col: 0 };
  const phase = { at, of: 'phase', object: 'site', says: [site.phase], because: reasonsAgainst(site.verdict()) };
  const answers = await new TestWorkflows(held(profile), capture.raws).pass([], snapshot);
  const decided = answers.map((answer) => ({ answer, because: becauseOf(answer) }));
  const reasons = [...ruled, phase, ...decided].reduce((sum, { because }) => sum + because.length, 0);
  const sentence = (says: readonly string[], because: readonly Reason[], renamed: Renames): string =>
    [...says, ...because.map((reason) => reasonWord(reason, renamed)).sort()].join('; ');
  return {
    reasons,
    snapshot,
    words: (renamed = asItIs) => [
      ...[...ruled, phase].map(({ because, says, object, ...one }) => ({
        ...one,
        object: renamed(object),
        called: object,
        says: sentence(says, because, renamed),
      })),
      ...decided.map(({ answer, because }) => ({
        at: stateAt(answer) ?? at,
        of: 'workflow',
        object: renamed(answer.id),
        called: answer.id,
        says: sentence(decisionWords(answer, renamed), because, renamed),
      })),
    ],
  };
}

function stateAt({ evaluator, state }: WorkflowAnswer): Place | undefined {
  return evaluator?.machine.states.find(({ name }) => name === state)?.at;
}

function becauseOf({ decision }: WorkflowAnswer): readonly Reason[] {
  return 'because' in decision && Array.isArray(decision.because) ? (decision.because as readonly Reason[]) : [];
}

function wordOf(truth: Truth): string {
  return verdictWords[truth];
}

function reasonWord({ fact, object, unknown, law, at }: Reason, renamed: Renames): string {
  return `${fact} of ${renamed(object)}${unknown ? ' unknown' : ''}${law === undefined ? '' : ` ${law}`} ${at.file}:${at.line}:${at.col}`;
}

function decisionWords({ state, decision }: WorkflowAnswer, renamed: Renames): readonly string[] {
  const orders = 'orders' in decision ? decision.orders : [];
  const stands = 'stands' in decision ? decision.stands : [];
  const order = ({ node, object, command, bootId, dependsOn, with: given }: Order): string =>
    [
      command,
      ...[node, object, bootId, ...Object.values(given).map(String), ...dependsOn.map((one) => one.object)].map(
        renamed,
      ),
    ].join(' ');
  const to = 'to' in decision ? ` ${decision.to}` : '';
  const overdue = 'overdue' in decision && decision.overdue ? ' overdue' : '';
  return [
    `${state} ${decision.kind}${to}${overdue}`,
    ...orders.map(order),
    ...stands.map((one) => `stands ${order(one)}`),
  ];
}

/** What is said of one and not, or otherwise, of the other. */
export function differences(before: readonly Word[], after: readonly Word[]): readonly Fault[] {
  const key = ({ of, object }: Word): string => `${of} ${object}`;
  const found = new Map(after.map((word) => [key(word), word]));
  const faults: Fault[] = [];
  for (const word of before) {
    const other = found.get(key(word));
    found.delete(key(word));
    if (other?.says === word.says) continue;
    faults.push(changed(word, other?.says ?? 'nothing'));
  }
  for (const word of found.values()) faults.push(changed({ ...word, says: 'nothing' }, word.says));
  return faults;
}

function changed({ at, of, called, says }: Word, other: string): Fault {
  const what = `${of}${called === '' ? '' : ` of ${called}`}`;
  const hint = 'something here is read by its name: keep that name (--keep NAME)';
  return error('REDACT_CHANGED', at, `${what} would say \`${other}\` instead of \`${says}\``, hint);
}

/** Rules that compare a text with a name that would be replaced. */
export function readByName(profile: VerifiedProfile, rewriter: Rewriter): readonly Fault[] {
  const faults = new Map<string, Fault>();
  const look = (whole: Condition, of: string): void => {
    for (const condition of allIn(whole)) {
      if (condition.kind !== 'leaf') continue;
      for (const name of namesRead(condition)) {
        if (rewriter.text(name) === name) continue;
        const says = `${of} compares ${condition.read.name} with \`${name}\`, which would be replaced`;
        const fault = error('REDACT_READS_NAME', condition.at, says, `--keep ${name} leaves it as it is`);
        faults.set(`${fault.at.file}:${fault.at.line}:${fault.at.col} ${name}`, fault);
      }
    }
  };
  for (const { gates, findings, rollup, machine } of profile.packs) {
    for (const { when, name } of gates) look(when, `gate ${name}`);
    for (const { when, name } of findings) look(when, `finding ${name}`);
    for (const { when, phase } of rollup) look(when, `phase ${phase}`);
    for (const { when, name } of machine === undefined ? [] : questionsOf(machine)) look(when, name);
  }
  return [...faults.values()];
}

function namesRead({ read, against }: Leaf): readonly string[] {
  const isText = read.type.kind === 'text' || (read.type.kind === 'set' && read.type.words === undefined);
  const value = against.kind === 'literal' ? against.value : against.setTo;
  return isText ? [value].flat().filter((one) => typeof one === 'string') : [];
}

/** What a profile says of a site by its name, so that it is read: none of it is a secret of the capture alone. */
export function namesOfShape(shape: SiteShape): ReadonlySet<string> {
  const found = new Set<string>();
  const gather = (value: unknown): void => {
    if (typeof value === 'string') {
      found.add(value);
      for (const part of value.split(/[^A-Za-z0-9._-]+/)) if (part !== '') found.add(part);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) found.add(key);
        gather(inner);
      }
    }
  };
  const { nodes, storageBond, storageNamespace, storagePool, storageClasses, lock, legacy } = shape;
  for (const value of [storageBond?.name, storageBond?.members, storageNamespace, storagePool, storageClasses])
    gather(value);
  for (const value of Object.values(nodes.matchLabels)) gather(value);
  gather(lock === undefined ? [] : [lock.lease.name, lock.lease.namespace]);
  if (legacy !== undefined) {
    const { namespace, daemonSet, state, lock: held, lease, heartbeats, events } = legacy;
    gather([namespace, daemonSet, state.configMap, state.key, held?.configMap, held?.key, lease?.name]);
    gather([heartbeats?.configMap, events?.reporter]);
  }
  return found;
}

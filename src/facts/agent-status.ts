import type { FactValue, Observation, Report } from '../kernel/fact.ts';
import type { RawObserver } from '../kernel/raw.ts';
import { node, type Subject, type SubjectKind, subjectFromId } from '../kernel/subject.ts';
import { type FactType, parseDuration, parseSize, parseVersion } from '../kernel/value.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { type Cluster, isMap, listAt, type SeenObject, textAt } from './kube.ts';
import { type Found, say, setOf, unreadable } from './say.ts';

const statuses = 'nodewright.spectrocloud.com/v1alpha1/NodewrightAgentStatus';

/** What only the observer can say: no node knows when we last heard of it, or how far its clock is from ours. */
const notTheAgents = ['node.heartbeatAge', 'node.clockSkew', 'node.order'];

/** NodewrightAgentStatus → one report a node. An agent writes the object of its own node's name and speaks of that node
 *  only: whatever it says of anybody else is not heard. */
export function agentReports(
  cluster: Cluster,
  observers: ReadonlyMap<string, RawObserver> = new Map(),
): readonly Report[] {
  return cluster
    .kind(statuses)
    .clean.flatMap((seen) => new AgentReader().report(seen, observers.get(seen.id)?.heartbeatChangedAt) ?? []);
}

/** One line of a status, as it was understood. */
interface Line {
  readonly entry: unknown;
  readonly ageMs: number;
  /** Undefined: nobody hears it. */
  readonly said: Omit<Observation, 'seenAtMs'> | undefined;
}

/** Reads the status of one agent again and again. Most of what it says is what it said before, a little later: a line that stands
 *  as it stood is not read anew, only its moment is. */
export class AgentReader {
  #name = '';
  #lines: readonly Line[] = [];

  /** `changedAt`: when we saw its heartbeat change. */
  report(seen: SeenObject, changedAt: number | undefined): Report | undefined {
    const name = textAt(seen.object, 'spec', 'node');
    if (name === undefined || name !== seen.id) return undefined;
    const before = name === this.#name ? this.#lines : [];
    const entries = listAt(seen.object, 'status', 'observations') ?? [];
    const lines = entries.map((entry, at) => {
      const known = before[at];
      return known !== undefined && isSameLine(known.entry, entry) ? known : lineOf(entry, name);
    });
    this.#name = name;
    this.#lines = lines;
    const writtenAt = changedAt === undefined ? atNoMoment : Math.min(seen.at, changedAt);
    const observations: Observation[] = [];
    for (const { said, ageMs } of lines) {
      if (said === undefined) continue;
      const { fact, subject, value, grade, source } = said;
      observations.push({ fact, subject, value, seenAtMs: writtenAt - ageMs, grade, source });
    }
    observations.push(
      ...say('node.order', node(name), standing(seen.object), { at: seen.at, source: `NodewrightAgentStatus ${name}` }),
    );
    return { reporter: 'agent', scope: name, seenAtMs: seen.at, observations, censuses: [] };
  }
}

function isSameLine(before: unknown, now: unknown): boolean {
  if (before === now) return true;
  if (!isMap(before) || !isMap(now) || typeof now.value === 'object') return false;
  return (['fact', 'object', 'value', 'age'] as const).every(
    (member) => Object.hasOwn(before, member) && Object.hasOwn(now, member) && before[member] === now[member],
  );
}

/** What was said, and nobody can tell when: it is not usable, and contradicts others all the same. */
const atNoMoment = Number.NEGATIVE_INFINITY;

/** The age an agent measured on its own monotonic clock, up to when it wrote. That moment by our clock is when the observer
 *  saw the heartbeat change that is written with it. A dead agent's status may be fetched ever anew and is not younger for
 *  it, so where nobody watched the heartbeat it was written at no moment. Without an age nobody can say how old it is. */
function lineOf(entry: unknown, name: string): Line {
  const nothing = { entry, ageMs: 0, said: undefined };
  const [fact, object, age] = [textAt(entry, 'fact'), textAt(entry, 'object'), textAt(entry, 'age')];
  const declared = fact === undefined ? undefined : vocabulary.get(fact);
  if (declared === undefined || object === undefined || age === undefined) return nothing;
  if (notTheAgents.includes(declared.name)) return nothing;
  const subject = subjectOf(declared.subject, object, name);
  const ageMs = parseDuration(age);
  if (subject === undefined || ageMs === undefined) return nothing;
  const seen = { at: 0, source: `NodewrightAgentStatus ${name}` };
  const [said] = say(declared.name, subject, valueAsWritten(declared.type, valueIn(entry)), seen);
  return { entry, ageMs, said };
}

/** The subject that an id names, if it is of this kind and this node's own. */
export function subjectOf(kind: SubjectKind, id: string, name: string): Subject | undefined {
  const subject = subjectFromId(kind, id);
  // Of site, volumes and VMs none is a node's own to speak of.
  const owner = kind === 'node' ? subject?.id : subject?.of.node;
  return owner === name ? subject : undefined;
}

/** Which order stands before the agent: its number, and 0 where none does. What an operator wrote, not what the agent says. */
function standing(object: SeenObject['object']): Found<number> {
  const { order } = isMap(object.spec) ? object.spec : {};
  if (order === undefined || order === null) return 0;
  const step = isMap(order) ? order.step : undefined;
  return typeof step === 'number' && Number.isSafeInteger(step) && step > 0 ? step : unreadable(step);
}

/** Null and all: where a fact may say that there is nobody, that is how. */
function valueIn(entry: unknown): unknown {
  return isMap(entry) && Object.hasOwn(entry, 'value') ? entry.value : undefined;
}

/** A value as it is written in a pack: `30s`, `0KiB`, `9.2.14`, true, a word, a list of words. */
function valueAsWritten(type: FactType, value: unknown): Found<FactValue> {
  if (value === undefined) return undefined;
  if (value === null) return type.kind === 'text' && type.optional === true ? null : undefined;
  switch (type.kind) {
    case 'duration':
      return (typeof value === 'string' ? parseDuration(value) : undefined) ?? unreadable(value);
    case 'size':
      return (typeof value === 'string' ? parseSize(value) : undefined) ?? unreadable(value);
    case 'version':
      return (typeof value === 'string' ? parseVersion(value) : undefined) ?? unreadable(value);
    case 'set':
      return isWords(value) ? setOf(value) : unreadable(value);
    case 'int':
      return typeof value === 'number' ? value : unreadable(value);
    case 'bool':
      return typeof value === 'boolean' ? value : unreadable(value);
    case 'enum':
    case 'text':
      return typeof value === 'string' ? value : unreadable(value);
  }
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}

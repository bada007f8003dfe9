import { journalPath } from '../agent/instruction.ts';
import { agentStatusKind, orderIn } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { isForeign, member } from '../crd/read.ts';
import { kindOf } from '../kernel/raw.ts';
import type { ApiWrite } from './api.ts';
import type { TrueTime } from './clock.ts';
import type { Onlooker } from './runner.ts';
import { decided, waits } from './teller-words.ts';
import type { Transcript } from './transcript.ts';

/** Tells what happens to one workflow as somebody would who watched everybody's screens. */
export interface Teller extends Onlooker {
  wrote(write: ApiWrite): void;
}

/** A wait is worth a line once it has lasted: whatever is ordered takes some seconds. */
const waitsAfterMs = 10_000;
/** What was recorded and not written into the object by then was recorded only. */
const recordedWithinMs = 3_000;
/** Orders that go out together are one line. */
const togetherMs = 200;

/** A hold that stands, as it will be told if it lasts. */
interface Wait {
  readonly who: string;
  readonly state: string;
  readonly lines: readonly string[];
  readonly sinceMs: number;
  readonly overdue: boolean;
}

interface Orders {
  readonly who: string;
  readonly atMs: number;
  readonly what: string;
  readonly nodes: string[];
  readonly numbers: string[];
}

export function tellerOf(
  transcript: Transcript,
  time: TrueTime,
  workflow: { readonly kind: string; readonly name: string },
  lock: { readonly namespace: string; readonly name: string } | undefined,
): Teller {
  let told = '';
  let wait: Wait | undefined;
  let toldWait: { readonly text: string; readonly atMs: number; readonly overdue: boolean } | undefined;
  let taking = '';
  let handsOff: { readonly who: string; readonly what: string; readonly atMs: number; told: boolean } | undefined;
  let orders: Orders | undefined;
  /** What each agent has taken and not ended, and what it said of the last that it ended. */
  const underWay = new Map<string, string>();
  const lastSaid = new Map<string, string>();

  const give = (): void => {
    if (orders === undefined) return;
    const { who, atMs, what, nodes, numbers } = orders;
    orders = undefined;
    const many = numbers.length === 1 ? 'order' : 'orders';
    transcript.tell(atMs, who, `orders ${nodes.join(', ')}: ${what} (${many} ${numbers.join(', ')})`);
  };
  const tell = (who: string, what: string): void => {
    give();
    transcript.tell(time.nowMs, who, what);
  };
  /** Tells what has come to be worth a line only by lasting. */
  const lasts = (): void => {
    if (orders !== undefined && time.nowMs - orders.atMs > togetherMs) give();
    if (handsOff?.told === false && time.nowMs - handsOff.atMs > recordedWithinMs) {
      handsOff.told = true;
      wait = undefined;
      tell(handsOff.who, handsOff.what);
    }
    if (wait === undefined) return;
    const { who, state, lines, sinceMs, overdue } = wait;
    const isNowOverdue = overdue && toldWait?.overdue !== true;
    const fromMs = isNowOverdue ? sinceMs : Math.max(sinceMs, toldWait?.atMs ?? 0) + waitsAfterMs;
    // Figures that only pass with time are no news.
    const text = `${overdue} ${lines.join('\n').replace(/\b\d[\w.]*/g, '#')}`;
    if (time.nowMs < fromMs || toldWait?.text === text) return;
    toldWait = { text, atMs: time.nowMs, overdue };
    const [first = '', ...others] = lines;
    const head = `${overdue ? 'OVERDUE: ' : ''}waits in ${state}`;
    if (others.length === 0) tell(who, `${head}: ${first}`);
    else for (const line of [`${head}:`, ...lines.map((one) => `    ${one}`)]) tell(who, line);
  };

  const wroteWorkflow = ({ who, before, after, how }: ApiWrite): void => {
    if (how === 'restore') return;
    if (after === undefined) tell(who, 'the workflow is deleted');
    else if (before === undefined) tell('ops@site', `asks for ${after.kind}/${after.metadata.name}`);
    if (after === undefined || before === undefined || !who.startsWith('operator')) return;
    const decision = member(after.status, 'decision');
    if (member(decision, 'identity') === told) return;
    told = String(member(decision, 'identity'));
    const state = String(member(decision, 'state'));
    if (member(decision, 'kind') === 'hold') {
      const sinceMs = wait?.state === state ? wait.sinceMs : time.nowMs;
      wait = { who, state, lines: waits(decision), sinceMs, overdue: member(decision, 'overdue') === true };
      lasts();
      return;
    }
    wait = undefined;
    toldWait = undefined;
    handsOff = undefined;
    const begun = cohortIn(before) === undefined && cohortIn(after) !== undefined;
    for (const line of decided(decision, begun)) {
      if (line === taking) continue;
      taking = line.startsWith('takes ') ? line : '';
      tell(who, line);
    }
  };
  const wroteLock = ({ who, before, after }: ApiWrite): void => {
    const [was, is] = [before, after].map((lease) => member(member(lease, 'spec'), 'holderIdentity') ?? '');
    if (was === is) return;
    if (who.startsWith('operator'))
      tell(who, is === '' ? 'gives the site lock back' : `takes the site lock for ${holder(is)}`);
    else tell('site lock', is === '' ? 'is free' : `is ${holder(is)}’s`);
  };
  const wroteAgent = ({ who, before, after, how }: ApiWrite): void => {
    if (how === 'restore') return;
    const [was, is] = [orderIn(before), orderIn(after)];
    if (who.startsWith('operator') && isForeign(was) && !isForeign(is)) {
      tell(
        who,
        `takes order ${String(was.step)} to ${String(was.node)} away again: it is not wanted now, and nobody has answered it`,
      );
      return;
    }
    if (who.startsWith('operator') && isForeign(is)) {
      const { step, epoch, command, object, node } = is;
      if (member(was, 'step') === step && member(was, 'epoch') === epoch) return;
      const about = object === node || object === 'site' ? '' : ` of ${String(object)}`;
      const what = `${String(command)}${about}`;
      const number = `${String(step)}${member(was, 'step') === step ? ' again' : ''}`;
      const isTogether = orders?.who === who && orders.what === what && time.nowMs - orders.atMs <= togetherMs;
      if (!isTogether) give();
      orders ??= { who, atMs: time.nowMs, what, nodes: [], numbers: [] };
      orders.nodes.push(String(node));
      orders.numbers.push(number);
      return;
    }
    for (const [bond, mode] of modesIn(after)) {
      const old = modesIn(before).get(bond);
      if (old === undefined || old === mode || lastSaid.get(who)?.includes(mode) === true) continue;
      lastSaid.delete(who);
      tell(`agent ${who}`, `sees ${bond.slice(who.length + 1)} in ${mode}, no longer in ${old}`);
    }
  };

  /** Over a status that nobody of us wrote an operator keeps its hands off: only its own record says so. */
  const recorded = (who: string, decision: unknown): void => {
    if (member(decision, 'kind') !== 'halt') return;
    const what = `keeps its hands off: ${waits(decision).join('; ')}`;
    if (what !== handsOff?.what) handsOff = { who, what, atMs: time.nowMs, told: false };
  };

  /** An agent that comes back and finds an order begun and not ended writes its journal anew. */
  const foundInTheMiddle = (node: string, text: string): void => {
    const order = underWay.get(node);
    const isSo = text.split('\n').some((line) => journalled(line)?.phase === 'interrupted');
    if (order === undefined || !isSo) return;
    underWay.delete(node);
    tell(`agent ${node}`, `${order} interrupted: it died in the middle of it`);
  };

  return {
    wrote(write) {
      lasts();
      const one = write.after ?? write.before;
      if (one === undefined) return;
      const kind = kindOf(one);
      const { name, namespace } = one.metadata;
      if (kind === workflow.kind && name === workflow.name) wroteWorkflow(write);
      else if (kind === agentStatusKind) wroteAgent(write);
      else if (kind === leaseKind && name === lock?.name && namespace === lock?.namespace) wroteLock(write);
    },
    carriedOut(runner, instruction, answer) {
      lasts();
      if (instruction.do === 'record') recorded(runner.name, instruction.body.decision);
      if (runner.kind !== 'agent' || answer.kind !== 'done') return;
      if (instruction.do === 'write' && instruction.path === journalPath)
        foundInTheMiddle(runner.name, instruction.text);
      if (instruction.do !== 'append' || instruction.path !== journalPath) return;
      const entry = journalled(instruction.line);
      if (entry?.kind === 'intent') underWay.set(runner.name, `order ${String(entry.step)} (${String(entry.command)})`);
      if (entry?.kind !== 'outcome') return;
      underWay.delete(runner.name);
      const why = entry.why === '' ? '' : `: ${String(entry.why)}`;
      lastSaid.set(runner.name, why);
      tell(`agent ${runner.name}`, `order ${String(entry.step)} ${String(entry.phase)}${why}`);
    },
    started({ kind, name, running }) {
      if (running.incarnation > 1) tell(kind === 'agent' ? `agent ${name}` : name, 'is started again');
    },
    ended({ kind, name }, why) {
      const middle = kind === 'agent' ? underWay.get(name) : undefined;
      const in_ = middle === undefined ? '' : `, in the middle of ${middle}`;
      tell(kind === 'agent' ? `agent ${name}` : name, `${why === 'killed' ? 'is dead' : 'has ended'}${in_}`);
    },
  };
}

function cohortIn(object: ApiWrite['before']): unknown {
  return member(member(object?.status, 'workflow'), 'cohort');
}

/** The mode of each bond that an agent says it sees, by the bond's id. */
function modesIn(object: ApiWrite['before']): ReadonlyMap<string, string> {
  const observations = member(object?.status, 'observations');
  const modes = (Array.isArray(observations) ? observations : []).filter((one) => member(one, 'fact') === 'bond.mode');
  return new Map(modes.map((one) => [String(member(one, 'object')), String(member(one, 'value'))]));
}

function journalled(line: string): Readonly<Record<string, unknown>> | undefined {
  return json(line.slice(17)) as Readonly<Record<string, unknown>> | undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `UID@EPOCH`: people know the workflow by its leader. */
function holder(word: unknown): string {
  const epoch = /@(\d+)$/.exec(String(word))?.[1];
  return epoch === undefined ? String(word) : `the workflow, epoch ${epoch}`;
}

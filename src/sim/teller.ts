import { journalPath } from '../agent/instruction.ts';
import { agentStatusKind, orderIn } from '../crd/agent-status.ts';
import { leaseKind } from '../crd/lease.ts';
import { isForeign, member } from '../crd/read.ts';
import { kindOf } from '../kernel/raw.ts';
import type { ApiWrite } from './api.ts';
import type { TrueTime } from './clock.ts';
import type { Onlooker } from './site.ts';
import type { Transcript } from './transcript.ts';

/** Tells what happens to one workflow as somebody would who watched everybody's screens. */
export interface Teller extends Onlooker {
  wrote(write: ApiWrite): void;
}

export function tellerOf(
  transcript: Transcript,
  time: TrueTime,
  workflow: { readonly kind: string; readonly name: string },
  lock: { readonly namespace: string; readonly name: string } | undefined,
): Teller {
  const tell = (who: string, what: string): void => transcript.tell(time.nowMs, who, what);
  let told = '';

  const wroteWorkflow = ({ who, before, after, how }: ApiWrite): void => {
    if (how === 'restore') return;
    if (after === undefined) tell(who, 'the workflow is deleted');
    else if (before === undefined) tell('ops@site', `asks for ${after.kind}/${after.metadata.name}`);
    if (after === undefined || before === undefined || !who.startsWith('operator')) return;
    const decision = member(after.status, 'decision');
    if (member(decision, 'identity') === told) return;
    told = String(member(decision, 'identity'));
    for (const line of decided(decision)) tell(who, line);
  };
  const wroteLock = ({ who, before, after }: ApiWrite): void => {
    const [was, is] = [before, after].map((lease) => member(member(lease, 'spec'), 'holderIdentity') ?? null);
    if (was === is) return;
    const by = who === 'site' || who === 'restore' ? 'site lock' : who;
    tell(by, is === null || is === '' ? 'the site lock is free' : `the site lock is ${holder(String(is))}’s`);
  };
  const wroteAgent = ({ who, before, after, how }: ApiWrite): void => {
    const [was, is] = [orderIn(before), orderIn(after)];
    if (how === 'restore' || !isForeign(is) || !who.startsWith('operator')) return;
    const { step, epoch, command, object, node } = is;
    if (member(was, 'step') === step && member(was, 'epoch') === epoch) return;
    const about = object === node ? '' : ` of ${String(object)}`;
    const leader = member(was, 'step') === step ? ', again' : '';
    tell(who, `orders ${String(node)}: ${String(command)}${about} (order ${String(step)}${leader})`);
  };

  return {
    wrote(write) {
      const one = write.after ?? write.before;
      if (one === undefined) return;
      const kind = kindOf(one);
      const { name, namespace } = one.metadata;
      if (kind === workflow.kind && name === workflow.name) wroteWorkflow(write);
      else if (kind === agentStatusKind) wroteAgent(write);
      else if (kind === leaseKind && name === lock?.name && namespace === lock?.namespace) wroteLock(write);
    },
    carriedOut(runner, instruction, answer) {
      if (runner.kind !== 'agent' || instruction.do !== 'append' || instruction.path !== journalPath) return;
      if (answer.kind !== 'done') return;
      const said = journalled(instruction.line);
      if (said !== undefined) tell(`agent ${runner.name}`, said);
    },
    started({ kind, name, running }) {
      if (running.incarnation > 1) tell(kind === 'agent' ? `agent ${name}` : name, 'is started again');
    },
    ended({ kind, name }, why) {
      tell(kind === 'agent' ? `agent ${name}` : name, why === 'killed' ? 'is dead' : 'has ended');
    },
  };
}

function decided(decision: unknown): readonly string[] {
  const text = (name: string): string => {
    const found = member(decision, name);
    return typeof found === 'string' ? found : '';
  };
  const because = member(decision, 'because');
  const reasons = (Array.isArray(because) ? because : []).slice(0, 4).map((reason: unknown) => {
    const law = member(reason, 'law');
    const words = ['object', 'fact', 'detail'].map((name) => String(member(reason, name) ?? ''));
    return `    ${law === undefined ? '' : `${String(law)}: `}${String(member(reason, 'says'))}: ${words.join(' ')}`;
  });
  const all = Array.isArray(because) ? because.length : 0;
  const more = all > 4 ? [`    and ${all - 4} more`] : [];
  switch (text('kind')) {
    case 'advance':
    case 'undo': {
      const way = text('state') === text('to') ? text('state') : `${text('state')} → ${text('to')}`;
      return [`${way}: ${text('says')}`];
    }
    case 'hold':
      return [
        `waits in ${text('state')}${member(decision, 'overdue') === true ? ', OVERDUE' : ''}`,
        ...reasons,
        ...more,
      ];
    case 'halt':
      return [`gives up in ${text('state')}`, ...reasons, ...more];
    default:
      return [`rests in ${text('state')}: ${text('outcome')}`];
  }
}

function journalled(line: string): string | undefined {
  try {
    const entry = JSON.parse(line.slice(17)) as Record<string, unknown>;
    if (entry.kind === 'intent') return `takes order ${String(entry.step)} (${String(entry.command)})`;
    if (entry.kind !== 'outcome') return undefined;
    const why = entry.why === '' ? '' : `: ${String(entry.why)}`;
    return `order ${String(entry.step)} ${String(entry.phase)}${why}`;
  } catch {
    return undefined;
  }
}

/** `UID@EPOCH`: people know the workflow by its leader. */
function holder(word: string): string {
  const epoch = /@(\d+)$/.exec(word)?.[1];
  return epoch === undefined ? word : `the workflow, epoch ${epoch}`;
}

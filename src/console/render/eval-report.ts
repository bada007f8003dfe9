import type { Place } from '../../kernel/fault.ts';
import type { Reason } from '../../kernel/verdict.ts';
import { type Answer, nameOf } from '../answer.ts';
import type { WorkflowAnswer } from '../workflows.ts';
import { signatureText } from './parts.ts';
import { reasonSays } from './reason-text.ts';
import type { Case, Report } from './report.ts';

/** Gates are cases, and so is what is decided of each workflow; a raised finding is a remark, because findings drive nothing. */
export function evalReport(answer: Answer): Report {
  const { profile, capture, gates, findings, workflows } = answer;
  return {
    name: `${profile.name} over ${capture.name}`,
    properties: {
      profile: `${profile.name} ${profile.version}`,
      profileDigest: profile.digest,
      captureDigest: capture.digest,
      signature: signatureText(profile.signed),
    },
    cases: [
      ...gates.map(
        ({ gate, object, verdict, reasons }): Case => ({
          rule: gate.name,
          group: gate.name,
          name: object ?? 'all',
          state: { open: 'ok', closed: 'failed', unknown: 'held' }[verdict] as Case['state'],
          says:
            verdict === 'open'
              ? ''
              : `${nameOf(gate.name, object)} is ${verdict}: ${reasons().map(reasonSays).join('; ')}`,
          at: gate.at,
        }),
      ),
      ...findings.flatMap(({ finding, object, raised }): readonly Case[] =>
        raised
          ? [
              {
                rule: finding.name,
                group: finding.name,
                name: object ?? 'all',
                state: finding.severity === 'info' ? 'note' : 'warning',
                says: `${finding.severity}: ${finding.says} (${object ?? 'all'})${finding.next === undefined ? '' : `; next: ${finding.next}`}`,
                at: finding.at,
              },
            ]
          : [],
      ),
      ...workflows.map(workflowCase),
    ],
  };
}

/** A wait is no failure, however long: whoever has given up is one. */
function workflowCase({ id, state, decision }: WorkflowAnswer): Case {
  const slash = id.indexOf('/');
  const kind = id.slice(0, slash);
  const about = { rule: kind, group: kind, name: id.slice(slash + 1) };
  const first = 'because' in decision && typeof decision.because === 'object' ? decision.because[0].at : nowhere;
  const at = first.file === id ? nowhere : first; // the object itself is no file
  const stands = `${id} at ${state}`;
  switch (decision.kind) {
    case 'advance':
      return { ...about, state: 'ok', says: '', at };
    case 'undo':
      return { ...about, state: 'warning', says: `${stands} is taken back to ${decision.to}: ${decision.says}`, at };
    case 'hold': {
      const waits = `${decision.overdue ? 'is overdue and waits' : 'waits'}: ${reasonsSay(decision.because)}`;
      return { ...about, state: 'held', says: `${stands} ${waits}; releases with ${decision.releases}`, at };
    }
    case 'halt':
      return { ...about, state: 'failed', says: `${stands} gives up, hands off: ${reasonsSay(decision.because)}`, at };
    case 'rest': {
      const { outcome, because } = decision;
      const says = `${id} is ${outcome}${because === undefined ? '' : `: ${because}`}`;
      if (outcome === 'complete') return { ...about, state: 'ok', says: '', at };
      return { ...about, state: outcome === 'undone' ? 'note' : 'failed', says, at };
    }
  }
}

function reasonsSay(because: readonly Reason[]): string {
  return because
    .map((reason) => `${reason.law === undefined ? '' : `${reason.law}: `}${reasonSays(reason)}`)
    .join('; ');
}

const nowhere: Place = { file: '', line: 0, col: 0 };

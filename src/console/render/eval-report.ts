import { type Answer, nameOf } from '../answer.ts';
import { reasonSays } from './reason-text.ts';
import type { Case, Report } from './report.ts';

/** Gates are cases; a raised finding is a remark, because findings drive nothing. */
export function evalReport(answer: Answer): Report {
  const { profile, capture, gates, findings } = answer;
  return {
    name: `${profile.name} over ${capture.name}`,
    properties: {
      profile: `${profile.name} ${profile.version}`,
      profileDigest: profile.digest,
      captureDigest: capture.digest,
      signature: profile.signed.kind,
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
    ],
  };
}

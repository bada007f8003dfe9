import { reasonsAgainst } from '../../operator/spine.ts';
import { moment } from '../ages.ts';
import { type Answer, nameOf } from '../answer.ts';
import type { Data } from './data.ts';
import { captureData, placeData, profileData, reasonData } from './parts.ts';
import { workflowData } from './workflow-data.ts';

/** `eval -o json`: a contract, written down in schemas/eval.v1.json and held by a test. */
export function evalData(answer: Answer): Data {
  const { profile, capture, nowMs, site, gates, findings, counts, verdict } = answer;
  return {
    schemaVersion: 'eval/v1',
    profile: profileData(profile),
    capture: captureData(capture),
    snapshot: { digest: answer.snapshotDigest(), at: moment(nowMs) },
    verdict,
    site: { phase: site.phase, says: site.says, because: reasonsAgainst(site.verdict()).map(reasonData) },
    counts: { ...counts },
    gates: gates.map(({ pack, gate, object, verdict: word, reasons }) => {
      const found = reasons().map(reasonData);
      return {
        gate: gate.name,
        object: object ?? null,
        verdict: word,
        because: word === 'closed' ? found : [],
        missing: word === 'unknown' ? found : [],
        pack,
        says: gate.says,
        next: gate.next ?? null,
        budget: gate.budgetMs === undefined ? null : gate.budgetMs / 1000,
        at: placeData(gate.at),
      };
    }),
    findings: findings.map(({ pack, finding, object, raised, reasons }) => {
      const found = reasons().map(reasonData);
      return {
        finding: finding.name,
        object: object ?? null,
        verdict: raised ? 'raised' : 'unknown',
        severity: finding.severity,
        because: raised ? found : [],
        missing: raised ? [] : found,
        pack,
        says: finding.says,
        next: finding.next ?? null,
        at: placeData(finding.at),
      };
    }),
    workflows: answer.workflows.map(workflowData),
  };
}

/** `eval -o name`: what `--gate` takes, one a line. */
export function evalNames({ gates }: Answer): readonly string[] {
  return gates.map(({ gate, object }) => nameOf(gate.name, object));
}

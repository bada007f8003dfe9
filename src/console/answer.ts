import type { Capture } from '../capture/capture.ts';
import { snapshotDigest } from '../kernel/snapshot-document.ts';
import { type Reason, TRUE, type VerdictWord, verdictWords } from '../kernel/verdict.ts';
import type { Judgement, Ruled, SitePhase } from '../operator/spine.ts';
import { reasonsAgainst } from '../operator/spine.ts';
import type { VerifiedProfile } from '../profile/profile.ts';
import { explainRule } from '../rules/explain.ts';
import type { Finding, Gate } from '../rules/pack.ts';
import { reasonsOf } from '../rules/reasons.ts';
import type { Site } from './inputs.ts';
import type { WorkflowAnswer } from './workflows.ts';

/** What `eval` answers: the judgement of a site as far as it was asked for. Every output form is a function of this. */
export interface Answer {
  readonly profile: VerifiedProfile;
  readonly capture: Capture;
  readonly nowMs: number;
  snapshotDigest(): string;
  readonly site: SitePhase;
  /** What was asked for and is to be shown, in the order of the packs. */
  readonly gates: readonly GateAnswer[];
  /** How many of each verdict were asked for, shown or not. */
  readonly counts: Readonly<Record<VerdictWord, number>>;
  /** Of everything that was asked for: closed if one is closed, else unknown if one is unknown. */
  readonly verdict: VerdictWord;
  /** Raised and unknown ones, the gravest first. None when single gates were asked for. */
  readonly findings: readonly FindingAnswer[];
  /** Of every workflow that the capture holds. None when single gates were asked for. */
  readonly workflows: readonly WorkflowAnswer[];
}

export interface GateAnswer {
  readonly pack: string;
  readonly gate: Gate;
  /** Undefined when the list of who there is could not be had. */
  readonly object: string | undefined;
  readonly verdict: VerdictWord;
  reasons(): readonly Reason[];
}

export interface FindingAnswer {
  readonly pack: string;
  readonly finding: Finding;
  readonly object: string | undefined;
  readonly raised: boolean;
  /** Why it is raised, or why nobody knows. */
  reasons(): readonly Reason[];
}

export interface AskedGate {
  readonly name: string;
  readonly object?: string;
}

/** The gates that were asked for; all of them if none was named. */
export function gatesOf({ gates }: Judgement, asked: readonly AskedGate[]): readonly Ruled<Gate>[] {
  return gates.filter(
    ({ rule, object }) =>
      asked.length === 0 ||
      asked.some(
        ({ name, object: one }) => name === rule.name && (one === undefined || object === undefined || one === object),
      ),
  );
}

export function answerOf(
  { profile, capture, nowMs, judgement }: Site,
  asked: readonly AskedGate[],
  only: readonly VerdictWord[],
): Omit<Answer, 'workflows'> {
  const all = gatesOf(judgement, asked).map((ruled): GateAnswer => {
    const { pack, rule, object, truth, verdict } = ruled;
    return { pack, gate: rule, object, verdict: verdictWords[truth], reasons: () => reasonsAgainst(verdict()) };
  });
  const counts = { open: 0, closed: 0, unknown: 0 };
  for (const { verdict } of all) counts[verdict] += 1;
  // All of nobody is open, and that is no answer to act on.
  const ofNobody = all.length === 0 && profile.packs.some(({ gates }) => gates.length > 0);
  const findings = judgement.findings.flatMap(({ pack, rule, object, truth, verdict }): readonly FindingAnswer[] =>
    truth === 0
      ? []
      : [
          {
            pack,
            finding: rule,
            object,
            raised: truth === TRUE,
            reasons: () =>
              truth === TRUE ? reasonsOf(explainRule(rule, judgement.snapshot, object)) : reasonsAgainst(verdict()),
          },
        ],
  );
  return {
    profile,
    capture,
    nowMs,
    snapshotDigest: () => snapshotDigest(judgement.snapshot),
    site: judgement.site,
    gates: only.length === 0 ? all : all.filter(({ verdict }) => only.includes(verdict)),
    counts,
    verdict: counts.closed > 0 ? 'closed' : counts.unknown > 0 || ofNobody ? 'unknown' : 'open',
    findings: asked.length > 0 ? [] : [...findings].sort(gravestFirst),
  };
}

const gravity = { critical: 0, warning: 1, info: 2 } as const;

/** What is raised before what may be, then by severity; among equals the order of the packs stays. */
function gravestFirst(left: FindingAnswer, right: FindingAnswer): number {
  return Number(right.raised) - Number(left.raised) || gravity[left.finding.severity] - gravity[right.finding.severity];
}

/** How people and the command line name one rule of one object. */
export function nameOf(name: string, object: string | undefined): string {
  return object === undefined || object === 'site' ? name : `${name}/${object}`;
}

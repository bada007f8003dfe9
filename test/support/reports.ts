import type { Census, FactValue, Grade, Observation, Report, Unreadable } from '../../src/kernel/fact.ts';
import type { Subject, SubjectKind } from '../../src/kernel/subject.ts';
import * as subjects from '../../src/kernel/subject.ts';

/** Short ways to say what a reporter said. */
export function says(
  fact: string,
  subject: Subject,
  value: FactValue | Unreadable,
  { at = 1_000, grade = 'observed' as Grade, source = 'drbdsetup status' } = {},
): Observation {
  return { fact, subject, value, seenAtMs: at, grade, source };
}

export function report(
  reporter: string,
  scope: string,
  observations: readonly Observation[],
  { at = 1_000, censuses = [] as readonly Census[] } = {},
): Report {
  return { reporter, scope, seenAtMs: at, observations, censuses };
}

export function lists(kind: SubjectKind, members: readonly Subject[], at = 1_000, source = `list of ${kind}s`): Census {
  return { kind, members, seenAtMs: at, source };
}

/** Nodes a, b, … and one volume `v` with a replica on each, and every connection among them. */
export function siteOf(nodes: readonly string[], at = 1_000): Report {
  const pairs = nodes.flatMap((node) => nodes.filter((peer) => peer !== node).map((peer) => [node, peer] as const));
  return report('kubernetes:nodes', 'site', [], {
    at,
    censuses: [
      lists('node', nodes.map(subjects.node), at),
      lists('volume', [subjects.volume('v', 0)], at),
      lists(
        'replica',
        nodes.map((node) => subjects.replica('v', 0, node)),
        at,
      ),
      lists(
        'connection',
        pairs.map(([node, peer]) => subjects.connection('v', 0, node, peer)),
        at,
      ),
    ],
  });
}

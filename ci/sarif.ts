import { gzipSync } from 'node:zlib';

/** What GitHub takes in one file: so many runs, so many bytes of it compressed. */
export const runsMax = 20;
export const bytesMax = 10_000_000;

interface Log {
  readonly $schema?: string;
  readonly version: '2.1.0';
  readonly runs: readonly object[];
}

/** What was written of one profile. */
export interface File {
  readonly profile: string;
  readonly text: string;
}

/** Files of one run each → one file, and how many had no room. The first are kept: whoever calls puts the worst first. Alerts of two runs that
 *  are called alike would end each other, and profiles of two folders may have one name: a run is called by its folder. */
export function together(files: readonly File[]): { readonly text: string; readonly left: number } {
  const logs = files.map(({ profile, text }) => ({ profile, log: JSON.parse(text) as Log }));
  const first = logs[0]?.log;
  const runs = logs.flatMap(({ profile, log }) => {
    return log.runs.map((run) => ({ ...run, automationDetails: { id: `nwctl-diff/${profile}/` } }));
  });
  const $schema = first?.$schema ?? 'https://json.schemastore.org/sarif-2.1.0.json';
  for (let kept = Math.min(runs.length, runsMax); ; kept -= 1) {
    const text = `${JSON.stringify({ $schema, version: '2.1.0', runs: runs.slice(0, kept) }, null, 2)}\n`;
    if (kept === 0 || gzipSync(text).length <= bytesMax) return { text, left: runs.length - kept };
  }
}

interface Result {
  readonly ruleId?: string;
  readonly level?: string;
  readonly message?: { readonly text?: string };
  readonly partialFingerprints?: Readonly<Record<string, string>>;
  readonly locations?: readonly {
    readonly physicalLocation?: {
      readonly artifactLocation?: { readonly uri?: string };
      readonly region?: { readonly startLine?: number };
    };
  }[];
}

const severities: Readonly<Record<string, string>> = { error: 'critical', warning: 'major', note: 'info' };

/** SARIF → what GitLab shows beside the lines of a merge request. It shows only what has a place. */
export function codeQuality(sarif: string, digest: (text: string) => string): string {
  const { runs } = JSON.parse(sarif) as { readonly runs: readonly { readonly results?: readonly Result[] }[] };
  const issues = runs.flatMap(({ results = [] }, run) =>
    results.flatMap(({ ruleId = '', level = 'warning', message, partialFingerprints = {}, locations = [] }) => {
      const place = locations[0]?.physicalLocation;
      const path = place?.artifactLocation?.uri;
      if (path === undefined) return [];
      const fingerprint = digest([run, ruleId, path, ...Object.entries(partialFingerprints).flat().sort()].join('\0'));
      return [
        {
          description: message?.text ?? ruleId,
          check_name: ruleId,
          fingerprint,
          severity: severities[level] ?? 'minor',
          location: { path: decodeURI(path).replace(/^\.\//, ''), lines: { begin: place?.region?.startLine ?? 1 } },
        },
      ];
    }),
  );
  return `${JSON.stringify([...new Map(issues.map((issue) => [issue.fingerprint, issue])).values()], null, 2)}\n`;
}

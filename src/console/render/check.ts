import type { Fault } from '../../kernel/fault.ts';
import type { Profile } from '../../profile/profile.ts';
import { faultText, sentenceOf } from '../fault-text.ts';
import { closingOf, count } from '../messages.ts';
import { type Look, plainly } from '../paint.ts';
import type { Data } from './data.ts';
import { placeData, profileData } from './parts.ts';
import type { Report } from './report.ts';

/** One thing that was checked, with what is wrong with it. */
export interface Checked {
  readonly path: string;
  readonly kind?: 'profile' | 'pack' | 'test' | 'story' | 'capture' | 'site' | 'trust' | 'other';
  readonly faults: readonly Fault[];
  readonly profile?: Profile;
  readonly tests?: number;
  readonly files?: readonly string[];
}

export function checkText(checked: readonly Checked[], look: Look, calledAs: string): string {
  const faults = faultsOf(checked);
  const width = Number.isFinite(look.width) ? { width: look.width } : {};
  const form = { ascii: look.signs.branch.startsWith('|'), color: look.bad('x') !== 'x', ...width };
  const lines = faults.map((fault) =>
    (fault.at.line > 0 ? faultText(fault, form) : `error: ${sentenceOf(fault)}`).replace(/\n*$/, '\n\n'),
  );
  for (const one of checked) {
    if (one.faults.some(({ severity }) => severity === 'error')) continue;
    lines.push(`${look.good(look.signs.open)} ${plainly(`${one.path}: ${whatIs(one)}`, look)}\n`);
  }
  if (faults.length > 0) lines.push(`${plainly(closingOf(faults, calledAs), look)}\n`);
  return lines.join('');
}

function whatIs({ kind, profile, tests, faults }: Checked): string {
  const state = faults.length === 0 ? 'no fault' : count(faults.length, 'warning');
  if (profile === undefined) return `a ${kind ?? 'file'}, ${state}`;
  const gates = profile.packs.reduce((sum, pack) => sum + pack.gates.length, 0);
  const findings = profile.packs.reduce((sum, pack) => sum + pack.findings.length, 0);
  const parts = [
    count(profile.packs.length, 'pack'),
    count(gates, 'gate'),
    count(findings, 'finding'),
    count(tests ?? 0, 'test'),
  ].filter((part) => part !== '');
  return `${profile.name} ${profile.version} (unsigned, ${profile.digest.slice(0, 19)}), ${parts.join(', ')}: ${state}`;
}

export function checkData(checked: readonly Checked[]): Data {
  const faults = faultsOf(checked);
  return {
    schemaVersion: 'check/v1',
    signature: 'unsigned',
    errors: faults.filter(({ severity }) => severity === 'error').length,
    warnings: faults.filter(({ severity }) => severity === 'warning').length,
    checked: checked.map(({ path, kind, profile, tests }) => ({
      path,
      kind: kind ?? null,
      profile: profile === undefined ? null : profileData(profile),
      tests: tests ?? 0,
    })),
    faults: faults.map(({ code, severity, message, hint, at }) => ({
      code,
      severity,
      message,
      hint: hint ?? null,
      at: at.line > 0 ? placeData(at) : null,
    })),
  };
}

export function checkReport(checked: readonly Checked[]): Report {
  const sound = checked.filter(({ faults }) => faults.length === 0);
  const paths = checked.map(({ path }) => path).join(' ');
  return {
    name: `check ${paths}`,
    properties: {
      signature: 'unsigned',
      ...Object.fromEntries(
        checked.flatMap(({ path, profile }) => (profile === undefined ? [] : [[`digest of ${path}`, profile.digest]])),
      ),
    },
    cases: [
      ...sound.map(
        ({ path, kind }) =>
          ({
            rule: 'CHECK',
            group: kind ?? 'file',
            name: path,
            state: 'ok',
            says: '',
            at: { file: path, line: 1, col: 1 },
          }) as const,
      ),
      ...faultsOf(checked).map((fault) => ({
        rule: fault.code,
        group: fault.at.file,
        name: `${fault.code} ${fault.at.line}:${fault.at.col}`,
        state: fault.severity,
        says: sentenceOf(fault),
        at: fault.at,
      })),
    ],
  };
}

/** Each once: profiles share packs, and their faults. */
function faultsOf(checked: readonly Checked[]): readonly Fault[] {
  const seen = new Map<string, Fault>();
  for (const fault of checked.flatMap(({ faults }) => faults)) {
    const { code, at, message } = fault;
    const key = JSON.stringify([code, at.file, at.line, at.col, message]);
    if (!seen.has(key)) seen.set(key, fault);
  }
  return [...seen.values()];
}

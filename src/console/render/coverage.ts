import type { Profile } from '../../profile/profile.ts';
import { type Covered, leastFirst, missingOf, percentGiven, percentText, sumOf } from '../coverage.ts';
import { harmless } from '../escape.ts';
import type { Look } from '../paint.ts';
import { table } from '../table.ts';
import { type Data, json } from './data.ts';
import { placeData } from './parts.ts';

/** More rows than this are for whoever asks for all of them. */
const rowsShown = 30;

/** The least covered first, each with its line. */
export function coverageText(covered: readonly Covered[], look: Look, all: boolean): string {
  const gaps = leastFirst(covered);
  const sum = sumOf(covered);
  const head = `coverage ${percentText(sum)}: ${sum.seen} of ${sum.of} seen, of ${covered.length} conditions, states and transitions`;
  if (gaps.length === 0) return `\n${head}\n\n`;
  const shown = all ? gaps : gaps.slice(0, rowsShown);
  const rest = gaps.length - shown.length;
  const more = rest === 0 ? '' : look.quiet(`and ${rest} more; -v shows all\n`);
  return `\n${look.strong(head)}\n${gapTable(shown, look)}${more}\n`;
}

export function gapTable(gaps: readonly Covered[], look: Look): string {
  const rows = gaps.map((one) => [
    `${one.at.file}:${one.at.line}:${one.at.col}`,
    one.seen.join(' '),
    { text: missingOf(one).join(' '), paint: look.unsure },
    `${one.text} (${one.askedBy[0] ?? ''}${one.askedBy.length > 1 ? ` and ${one.askedBy.length - 1} more` : ''})`,
  ]);
  return table(look, ['AT', 'SEEN', 'NEVER SEEN', 'WHAT'], rows);
}

export const coverageForms = { json: coverageJson, lcov, cobertura } as const;
export type CoverageForm = keyof typeof coverageForms;

function coverageJson(covered: readonly Covered[], profiles: readonly Profile[]): string {
  const sum = sumOf(covered);
  const data: Data = {
    schemaVersion: 'coverage/v1',
    profiles: profiles.map(({ name, version, digest }) => ({ name, version, digest })),
    seen: sum.seen,
    of: sum.of,
    percent: percentGiven(sum),
    covered: covered.map((one) => ({
      kind: one.kind,
      text: one.text,
      askedBy: [...one.askedBy],
      seen: [...one.seen],
      missing: [...missingOf(one)],
      at: placeData(one.at),
    })),
  };
  return json(data);
}

interface Line {
  readonly line: number;
  readonly covered: readonly Covered[];
}

interface File {
  readonly name: string;
  readonly lines: readonly Line[];
}

/** Several conditions may begin on one line. */
function filesOf(covered: readonly Covered[]): readonly File[] {
  return [...Map.groupBy(covered, ({ at }) => at.file)].map(([name, inFile]) => ({
    name: harmless(name),
    lines: [...Map.groupBy(inFile, ({ at }) => at.line)].map(([line, onLine]) => ({ line, covered: onLine })),
  }));
}

/** A line is hit when something of everything on it was seen: nothing was ever judged there otherwise. */
function isHit({ covered }: Line): boolean {
  return covered.every(({ seen }) => seen.length > 0);
}

/** A tracefile as geninfo(1) of lcov has it: a condition is a block, what can be seen of it are its branches. We count whether, and
 *  not how often. */
function lcov(covered: readonly Covered[]): string {
  const lines: string[] = [];
  for (const { name, lines: inFile } of filesOf(covered)) {
    lines.push('TN:', `SF:${name}`);
    for (const { line, covered: onLine } of inFile) {
      onLine.forEach(({ can, seen }, block) => {
        can.forEach((aspect, branch) => {
          const taken = seen.length === 0 ? '-' : seen.includes(aspect) ? 1 : 0;
          lines.push(`BRDA:${line},${block},${branch},${taken}`);
        });
      });
    }
    const { seen, of } = sumOf(inFile.flatMap((line) => line.covered));
    lines.push(`BRF:${of}`, `BRH:${seen}`);
    for (const line of inFile) lines.push(`DA:${line.line},${isHit(line) ? 1 : 0}`);
    lines.push(`LF:${inFile.length}`, `LH:${inFile.filter(isHit).length}`, 'end_of_record');
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** As coverage-04.dtd says. No moment of our own is in it: the same tests give the same bytes. */
function cobertura(covered: readonly Covered[]): string {
  const files = filesOf(covered);
  const all = files.flatMap(({ lines }) => lines);
  const { seen, of } = sumOf(covered);
  const hit = all.filter(isHit).length;
  const out = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">',
    `<coverage ${ratesOf(all)} lines-covered="${hit}" lines-valid="${all.length}" branches-covered="${seen}" branches-valid="${of}" complexity="0" version="nwctl" timestamp="0">`,
    '  <sources><source>.</source></sources>',
    '  <packages>',
  ];
  for (const { name, lines } of files) {
    out.push(
      `    <package name="${xml(name)}" ${ratesOf(lines)} complexity="0">`,
      '      <classes>',
      `        <class name="${xml(name.slice(name.lastIndexOf('/') + 1))}" filename="${xml(name)}" ${ratesOf(lines)} complexity="0">`,
      '          <methods/>',
      '          <lines>',
      ...lines.flatMap(coberturaLine),
      '          </lines>',
      '        </class>',
      '      </classes>',
      '    </package>',
    );
  }
  out.push('  </packages>', '</coverage>');
  return out.map((line) => `${line}\n`).join('');
}

function coberturaLine(line: Line): readonly string[] {
  const { seen, of } = sumOf(line.covered);
  const share = (part: { readonly seen: number; readonly of: number }): string =>
    `${part.of === 0 ? 100 : Math.floor((100 * part.seen) / part.of)}%`;
  const conditions = line.covered.map((one, number) => {
    const coverage = share({ seen: one.seen.length, of: one.can.length });
    return `<condition number="${number}" type="${one.kind}" coverage="${coverage}"/>`;
  });
  return [
    `            <line number="${line.line}" hits="${isHit(line) ? 1 : 0}" branch="true" condition-coverage="${share({ seen, of })} (${seen}/${of})">`,
    `              <conditions>${conditions.join('')}</conditions>`,
    '            </line>',
  ];
}

function ratesOf(lines: readonly Line[]): string {
  const { seen, of } = sumOf(lines.flatMap(({ covered }) => covered));
  return `line-rate="${rate(lines.filter(isHit).length, lines.length)}" branch-rate="${rate(seen, of)}"`;
}

/** Rounded down, as everywhere. */
function rate(part: number, whole: number): string {
  return whole === 0 ? '1' : String(Math.floor((10_000 * part) / whole) / 10_000);
}

function xml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

import { code, plain } from '../src/console/render/markdown.ts';
import { type Judged, type Level, levels, worstLevel } from './judge.ts';
import { fails } from './result.ts';

/** What stands around what `nwctl` said. */
export interface Around {
  readonly id: string;
  /** What is compared with what, short. */
  readonly base: string;
  readonly head: string;
  /** Where the run and everything that it wrote are to be seen. */
  readonly run: string | undefined;
}

/** By which we find our comment again; only at the very beginning of one, and only in one of our own. */
export function markerOf(id: string): string {
  return `<!-- nodewright-review:${id} -->`;
}

/** Nothing differs, everything passed and was compared: nobody needs to be told. */
export function isQuiet(all: readonly Judged[]): boolean {
  return all.every(({ is, level, code }) => is === 'compared' && level === 'none' && code === 0);
}

/** One comment about all profiles, the worst first, of at most so much as `sizeOf` measures it. Of each the largest size is shown that
 *  leaves room for the smallest of the others; who is not shown at all is counted. */
export function body(all: readonly Judged[], around: Around, most: number, sizeOf: (text: string) => number): string {
  const sorted = worstFirst(all);
  const start = `${markerOf(around.id)}\n### Rules review: ${headline(all)}\n\n`;
  const footer = `\n${footerOf(around)}`;
  // Of the notes below one stands at the end at most.
  let room = most - sizeOf(start) - sizeOf(footer) - 300;
  const table = tableOf(sorted, Math.floor(room / 2), sizeOf);
  room -= sizeOf(table);
  const telling = sorted.filter(({ is, level, told }) => is === 'compared' && level !== 'none' && told.length > 0);
  const parts = telling.map(({ told }) => told.map((text) => `\n---\n\n${text}`));
  let rest = parts.reduce((sum, part) => sum + smallest(part, sizeOf), 0);
  let text = '';
  let left = 0;
  for (const part of parts) {
    const least = smallest(part, sizeOf);
    rest -= least;
    const fits = part.find((one) => sizeOf(one) <= room - rest) ?? part.find((one) => sizeOf(one) <= room);
    if (fits === undefined) left += 1;
    else {
      text += fits;
      room -= sizeOf(fits);
    }
  }
  const note = left === 0 ? '' : `\nNot shown here: what differs in ${left} of ${telling.length} profiles.\n`;
  return `${start}${table}${text}${note}${footer}`;
}

/** Annotations of one kind that GitHub shows of one step. */
const annotationsShown = 10;

/** What a host does not show of what it was given: annotations, and runs that had no room in the SARIF file. */
export function notesOn(annotated: ReadonlySet<string>, runsLeft: number): string {
  const kinds = ['error', 'warning', 'notice'].map((kind) => {
    return { kind, count: [...annotated].filter((line) => line.startsWith(`::${kind} `)).length };
  });
  const notes = [
    ...kinds
      .filter(({ count }) => count > annotationsShown)
      .map(
        ({ kind, count }) =>
          `${count} annotations are of kind ${kind}; GitHub shows ten of a kind. The log has them all.`,
      ),
    ...(runsLeft > 0 ? [`${runsLeft} profiles had no room in the SARIF file.`] : []),
  ];
  return notes.map((note) => `\n> ${note}\n`).join('');
}

/** What is said where nothing longer is taken: the level and how many, without a name from outside. */
export function shortest(all: readonly Judged[], around: Around): string {
  const counts = levels.flatMap((level) => {
    const of = all.filter((one) => one.level === level).length;
    return of === 0 ? [] : [`${of} ${level}`];
  });
  const head = `${markerOf(around.id)}\n### Rules review: ${headline(all)}\n\n`;
  return `${head}Profiles: ${counts.join(', ')}. Not shown here: everything else.\n\n${footerOf(around)}`;
}

/** How bad it is; of the same level by name. What could not be compared comes before what is well. */
export function worstFirst(all: readonly Judged[]): readonly Judged[] {
  const weight = ({ is, level, code }: Judged): number =>
    level === 'danger' ? 0 : code !== 0 && code !== 5 ? 1 : 2 + levels.indexOf(level) + (is === 'compared' ? 0.5 : 0);
  return [...all].sort((a, b) => weight(a) - weight(b) || (a.path < b.path ? -1 : 1));
}

function headline(all: readonly Judged[]): string {
  const failed = all.filter((one) => {
    return one.is === 'not compared' || one.test === 'failed' || (one.code !== 3 && fails(one.code));
  }).length;
  const bad = failed === 0 ? '' : `, ${failed} of ${all.length} profiles failed or could not be compared`;
  const bound = all.some(({ code }) => code === 6);
  const words: Readonly<Record<Level, string>> = {
    danger: '**DANGER**',
    caution: '**CAUTION**',
    routine: 'routine',
    // «Nothing» is said only where everything was looked at.
    none: failed === 0 && !bound ? 'nothing differs' : 'no difference was found',
  };
  return `${words[worstLevel(all)]}${bad}${bound ? ', and a bound was hit' : ''}`;
}

function tableOf(sorted: readonly Judged[], most: number, sizeOf: (text: string) => number): string {
  const head = '| profile | level | decisions | check | test |\n|---|---|---|---|---|\n';
  let text = head;
  let shown = 0;
  for (const one of sorted) {
    const level = one.is === 'not compared' || one.is === 'new' ? one.is : one.level;
    const row = `| ${cell(one.path)} | ${level} | ${plain(one.decisions)} | ${one.check} | ${one.test} |\n`;
    if (sizeOf(text + row) > most) break;
    text += row;
    shown += 1;
  }
  const left = sorted.length - shown;
  return left === 0 ? text : `${text}\nNot shown here: ${left} more profiles, none of them worse.\n`;
}

/** A bar would end the cell, in code too. */
function cell(name: string): string {
  return code(name).replaceAll('|', '\\|');
}

function footerOf({ base, head, run }: Around): string {
  const where = run === undefined ? '' : ` · [the run, with everything](${run})`;
  return `<sub>${plain(base)} → ${plain(head)}${where} · advisory: it judges rules, not sites</sub>\n`;
}

function smallest(part: readonly string[], sizeOf: (text: string) => number): number {
  return Math.min(...part.map(sizeOf));
}

import { indented, type Look, narrower, type Paint, plainly } from '../paint.ts';
import type { GateChange, PlanDiff, StepRead } from '../plan-diff.ts';
import { type Cell, paragraph, table } from '../table.ts';
import type { Data } from './data.ts';
import { named, ofWhom } from './named.ts';
import { grouped } from './reason-text.ts';

/** `plan diff` for people: where it stood and stands, then what became possible, what no longer is, and the rest. */
export function planDiffText(diff: PlanDiff, look: Look): string {
  const { old, new: fresh } = diff;
  const sides = plainly(`${old.from} ${look.signs.arrow} ${fresh.from}`, look);
  const head = `${look.strong(plainly(fresh.workflow, look))}  ${sides}\n${signatures(diff, look)}`;
  if (!diff.differs) return `${head}the two plans are the same\n`;
  const moved = diff.moved
    ? paragraph(
        look,
        '  ',
        `was at ${old.state} (${old.decision}), is at ${fresh.state} (${fresh.decision})`,
        look.strong,
      )
    : '';
  const parts = [
    `${head}${moved}`,
    gatesText('POSSIBLE NOW', diff.possible, look, look.good),
    gatesText('NO LONGER POSSIBLE', diff.impossible, look, look.bad),
    gatesText('STILL NOT', diff.otherwise, look, look.unsure),
    gatesText('ASKED OTHERWISE', diff.asked, look, look.quiet),
    stepsText('STEPS ADDED', diff.added, look),
    stepsText('STEPS GONE', diff.gone, look),
    membersText(diff, look),
    mayFailText(diff, look),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** A kept plan is believed in what it says of itself, and no more. */
function signatures({ old, new: fresh }: PlanDiff, look: Look): string {
  const line = (lead: string, { signature }: PlanDiff['old']): string =>
    paragraph(look, lead, keysShown(signature, look), signature.startsWith('signed') ? look.quiet : look.bad);
  if (old.signature === fresh.signature) return line('profile: ', fresh);
  return `${line('profile, old: ', old)}${line('profile, new: ', fresh)}`;
}

function keysShown(signature: string, { wide }: Look): string {
  return wide ? signature : signature.replaceAll(/\b[0-9a-f]{64}\b/g, (id) => id.slice(0, 12));
}

function gatesText(title: string, changes: readonly GateChange[], look: Look, paint: Paint): string {
  const rows = grouped(changes, ({ state, gate, was, is }) => JSON.stringify([state, gate, was, is])).map(
    (same): readonly Cell[] => {
      const [{ state, gate, was, is, because }] = same;
      const words = `${was ?? 'not asked'} ${look.signs.arrow} ${is ?? 'not asked'}`;
      const why =
        because === undefined
          ? ''
          : `${because.fact}${because.object === 'site' ? '' : ` of ${because.object}`} ${because.detail}`;
      const told = why === '' ? '' : is === 'open' ? `: it was that ${why}` : `: ${why}`;
      return [state, { text: words, paint }, `${gate.slice(gate.indexOf('/') + 1)}${ofWhom('  ', same, look)}${told}`];
    },
  );
  return section(title, rows, look);
}

function stepsText(title: string, steps: readonly StepRead[], look: Look): string {
  const rows = steps.map(({ state, command, members }): readonly Cell[] => [
    state,
    command === null ? '' : `${command}${ofWhom(' on ', members ?? [], look)}`,
  ]);
  return section(title, rows, look);
}

const stands: Readonly<Record<string, string>> = { settled: 'so already', toDo: 'to do', unknown: 'not known' };

function membersText({ members }: PlanDiff, look: Look): string {
  const rows = grouped(members, ({ state, was, is }) => JSON.stringify([state, was, is])).map(
    (same): readonly Cell[] => {
      const [{ state, command, was, is }] = same;
      const word = (stood: string | undefined): string =>
        stood === undefined ? 'not meant' : (stands[stood] ?? stood);
      return [state, `${word(was)} ${look.signs.arrow} ${word(is)}`, `${command}${ofWhom(' on ', same, look)}`];
    },
  );
  return section('WHAT IS LEFT TO DO', rows, look);
}

function mayFailText({ mayFail }: PlanDiff, look: Look): string {
  const words = (nodes: readonly string[] | null): string =>
    nodes === null ? 'not known' : nodes.length === 0 ? 'no node' : named(nodes, look);
  const rows = mayFail.map(({ state, was, is }) => [state, `${words(was)} ${look.signs.arrow} ${words(is)}`]);
  return section('MAY FAIL MEANWHILE', rows, look);
}

function section(title: string, rows: readonly (readonly Cell[])[], look: Look): string {
  return rows.length === 0 ? '' : `${look.strong(title)}\n${indented(table(narrower(look, 2), undefined, rows), 2)}`;
}

/** `plan diff -o json`: described in schemas/plan-diff.v1.json. */
export function planDiffData(diff: PlanDiff): Data {
  const side = ({ from, signature, state, decision, steps }: PlanDiff['old']): Data => {
    return { from, signature, state, decision, steps: steps.map((step) => step.state) };
  };
  const gate = ({ state, gate: name, object, was, is, because }: GateChange): Data => ({
    state,
    gate: name,
    object,
    was: was ?? null,
    is: is ?? null,
    because: because === undefined ? null : { ...because },
  });
  return {
    schemaVersion: 'plan-diff/v1',
    workflow: diff.new.workflow,
    old: side(diff.old),
    new: side(diff.new),
    differs: diff.differs,
    possible: diff.possible.map(gate),
    impossible: diff.impossible.map(gate),
    otherwise: diff.otherwise.map(gate),
    asked: diff.asked.map(gate),
    added: diff.added.map(({ state }) => state),
    gone: diff.gone.map(({ state }) => state),
    members: diff.members.map(({ state, command, object, was, is }) => {
      return { state, command, object, was: was ?? null, is: is ?? null };
    }),
    mayFail: diff.mayFail.map(({ state, was, is }) => {
      return { state, was: was === null ? null : [...was], is: is === null ? null : [...is] };
    }),
  };
}

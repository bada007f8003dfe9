import fc, { type Arbitrary } from 'fast-check';
import { grades } from '../../src/kernel/fact.ts';
import type { Cell, Snapshot } from '../../src/kernel/snapshot.ts';
import { type SubjectKind, subjectKinds } from '../../src/kernel/subject.ts';
import { type MadeCell, type MadeList, type MadeSite, madeNowMs } from './made-site.ts';

/** What is taken away from what we know: of each fact of each subject, and of each list, possibly something. */
export interface Blinding {
  readonly facts: readonly Loss[];
  readonly lists: readonly ListLoss[];
}

const losses = ['nothing', 'deleted', 'unreadable', 'disputed', 'aged', 'downgraded', 'aged and downgraded'] as const;
type Loss = (typeof losses)[number];
/** A list that is lost may leave the members that we happen to know of, some of them, or nobody. */
const listLosses = ['nothing', 'stale', 'failed', 'failed, half gone', 'failed, all gone'] as const;
type ListLoss = (typeof listLosses)[number];

/** Any set of losses: anything from one fact to nearly everything. It is repeated over as many facts as there are. */
export const aBlinding: Arbitrary<Blinding> = fc
  .tuple(
    fc.constantFrom(1, 2, 8, 40),
    fc.uint8Array({ minLength: 1, maxLength: 97 }),
    fc.tuple(...subjectKinds.map(() => fc.nat(40))),
  )
  .map(([rarely, drawn, lists]) => ({
    facts: [...drawn].map((number) =>
      number % rarely === 0 ? (losses[((number / rarely) % losses.length) | 0] ?? 'deleted') : 'nothing',
    ),
    lists: lists.map((number) => listLosses[number] ?? 'nothing'),
  }));

/** The same site with less known of it. The site itself, of which there is always one, stays. */
export function blinded(made: MadeSite, { facts, lists }: Blinding): MadeSite {
  const left = Object.fromEntries(
    subjectKinds.map((kind, index) => [
      kind,
      kind === 'site' ? made.lists.site : listLeft(made.lists[kind], lists[index]),
    ]),
  ) as Record<SubjectKind, MadeList>;
  const cells = made.cells.flatMap((one, index): MadeCell[] => {
    const cell = cellLeft(one.cell, facts[index % facts.length] ?? 'nothing', made.nowMs);
    return cell === undefined ? [] : [{ ...one, cell }];
  });
  return { ...made, lists: left, cells };
}

function listLeft({ state, members }: MadeList, loss: ListLoss | undefined): MadeList {
  switch (loss) {
    case 'stale':
      return { state: state === 'absent' ? 'absent' : 'stale', members };
    case 'failed':
      return { state: 'absent', members };
    case 'failed, half gone':
      return { state: 'absent', members: members.filter((_, index) => index % 2 === 0) };
    case 'failed, all gone':
      return { state: 'absent', members: [] };
    default:
      return { state, members };
  }
}

function cellLeft(cell: Cell, loss: Loss, nowMs = madeNowMs): Cell | undefined {
  switch (loss) {
    case 'nothing':
      return cell;
    case 'deleted':
      return undefined;
    case 'unreadable':
    case 'disputed':
      return { kind: 'absent', why: loss, says: 'made so' };
    case 'aged':
      return aged(cell, nowMs);
    case 'downgraded':
      return downgraded(cell);
    case 'aged and downgraded':
      return downgraded(aged(cell, nowMs));
  }
}

/** A moment ahead of our clock says nothing of an age; making it earlier would be to learn something. */
function aged(cell: Cell, nowMs: number): Cell {
  return cell.kind === 'absent' || cell.seenAtMs > nowMs ? cell : { ...cell, seenAtMs: cell.seenAtMs - 10_001 };
}

function downgraded(cell: Cell): Cell {
  if (cell.kind === 'absent') return cell;
  return { ...cell, grade: grades[grades.indexOf(cell.grade) + 1] ?? 'assumed' };
}

/** What a snapshot was cut from, so that real ones can be blinded too. */
export function siteOf(snapshot: Snapshot): MadeSite {
  const lists = Object.fromEntries(
    subjectKinds.map((kind) => {
      const { state, members } = snapshot.populations[kind];
      return [kind, { state, members }];
    }),
  ) as unknown as MadeSite['lists'];
  const cells = [...snapshot.columns].flatMap(
    ([
      fact,
      {
        fact: { subject },
        cells,
      },
    ]) =>
      cells.flatMap((cell, index): MadeCell[] => {
        const object = snapshot.populations[subject].members[index]?.id;
        return object === undefined ? [] : [{ fact, object, cell }];
      }),
  );
  return { lists, cells, nowMs: snapshot.nowMs };
}

import type { Place } from '../kernel/fault.ts';
import type { Snapshot } from '../kernel/snapshot.ts';
import type { Reason } from '../kernel/verdict.ts';
import type { Level, Moved } from './change.ts';
import type { Compared } from './decisions.ts';

/** What one side decides of one workflow that a capture holds, as though it had been begun with it. */
export interface WorkflowWord {
  /** `ReplicationUpgrade/site` */
  readonly id: string;
  readonly pack: string;
  /** `advance AcquireLock → Protect`, with whatever is ordered; `hold in Protect, overdue`. States by the names that both sides are told by. */
  readonly word: string;
  /** The same without names of objects: `advance AcquireLock → Protect: pause-sync, pause-sync`. */
  readonly alike: string;
  readonly does: 'goes on' | 'takes back' | 'waits' | 'has given up' | 'rests';
  readonly overdue: boolean;
  readonly because: readonly Reason[];
  /** When a budget of it runs out. */
  readonly dueAtMs: readonly number[];
  /** Where the state stands in which it is. */
  readonly at: Place;
}

/** What states of a machine are called, where two sides do not call them the same; undefined: they do. */
export interface StateNames {
  /** What this side calls a state that the other calls so. */
  own(drives: string, state: string): string | undefined;
  /** What both are told to call a state of this side. */
  told(drives: string, state: string): string | undefined;
}

export const sameNames: StateNames = { own: () => undefined, told: () => undefined };

/** Whoever can decide on workflow objects; undefined where the side drives no such workflow. */
export type DecideWorkflows = (snapshot: Snapshot) => Promise<readonly WorkflowWord[]>;

export function compareWorkflows(olds: readonly WorkflowWord[], fresh: readonly WorkflowWord[]): Compared {
  const before = new Map(olds.map((word) => [word.id, word]));
  const after = new Map(fresh.map((word) => [word.id, word]));
  const moved: Moved[] = [];
  let equal = 0;
  for (const id of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(id), after.get(id)];
    const one = is ?? was;
    if (one === undefined) continue;
    const [gone, come] = [without(was, is), without(is, was)];
    if (was !== undefined && is !== undefined && was.word === is.word && gone.length + come.length === 0) {
      equal += 1;
      continue;
    }
    moved.push({
      level: levelOf(was, is),
      kind: 'workflow',
      pack: one.pack,
      name: id,
      object: 'site',
      from: was?.word ?? 'not driven',
      to: is?.word ?? 'not driven',
      // What a machine decides hangs on all of it: the steps that changed are told beside it.
      causes: [
        {
          was: was === undefined ? null : was.word,
          is: is === undefined ? null : is.word,
          oldAt: (was ?? one).at,
          newAt: (is ?? one).at,
        },
      ],
      was: gone,
      is: come,
    });
  }
  return { moved, equal };
}

/** Danger: it goes on where it did not, is woken from where it had given up, or has time left where it had none. To take back instead is
 *  the stricter of the two. */
function levelOf(was: WorkflowWord | undefined, is: WorkflowWord | undefined): Level {
  if (is === undefined) return 'caution';
  if (is.does === 'goes on' && was?.word !== is.word) return 'danger';
  if (was?.does === 'has given up' && is.does !== 'has given up') return 'danger';
  return was?.overdue === true && is.does === 'waits' && !is.overdue ? 'danger' : 'caution';
}

function without(one: WorkflowWord | undefined, other: WorkflowWord | undefined): readonly Reason[] {
  const keyOf = ({ says, fact, object, detail, unknown, law }: Reason): string =>
    JSON.stringify([says, fact, object, detail, unknown, law]);
  const said = new Set((other?.because ?? []).map(keyOf));
  return (one?.because ?? []).filter((reason) => !said.has(keyOf(reason)));
}

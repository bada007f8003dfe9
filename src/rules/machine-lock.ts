import { formOf } from '../kernel/command.ts';
import { error } from '../kernel/fault.ts';
import { shown } from '../source/shown.ts';
import { child } from '../source/tree.ts';
import { type Graph, nameOf, nextOf } from './machine-walk.ts';
import type { PlacedState } from './stretches.ts';

/** One way to be in a state: with the site lock or without, and how one came there. */
interface Visit {
  readonly state: PlacedState;
  readonly locked: boolean;
  readonly from?: Visit;
}

/** Every way from the start is walked, with the lock and without. An agent acts only where the lock is held whichever way one
 *  came, and the end is reached only where it was given back. INVARIANT K7. */
export function checkLock(graph: Graph): void {
  const visits = everyVisit(graph);
  for (const state of graph.states) {
    const { command, context, ends, at } = state.written;
    const here = visits.filter((visit) => visit.state === state);
    const without = here.find(({ locked }) => !locked);
    const within = here.find(({ locked }) => locked);
    if (ends === 'complete' && within !== undefined) {
      const message = `\`${shown(nameOf(state))}\` is reached with the site lock still held: ${wayOf(within)}`;
      context.report(error('PACK_LOCK_KEPT', at, message, 'pass a state with `site.release-lock` before'));
    }
    if (command === undefined || formOf(command).by !== 'agent' || without === undefined) continue;
    const place = child(child(state.written.tree, 'step'), 'command')?.at ?? at;
    if (within === undefined) {
      const message = `\`${command}\` is given where the site lock is not held: ${wayOf(without)}`;
      context.report(error('PACK_OUTSIDE_LOCK', place, message, 'pass a state with `site.take-lock` before'));
    } else {
      const message = `\`${command}\` can be reached without the site lock: ${wayOf(without)}`;
      context.report(error('PACK_ROUND_THE_LOCK', place, message, 'let this way pass `site.take-lock` as well'));
    }
  }
}

function everyVisit(graph: Graph): readonly Visit[] {
  const visits: Visit[] = [{ state: graph.first, locked: false }];
  const seen = new Set<string>();
  for (const visit of visits) {
    const locked = lockedAfter(visit);
    for (const state of nextOf(visit.state, graph)) {
      const key = `${locked} ${nameOf(state)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      visits.push({ state, locked, from: visit }); // the walk goes on over what is added
    }
  }
  return visits;
}

/** A lock command is settled before its state is left: the kernel sees whose the lock is. */
function lockedAfter({ state, locked }: Visit): boolean {
  const { command } = state.written;
  return command === 'site.take-lock' || (locked && command !== 'site.release-lock');
}

function wayOf(visit: Visit): string {
  const names: string[] = [];
  for (let at: Visit | undefined = visit; at !== undefined; at = at.from) names.unshift(shown(nameOf(at.state)));
  return names.length <= 8
    ? names.join(' → ')
    : `${names.slice(0, 3).join(' → ')} → … → ${names.slice(-4).join(' → ')}`;
}

import { byText, type DecisionChange, decisionKinds, levels, type Moved, type Occurrence } from './change.ts';

/** What moved at one moment of one capture. */
export interface Seen {
  readonly capture: string;
  readonly takenAtMs: number | null;
  readonly afterMs: number;
  readonly moved: readonly Moved[];
}

/** The same change is told once: on its captures, there on its objects, and of those the moments. Nothing of it hangs on the order in
 *  which captures came. */
export function folded(seen: readonly Seen[]): readonly DecisionChange[] {
  const changes = new Map<string, { readonly one: Moved; readonly on: Map<string, Occurrence> }>();
  const inOrder = [...seen].sort((left, right) => byText(left.capture, right.capture) || left.afterMs - right.afterMs);
  for (const { capture, takenAtMs, afterMs, moved } of inOrder) {
    for (const [key, same] of groupsOf(moved)) {
      const [one] = same;
      if (one === undefined) continue;
      const change = changes.get(key) ?? { one, on: new Map<string, Occurrence>() };
      changes.set(key, change);
      const objects = same.map(({ object }) => object).sort();
      const first = same.find(({ object }) => object === objects[0]) ?? one;
      const where = JSON.stringify([capture, objects]);
      const before = change.on.get(where);
      change.on.set(
        where,
        before === undefined
          ? { capture, takenAtMs, afterMs: [afterMs], objects, was: first.was, is: first.is }
          : { ...before, afterMs: [...before.afterMs, afterMs] },
      );
    }
  }
  return [...changes]
    .map(([key, { one, on }]) => ({ key, change: changeOf(one, [...on.values()]) }))
    .sort((left, right) => byText(left.key, right.key))
    .map(({ change }) => change);
}

function groupsOf(moved: readonly Moved[]): ReadonlyMap<string, readonly Moved[]> {
  const groups = new Map<string, Moved[]>();
  for (const one of moved) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/** In the order in which it is told: the worst first, and other verdicts before other reasons. */
function keyOf({ level, kind, pack, name, wasCalled, from, to, causes }: Moved): string {
  return JSON.stringify([
    levels.indexOf(level),
    from === to,
    decisionKinds.indexOf(kind),
    name,
    pack,
    wasCalled ?? '',
    from,
    to,
    causes,
  ]);
}

function changeOf({ object: _, was: __, is: ___, ...one }: Moved, on: readonly Occurrence[]): DecisionChange {
  return { ...one, on };
}

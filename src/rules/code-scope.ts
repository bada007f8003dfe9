import { ancestorsOf, type SubjectKind } from '../kernel/subject.ts';

/** How a condition names the innermost subject of one kind: a variable, and the loop that brought it into scope. */
interface Entered {
  readonly name: string;
  readonly by: Loop;
}

export interface Loop {
  readonly over: SubjectKind;
  readonly name: string;
}

export type CodeScope = ReadonlyMap<SubjectKind, Entered>;

/** A member's own kind and those it belongs to become the innermost; they stand last, which is how the loop is found. */
export function entering(scope: CodeScope, over: SubjectKind, name: string, loop: Loop = { over, name }): CodeScope {
  const inner = new Map(scope);
  for (const kind of [...ancestorsOf(over), over]) {
    if (kind === 'site') continue;
    inner.delete(kind);
    inner.set(kind, { name: kind === over ? name : `${name}${kind}`, by: loop });
  }
  return inner;
}

export function innermost(scope: CodeScope): Loop | undefined {
  return [...scope.values()].at(-1)?.by;
}

/** Who belongs to a member belongs to the member's owners too, as long as both came into scope together. */
export function isImplied(kind: SubjectKind, by: SubjectKind | undefined, scope: CodeScope): boolean {
  if (by === undefined || !ancestorsOf(by).includes(kind)) return false;
  return scope.get(kind)?.by === scope.get(by)?.by;
}

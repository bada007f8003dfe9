/** Whether two values are the same JSON, whatever the order of members. A member that is undefined is not there. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((part, index) => isSameJson(part, right[index]));
  }
  const [mine, yours] = [left as Members, right as Members];
  let more = 0;
  for (const name of Object.keys(mine)) {
    const part = mine[name];
    if (part === undefined) continue;
    if (!Object.hasOwn(yours, name) || !isSameJson(part, yours[name])) return false;
    more -= 1;
  }
  for (const name of Object.keys(yours)) if (yours[name] !== undefined) more += 1;
  return more === 0;
}

type Members = Readonly<Record<string, unknown>>;

/** Whether two values are the same JSON, whatever the order of members. A member that is undefined is not there. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((part, index) => isSameJson(part, right[index]));
  }
  const [mine, yours] = [membersOf(left), membersOf(right)];
  if (mine.length !== yours.length) return false;
  return mine.every(([name, value]) => Object.hasOwn(right, name) && isSameJson(value, (right as never)[name]));
}

function membersOf(value: object): readonly [string, unknown][] {
  return Object.entries(value).filter(([, part]) => part !== undefined);
}

/** `1 node`, `2 nodes`. */
export function count(of: number, thing: string): string {
  return `${of} ${thing}${of === 1 ? '' : 's'}`;
}

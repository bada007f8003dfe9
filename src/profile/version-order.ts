/** Semantic versions in their order (semver.org, §11): below 0 when the left one is older. Digits may be as many as one
 *  likes, so they are never made numbers. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parted(left), parted(right)];
  const core = compareLists(a.core, b.core);
  if (core !== 0) return core;
  // What comes before a release is older than the release.
  if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length;
  return compareLists(a.before, b.before);
}

function parted(version: string): { readonly core: readonly string[]; readonly before: readonly string[] } {
  const cut = version.indexOf('-');
  return {
    core: (cut === -1 ? version : version.slice(0, cut)).split('.'),
    before: cut === -1 ? [] : version.slice(cut + 1).split('.'),
  };
}

function compareLists(left: readonly string[], right: readonly string[]): number {
  for (const [at, word] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const order = compareWords(word, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Numbers are older than words. */
function compareWords(left: string, right: string): number {
  const [a, b] = [left, right].map((word) => /^\d+$/.test(word));
  if (a !== b) return a ? -1 : 1;
  const [x, y] = a ? [left, right].map((digits) => digits.replace(/^0+(?=\d)/, '')) : [left, right];
  const length = a ? (x ?? '').length - (y ?? '').length : 0;
  return length !== 0 ? length : (x ?? '') < (y ?? '') ? -1 : x === y ? 0 : 1;
}

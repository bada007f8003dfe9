/** Names that come from outside and become ids, paths and words in a terminal. */

/** DNS-1123 subdomain: what nodes and every kind that we read may be called. */
export function isDnsName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && !name.includes('..');
}

/** What any object may be called: one step of a path, without control characters and without the marks that make text
 *  run backwards. */
export function isPathStep(name: string): boolean {
  return (
    name !== '' && name !== '.' && name !== '..' && name.length <= 1024 && !/[/\\]/.test(name) && isPrintable(name)
  );
}

/** A path inside a capture folder: steps only, nothing that climbs out of it. */
export function isInnerPath(path: string): boolean {
  return path.split('/').every(isPathStep);
}

/** No control characters (a terminal obeys them) and no bidirectional marks (a reader is fooled by them). */
export function isPrintable(text: string): boolean {
  return !/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(text) && text.isWellFormed();
}

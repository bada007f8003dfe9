/** The oldest Node that can run us; `engines` of package.json says it too, but nothing asks that when a program starts. */
export const oldestNode = 24;

/** What is said to whoever starts us with an older one (`v20.20.2`); undefined: it will do. What such a Node lacks would else
 *  show anywhere, and look like a bug of ours. */
export function tooOld(version: string): string | undefined {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1]);
  return major < oldestNode ? `nwctl needs Node ${oldestNode} or newer, and was started by ${version}` : undefined;
}

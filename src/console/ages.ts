/** Moments and spans as people read them. Data carries RFC 3339 in UTC; texts carry how long ago. */
export function moment(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return 'no moment';
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** `6s`, `4m12s`, `3h`, `2d4h`: at most two units, rounded down, so that nothing looks older than it is. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.floor(ms))}ms`;
  const seconds = Math.floor(ms / 1000);
  const units: readonly (readonly [string, number])[] = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['m', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count}${unit}`)
    .join('');
}

/** `6s ago`. What lies ahead of us was stamped by a wrong clock, and is said so. */
export function ago(seenAtMs: number, nowMs: number): string {
  const age = nowMs - seenAtMs;
  if (!Number.isFinite(age)) return 'at no known moment';
  if (age < 0) return `${span(-age)} from now (a clock is wrong)`;
  return age < 1000 ? 'just now' : `${span(age)} ago`;
}

/** `in drbdsetup status on node-a`, `computed from LINSTOR GET …`. */
export function sourceWords(source: string): string {
  return source.startsWith('computed from ') ? source : `in ${source}`;
}

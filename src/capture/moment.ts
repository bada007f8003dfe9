/** RFC 3339 with a time zone → milliseconds; undefined for anything else, days that no month has included. Finer digits
 *  than milliseconds are cut. */
export function parseMoment(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day] = match;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) > days || Number(day) === 0) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

export function formatMoment(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Moments that a date can have. */
export function isMoment(value: unknown): value is number {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= 8_640_000_000_000_000;
}

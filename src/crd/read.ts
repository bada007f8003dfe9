/** What a reader says of foreign JSON: the thing, or which field is wrong and how. Nothing throws. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly field: string; readonly says: string };

export type Unread = Extract<Read<never>, { ok: false }>;

export type Foreign = Readonly<Record<string, unknown>>;

export function fine<T>(value: T): Read<T> {
  return { ok: true, value };
}

export function wrong(field: string, says: string): Unread {
  return { ok: false, field, says };
}

export function isForeign(value: unknown): value is Foreign {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member, if it is the object's own; null is how the API server writes that nothing is there. */
export function member(value: unknown, name: string): unknown {
  if (!isForeign(value) || !Object.hasOwn(value, name)) return undefined;
  return value[name] ?? undefined;
}

/** A map that may be left out: then it is empty. */
export function mapOf(value: unknown, name: string, field: string): Read<Foreign> {
  const found = member(value, name);
  if (found === undefined) return fine({});
  return isForeign(found) ? fine(found) : wrong(field, `must be an object, is ${shapeOf(found)}`);
}

export function textOf(value: unknown, name: string, field: string): Read<string> {
  const found = member(value, name);
  return typeof found === 'string' && found !== '' ? fine(found) : wrong(field, `must be a text, is ${shapeOf(found)}`);
}

export function optionalText(value: unknown, name: string, field: string): Read<string | undefined> {
  const found = member(value, name);
  if (found === undefined || typeof found === 'string') return fine(found);
  return wrong(field, `must be a text, is ${shapeOf(found)}`);
}

/** A count: a whole number, not below zero, that JavaScript still tells from its neighbours. */
export function optionalCount(value: unknown, name: string, field: string): Read<number | undefined> {
  const found = member(value, name);
  if (found === undefined) return fine(undefined);
  if (typeof found === 'number' && Number.isSafeInteger(found) && found >= 0) return fine(found);
  return wrong(field, `must be a whole number from 0 on, is ${typeof found === 'number' ? found : shapeOf(found)}`);
}

/** What something is, without its content: that may be a secret, or a screenful. */
export function shapeOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

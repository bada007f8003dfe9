import type { Json } from '../kernel/digest.ts';

/** Objects nest about twenty levels deep; whoever nests deeper than this is after our stack. */
export const depthMax = 100;

export type PlainObject = { [member: string]: Json | undefined };

/** Why a parsed value can have no canonical form, if it cannot. */
export function whyNotPlain(value: unknown, depth = 0): string | undefined {
  if (depth > depthMax) return `is nested deeper than ${depthMax} levels`;
  if (typeof value === 'string')
    return value.isWellFormed() ? undefined : 'holds half of a character (a lone surrogate)';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'holds a number that is infinite or none';
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const item of value) {
      const why = whyNotPlain(item, depth + 1);
      if (why !== undefined) return why;
    }
    return undefined;
  }
  for (const [member, inner] of Object.entries(value)) {
    const why = whyNotPlain(member, depth) ?? whyNotPlain(inner, depth + 1);
    if (why !== undefined) return why;
  }
  return undefined;
}

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member only: nothing that every object inherits is ever taken for something that was sent. */
export function member(value: unknown, name: string): Json | undefined {
  return isPlainObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function textMember(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' ? found : undefined;
}

import type { Look } from '../paint.ts';

const namesShown = 6;

/** `node-a node-b and 7 more`: as many as a line is to hold, all of them in the wide form. */
export function named(names: readonly string[], look: Look): string {
  const shown = look.wide || names.length <= namesShown + 1 ? names : names.slice(0, namesShown);
  const rest = names.length - shown.length;
  return `${shown.map((name) => look.short(name)).join(' ')}${rest === 0 ? '' : ` and ${rest} more`}`;
}

/** Whom something is about, behind a word that leads to them; nothing where there is nobody, or only the site itself. */
export function ofWhom(lead: string, members: readonly { readonly object: string }[], look: Look): string {
  if (members.length === 0 || members[0]?.object === 'site') return '';
  const names = members.map(({ object }) => object);
  return `${lead}${named(names, look)}`;
}

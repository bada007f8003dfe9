import { harmless } from '../escape.ts';

/** Markdown as GitHub and GitLab show it. Whatever comes from outside goes through `code`, `plain` or `fenced`: nothing of it is markup,
 *  and nobody is called by it. */

/** Text between backticks, as many as it needs. */
export function code(text: string): string {
  const safe = harmless(text).trim();
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = safe === '' || safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${fence}${space}${safe}${space}${fence}`;
}

export function plain(text: string): string {
  return harmless(text).replaceAll(/[\\`*_{}[\]<>#|@!~]/g, (sign) => `\\${sign}`);
}

/** Lines as they are, moved in as the list item is that they stand in. */
export function fenced(lines: readonly string[], indent: string): string {
  const safe = lines.map((line) => harmless(line));
  const longest = Math.max(2, ...safe.map((line) => /^ *(~+)/.exec(line)?.[1]?.length ?? 0));
  const fence = '~'.repeat(longest + 1);
  return [fence, ...safe, fence].map((line) => `${indent}${line}\n`).join('');
}

/** Shown when somebody asks. The title is ours and is no markup. */
export function folded(title: string, text: string, indent = ''): string {
  return `${indent}<details><summary>${title}</summary>\n\n${text}\n${indent}</details>\n`;
}

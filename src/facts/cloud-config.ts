import type { RawHost } from '../kernel/raw.ts';

/** What a cloud-config of Kairos does to networkd's devices: a file that it writes, or something that we cannot follow. */
export interface NetdevRewrite {
  readonly by: string;
  /** `10-bond1.netdev` */
  readonly file: string;
  readonly content: string | undefined;
}

export function isCloudConfig(what: string): boolean {
  return /^oem\/[^/]+\.ya?ml$/.test(what);
}

/** Every mention of a .netdev file in a cloud-config. This is no YAML parser and does not have to be one: a list item with a
 *  `path:` and a literal `content: |` is followed; anything else that speaks of such a file (a command, an encoding, a
 *  drop-in, another way to write it) is a rewrite of unknown content. It can only be too careful. */
export function rewritesOf(raw: RawHost): readonly NetdevRewrite[] {
  const lines = raw.text.split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (!line.includes('.netdev') || /^\s*#/.test(line)) return [];
    const written = /^( *(?:- +)?)path: *(['"]?)\/etc\/systemd\/network\/([^/'"\s]+\.netdev)\2 *$/.exec(line);
    const unknown: NetdevRewrite = { by: raw.what, file: written?.[3] ?? '', content: undefined };
    const indent = written?.[1]?.length ?? 0;
    return [written === null ? unknown : { ...unknown, content: literalContent(itemAround(lines, at, indent)) }];
  });
}

/** The lines of the list item whose keys stand in column `indent`, its dash made a blank. */
function itemAround(lines: readonly string[], at: number, indent: number): readonly string[] {
  const isInside = (line: string): boolean => line.trim() === '' || line.search(/[^ ]/) >= indent;
  const isStart = (line: string): boolean => /^ *- +$/.test(line.slice(0, indent));
  let first = at;
  while (first > 0 && !isStart(lines[first] ?? '') && isInside(lines[first] ?? '')) first -= 1;
  let last = at;
  while (last + 1 < lines.length && isInside(lines[last + 1] ?? '')) last += 1;
  return lines.slice(first, last + 1).map((line) => (line.trim() === '' ? '' : line.slice(indent)));
}

function literalContent(item: readonly string[]): string | undefined {
  const start = item.findIndex((line) => /^content: *\|[-+]? *$/.test(line));
  if (start === -1 || item.some((line) => line.startsWith('encoding:'))) return undefined;
  const end = item.findIndex((line, at) => at > start && /^[^ ]/.test(line));
  return item
    .slice(start + 1, end === -1 ? undefined : end)
    .map((line) => line.trim())
    .join('\n');
}

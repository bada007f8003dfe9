import { canonical, type Json } from '../kernel/digest.ts';
import { kindOf, type Raw } from '../kernel/raw.ts';
import { split } from './lean.ts';
import type { PlainObject } from './plain.ts';
import { inOrder } from './stated.ts';

/** One raw as a line of the one-file form. Its first members say what it is, so that a reader can pass over it without
 *  parsing it: `{"from":"object","kind":"v1/Pod","at":…,"object":{…},"more":{…}}`. Everything inside is canonical JSON. */
export function lineOf(raw: Raw): string {
  switch (raw.from) {
    case 'object': {
      const { object, more } = split(raw.object as PlainObject);
      const start = `${objectLineStart}${canonical(kindOf(raw.object))},"at":${raw.at},"object":${canonical(object)}`;
      return more === undefined ? `${start}}` : `${start}${moreStart}${canonical(more).slice(1)}}`;
    }
    case 'list':
      return line('list', { kind: raw.kind, at: raw.at, failed: raw.failed });
    case 'linstor':
      return line('linstor', { path: raw.path, at: raw.at, failed: raw.failed, text: raw.text });
    case 'host':
      return line('host', { node: raw.node, what: raw.what, at: raw.at, failed: raw.failed, text: raw.text });
    case 'observer': {
      const { at, node, heartbeatChangedAt, clockSkewMs } = raw;
      return line('observer', { node, at, heartbeatChangedAt, clockSkewMs });
    }
    case 'stated': {
      const { lists, facts, frozen } = inOrder(raw);
      const parts = { lists, facts, frozen: frozen.length === 0 ? undefined : frozen };
      return line('stated', { at: raw.at, ...parts } as unknown as Readonly<Record<string, Json | undefined>>);
    }
  }
}

/** Where the part begins that is left unparsed when a capture is only read. No text inside JSON holds these characters as
 *  they stand: its quotes are escaped. */
export const moreStart = ',"more":{';
export const objectLineStart = '{"from":"object","kind":';

function line(from: Raw['from'], members: Readonly<Record<string, Json | undefined>>): string {
  const written = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [`,"${name}":${canonical(value)}`],
  );
  return `{"from":"${from}"${written.join('')}}`;
}

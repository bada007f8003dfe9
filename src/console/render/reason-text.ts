import type { Reason } from '../../kernel/verdict.ts';
import { ago, moment, sourceWords } from '../ages.ts';
import type { Look } from '../paint.ts';

/** Reasons in words, wherever a gate, a plan or a workflow says why. */
const reasonsShown = 4;

/** The author's sentence; a leaf without one is only its own reading, which is shown anyway. */
export function sentenceOf({ says, fact }: Reason): string | undefined {
  return says === '' || says.startsWith(`${fact} `) ? undefined : says;
}

/** `bond.mode of node-b/bond1 is balance-rr, must be active-backup (seen 6s ago by kernel:ip on node-b)`. */
export function reasonLine(reason: Reason, nowMs: number, look: Look): string {
  const { seenAtMs, source, at } = reason;
  const when =
    seenAtMs === undefined || !Number.isFinite(seenAtMs)
      ? ''
      : look.wide
        ? `seen ${moment(seenAtMs)}, ${ago(seenAtMs, nowMs)}`
        : `seen ${ago(seenAtMs, nowMs)}`;
  const seen = [when, source === undefined ? '' : look.wide || when === '' ? sourceWords(source) : '']
    .filter((part) => part !== '')
    .join(', ');
  const place = look.wide ? `   ${at.file}:${at.line}` : '';
  return `${reasonSays(reason)}${seen === '' ? '' : ` (${seen})`}${place}`;
}

/** What was read of whom, without when and where. */
export function reasonSays({ fact, object, detail, unknown }: Reason): string {
  // What a journal says is a sentence of its own: `order 12 to node-b has not been seen by its agent`.
  if (fact.startsWith('node.journal') && /^(order|has) /.test(detail))
    return detail.startsWith('order ') ? detail : `${object} ${detail}`;
  const whose = object === 'site' ? '' : ` of ${object}`;
  if (!fact.startsWith('list of ')) return `${fact}${whose} ${detail}`;
  // A quantifier tells its own story, and so does a list that is too old.
  return !unknown || detail.startsWith(`the ${fact}`) ? detail : `the ${fact} is not known: ${detail}`;
}

export function limited<T>(list: readonly T[], look: Look): readonly T[] {
  return look.wide || list.length === reasonsShown + 1 ? list : list.slice(0, reasonsShown);
}

export function more(total: number, indentation: string, look: Look): string {
  const hidden = look.wide || total === reasonsShown + 1 ? 0 : total - reasonsShown;
  return hidden <= 0 ? '' : `${indentation}${look.quiet(`and ${hidden} more; -o wide shows all`)}\n`;
}

/** In the order of first appearance. */
export function grouped<T>(list: readonly T[], keyOf: (one: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

import type { Comment, Conversation, NotDone, Said } from './conversation.ts';

export interface Message {
  readonly marker: string;
  readonly body: string;
  /** Where `body` is too long after all. */
  readonly short: string;
  /** There is nothing to tell: nobody is told, except who was told otherwise before. */
  readonly quiet: boolean;
}

export type Posted =
  | {
      readonly kind: 'created' | 'edited' | 'unchanged';
      readonly url: string | undefined;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'quiet'; readonly notes: readonly string[] }
  | { readonly kind: 'left out'; readonly why: NotDone; readonly notes: readonly string[] };

const attempts = 3;

/** One comment of ours, edited in place. Nothing is ever deleted. A comment of which nobody heard whether it was made is looked for before
 *  another one is made. */
export async function post({ marker, body, short, quiet }: Message, there: Conversation): Promise<Posted> {
  const notes: string[] = [];
  const told = async (write: (text: string) => Promise<Said<Comment>>): Promise<Said<Comment>> => {
    const said = await write(body);
    if (said.kind !== 'long') return said;
    notes.push(
      `the comment was too long (${body.length} characters), which is a bug of ours; a shorter one took its place`,
    );
    return write(short);
  };
  let last: NotDone = { kind: 'unheard', says: 'never asked' };
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const ours = await there.ours(marker);
    if (ours.kind !== 'done') return { kind: 'left out', why: ours, notes };
    const [found, ...more] = ours.value;
    if (found !== undefined && more.length > 0)
      notes.push(`${more.length + 1} comments are ours; the oldest is kept current`);
    if (found === undefined && quiet) return { kind: 'quiet', notes };
    if (found !== undefined && same(found.body, body)) return { kind: 'unchanged', url: found.url, notes };
    const said = await told((text) => (found === undefined ? there.create(text) : there.edit(found.id, text)));
    if (said.kind === 'done') {
      return { kind: found === undefined ? 'created' : 'edited', url: said.value.url ?? found?.url, notes };
    }
    last = said;
    // Somebody took it away between our two looks, or nobody heard whether it was made: look again.
    const again = said.kind === 'unheard' || (said.kind === 'missing' && found !== undefined);
    if (!again) break;
  }
  return { kind: 'left out', why: last, notes };
}

/** Hosts may give back other line ends than they were given. */
function same(a: string, b: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n').trim();
  return plain(a) === plain(b);
}

/** An author's own word in a message: cut where it would drown the sentence. It stays raw; whoever prints escapes it. */
export function shown(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const cut = first.length > 60 ? `${first.slice(0, 57)}…` : first;
  return first === text || cut.endsWith('…') ? cut : `${cut}…`;
}

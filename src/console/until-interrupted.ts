/** Ctrl-C in the middle ends the writing, and whoever writes takes away what was half done. */
export async function* untilInterrupted(
  pages: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const page of pages) {
    signal.throwIfAborted();
    yield page;
  }
}

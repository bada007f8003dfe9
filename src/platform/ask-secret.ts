/** As much of a terminal as asking needs. */
export interface SecretTerminal {
  readonly isTTY?: boolean;
  setRawMode(raw: boolean): unknown;
  on(event: 'data', heard: (chunk: Uint8Array) => void): unknown;
  off(event: 'data', heard: (chunk: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Asks a person for what nobody may read over a shoulder: nothing is shown while it is typed. Undefined: nobody is there, or
 *  whoever is there pressed Ctrl-C or Ctrl-D. */
export function askSecret(
  question: string,
  terminal: SecretTerminal,
  say: (text: string) => void,
): Promise<string | undefined> {
  if (terminal.isTTY !== true) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const typed: number[] = [];
    const end = (answer: string | undefined): void => {
      terminal.off('data', hear);
      terminal.setRawMode(false);
      terminal.pause();
      say('\n');
      resolve(answer);
    };
    const hear = (chunk: Uint8Array): void => {
      for (const byte of chunk) {
        if (byte === 3 || byte === 4) end(undefined);
        else if (byte === 10 || byte === 13) end(new TextDecoder().decode(Uint8Array.from(typed)));
        else if (byte === 8 || byte === 127) rubOut(typed);
        else typed.push(byte);
      }
    };
    say(question);
    terminal.setRawMode(true);
    terminal.on('data', hear);
    terminal.resume();
  });
}

/** A whole character, which may be several bytes. */
function rubOut(typed: number[]): void {
  while (typed.length > 0 && ((typed.pop() ?? 0) & 0xc0) === 0x80);
}

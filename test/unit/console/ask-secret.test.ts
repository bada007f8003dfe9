import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askSecret } from '../../../src/platform/ask-secret.ts';

/** A terminal that hears these bytes once it is listened to. */
function typing(...chunks: readonly (string | readonly number[])[]) {
  const events = new EventEmitter();
  const raw: boolean[] = [];
  return {
    raw,
    isTTY: true,
    listeners: () => events.listenerCount('data'),
    setRawMode: (on: boolean) => raw.push(on),
    on: (event: 'data', heard: (chunk: Uint8Array) => void) => events.on(event, heard),
    off: (event: 'data', heard: (chunk: Uint8Array) => void) => events.off(event, heard),
    resume: () => queueMicrotask(() => chunks.map((chunk) => events.emit('data', Buffer.from(chunk as string)))),
    pause: () => undefined,
  };
}

test.each<[string, readonly (string | readonly number[])[], string | undefined]>([
  ['a word and Return', ['secret\r'], 'secret'],
  ['in pieces, with a line feed', ['se', 'cret', '\n'], 'secret'],
  ['nothing', ['\r'], ''],
  ['a mistake, rubbed out', ['secretx\u007f\r'], 'secret'],
  ['more rubbed out than there is', ['x\u007f\u007f\bsecret\r'], 'secret'],
  ['a character of several bytes, rubbed out', ['geheimß€😀\u007f\u007f\u007f\r'], 'geheim'],
  ['one that comes in two pieces', [[0xc3], [0x9f, 13]], 'ß'],
  ['Ctrl-C', ['sec\u0003'], undefined],
  ['Ctrl-D', ['sec\u0004'], undefined],
])('%s', async (_, chunks, answer) => {
  const terminal = typing(...chunks);
  let said = '';
  const heard = await askSecret('passphrase: ', terminal, (text) => {
    said += text;
  });
  expect(heard).toBe(answer);
  expect(said).toBe('passphrase: \n');
  expect(terminal.raw).toEqual([true, false]);
  expect(terminal.listeners()).toBe(0);
});

test('where no person is, nobody is asked', async () => {
  let said = '';
  const nobody = { ...typing('secret\r'), isTTY: false };
  expect(await askSecret('passphrase: ', nobody, (text) => (said += text))).toBeUndefined();
  expect(said).toBe('');
});

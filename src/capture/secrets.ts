import { isPlainObject, member, type PlainObject, textMember } from './plain.ts';

/** Secrets never enter a capture. A Secret object is refused, because somebody fetched it on purpose; what rides along in
 *  other things is masked on the way in. No fact reads any of it, so every decision stays the same. */
export const mask = '***';

export function isSecretKind(apiVersion: string, kind: string): boolean {
  return apiVersion === 'v1' && (kind === 'Secret' || kind === 'SecretList');
}

const secretWords =
  'secret|passphrase|password|passwd|token|private[-_]?key|preshared[-_]?key|client-key-data|encrypted[-_]?key|master[-_]?key';
/** Only names that end so: `secretName` is a reference, `legacy-token-last-used` a date. */
const secretName = new RegExp(`(?:${secretWords})$`, 'i');
/** What a cloud-config of a virtual machine holds is the guest's own affair, passwords first. */
const guestData = new Set(['userData', 'userDataBase64', 'networkData', 'networkDataBase64']);
const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const jwt = /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g;

/** Masks in place what a Kubernetes object carries beside its facts. The object is ours: it was just parsed. */
export function maskObject(object: PlainObject): void {
  maskMembers(object);
  if (object.kind === 'ConfigMap') {
    const data = member(object, 'data');
    if (isPlainObject(data)) {
      for (const [key, text] of Object.entries(data)) if (typeof text === 'string') put(data, key, maskText(text));
    }
  }
}

function maskMembers(value: PlainObject): void {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'string') {
      if (inner !== '' && (guestData.has(key) || secretName.test(key))) put(value, key, mask);
      else if (inner.length > 30) put(value, key, maskTokens(inner));
    } else if (Array.isArray(inner)) maskItems(inner);
    else if (isPlainObject(inner)) maskMembers(inner);
  }
}

function maskItems(items: unknown[]): void {
  for (const [at, item] of items.entries()) {
    if (typeof item === 'string') items[at] = maskTokens(item);
    else if (Array.isArray(item)) maskItems(item);
    else if (isPlainObject(item)) {
      const name = textMember(item, 'name');
      if (name !== undefined && typeof item.value === 'string' && secretName.test(name)) item.value = mask;
      maskMembers(item);
    }
  }
}

/** Never by assignment: a member called `__proto__` would then change what the object is. */
function put(object: PlainObject, key: string, value: string): void {
  if (object[key] !== value)
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function maskTokens(text: string): string {
  return text.includes('PRIVATE KEY') || text.includes('eyJ') ? text.replace(pem, mask).replace(jwt, mask) : text;
}

const secretWord = new RegExp(secretWords, 'gi');

/** A JSON reply as text: `"secret": "…"` and every member whose name ends in such a word. The rest stays byte for byte,
 *  because its numbers do not survive JSON.parse. Walks from word to word, so that no text makes it slow. */
export function maskJsonText(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (const found of text.matchAll(secretWord)) {
    const end = found.index + found[0].length;
    if (found.index < done || text[end] !== '"') continue;
    const opening = /^"\s{0,100}:\s{0,100}"/.exec(text.slice(end, end + 210));
    if (opening === null) continue;
    const from = end + opening[0].length;
    const to = endOfString(text, from);
    if (to === from) continue;
    parts.push(text.slice(done, from), mask);
    done = to;
  }
  return maskTokens(parts.length === 0 ? text : parts.join('') + text.slice(done));
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

const settingLine = new RegExp(
  `^(\\s*(?:- )?["']?[\\w./-]{0,100}(?:${secretWords}|\\bpsk)["']?(?:\\s*[:=]\\s*|\\s+(?=")))(\\S.*)$`,
  'i',
);

/** Settings in files and command output: `passwd: …`, `PrivateKey=…`, `shared-secret "…";`, and YAML blocks under such a
 *  key, which are masked down to where the indentation comes back. */
export function maskText(text: string): string {
  const tokensMasked = maskTokens(text);
  if (!/secret|pass|token|key|psk/i.test(tokensMasked)) return tokensMasked;
  const lines = tokensMasked.split('\n');
  const kept: string[] = [];
  let blockIndent = -1;
  for (const line of lines) {
    const indent = line.length - line.trimStart().length;
    if (blockIndent >= 0 && (line.trim() === '' || indent > blockIndent)) continue;
    blockIndent = -1;
    const setting = line.length > 4000 ? null : settingLine.exec(line);
    if (setting === null) {
      kept.push(line);
      continue;
    }
    const [, name = '', value = ''] = setting;
    if (/^[|>]/.test(value)) blockIndent = indent;
    kept.push(`${name}${mask}`);
  }
  return kept.join('\n');
}

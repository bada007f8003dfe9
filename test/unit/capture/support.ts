import type { Capture, CaptureEntry, Keep } from '../../../src/capture/capture.ts';
import { captureFromFolder } from '../../../src/capture/folder.ts';
import { captureFromStream } from '../../../src/capture/ndjson.ts';
import { packCapture } from '../../../src/capture/pack.ts';
import type { Fault, Loaded } from '../../../src/kernel/fault.ts';
import type { Raw } from '../../../src/kernel/raw.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export function entriesOf(files: Files): CaptureEntry[] {
  return Object.entries(files).map(([path, content]) => ({ path, bytes: Buffer.from(content as string) }));
}

export function folder(files: Files, keep?: Keep): Loaded<Capture> {
  return captureFromFolder('site', entriesOf(files), keep);
}

export function opened(loaded: Loaded<Capture>): Capture {
  if (!loaded.ok) throw new Error(loaded.faults.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return loaded.value;
}

export function faultsOf(loaded: Loaded<unknown>): readonly Fault[] {
  return loaded.ok ? [] : loaded.faults;
}

/** `CODE file:line:col message`, as a person would meet them. */
export function sayings(loaded: Loaded<unknown>): string[] {
  const faults = loaded.ok ? loaded.warnings : loaded.faults;
  return faults.map(({ code, at, message }) => `${code} ${at.file}:${at.line}:${at.col} ${message}`);
}

export async function* chunksOf(bytes: Uint8Array | string, size = 1 << 16): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(bytes as string);
  for (let from = 0; from < all.length; from += size) yield all.subarray(from, from + size);
}

export function stream(bytes: Uint8Array | string, keep?: Keep, size?: number): Promise<Loaded<Capture>> {
  return captureFromStream('site.ndjson', chunksOf(bytes, size), keep);
}

export async function packed(capture: Capture): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packCapture(capture)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function listsOf(capture: Capture): Record<string, string> {
  return Object.fromEntries(
    capture.raws.flatMap((raw) => (raw.from === 'list' ? [[raw.kind, raw.failed ?? 'had']] : [])),
  );
}

export function objectsOf(capture: Capture): (Raw & { from: 'object' })[] {
  return capture.raws.flatMap((raw) => (raw.from === 'object' ? [raw] : []));
}

export function namesOf(capture: Capture): string[] {
  return objectsOf(capture).map(({ object }) => `${object.kind} ${object.metadata.name}`);
}

export const manifest = (
  spec = '',
  takenAt = '2026-03-04T10:15:02Z',
): string => `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: Capture
metadata: {name: calm}
spec:
  formatVersion: 1
  takenAt: ${takenAt}
  takenBy: nwctl 0.1.0
${spec}`;

export const takenAtMs = Date.UTC(2026, 2, 4, 10, 15, 2);

export function node(name: string, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, ...more };
}

export function listing(...items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items });
}

export const twoNodes = { 'kubernetes/nodes.json': listing(node('node-a'), node('node-b')) } as const;

/** Lines of the one-file form around a manifest that fits them. */
export function lines(raws: readonly string[], spec: object = {}): string {
  const first = {
    apiVersion: 'nodewright.spectrocloud.com/v1alpha1',
    kind: 'Capture',
    metadata: { name: 'calm' },
    spec: { formatVersion: 1, lines: raws.length, takenAt: '2026-03-04T10:15:02Z', takenBy: 'nwctl 0.1.0', ...spec },
  };
  return `${[JSON.stringify(first), ...raws].join('\n')}\n`;
}

export function objectLine(object: object, at = takenAtMs, kind?: string): string {
  const { apiVersion, kind: own } = object as { apiVersion: string; kind: string };
  return JSON.stringify({ from: 'object', kind: kind ?? `${apiVersion}/${own}`, at, object });
}

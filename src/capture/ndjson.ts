import type { Loaded } from '../kernel/fault.ts';
import { error } from '../kernel/fault.ts';
import type { Capture, Keep } from './capture.ts';
export async function captureFromStream(
  name: string,
  _chunks: AsyncIterable<Uint8Array>,
  _keep: Keep = 'read',
): Promise<Loaded<Capture>> {
  return { ok: false, faults: [error('CAPTURE_FORMAT', { file: name, line: 1, col: 1 }, 'not yet')] };
}

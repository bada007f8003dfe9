import { error, type Loaded } from '../kernel/fault.ts';
import { Places, type SourceText } from './text.ts';

/** JSON that a machine wrote → plain data, as fast as the engine can. The place of a mistake is asked of the engine's own
 *  message, the only one who knows it. */
export function parseJson(source: SourceText): Loaded<unknown> {
  try {
    return { ok: true, value: JSON.parse(source.text) as unknown, warnings: [] };
  } catch (problem) {
    const at = /position (\d+)/.exec(String(problem));
    const offset = at === null ? source.text.length : Number(at[1]);
    const says = at === null ? 'ends in the middle of its JSON' : 'is not JSON from here on';
    return { ok: false, faults: [error('CAPTURE_FORMAT', new Places(source).at(offset), says, 'fetch it again')] };
  }
}

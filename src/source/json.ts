import { error, type Loaded } from '../kernel/fault.ts';
import { Places, type SourceText } from './text.ts';

/** JSON that a machine wrote → plain data, as fast as the engine can. The place of a mistake is asked of the engine, the
 *  only one who knows it. */
export function parseJson(source: SourceText): Loaded<unknown> {
  try {
    return { ok: true, value: JSON.parse(source.text) as unknown, warnings: [] };
  } catch (problem) {
    const offset = offsetOf(problem, source.text);
    const says = offset >= source.text.trimEnd().length ? 'ends in the middle of its JSON' : 'is not JSON from here on';
    return { ok: false, faults: [error('CAPTURE_FORMAT', new Places(source).at(offset), says, 'fetch it again')] };
  }
}

/** Beyond it the answer is not worth parsing it a few more times. */
const searchedMax = 2 ** 22;

/** Where it stops being JSON. Of a token that is out of place the engine does not say where it stands: the shortest beginning that has it is looked
 *  for. A beginning without it is whole, or merely cut off. */
function offsetOf(problem: unknown, text: string): number {
  if (String(problem).includes('Unexpected end')) return text.length;
  const position = /position (\d+)/.exec(String(problem))?.[1];
  if (position !== undefined) return Number(position);
  if (text.length > searchedMax) return 0;
  let [without, having] = [0, text.length];
  while (having - without > 1) {
    const middle = (without + having) >>> 1;
    if (hasOddToken(text.slice(0, middle))) having = middle;
    else without = middle;
  }
  return without;
}

function hasOddToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (problem) {
    return String(problem).includes('Unexpected token');
  }
}

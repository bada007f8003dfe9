import type { Survivor } from '../mutation-proof.ts';
import type { Mutations } from '../mutation-score.ts';
import { count } from './count.ts';

/** `lessThan → lessThanInclusive`; what was taken out: `without X`; what was added: `with X`. */
export function changeText({ mutation: { was, is } }: Pick<Survivor, 'mutation'>): string {
  if (is === 'nothing') return `without ${was}`;
  return was === 'nothing' ? `with ${is}` : `${was} → ${is}`;
}

const askersShown = 3;

export function askersText(askedBy: readonly string[]): string {
  const more = askedBy.length - askersShown;
  return `${askedBy.slice(0, askersShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What is known of a change that no test noticed, in one sentence. */
export function couldText({ could }: Survivor): string {
  switch (could?.kind) {
    case undefined:
      return 'no site was looked for';
    case 'site': {
      const of = could.of === 'phase' ? 'the phase' : `${could.of} ${could.name} of ${could.object}`;
      const said = could.of === 'finding' ? [raisedOf(could.was), raisedOf(could.is)] : [could.was, could.is];
      return `on a made-up site ${of} is ${said[0]}, and would be ${said[1]}`;
    }
    case 'none': {
      const { nodes, volumes, vms } = could.within;
      return `no site of ${count(nodes, 'node')}, ${count(volumes, 'volume')} and ${count(vms, 'VM')} at most shows it`;
    }
    case 'unfinished':
      return 'whether any site shows it is not known: the time was over';
    case 'no-site':
      return 'it shows in what a workflow does, and not on one site alone';
  }
}

function raisedOf(word: string): string {
  return { open: 'raised', closed: 'quiet' }[word] ?? word;
}

/** What an author does about it. */
export function nextText({ could, ready }: Survivor): string {
  if (ready !== undefined) return `test: ${ready.name}`;
  if (could?.kind === 'site') return 'a test of it lets a workflow stand there, and expects what is decided';
  return could?.kind === 'no-site' ? 'a test of it follows the workflow through this state' : '';
}

/** What was looked at, and what was not. */
export function lookedText({ found, tests, seed }: Mutations): string {
  const { all, drawn, looked, same, stopped } = found;
  const some = drawn < all ? `${drawn} of ${count(all, 'change')}, drawn by seed ${seed}` : count(all, 'change');
  const end =
    stopped === undefined
      ? ''
      : `; ${stoppedText[stopped]} after ${looked}, so that ${drawn - looked} were not looked at`;
  return `${some}, ${count(tests, 'test')}; ${same} decide the same or are no pack${end}`;
}

const stoppedText = { time: 'the time was over', interrupted: 'it was interrupted' } as const;

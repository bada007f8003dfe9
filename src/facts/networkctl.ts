import type { Report } from '../kernel/fact.ts';
import type { RawHost } from '../kernel/raw.ts';
import { bond } from '../kernel/subject.ts';
import { isInterface } from './bond.ts';
import { at, listAt, sayText, textAt } from './kube.ts';
import { agreed, type Found, say } from './say.ts';

/** `networkctl --json=short list`, or `status` of some links: what networkd thinks of each bond. It is networkd's own state
 *  and nothing of the kernel's: `configured` says that it did what its files ask for, not in which mode the bond runs nor
 *  whether anything gets through. A bond that it does not show is one of which it says nothing. */
export function networkctlReport(node: string, raw: RawHost | undefined): Report | undefined {
  if (raw === undefined || raw.failed !== undefined) return undefined;
  const links = linksOf(raw.text);
  const seen = { at: raw.at, source: `networkctl on ${node}` };
  const names = links.map((link) => textAt(link, 'Name'));
  const observations = links.flatMap((link) => {
    const name = textAt(link, 'Name');
    const once = names.indexOf(name) === names.lastIndexOf(name);
    if (!isInterface(name) || !once || textAt(link, 'Type') !== 'bond') return [];
    return say('bond.networkd', bond(node, name), setupOf(link), seen);
  });
  return { reporter: 'networkctl', scope: node, seenAtMs: raw.at, observations, censuses: [] };
}

/** `list`, and `status` of several links, wrap them; `status` of one prints the link alone. */
function linksOf(text: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return []; // cut off, or a usage text: unknown
  }
  return listAt(parsed, 'Interfaces') ?? (at(parsed, 'Name') === undefined ? [] : [parsed]);
}

/** The column SETUP of its table. Its JSON has called it `AdministrativeState` since it has had one; other tools that print
 *  it write `SetupState`. */
function setupOf(link: unknown): Found<string> {
  const said = [sayText(link, 'AdministrativeState'), sayText(link, 'SetupState')];
  return agreed(said.filter((word) => word !== undefined)) as Found<string>;
}

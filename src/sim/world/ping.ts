import { fails, type Said } from './bond.ts';
import { addressOf, hasAddress, hostAt, lossBetween } from './network.ts';
import type { Host, Site } from './state.ts';

interface Asked {
  count: number;
  intervalMs: number;
  waitMs: number;
  size: number;
  whole: boolean;
  to: string;
}

/** `ping -c N -i S -W S -M do -s SIZE ADDRESS`: which packets come back is decided by the share that is lost, every second one
 *  for a half as on the mismatched pair of transcript 31. */
export function ping(
  site: Site,
  host: Host,
  words: readonly string[],
): { readonly said: Said; readonly tookMs: number } {
  const asked = askedBy(words);
  const { count, size, to } = asked;
  const peer = hostAt(site, to);
  if (peer === undefined) return { said: fails(2, `ping: ${to}: Name or service not known`), tookMs: 60 };
  const head = `PING ${to} (${addressOf(peer)}) ${size}(${size + 28}) bytes of data.`;
  if (!hasAddress(host)) return { said: fails(2, 'ping: connect: Network is unreachable'), tookMs: 60 };
  const tooBig = asked.whole && size + 28 > host.bond.mtu;
  const loss = tooBig || (asked.whole && size + 28 > peer.bond.mtu) ? 100 : lossBetween(site, host, peer);
  const lines: string[] = [];
  let received = 0;
  for (let number = 1; number <= count; number += 1) {
    const due = Math.floor((number * (100 - loss)) / 100);
    if (tooBig) lines.push(`ping: local error: message too long, mtu=${host.bond.mtu}`);
    else if (due > received) lines.push(`${size + 8} bytes from ${to}: icmp_seq=${number} ttl=64 time=0.720 ms`);
    received = tooBig ? 0 : Math.max(received, due);
  }
  const lost = Math.round((100 * (count - received)) / count);
  const spentMs = (count - 1) * asked.intervalMs + (received === count ? 1 : asked.waitMs);
  const tail = [
    '',
    `--- ${to} ping statistics ---`,
    `${count} packets transmitted, ${received} received, ${lost}% packet loss, time ${(count - 1) * asked.intervalMs}ms`,
    ...(received > 0 ? ['rtt min/avg/max/mdev = 0.720/0.720/0.720/0.000 ms'] : ['']),
    '',
  ];
  const stdout = [head, ...lines, ...tail].join('\n');
  return { said: { code: received > 0 ? 0 : 1, stdout, stderr: '' }, tookMs: 60 + spentMs };
}

function askedBy(words: readonly string[]): Asked {
  const asked: Asked = { count: 4, intervalMs: 1_000, waitMs: 10_000, size: 56, whole: false, to: '' };
  for (let at = 0; at < words.length; at += 1) {
    const [word = '', value = ''] = [words[at], words[at + 1]];
    if (!word.startsWith('-')) {
      asked.to = word;
      continue;
    }
    if (['-q', '-n', '-4', '-6'].includes(word)) continue;
    at += 1;
    if (word === '-c') asked.count = Number(value);
    if (word === '-i') asked.intervalMs = Number(value) * 1_000;
    if (word === '-W') asked.waitMs = Number(value) * 1_000;
    if (word === '-s') asked.size = Number(value);
    if (word === '-M') asked.whole = value === 'do';
  }
  return asked;
}

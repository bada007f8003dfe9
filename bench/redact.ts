import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCapture, writeFileAtomically } from '../src/capture/files.ts';
import { packCapture } from '../src/capture/pack.ts';
import type { Raw } from '../src/kernel/raw.ts';
import type { Row } from './row.ts';

const copies = 86;
const rounds = 5;

/** A packed capture of 258 nodes, put under other names and proved by one profile, against copying it (`capture pack`): both as a
 *  person starts them, in turns, by the processor's time. */
export async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nodewright-bench-'));
  try {
    const packed = join(folder, 'site.ndjson.gz');
    const calm = await openCapture('captures/calm', { stdin: process.stdin, keep: 'all' });
    if (!calm.ok) throw new Error(calm.faults[0]?.message);
    const raws = grown(calm.value.raws);
    const written = await writeFileAtomically(packed, packCapture({ ...calm.value, raws, missing: [] }));
    if (!written.ok) throw new Error(written.faults[0]?.message);
    const copy: number[] = [];
    const redact: number[] = [];
    const other = join(folder, 'other.ndjson.gz');
    for (let round = 0; round < rounds; round += 1) {
      copy.push(timed(['capture', 'pack', packed, '-o', other]));
      redact.push(timed(['redact', packed, '-p', 'profiles/three-node', '-o', other]));
    }
    const size = `${(statSync(packed).size / 1e6).toPrecision(2)} MB packed, ${3 * copies} nodes`;
    const ratio = Math.min(...redact) / Math.min(...copy);
    return [
      {
        name: `redact: ${size}, proved, against copying it`,
        figure: ratio,
        unit: '×',
        goal: '≤ 3×',
        ok: ratio <= 3,
      },
      { name: 'redact: milliseconds of the processor for it', figure: Math.min(...redact), unit: 'ms' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tell =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("cpu "+(user+system))})';

/** Milliseconds of the processor, so that whoever else works on the machine is not counted. */
function timed(args: readonly string[]): number {
  const node = ['--import', tell, 'src/console/main.ts', ...args];
  const { status, stderr } = spawnSync(process.execPath, node, { encoding: 'utf8' });
  const used = /cpu (\d+)$/.exec(stderr)?.[1];
  if (status !== 0 || used === undefined) throw new Error(stderr);
  return Number(used) / 1e3;
}

/** The shipped site many times over, each time under names of its own. */
function grown(raws: readonly Raw[]): readonly Raw[] {
  const once = raws.filter(({ from }) => from === 'list' || from === 'linstor');
  const each = raws.filter(({ from }) => from !== 'list' && from !== 'linstor').map((raw) => JSON.stringify(raw));
  const all: Raw[] = [...once];
  for (let number = 0; number < copies; number += 1) {
    for (const text of each) {
      const copied = JSON.parse(
        text
          .replaceAll(/node-[abc]\b/g, (name) => `${name}-${number}`)
          .replaceAll(
            /\b([0-9a-f]{8})(-[0-9a-f]{4}-)/g,
            (_, first: string, rest: string) => `${first.slice(4)}${String(number).padStart(4, '0')}${rest}`,
          ),
      ) as Raw;
      if (copied.from !== 'object') all.push(copied);
      else {
        const { metadata } = copied.object;
        const name = metadata.name.endsWith(`-${number}`) ? metadata.name : `${metadata.name}-${number}`;
        all.push({ ...copied, object: { ...copied.object, metadata: { ...metadata, name } } });
      }
    }
  }
  return all;
}

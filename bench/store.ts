import { createStore, type FactStore } from '../src/facts/store.ts';
import type { Observation, Report } from '../src/kernel/fact.ts';
import { connection, node, replica, type Subject, volume } from '../src/kernel/subject.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import type { Row } from './row.ts';

const sizes = [16, 128, 1_024] as const;

/** What one changed node costs, against folding everything: it must fall as the site grows. */
export async function measure(): Promise<readonly Row[]> {
  const ratios = sizes.map(ratioAt);
  const rows = sizes.map((size, at): Row => {
    const figure = ratios[at] ?? Number.NaN;
    return {
      name: `store: one changed of ${size} nodes, against all of them`,
      figure,
      unit: '×',
      ...goalOf(size, figure),
    };
  });
  const fall = (ratios[0] ?? 0) / (ratios[2] ?? 1);
  return [
    ...rows,
    {
      name: 'store: how the ratio falls from 16 to 1,024 nodes (64× the nodes)',
      figure: fall,
      unit: '×',
      goal: '≥ 16×',
      ok: fall >= 16,
    },
  ];
}

/** Eight times what an ideal store would need: a column is copied for its reader, which costs a little for each member. */
function goalOf(size: number, figure: number): Pick<Row, 'goal' | 'ok'> {
  const most = 8 / size;
  return { goal: `≤ ${most.toPrecision(2)}×`, ok: figure <= most };
}

function ratioAt(size: number): number {
  const site = censusOf(size);
  const reports = Array.from({ length: size }, (_, at) => reportOf(at, size, 1_000));
  const rounds = Math.max(5, Math.round(2_000 / size));
  const whole: number[] = [];
  const one: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let store: FactStore | undefined;
    whole.push(
      millisecondsOf(() => {
        store = createStore(vocabulary);
        store.fold(site);
        for (const report of reports) store.fold(report);
        store.cut(2_000);
      }),
    );
    for (let again = 0; again < 10; again += 1) {
      const changed = reportOf((round * 10 + again) % size, size, 2_000 + again);
      one.push(
        millisecondsOf(() => {
          store?.fold(changed);
          store?.cut(3_000);
        }),
      );
    }
  }
  return median(one) / median(whole);
}

/** A volume a node, of three copies: on the node itself and on the next two. */
function holdersOf(at: number, size: number): readonly number[] {
  return [at, (at + 1) % size, (at + 2) % size];
}

function censusOf(size: number): Report {
  const all = Array.from({ length: size }, (_, at) => at);
  const list = (kind: Subject['kind'], members: readonly Subject[]) => ({
    kind,
    members,
    seenAtMs: 1_000,
    source: 'bench',
  });
  const links = all.flatMap((at) =>
    holdersOf(at, size).flatMap((own) =>
      holdersOf(at, size).flatMap((peer) => (own === peer ? [] : [connection(`v${at}`, 0, `n${own}`, `n${peer}`)])),
    ),
  );
  return {
    reporter: 'census',
    scope: 'site',
    seenAtMs: 1_000,
    observations: all.map((at) => observed('volume.quorumPolicy', volume(`v${at}`, 0), 'majority', 1_000)),
    censuses: [
      list(
        'node',
        all.map((at) => node(`n${at}`)),
      ),
      list(
        'volume',
        all.map((at) => volume(`v${at}`, 0)),
      ),
      list(
        'replica',
        all.flatMap((at) => holdersOf(at, size).map((own) => replica(`v${at}`, 0, `n${own}`))),
      ),
      list('connection', links),
    ],
  };
}

/** What one node's drbdsetup says of the three volumes that it holds. */
function reportOf(own: number, size: number, atMs: number): Report {
  const observations = [own, (own + size - 1) % size, (own + size - 2) % size].flatMap((at) => {
    const mine = replica(`v${at}`, 0, `n${own}`);
    const links = holdersOf(at, size).filter((peer) => peer !== own);
    return [
      observed('replica.kind', mine, 'diskful', atMs),
      observed('replica.disk', mine, 'UpToDate', atMs),
      observed('replica.role', mine, 'Secondary', atMs),
      observed('replica.quorum', mine, true, atMs),
      observed('replica.open', mine, false, atMs),
      observed('replica.suspended', mine, [], atMs),
      ...links.flatMap((peer) => {
        const link = connection(`v${at}`, 0, `n${own}`, `n${peer}`);
        return [
          observed('connection.state', link, 'Connected', atMs),
          observed('connection.replication', link, 'Established', atMs),
          observed('connection.peerDisk', link, 'UpToDate', atMs),
          observed('connection.outOfSync', link, 0, atMs),
        ];
      }),
    ];
  });
  return { reporter: 'drbd', scope: `n${own}`, seenAtMs: atMs, observations, censuses: [] };
}

function observed(fact: string, subject: Subject, value: Observation['value'], seenAtMs: number): Observation {
  return { fact, subject, value, seenAtMs, grade: 'observed', source: 'drbdsetup status' };
}

function millisecondsOf(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

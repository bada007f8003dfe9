import { type FactValue, type Grade, grades } from '../kernel/fact.ts';
import type { Cell } from '../kernel/snapshot.ts';
import type { Subject } from '../kernel/subject.ts';
import { quorumWithoutNode } from './quorum.ts';
import { agreeing } from './settle.ts';

/** What a computed fact may look at. */
export interface Inputs {
  /** What is kept of a fact of one subject. */
  readonly cell: (fact: string, id: string) => Cell;
  /** The same from LINSTOR alone, or from everybody but LINSTOR: also there when the two differ and the fact is disputed. */
  readonly cellFrom: (who: 'linstor' | 'others', fact: string, id: string) => Cell;
  /** When the list of replicas was had; undefined if it was not: then nobody can say who the others are. */
  readonly replicasSeenAtMs: number | undefined;
  readonly nowMs: number;
}

/** One volume with everybody of it, as the populations list them. */
export interface Members {
  readonly volume: Subject;
  readonly replicas: readonly Subject[];
  readonly connections: readonly Subject[];
}

/** Facts that nobody reports: we compute them. */
export const derivedFacts: ReadonlySet<string> = new Set([
  'replica.sourcesAgree',
  'replica.quorumWithoutNode',
  'connection.sourcesAgree',
]);

/** What they are computed from: a change of any of these computes its volume's anew. */
export const derivedFrom: ReadonlySet<string> = new Set([
  'volume.quorumPolicy',
  'replica.kind',
  'replica.disk',
  'replica.linstorDisk',
  'replica.role',
  'replica.inUse',
  'replica.quorum',
  'connection.state',
  'connection.replication',
  'connection.peerDisk',
]);

/** All computed facts of one volume. */
export function derive(members: Members, inputs: Inputs, put: (fact: string, id: string, cell: Cell) => void): void {
  for (const replica of members.replicas) {
    put('replica.sourcesAgree', replica.id, replicaSourcesAgree(replica.id, inputs));
    const evidence = new Evidence(inputs);
    put('replica.quorumWithoutNode', replica.id, evidence.cell(quorumWithoutNode(members, replica, evidence)));
  }
  for (const { id } of members.connections) put('connection.sourcesAgree', id, connectionSourcesAgree(id, inputs));
}

/** What one computed fact was computed from. Its worth is that of its worst part: as old as the oldest, graded as the
 *  worst; and one part that is not known leaves it unknown, so that losing sight of anything never makes an answer. */
export class Evidence {
  readonly #inputs: Inputs;
  #isEmpty = true;
  #oldestMs = Number.POSITIVE_INFINITY;
  #newestMs = Number.NEGATIVE_INFINITY;
  /** In the order of their first use. */
  readonly #sources: string[] = [];
  #worstGrade = 0;
  #missing: string | undefined;

  constructor(inputs: Inputs) {
    this.#inputs = inputs;
  }

  /** A value, noted as used; undefined, and noted as missing, if it is not known. */
  read(fact: string, id: string): FactValue | undefined {
    return this.use(this.#inputs.cell(fact, id), fact, id);
  }

  use(cell: Cell, fact: string, id: string): FactValue | undefined {
    if (cell.kind === 'absent') {
      this.#missing ??= `${fact} of ${id}: ${cell.says}`;
      return undefined;
    }
    this.#saw(cell.seenAtMs);
    if (!this.#sources.includes(cell.source)) this.#sources.push(cell.source);
    this.#worstGrade = Math.max(this.#worstGrade, grades.indexOf(cell.grade));
    return cell.value;
  }

  #saw(atMs: number): void {
    this.#isEmpty = false;
    this.#oldestMs = Math.min(this.#oldestMs, atMs);
    this.#newestMs = Math.max(this.#newestMs, atMs);
  }

  /** Who the volume's replicas are is evidence too, whenever the answer is about all of them. */
  readEverybody(): boolean {
    const seenAtMs = this.#inputs.replicasSeenAtMs;
    if (seenAtMs === undefined) this.#missing ??= 'the list of replicas could not be had';
    else this.#saw(seenAtMs);
    return seenAtMs !== undefined;
  }

  /** How old the answer is: as old as its oldest part. A part from the future has no age, and that must not hide. */
  get seenAtMs(): number {
    return this.#newestMs > this.#inputs.nowMs ? this.#newestMs : this.#oldestMs;
  }

  cell(value: boolean | undefined): Cell {
    if (value === undefined || this.#missing !== undefined || this.#isEmpty) {
      return {
        kind: 'absent',
        why: 'never-reported',
        says: `cannot be computed: ${this.#missing ?? 'nothing is known'}`,
      };
    }
    const grade: Grade = grades[this.#worstGrade] ?? 'assumed';
    const source = `computed from ${eachOnceKept(this.#sources)}`;
    return { kind: 'present', value, seenAtMs: this.seenAtMs, grade, source };
  }
}

/** A volume may have any number of replicas, and each of its facts says all of this. */
const sourcesMax = 16;

/** What some sources are called together, found by one after the other. */
interface Called {
  text: string | undefined;
  readonly further: Map<string, Called>;
}

/** What was worked out before: every computed fact of every volume hangs on the same few sources, at every look. Names come from
 *  outside, so it is emptied when it is full. */
let called: Called = { text: undefined, further: new Map() };
let calledCount = 0;
const calledMax = 4096;

function eachOnceKept(sources: readonly string[]): string {
  let at = called;
  for (const source of sources) {
    let next = at.further.get(source);
    if (next === undefined) {
      next = { text: undefined, further: new Map() };
      at.further.set(source, next);
      calledCount += 1;
    }
    at = next;
  }
  const text = at.text ?? eachOnce(sources);
  at.text = text;
  if (calledCount > calledMax) {
    called = { text: undefined, further: new Map() };
    calledCount = 0;
  }
  return text;
}

/** A part on which several sources agree names them all, so that parts name the same source again: each is said once. */
function eachOnce(sources: Iterable<string>): string {
  const named = [...new Set([...sources].flatMap((source) => source.split(agreeing)))].sort();
  const more = named.length - sourcesMax;
  return [...named.slice(0, sourcesMax), ...(more > 0 ? [`${more} more`] : [])].join(agreeing);
}

/** Both must say the same of the disk, and of who writes. One difference is enough for a no, whatever else is unknown;
 *  a yes needs all four. LINSTOR's `SyncTarget(17%)` is no word of DRBD's, is unreadable, and so leaves it unknown. */
function replicaSourcesAgree(id: string, inputs: Inputs): Cell {
  const disk = (evidence: Evidence): boolean | undefined => {
    const kernel = evidence.use(inputs.cellFrom('others', 'replica.disk', id), 'replica.disk', id);
    const linstor = evidence.read('replica.linstorDisk', id);
    return kernel === undefined || linstor === undefined ? undefined : kernel === linstor;
  };
  const writer = (evidence: Evidence): boolean | undefined => {
    const kernel = evidence.use(inputs.cellFrom('others', 'replica.role', id), 'replica.role', id);
    const linstor = evidence.read('replica.inUse', id);
    // A kernel that does not know its own role says nothing that LINSTOR could agree with.
    return kernel === undefined || linstor === undefined
      ? undefined
      : (kernel === 'Primary') === linstor && kernel !== 'Unknown';
  };
  const differences = [disk, writer].flatMap((pair) => {
    const evidence = new Evidence(inputs);
    return pair(evidence) === false ? [evidence] : [];
  });
  // Of two differences the fresher one is said: it stands without the other.
  const [fresher] = differences.toSorted((left, right) => right.seenAtMs - left.seenAtMs);
  if (fresher !== undefined) return fresher.cell(false);
  const evidence = new Evidence(inputs);
  const agree = [disk(evidence), writer(evidence)];
  return evidence.cell(agree.every((one) => one === true) ? true : undefined);
}

/** Compared from each side's own words, because where they differ the fact itself is disputed and has no value. */
function connectionSourcesAgree(id: string, inputs: Inputs): Cell {
  const evidence = new Evidence(inputs);
  const kernel = evidence.use(inputs.cellFrom('others', 'connection.state', id), "the kernel's connection.state", id);
  const linstor = evidence.use(inputs.cellFrom('linstor', 'connection.state', id), "LINSTOR's connection.state", id);
  return evidence.cell(kernel === undefined || linstor === undefined ? undefined : kernel === linstor);
}

/** A disk as bad as POSIX lets one be: what was not synced may be there after a crash, or half of it, or the second half, or not; names too. */
import { type Disk, DiskError, type DiskProblem } from '../../src/log/disk.ts';

const sector = 64; // small, so that small files tear too

type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly cutTo: number };

interface Inode {
  /** What is read. */
  cache: Uint8Array;
  /** What is on the disk for sure. */
  disk: Uint8Array;
  /** Written since the last sync that worked, and not given up on. */
  pending: Change[];
}

type Naming = { readonly path: string; readonly inode: Inode | undefined };

export type Act =
  | 'read'
  | 'size'
  | 'list'
  | 'create'
  | 'append'
  | 'truncate'
  | 'fsync'
  | 'rename'
  | 'remove'
  | 'makeFolder'
  | 'fsyncFolder'
  | 'lock';
export type Strike = 'die-before' | 'die-half' | 'die-after' | DiskProblem;

export class SimDisk {
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #namings = new Map<string, Naming[]>();
  #locked = false;
  /** Of those that change the disk, so far. */
  acts = 0;
  /** What becomes of the act of that number; asked for each that changes something. */
  strike: (number: number, act: Act, path: string) => Strike | undefined = () => undefined;
  random: () => number = () => 0.5;
  readonly log: string[] = [];
  /** Resolves when it dies. */
  died: Promise<'died'>;
  #die: () => void = () => undefined;
  #alive = {};

  constructor() {
    this.died = this.#fresh();
  }

  /** The power is cut: what was not synced is as chance has it. */
  crash(): void {
    for (const [folder, namings] of this.#namings) {
      for (const { path, inode } of namings) {
        if (this.random() < 0.5) continue;
        if (inode === undefined) this.#durableNames.delete(path);
        else this.#durableNames.set(path, inode);
      }
      this.#namings.set(folder, []);
    }
    this.#namings.clear();
    this.#names = new Map(this.#durableNames);
    for (const inode of new Set(this.#names.values())) {
      let bytes: Uint8Array = inode.disk;
      for (const change of inode.pending) bytes = this.#half(bytes, change);
      inode.cache = bytes;
      inode.disk = bytes.slice();
      inode.pending = [];
    }
    this.#restart();
  }

  /** The process is killed, the machine goes on: what was written can still be read, and is no more durable than before. */
  kill(): void {
    this.#restart();
  }

  #restart(): void {
    this.#locked = false;
    this.died = this.#fresh();
    this.strike = () => undefined;
  }

  #fresh(): Promise<'died'> {
    this.#alive = {};
    return new Promise((resolve) => {
      this.#die = () => resolve('died');
    });
  }

  files(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#names].sort().map(([path, { cache }]) => [path, cache]));
  }

  /** Behind the back of whoever uses it, and durable. */
  put(path: string, bytes: Uint8Array | string | undefined): void {
    if (bytes === undefined) {
      this.#names.delete(path);
      this.#durableNames.delete(path);
      return;
    }
    const all = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes.slice();
    const inode = { cache: all, disk: all.slice(), pending: [] };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  /** The folder as it is, on another disk. */
  copy(): SimDisk {
    const other = new SimDisk();
    for (const [path, bytes] of this.files()) other.put(path, bytes);
    return other;
  }

  /** The disk as one process sees it. Once it died, nothing it asks is ever answered. */
  open(): Disk {
    const life = this.#alive;
    const act = <T>(name: Act, path: string, all: () => T, half: () => void = () => undefined): Promise<T> => {
      return new Promise((resolve, reject) => {
        setImmediate(() => {
          if (life !== this.#alive) return;
          const changes = !['read', 'size', 'list'].includes(name);
          const number = this.acts;
          if (changes) this.acts += 1;
          this.log.push(`${number} ${name} ${path}`);
          const struck = changes ? this.strike(number, name, path) : undefined;
          if (struck === undefined) {
            try {
              resolve(all());
            } catch (problem) {
              reject(problem as Error);
            }
            return;
          }
          if (struck === 'die-before' || struck === 'die-half' || struck === 'die-after') {
            if (struck === 'die-half') half();
            if (struck === 'die-after') all();
            this.#alive = {};
            this.#die();
            return;
          }
          half();
          reject(new DiskError(struck, `${name} ${path}`));
        });
      });
    };
    return {
      read: (path, offset, lengthMax) =>
        act('read', path, () => this.#inode(path, 'read').cache.slice(offset, offset + lengthMax)),
      size: (path) => act('size', path, () => this.#names.get(path)?.cache.length),
      list: (folder) => act('list', folder, () => this.#list(folder)),
      create: (path) =>
        act('create', path, () => {
          if (this.#names.has(path)) throw new DiskError('exists', `create ${path}`);
          this.#name(path, { cache: new Uint8Array(), disk: new Uint8Array(), pending: [] });
        }),
      append: (path, bytes) =>
        act(
          'append',
          path,
          () => this.#append(path, bytes),
          () => this.#append(path, bytes.subarray(0, Math.floor(this.random() * (bytes.length + 1)))),
        ),
      truncate: (path, bytes) =>
        act('truncate', path, () => {
          const inode = this.#inode(path, 'truncate');
          inode.cache = inode.cache.slice(0, bytes);
          inode.pending.push({ cutTo: bytes });
        }),
      fsync: (path) =>
        act(
          'fsync',
          path,
          () => {
            const inode = this.#inode(path, 'fsync');
            for (const change of inode.pending) inode.disk = whole(inode.disk, change);
            inode.pending = [];
          },
          () => {
            // What could not be written is given up, and can be read until the machine is switched off.
            const inode = this.#names.get(path);
            if (inode === undefined) return;
            for (const change of inode.pending) inode.disk = this.#half(inode.disk, change);
            inode.pending = [];
          },
        ),
      rename: (from, to) =>
        act('rename', `${from} ${to}`, () => {
          const inode = this.#inode(from, 'rename');
          this.#name(to, inode);
          this.#name(from, undefined);
        }),
      remove: (path) =>
        act('remove', path, () => {
          if (this.#names.has(path)) this.#name(path, undefined);
        }),
      makeFolder: (folder) => act('makeFolder', folder, () => undefined),
      fsyncFolder: (folder) =>
        act('fsyncFolder', folder, () => {
          for (const { path, inode } of this.#namings.get(folder) ?? []) {
            if (inode === undefined) this.#durableNames.delete(path);
            else this.#durableNames.set(path, inode);
          }
          this.#namings.set(folder, []);
        }),
      lock: () =>
        act('lock', 'lock', () => {
          if (this.#locked) throw new DiskError('locked', 'lock lock');
          this.#locked = true;
          return async () => {
            this.#locked = false;
          };
        }),
    };
  }

  #list(folder: string): readonly string[] {
    const before = folder === '.' ? '' : `${folder}/`;
    const found = [...this.#names.keys()].filter((path) => path.startsWith(before));
    return [...new Set(found.map((path) => path.slice(before.length).split('/')[0] ?? ''))].sort();
  }

  #name(path: string, inode: Inode | undefined): void {
    if (inode === undefined) this.#names.delete(path);
    else this.#names.set(path, inode);
    const at = path.lastIndexOf('/');
    const folder = at === -1 ? '.' : path.slice(0, at);
    this.#namings.set(folder, [...(this.#namings.get(folder) ?? []), { path, inode }]);
  }

  #inode(path: string, act: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new DiskError('missing', `${act} ${path}`);
    return inode;
  }

  #append(path: string, bytes: Uint8Array): void {
    const inode = this.#inode(path, 'append');
    const change = { at: inode.cache.length, bytes: bytes.slice() };
    inode.cache = whole(inode.cache, change);
    inode.pending.push(change);
  }

  /** A change of which each sector is written, or not, or stays what was there before (zeros, behind the end). */
  #half(bytes: Uint8Array, change: Change): Uint8Array {
    if ('cutTo' in change) return this.random() < 0.5 ? bytes : whole(bytes, change);
    const fate = this.random();
    if (fate < 0.2) return bytes;
    if (fate < 0.4) return whole(bytes, change);
    const end = change.at + Math.floor(this.random() * (change.bytes.length + 1));
    const torn = new Uint8Array(Math.max(bytes.length, end));
    torn.set(bytes);
    for (let at = change.at; at < end; ) {
      const next = Math.min(end, at - (at % sector) + sector);
      if (this.random() < 0.7) torn.set(change.bytes.subarray(at - change.at, next - change.at), at);
      at = next;
    }
    return torn;
  }
}

function whole(bytes: Uint8Array, change: Change): Uint8Array {
  if ('cutTo' in change) return bytes.slice(0, change.cutTo);
  const longer = new Uint8Array(Math.max(bytes.length, change.at + change.bytes.length));
  longer.set(bytes);
  longer.set(change.bytes, change.at);
  return longer;
}

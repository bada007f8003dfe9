import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { error, type Fault, type Loaded, type Place } from '../kernel/fault.ts';
import type { Raw } from '../kernel/raw.ts';
import { parseJson } from '../source/json.ts';
import { decodeText } from '../source/text.ts';
import { parseTree } from '../source/yaml.ts';
import { besideStated, identityOf, missingOf, mixedWith, nameOf, silentHosts, strangers } from './assemble.ts';
import type { Capture, Keep } from './capture.ts';
import { moreStart } from './line.ts';
import { isFault, prefixOf, type ReadLine, readLine } from './lines.ts';
import { type Manifest, manifestFrom } from './manifest.ts';
import { isStated } from './stated.ts';
import { Unpackable, unpacked } from './unpack.ts';

const lineBytesMax = 2 ** 27;
const manifestBytesMax = 2 ** 20;
/** After so many bad lines the rest says nothing new. */
const faultsMax = 20;
/** Enough of a line to see its kind. */
const prefixBytes = 160;

/** The one-file form, packed or not, as a stream → a capture. Never holds more than one line beside what it keeps. */
export async function captureFromStream(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  keep: Keep = 'read',
): Promise<Loaded<Capture>> {
  const reading = new Reading(file, keep);
  const hash = createHash('sha256');
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  try {
    for await (const chunk of unpacked(chunks)) {
      hash.update(chunk);
      let from = 0;
      for (let to = chunk.indexOf(10); to !== -1; to = chunk.indexOf(10, from)) {
        const end = chunk.subarray(from, to);
        reading.line(rest.length === 0 ? end : Buffer.concat([...rest, end]));
        rest = [];
        restBytes = 0;
        from = to + 1;
      }
      if (from < chunk.length) {
        rest.push(chunk.subarray(from));
        restBytes += chunk.length - from;
      }
      if (restBytes > lineBytesMax)
        return reading.refused('CAPTURE_TOO_LARGE', `has a line of more than ${lineBytesMax} bytes`);
      if (reading.hopeless) return reading.finish('');
    }
    if (rest.length > 0) reading.line(Buffer.concat(rest));
  } catch (problem) {
    if (!(problem instanceof Unpackable)) throw problem;
    switch (problem.why) {
      case 'cut-off':
        return reading.refused('CAPTURE_FORMAT', 'is cut off: the packed file ends too early');
      case 'damaged':
        return reading.refused('CAPTURE_FORMAT', 'is damaged: it cannot be unpacked');
      case 'too-large':
        return reading.refused('CAPTURE_TOO_LARGE', 'unpacks to far more than a capture has');
    }
  }
  return reading.finish(`sha256:${hash.digest('hex')}`);
}

const moreMark = Buffer.from(moreStart);
const closing = Buffer.from('}}');

/** As much of a line as is read: what follows the mark is left unparsed. */
function readPart(line: Buffer): Buffer | undefined {
  const cut = line.indexOf(moreMark);
  return cut !== -1 && line.subarray(-closing.length).equals(closing) ? line.subarray(0, cut) : undefined;
}

/** The lines seen so far, and what was wrong with them. */
class Reading {
  readonly #file: string;
  readonly #keep: Keep;
  readonly #raws: Raw[] = [];
  readonly #faults: Fault[] = [];
  readonly #lineOf = new Map<string, number>();
  #manifest: Manifest | undefined;
  #lines = 0;
  #errors = 0;

  constructor(file: string, keep: Keep) {
    this.#file = file;
    this.#keep = keep;
  }

  /** Without a manifest, or with too many bad lines, reading on tells nobody anything. */
  get hopeless(): boolean {
    return (this.#lines > 0 && this.#manifest === undefined) || this.#errors >= faultsMax;
  }

  line(bytes: Uint8Array): void {
    this.#lines += 1;
    if (this.hopeless && this.#lines > 1) return;
    if (this.#lines === 1) this.#readManifest(bytes);
    else this.#readRaw(bytes);
  }

  refused(code: 'CAPTURE_FORMAT' | 'CAPTURE_TOO_LARGE', says: string): Loaded<Capture> {
    const fault = error(code, this.#place(this.#lines + 1), says, 'make the capture again');
    return { ok: false, faults: [...this.#faults, fault] };
  }

  finish(digest: string): Loaded<Capture> {
    if (this.#lines === 0) return this.refused('CAPTURE_FORMAT', 'is empty');
    const manifest = this.#manifest;
    if (manifest !== undefined && this.#errors < faultsMax) this.#checkAgainst(manifest);
    if (manifest === undefined || this.#errors > 0) return { ok: false, faults: this.#faults };
    return {
      ok: true,
      value: {
        name: manifest.name,
        takenAtMs: manifest.takenAtMs,
        takenBy: manifest.takenBy ?? 'unknown',
        ...(manifest.requestedBy === undefined ? {} : { requestedBy: manifest.requestedBy }),
        complete: manifest.complete,
        hasManifest: manifest.takenBy !== null,
        raws: this.#raws,
        missing: missingOf(this.#raws, silentHosts(manifest)),
        digest,
      },
      warnings: this.#faults,
    };
  }

  #readManifest(bytes: Uint8Array): void {
    const text = decodeText(this.#file, bytes, manifestBytesMax);
    const json = text.ok ? parseJson(text.value) : text;
    if (!text.ok || !json.ok) {
      const damaged = !text.ok && text.faults.some(({ code }) => code !== 'FILE_TOO_LARGE');
      const says = damaged
        ? 'is no text, and so no capture'
        : 'starts with no manifest, so it is no capture in one file';
      this.#add(error('CAPTURE_FORMAT', this.#place(1), says, 'a folder of files is a capture too: name the folder'));
      return;
    }
    const tree = parseTree(text.value, Number.POSITIVE_INFINITY);
    const manifest = tree.ok ? manifestFrom(tree.value, 'file') : tree;
    if (manifest.ok) this.#manifest = manifest.value;
    else for (const fault of manifest.faults) this.#add(fault);
  }

  #readRaw(bytes: Uint8Array): void {
    const place = this.#place(this.#lines);
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (prefixOf(line.toString('latin1', 0, prefixBytes), this.#keep)) {
      case 'skip':
        return;
      case 'secret':
        this.#add(error('CAPTURE_SECRET', place, 'is a Secret', 'Secrets never enter a capture; make it again'));
        return;
      case 'parse':
    }
    const cut = this.#keep === 'read' ? readPart(line) : undefined;
    const early = cut === undefined ? undefined : this.#parse(cut, '}', place);
    // A mark that stood deeper inside cuts at the wrong place; then the line is read whole.
    const read =
      early !== undefined && isFault(early) ? this.#parse(line, '', place) : (early ?? this.#parse(line, '', place));
    if (read === undefined) return;
    if (isFault(read)) {
      this.#add(read);
      return;
    }
    const id = identityOf(read);
    const before = this.#lineOf.get(id);
    if (before !== undefined) {
      this.#add(
        error('CAPTURE_LINE', place, `${nameOf(read)} stands in line ${before} already`, 'make the capture again'),
      );
      return;
    }
    this.#lineOf.set(id, this.#lines);
    this.#raws.push(read);
  }

  #parse(bytes: Buffer, end: string, place: Place): ReadLine {
    if (!isUtf8(bytes)) return error('CAPTURE_LINE', place, 'is not UTF-8', 'make the capture again');
    const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8') + end;
    return readLine(text, place, { takenAtMs: this.#manifest?.takenAtMs ?? null, keep: this.#keep });
  }

  #checkAgainst(manifest: Manifest): void {
    const lie = (says: string): void =>
      this.#add(error('CAPTURE_MANIFEST', this.#place(1), says, 'make the capture again'));
    const lines = this.#lines - 1;
    if (manifest.lines !== lines) {
      const says = `says that ${manifest.lines ?? 'no'} lines follow, and ${lines} do`;
      this.#add(error('CAPTURE_FORMAT', this.#place(this.#lines), says, 'it is cut off or was edited; make it again'));
    }
    const missing = new Set(missingOf(this.#raws, silentHosts(manifest)).map(({ what }) => what));
    for (const { what } of manifest.missing)
      if (!missing.delete(what)) lie(`says that \`${what}\` is missing, and no line says so`);
    for (const what of missing) lie(`does not say that \`${what}\` is missing`);
    if (manifest.complete && manifest.missing.length > 0) lie('says complete, and lists what is missing');
    if (this.#errors === 0 && isStated({ raws: this.#raws })) this.#checkAlone(manifest, lines);
    for (const node of strangers(this.#raws)) lie(`there is no node \`${node}\` in this capture`);
  }

  #checkAlone(manifest: Manifest, lines: number): void {
    const found = this.#raws.map((raw) => ({ raw, place: this.#place(this.#lineOf.get(identityOf(raw)) ?? 1) }));
    const beside = besideStated(found, manifest);
    // What nobody reads was passed over, and was observed all the same.
    const unread = lines > found.length ? [mixedWith(this.#place(1), 'what nobody reads of it was observed')] : [];
    for (const fault of beside.length > 0 ? beside : unread) this.#add(fault);
  }

  #add(fault: Fault): void {
    this.#faults.push(fault);
    if (fault.severity === 'error') this.#errors += 1;
  }

  #place(line: number): Place {
    return { file: this.#file, line, col: 1 };
  }
}

import { orderedNames, Pseudonyms } from './pseudonyms.ts';
import { mask } from './secrets.ts';

/** What names a site has, by what they are of. */
export interface Names {
  readonly node: ReadonlySet<string>;
  readonly namespace: ReadonlySet<string>;
  readonly name: ReadonlySet<string>;
  /** Of parts of one object: its containers, disks and ports. Replaced only where they stand alone. */
  readonly word: ReadonlySet<string>;
}

const uuid = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/g;
/** A machine's id, and an interface that is called by its address. */
const bareId = /(?<![0-9a-zA-Z])(?:[0-9a-f]{32}|enx[0-9a-f]{12})(?![0-9a-zA-Z])/g;
const mac = '(?<![0-9A-Za-z:-])(?:[0-9a-fA-F]{2}:){5,}[0-9a-fA-F]{2}(?![0-9A-Za-z:])';
const ipv6 = '(?<![0-9A-Za-z:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![0-9A-Za-z:])';
const token = '[A-Za-z0-9][A-Za-z0-9._-]*';
const words = new RegExp(`(${mac})|(${ipv6})|(${token})`, 'g');
const sshKey = /\b(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+|sk-\S+@openssh\.com) [A-Za-z0-9+/=]{16,}(?: [^\s"']+)?/g;
const certificate = /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g;
const description = /^(\s*(?:Description|Alias|ifalias)\s*[:=]\s*)\S.*$/gim;

/** Domains that everybody has; what stands under them is software and not a site. */
const publicDomain =
  /(?:^|\.)(?:k8s\.io|kubernetes\.io|kubevirt\.io|piraeus\.io|linbit\.com|kairos\.io|cattle\.io|k3s\.io|rancher\.io|openshift\.io|spectrocloud\.com|cncf\.io|containerd\.io|nodewright\.example)$/;
const domain =
  /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|net|org|io|dev|cloud|local|lan|internal|intranet|corp|home|site|example|test|invalid|edu|gov|mil|info|biz|arpa|co|de|ch|at|fr|uk|nl|eu|us|it|es|pl|cz|se|no|fi|dk|jp|cn|in|br|au|ca)$/;
const partsMax = 48;
const restWords =
  /^(?:v1|view|controller|properties|nodes|resources?|resource-(?:definitions|groups|connections)|volumes?|volume-(?:definitions|groups)|snapshots?|storage-pools?|storage-pool-definitions|net-interfaces|error-reports|config|version|stats|events)?$/;

/** Puts one thing in the place of another, everywhere the same. What is `kept` stays, and whatever is no name. */
export class Rewriter {
  readonly pseudonyms: Pseudonyms;
  readonly #kept: ReadonlySet<string>;
  readonly #nodes: ReadonlySet<string>;
  readonly #names = new Map<string, string>();
  readonly #alone = new Map<string, string>();
  readonly #tokens = new Map<string, string>();

  constructor(key: string, names: Names, kept: ReadonlySet<string>) {
    this.pseudonyms = new Pseudonyms(key);
    this.#nodes = names.node;
    this.#kept = kept;
    const all = new Set([...names.node, ...names.namespace, ...names.name, ...names.word]);
    const done = new Set<string>();
    for (const kind of ['node', 'namespace', 'name', 'word'] as const) {
      const originals = [...names[kind]].filter((name) => !kept.has(name) && !done.has(name));
      for (const name of originals) done.add(name);
      const to = kind === 'word' ? this.#alone : this.#names;
      for (const [original, became] of orderedNames(key, kind, originals, all)) to.set(original, became);
    }
  }

  /** Original → what it is called now. */
  get names(): ReadonlyMap<string, string> {
    return new Map([...this.#names, ...this.#alone]);
  }

  keeps(word: string): boolean {
    return this.#kept.has(word);
  }

  /** A member's value that is a name and nothing else. */
  alone(value: string): string {
    return this.#alone.get(value) ?? this.text(value);
  }

  /** Any text: names, addresses, ids, hosts and keys in it. */
  text(text: string): string {
    if (text.length < 2 && !this.#names.has(text)) return text;
    const safe = text.length < 24 ? text : text.replace(certificate, mask).replace(sshKey, mask);
    return safe.replace(words, (found, isMac: string | undefined, isIpv6: string | undefined) => {
      if (isMac !== undefined) return /^(?:00:)+00$|^(?:ff:)+ff$/i.test(found) ? found : this.pseudonyms.mac(found);
      if (isIpv6 !== undefined) return this.#ipv6(found);
      return this.#token(found);
    });
  }

  /** What a file or a command's output says of itself beside names. */
  hostText(text: string): string {
    return this.text(text.replace(description, `$1${mask}`));
  }

  /** JSON as text: its strings, and those of its members' names that are a name. The rest stays byte for byte. */
  jsonText(text: string): string {
    return text.replace(/"((?:[^"\\]|\\.)*)"(\s*:)?/g, (whole, inner: string, colon: string | undefined) => {
      if (inner === '') return whole;
      const plain = inner.includes('\\') ? unescaped(inner) : inner;
      if (plain === undefined) return whole;
      const became = colon === undefined ? this.text(plain) : this.replyKey(plain);
      return became === plain ? whole : `${JSON.stringify(became)}${colon ?? ''}`;
    });
  }

  /** A member's name: whole, or what is behind a slash of it. */
  key(key: string): string {
    if (this.#kept.has(key)) return key;
    const name = this.#names.get(key);
    if (name !== undefined) return name;
    return /[/@:]|[0-9a-f]{8}-|\d+\.\d+\.\d+\.\d+/.test(key) ? this.text(key) : key;
  }

  /** Replies have members that are called like a node, or have a longer name in theirs. Any other word is the software's own, also
   *  where somebody has called a volume `storage`. */
  replyKey(key: string): string {
    const isPlainWord = /^[A-Za-z_]+$/.test(key) && !this.#nodes.has(key);
    return isPlainWord || this.#kept.has(key) ? key : this.text(key);
  }

  /** Of a path of LINSTOR's interface, what it asks for is a word and whom it asks about is a name. */
  path(path: string): string {
    return path
      .split('/')
      .map((step) => (restWords.test(step) ? step : this.text(step)))
      .join('/');
  }

  image(image: string): string {
    const at = /^(?:[a-z-]+:\/\/)?([^@:\s]+(?::\d+(?=\/))?[^@:\s]*)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]+))?$/.exec(
      image,
    );
    if (at === null) return this.pseudonyms.word('image', image);
    const [, repository = '', tag, digest] = at;
    const named = `registry.invalid/${this.pseudonyms.word('image', repository)}`;
    const version =
      tag === undefined ? '' : `:${/^v?\d+(\.\d+)*$/.test(tag) ? tag : this.pseudonyms.word('image', tag)}`;
    return `${named}${version}${digest === undefined ? '' : `@sha256:${this.pseudonyms.uid(digest.slice(7))}`}`;
  }

  #ipv6(found: string): string {
    const groups = found.split(':');
    const isAddress = found.includes('::') ? groups.length <= 9 : groups.length === 8;
    return !isAddress || found === '::' || found === '::1' ? found : this.pseudonyms.ipv6(found);
  }

  #token(found: string): string {
    const known = this.#tokens.get(found);
    if (known !== undefined) return known;
    const end = /[._-]+$/.exec(found)?.[0] ?? '';
    const made = this.#word(found.slice(0, found.length - end.length)) + end;
    this.#tokens.set(found, made);
    return made;
  }

  #word(word: string): string {
    const name = this.#nameOf(word);
    if (name !== undefined) return name;
    if (this.#kept.has(word) || publicDomain.test(word)) return word;
    if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(word)) return isSpecial(word) ? word : this.pseudonyms.ipv4(word);
    if (domain.test(word)) return this.#host(word);
    return this.#within(word);
  }

  #nameOf(word: string): string | undefined {
    const name = this.#names.get(word);
    if (name !== undefined) return name;
    // LINSTOR has its names in capitals too.
    return /[A-Z]/.test(word) && /[\d.-]/.test(word) && word === word.toUpperCase()
      ? this.#names.get(word.toLowerCase())?.toUpperCase()
      : undefined;
  }

  #host(host: string): string {
    const [first = '', ...rest] = host.split('.');
    const name = this.#nameOf(first);
    if (name !== undefined && rest.length > 0) return `${name}.${this.pseudonyms.word('host', rest.join('.'))}.invalid`;
    return `${this.pseudonyms.word('host', host)}.invalid`;
  }

  /** Names inside a longer word, the longest first. */
  #within(word: string): string {
    const parts = word.split(/([._-])/);
    const count = (parts.length + 1) / 2;
    if (count > 1 && count <= partsMax) {
      for (let length = count - 1; length > 0; length--) {
        for (let from = 0; from + length <= count; from++) {
          const inner = parts.slice(2 * from, 2 * (from + length) - 1).join('');
          const name = this.#kept.has(inner) ? (length > 1 ? inner : undefined) : this.#nameOf(inner);
          if (name === undefined) continue;
          const before = parts.slice(0, 2 * from).join('');
          const after = parts.slice(2 * (from + length) - 1).join('');
          return `${this.#rest(before)}${name}${this.#rest(after)}`;
        }
      }
    }
    return this.#ids(word);
  }

  /** What stands before or after a name, with the sign that parts them. */
  #rest(rest: string): string {
    const start = /^[._-]*/.exec(rest)?.[0] ?? '';
    const end = rest.length > start.length ? (/[._-]*$/.exec(rest)?.[0] ?? '') : '';
    const inner = rest.slice(start.length, rest.length - end.length);
    return inner === '' ? rest : `${start}${this.#token(inner)}${end}`;
  }

  #ids(word: string): string {
    return word.replace(uuid, (id) => this.pseudonyms.uid(id)).replace(bareId, (id) => this.pseudonyms.uid(id));
  }
}

function unescaped(inner: string): string | undefined {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return undefined;
  }
}

/** No machine's address: none, this one, everybody, a mask of a network. */
function isSpecial(address: string): boolean {
  return /^(?:0\.0\.0\.0|127\.|255\.255\.)/.test(address) || address.split('.').some((part) => Number(part) > 255);
}

import type { FrozenFact, Raw } from '../kernel/raw.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import { isPlainObject, member, type PlainObject, textMember } from './plain.ts';
import type { Names } from './redact-text.ts';

type Gathered = { readonly [kind in keyof Names]: Set<string> };

/** As Kubernetes has names; LINSTOR's may have capitals. At least one letter, or every number would be one. */
const kubernetesName = /^(?=.*[a-z])[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const linstorName = /^(?=.*[A-Za-z])[A-Za-z0-9_]([A-Za-z0-9._-]{0,126}[A-Za-z0-9_])?$/;
/** What an object says of another, or of a part of itself. */
const refersTo = /^(?:name|hostname|subdomain|generateName|source|target|\w*Name|\w*Node)$/;
const nodeKeys = new Set(['nodeName', 'sourceNode', 'targetNode', 'node_name', 'node']);

/** Every name in a capture, by what it is of. Labels' values are words. */
export function namesIn(raws: readonly Raw[]): Gathered {
  const names: Gathered = { node: new Set(), namespace: new Set(), name: new Set(), word: new Set() };
  for (const raw of raws) {
    switch (raw.from) {
      case 'object':
        ofObject(raw.object as PlainObject, names);
        break;
      case 'host':
        names.node.add(raw.node);
        if (raw.what.endsWith('.json')) ofReply(raw.text, new Set(['name']), names);
        break;
      case 'observer':
        names.node.add(raw.node);
        break;
      case 'linstor':
        ofReply(raw.text, linstorKeys, names);
        break;
      case 'stated':
        for (const { kind, members } of raw.lists) for (const id of members) addSubject(names, kind, id);
        for (const said of [...raw.facts, ...(raw.frozen ?? [])]) ofFact(said, names);
        break;
      case 'list':
        break;
    }
  }
  return names;
}

/** Ids of subjects, such as `pvc-7@node-a:node-b` and `vms/web`: also what was only ever read of a text. */
export function addSubject(names: Gathered, kind: string, id: string): void {
  if (kind === 'site') return;
  if (kind === 'node') names.node.add(id);
  if (kind === 'bond') add(names.node, id.split('/')[0], linstorName);
  if (kind === 'volume') add(names.name, id.split('/')[0], linstorName);
  if (kind === 'vm') {
    const [namespace, name] = id.split('/');
    add(names.namespace, namespace, kubernetesName);
    add(names.name, name, kubernetesName);
  }
  if (kind === 'connection' || kind === 'replica') {
    const [, volume, node, peer] = /^([^/@]+)[^@]*@([^:]+)(?::(.+))?$/.exec(id) ?? [];
    add(names.name, volume, linstorName);
    add(names.node, node, linstorName);
    add(names.node, peer, linstorName);
  }
}

/** Whom it is about, and the names of nodes that it says; other texts of facts are words. */
function ofFact({ fact, of, value }: FrozenFact, names: Gathered): void {
  addSubject(names, vocabulary.get(fact)?.subject ?? 'site', of);
  if (textsOfNodes.has(fact) && typeof value === 'string') add(names.node, value, linstorName);
}

const textsOfNodes: ReadonlySet<string> = new Set(['node.name', 'vm.node', 'site.lockHolder']);

function add(to: Set<string>, name: string | undefined, form: RegExp): void {
  if (name !== undefined && form.test(name)) to.add(name);
}

function ofObject(object: PlainObject, names: Gathered): void {
  const metadata = member(object, 'metadata');
  const name = textMember(metadata, 'name');
  const kind = textMember(object, 'kind');
  const to = kind === 'Node' ? names.node : kind === 'Namespace' ? names.namespace : names.name;
  add(to, name, kubernetesName);
  add(names.namespace, textMember(metadata, 'namespace'), kubernetesName);
  for (const reference of listed(member(metadata, 'ownerReferences'))) {
    add(
      textMember(reference, 'kind') === 'Node' ? names.node : names.name,
      textMember(reference, 'name'),
      kubernetesName,
    );
  }
  const labels = member(metadata, 'labels');
  if (isPlainObject(labels)) for (const value of Object.values(labels)) add(names.word, String(value), kubernetesName);
  for (const part of ['spec', 'status', 'involvedObject', 'regarding', 'related', 'source', 'claimRef']) {
    ofParts(object[part], part, names);
  }
}

function ofParts(value: unknown, key: string, names: Gathered): void {
  if (typeof value === 'string') {
    if (key === 'namespace') add(names.namespace, value, kubernetesName);
    else if (nodeKeys.has(key)) add(names.node, value, kubernetesName);
    else if (refersTo.test(key)) add(names.word, value, kubernetesName);
  } else if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') ofParts(item, key, names);
  } else if (isPlainObject(value)) {
    // A reference with its kind names an object, and not a part of this one.
    const refers = typeof value.kind === 'string' && typeof value.name === 'string';
    if (refers) add(value.kind === 'Node' ? names.node : names.name, textMember(value, 'name'), kubernetesName);
    for (const [inner, one] of Object.entries(value)) ofParts(one, inner, names);
  }
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const linstorKeys: ReadonlySet<string> = new Set([
  'name',
  'node_name',
  'resource_name',
  'resource_group_name',
  'storage_pool_name',
  'stor_pool_name',
  'snapshot_name',
  'external_name',
  'uname',
  'StorPoolName',
  'storage_pool',
  'free_space_mgr_name',
]);

/** What a reply calls by a name: walked as text, because it need not even be whole. */
function ofReply(text: string, keys: ReadonlySet<string>, names: Gathered): void {
  for (const [, key = '', value = ''] of text.matchAll(/"([\w-]+)"\s*:\s*"([^"\\]*)"/g)) {
    if (!keys.has(key)) continue;
    add(nodeKeys.has(key) || key === 'uname' ? names.node : names.name, value, linstorName);
  }
}

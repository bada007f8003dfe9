import type { Json } from '../kernel/digest.ts';
import type { FactValue } from '../kernel/fact.ts';
import { type FrozenFact, type KubeObject, kindOf, type Raw } from '../kernel/raw.ts';
import { vocabulary } from '../kernel/vocabulary.ts';
import type { Capture } from './capture.ts';
import { isPlainObject, type PlainObject } from './plain.ts';
import { type Names, Rewriter } from './redact-text.ts';
import { mask } from './secrets.ts';
import { isFreeText, type StatedSite } from './stated.ts';

/** Names that every cluster has: they say nothing of a site, and normalisers and people know them. */
export const publicNames: ReadonlySet<string> = new Set([
  ...['default', 'site', 'kube-system', 'kube-public', 'kube-node-lease', 'kubevirt', 'kubernetes', 'cdi'],
  ...['linstor', 'drbd', 'piraeus', 'kairos', 'nodewright', 'linstorcluster', 'bond', 'node', 'volume'],
  ...['DfltDisklessStorPool', 'DfltRscGrp', 'true', 'false', 'linux', 'amd64', 'arm64'],
]);

/** Labels whose values are words of some software, and are read. */
const wordLabels =
  /^(?:kubevirt\.io|app\.kubernetes\.io\/(?:component|managed-by|name|part-of)|kairos\.io\/boot-state|kubernetes\.io\/(?:os|arch)|node-role\.kubernetes\.io\/.*)$/;
/** Annotations that are read. Whatever else somebody wrote there is nobody's affair. */
const readAnnotations =
  /^(?:nodewright\.spectrocloud\.com\/.*|operator\.kairos\.io\/cordoned-by|volume\.beta\.kubernetes\.io\/storage-class)$/;
const images = /^(?:image|imageID|imageName|containerImage)$/;
/** Words of Kubernetes itself, and numbers; never anybody's name. */
const structural =
  /^(?:apiVersion|kind|type|phase|status|resourceVersion|creationTimestamp|fieldsType|operator|effect)$/;
const unread = /^(?:osImage|containerID|ifalias|reason_message)$/;

export interface Redaction {
  readonly capture: Capture;
  readonly rewriter: Rewriter;
}

/** Puts other names and addresses into a capture, the same everywhere. `kept`: what stays, because somebody reads it by its name.
 *  The capture's digest is not known until it is read again. */
export function redact(
  capture: Capture,
  key: string,
  names: Names,
  kept: ReadonlySet<string>,
  readMaps: ReadonlySet<string>,
): Redaction {
  const rewriter = new Rewriter(key, names, kept);
  const raws = capture.raws.map((raw) => redactedRaw(raw, rewriter, readMaps));
  const { requestedBy: _, ...about } = capture;
  const missing = capture.missing.map(({ what, why }) => ({ what: rewriter.text(what), why: rewriter.text(why) }));
  const name = rewriter.pseudonyms.word('word', capture.name);
  return { capture: { ...about, name, raws, missing, digest: '' }, rewriter };
}

function redactedRaw(raw: Raw, rewriter: Rewriter, readMaps: ReadonlySet<string>): Raw {
  switch (raw.from) {
    case 'object':
      return { ...raw, object: redactedObject(raw.object, rewriter, readMaps) };
    case 'list':
      return raw.failed === undefined ? raw : { ...raw, failed: rewriter.text(raw.failed) };
    case 'linstor':
      return { ...raw, path: rewriter.path(raw.path), text: rewriter.jsonText(raw.text), ...failed(raw, rewriter) };
    case 'host': {
      const text = raw.what.endsWith('.json') ? rewriter.jsonText(raw.text) : rewriter.hostText(raw.text);
      return { ...raw, node: rewriter.text(raw.node), what: rewriter.text(raw.what), text, ...failed(raw, rewriter) };
    }
    case 'observer':
      return { ...raw, node: rewriter.text(raw.node) };
    case 'stated':
      return { ...raw, ...redactedSite(raw, rewriter) };
  }
}

/** Ids and texts. Words of an enum are the software's own, whatever somebody has called a volume. */
function redactedSite({ lists, facts, frozen }: StatedSite, rewriter: Rewriter): StatedSite {
  const value = (fact: string, was: FactValue): FactValue => {
    if (!isFreeText(vocabulary.get(fact)?.type)) return was;
    if (typeof was === 'string') return rewriter.text(was);
    return was !== null && typeof was === 'object' ? [...new Set(was.map((word) => rewriter.text(word)))].sort() : was;
  };
  const said = <F extends FrozenFact>(one: F): F => ({
    ...one,
    of: rewriter.text(one.of),
    value: value(one.fact, one.value),
  });
  return {
    lists: lists.map((list) => ({ ...list, members: list.members.map((id) => rewriter.text(id)) })),
    facts: facts.map(said),
    ...(frozen === undefined ? {} : { frozen: frozen.map(said) }),
  };
}

function failed(raw: { readonly failed?: string }, rewriter: Rewriter): { readonly failed?: string } {
  return raw.failed === undefined ? {} : { failed: rewriter.text(raw.failed) };
}

function redactedObject(object: KubeObject, rewriter: Rewriter, readMaps: ReadonlySet<string>): KubeObject {
  const isUnreadMap = kindOf(object) === 'v1/ConfigMap' && !readMaps.has(object.metadata.name);
  const ours = object.apiVersion.startsWith('nodewright.');
  const walk = (value: Json | undefined, key: string, above: string): Json => {
    if (typeof value === 'string') return redactedText(value, key, above);
    if (Array.isArray(value)) return value.map((item) => walk(item, key, above));
    if (!isPlainObject(value)) return value ?? null;
    const named = mapsOfNames.has(key) || ours;
    const entries = Object.entries(value).map(([inner, one]): [string, Json] => [
      named ? rewriter.key(inner) : rewriter.replyKey(inner),
      walk(one, inner, key),
    ]);
    return Object.fromEntries(entries);
  };
  const redactedText = (value: string, key: string, above: string): string => {
    if (value === '' || structural.test(key)) return value;
    if (above === 'labels' || above === 'matchLabels') return labelValue(key, value, rewriter);
    if (above === 'annotations') return readAnnotations.test(key) ? rewriter.alone(value) : mask;
    if (isUnreadMap && (above === 'data' || above === 'binaryData')) return mask;
    if (unread.test(key)) return mask;
    return images.test(key) ? rewriter.image(value) : rewriter.alone(value);
  };
  return walk(object as unknown as PlainObject as Json, '', '') as unknown as KubeObject;
}

const mapsOfNames: ReadonlySet<string> = new Set(['labels', 'annotations', 'data', 'matchLabels', 'binaryData']);

function labelValue(label: string, value: string, rewriter: Rewriter): string {
  if (wordLabels.test(label) || publicNames.has(value)) return value;
  const became = rewriter.alone(value);
  return became === value && !rewriter.keeps(value) ? rewriter.pseudonyms.word('word', value) : became;
}

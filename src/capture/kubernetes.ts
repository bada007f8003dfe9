import { error, type Fault, type Place, warning } from '../kernel/fault.ts';
import { type KubeObject, kindOf, type RawList, type RawObject } from '../kernel/raw.ts';
import type { Found } from './assemble.ts';
import { captureApiVersion } from './capture.ts';
import { kindOfFileName, kindOfPlural, kindsRead } from './kinds.ts';
import { isDnsName, isPathStep, isPrintable } from './names.ts';
import { isPlainObject, member, type PlainObject, textMember, whyNotPlain } from './plain.ts';
import { isSecretKind } from './secrets.ts';
import { factsFile, factsKind } from './stated.ts';

/** What one document that `kubectl get` printed, or that the API server replied, holds. */
export interface KubernetesFound {
  readonly raws: readonly Found<RawObject | RawList>[];
  readonly faults: readonly Fault[];
}

/** Gives the place of a part of the document by its JSON pointer. */
export type PlaceOf = (pointer: string) => Place;

/** Lists, single objects and refusals → raws. Only a list says who there is; what a refusal refused is unknown. */
export function readKubernetes(document: unknown, path: string, at: number, placeOf: PlaceOf): KubernetesFound {
  const raws: Found<RawObject | RawList>[] = [];
  const faults: Fault[] = [];
  const whyNot = whyNotPlain(document);
  if (whyNot !== undefined) return { raws, faults: [error('CAPTURE_OBJECT', placeOf(''), whyNot)] };

  const place = placeOf('');
  const listOf = (kind: string, failed?: string): void => {
    raws.push({
      raw: { from: 'list', at, kind, ...(failed === undefined ? {} : { failed }) },
      place,
    });
  };
  const object = (
    value: unknown,
    pointer: string,
    ofList?: { apiVersion: string; kind: string },
  ): string | undefined => {
    const checked = checkObject(value, ofList);
    if (checked.ok) {
      raws.push({ raw: { from: 'object', at, object: checked.object }, place });
      return kindOf(checked.object);
    }
    faults.push(error(checked.code, placeOf(pointer), checked.says, checked.hint));
    return undefined;
  };

  const read = (value: unknown, pointer: string): void => {
    const apiVersion = textMember(value, 'apiVersion');
    const kind = textMember(value, 'kind');
    if (apiVersion === undefined || kind === undefined) {
      faults.push(
        error(
          'CAPTURE_OBJECT',
          placeOf(pointer),
          'has no `apiVersion` and `kind`, so it is nothing that Kubernetes prints',
          'fetch it again with `kubectl get … -o json`, or move it out of the capture',
        ),
      );
      return;
    }
    if (isSecretKind(apiVersion, kind)) {
      faults.push(
        error('CAPTURE_SECRET', placeOf(pointer), `holds a ${kind}`, 'remove it; Secrets never enter a capture'),
      );
      return;
    }
    if (apiVersion === 'v1' && kind === 'Status') {
      const refused = readRefusal(value, path);
      if (refused.kind !== undefined) listOf(refused.kind, refused.why);
      else faults.push(unclear(placeOf(pointer)));
      return;
    }
    const items = member(value, 'items');
    if (apiVersion.startsWith('meta.k8s.io/') || !kind.endsWith('List') || (items === undefined && kind !== 'List')) {
      if (apiVersion.startsWith('meta.k8s.io/')) {
        const says = `is a ${kind}, which holds no whole objects; it is left out`;
        faults.push(warning('CAPTURE_UNKNOWN_FILE', placeOf(pointer), says, 'use `-o json` or `--raw`'));
      } else object(value, pointer);
      return;
    }
    if (!Array.isArray(items) && items !== null) {
      faults.push(error('CAPTURE_OBJECT', placeOf(pointer), `is a ${kind} whose \`items\` are no list`));
      return;
    }
    const cut = textMember(member(value, 'metadata'), 'continue');
    const why = cut === undefined || cut === '' ? undefined : 'only the first part of the list was fetched';
    const untyped = apiVersion === 'v1' && kind === 'List';
    const itemKind = { apiVersion, kind: kind.slice(0, -'List'.length) };
    const kinds = new Set<string>(untyped ? [] : [kindOf(itemKind)]);
    for (const [index, item] of (items ?? []).entries()) {
      const itemPointer = `${pointer}/items/${index}`;
      if (untyped && Array.isArray(member(item, 'items'))) read(item, itemPointer);
      else {
        const found = object(item, itemPointer, untyped ? undefined : itemKind);
        if (found !== undefined && untyped) kinds.add(found);
      }
    }
    for (const one of kinds) listOf(one, why);
  };
  read(document, '');
  return { raws, faults };
}

export type CheckedObject =
  | { readonly ok: true; readonly object: KubeObject & PlainObject }
  | {
      readonly ok: false;
      readonly code: 'CAPTURE_OBJECT' | 'CAPTURE_NAME' | 'CAPTURE_SECRET' | 'FACTS_MIXED';
      readonly says: string;
      readonly hint?: string;
    };

/** As much as every object must have. Items of built-in lists carry no kind of their own: it is the list's. */
export function checkObject(
  value: unknown,
  ofList?: { readonly apiVersion: string; readonly kind: string },
): CheckedObject {
  if (!isPlainObject(value)) return { ok: false, code: 'CAPTURE_OBJECT', says: 'is no object' };
  const apiVersion = member(value, 'apiVersion') ?? ofList?.apiVersion;
  const kind = member(value, 'kind') ?? ofList?.kind;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') {
    return { ok: false, code: 'CAPTURE_OBJECT', says: 'is an object without `apiVersion` and `kind`' };
  }
  if (!isPrintable(apiVersion) || !isPathStep(kind)) {
    return {
      ok: false,
      code: 'CAPTURE_NAME',
      says: 'has an `apiVersion` or `kind` with characters that those do not have',
    };
  }
  if (isSecretKind(apiVersion, kind)) {
    return { ok: false, code: 'CAPTURE_SECRET', says: 'is a Secret', hint: 'remove it; Secrets never enter a capture' };
  }
  if (apiVersion === captureApiVersion && kind === factsKind) {
    const hint = `call the file ${factsFile}, and put it into a capture of its own`;
    return { ok: false, code: 'FACTS_MIXED', says: 'states a site, where what was observed is kept', hint };
  }
  if (ofList !== undefined && (apiVersion !== ofList.apiVersion || kind !== ofList.kind)) {
    return { ok: false, code: 'CAPTURE_OBJECT', says: `is a ${kind} of ${apiVersion} in a list of another kind` };
  }
  const metadata = member(value, 'metadata');
  const name = textMember(metadata, 'name');
  if (!isPlainObject(metadata) || name === undefined) {
    return { ok: false, code: 'CAPTURE_OBJECT', says: `is a ${kind} without \`metadata.name\`` };
  }
  const isName = kindsRead.has(`${apiVersion}/${kind}`) ? isDnsName : isPathStep;
  if (!isName(name))
    return { ok: false, code: 'CAPTURE_NAME', says: `is a ${kind} whose name no ${kind} can have: \`${name}\`` };
  const namespace = member(metadata, 'namespace');
  if (namespace !== undefined && !(typeof namespace === 'string' && (namespace === '' || isDnsName(namespace)))) {
    return { ok: false, code: 'CAPTURE_NAME', says: `is a ${kind} in a namespace that cannot be` };
  }
  const whole = ofList === undefined ? value : { ...value, apiVersion, kind };
  return { ok: true, object: whole as KubeObject & PlainObject };
}

/** A `Status` that stands where a list should: the list was asked for and not had. Which one, the refusal says itself, or
 *  the name of the file. */
function readRefusal(status: unknown, path: string): { readonly kind: string | undefined; readonly why: string } {
  const details = member(status, 'details');
  const plural = textMember(details, 'kind');
  const named = plural === undefined ? undefined : kindOfPlural(plural, textMember(details, 'group') ?? '');
  const code = member(status, 'code');
  const words = [
    typeof code === 'number' ? String(code) : undefined,
    textMember(status, 'reason'),
    textMember(status, 'message'),
  ];
  const why = words.filter((word) => word !== undefined && word !== '').join(' ');
  return { kind: kindOfFileName(path) ?? named, why: why === '' ? 'the API server refused' : why };
}

/** A file in place of a list: a proxy or an API server without the group answers `404 page not found`, and a command that
 *  fails prints nothing into its file. */
export function whyNoDocument(text: string): string | undefined {
  if (text.length > 100) return undefined;
  switch (text.trim()) {
    case '':
      return 'the file is empty: the command printed nothing';
    case '404 page not found':
      return '404 page not found: the kind is not installed, or was not served';
    default:
      return undefined;
  }
}

export function readNoDocument(path: string, at: number, place: Place, why: string): KubernetesFound {
  const kind = kindOfFileName(path);
  return kind === undefined
    ? { raws: [], faults: [unclear(place)] }
    : { raws: [{ raw: { from: 'list', at, kind, failed: why }, place }], faults: [] };
}

function unclear(place: Place): Fault {
  const says = 'says that something could not be had, but not what; it is left out';
  return warning('CAPTURE_UNKNOWN_FILE', place, says, 'name the file by its list, like core_v1_nodes.json');
}

import { isMap } from '../../facts/kube.ts';
import { type KubeObject, kindOf } from '../../kernel/raw.ts';
import type { Operation } from '../instruction.ts';

/** The one object of a kind that a site has one of; or in words why there is no such thing to be had. */
export function* theOnly(kind: string): Operation<KubeObject | string> {
  const answer = yield { do: 'api', call: { verb: 'list', kind } };
  if (answer.kind !== 'objects') return `${kind} could not be listed`;
  const own = answer.objects.filter((object) => isMap(object) && isMap(object.metadata) && kindOf(object) === kind);
  const [only] = own;
  if (only === undefined) return `there is no ${kind}`;
  return own.length === 1 ? only : `there are ${own.length} of ${kind}`;
}

const triesMax = 3;

/** Looks, changes, and looks again, until `change` finds nothing more to change. Somebody else's write in between, or no answer,
 *  only means to look once more: what is written is worked out anew from what stands there. Undefined when it is so. */
export function* untilSo(kind: string, change: (object: KubeObject) => Change): Operation<string | undefined> {
  let last = '';
  for (let tries = 0; tries < triesMax; tries += 1) {
    const object = yield* theOnly(kind);
    if (typeof object === 'string') return object;
    const next = change(object);
    if (next === 'so') return undefined;
    if ('says' in next) return next.says;
    const answer = yield { do: 'api', call: { verb: 'update', object: next.object } };
    if (answer.kind === 'refused') return `${kind} could not be written: ${answer.why.slice(0, 160)}`;
    last = answer.kind === 'conflict' ? 'somebody else wrote it at the same time' : 'it did not become so';
  }
  const object = yield* theOnly(kind);
  if (typeof object === 'string') return object;
  return change(object) === 'so' ? undefined : `${kind}: ${last}, ${triesMax} times`;
}

export type Change = 'so' | { readonly object: KubeObject } | { readonly says: string };

/** The object with an annotation set, or taken away with undefined. */
export function annotated(object: KubeObject, name: string, value: string | undefined): KubeObject {
  const { [name]: _, ...rest } = object.metadata.annotations ?? {};
  const annotations = value === undefined ? rest : { ...rest, [name]: value };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

export function annotationOf(object: KubeObject, name: string): string | undefined {
  const annotations: unknown = object.metadata.annotations;
  const value = isMap(annotations) && Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** A copy with the value at the end of a path set, or taken away with undefined; maps on the way are made. */
export function withAt<T extends Readonly<Record<string, unknown>>>(
  object: T,
  path: readonly string[],
  value: unknown,
): T {
  const [name, ...rest] = path;
  if (name === undefined) return object;
  const { [name]: held, ...others } = object;
  const next = rest.length === 0 ? value : withAt(isMap(held) ? held : {}, rest, value);
  return (next === undefined ? others : { ...others, [name]: next }) as unknown as T; // the same members but one
}

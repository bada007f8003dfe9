import { type KubeObject, kindOf } from '../../kernel/raw.ts';
import { sameJson } from '../same-json.ts';
import type { Ref, Site } from './state.ts';

export function keyOf(kind: string, name: string, namespace?: string): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

export function keyOfObject(object: KubeObject): string {
  return keyOf(kindOf(object), object.metadata.name, object.metadata.namespace);
}

export function objectOf(site: Site, kind: string, name: string, namespace?: string): KubeObject | undefined {
  return site.kube.objects.get(keyOf(kind, name, namespace));
}

/** What a controller or a kubelet writes; nothing if it says the same as before. */
export function publish(site: Site, object: KubeObject): void {
  const key = keyOfObject(object);
  const before = site.kube.objects.get(key);
  if (before !== undefined && sameJson(before, object)) return;
  site.kube.objects.set(key, object);
  site.kube.changed.add(key);
  site.kube.gone.delete(key);
}

export function withdraw(site: Site, ref: Ref): void {
  const key = keyOf(ref.kind, ref.name, ref.namespace);
  if (!site.kube.objects.delete(key)) return;
  site.kube.changed.delete(key);
  site.kube.gone.set(key, ref);
}

export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

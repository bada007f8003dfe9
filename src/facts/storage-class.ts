import { at, type Cluster, isMap, type SeenObject, textAt } from './kube.ts';
import { type Found, unreadable } from './say.ts';

export const storageClasses = 'storage.k8s.io/v1/StorageClass';
const linstorDriver = 'linstor.csi.linbit.com';

/** How many copies the class of a PersistentVolume asks for today. The parameters of a class cannot be changed, so whoever
 *  wants another number deletes it and makes a new one of the same name: it is the new one that counts for the next
 *  volume, and it changes nothing about those that are there. */
export interface ClassPlace {
  readonly place: Found<number>;
  readonly at: number;
  readonly source: string;
}

/** Undefined when it names no class, or one that is not there, or one of another driver. */
export function classPlaceOf(persistentVolume: SeenObject, cluster: Cluster): ClassPlace | undefined {
  const name = classNameOf(persistentVolume);
  const found = cluster.kind(storageClasses).all.find(({ id }) => id === name);
  if (found === undefined || at(found.object, 'provisioner') !== linstorDriver) return undefined;
  const place = found.torn ? unreadable('the StorageClass in two forms') : placeOf(found);
  const source = `StorageClass ${found.id} of PersistentVolume ${persistentVolume.id}`;
  return { place, at: Math.min(found.at, persistentVolume.at), source };
}

/** The annotation is older than the field and goes before it, for Kubernetes too. */
function classNameOf({ object }: SeenObject): string | undefined {
  const annotated = textAt(object, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class');
  return annotated ?? textAt(object, 'spec', 'storageClassName');
}

/** As linstor-csi reads its parameters: with or without its namespace, in any case, `autoPlace` an older name of
 *  `placementCount`, 1 where nothing is said, and no count at all for a class that names its nodes. Of two that differ
 *  the driver takes either, as chance has it. */
function placeOf({ object }: SeenObject): Found<number> {
  const parameters = at(object, 'parameters') ?? {};
  if (!isMap(parameters)) return unreadable(parameters);
  const named = (...names: readonly string[]): readonly unknown[] =>
    Object.entries(parameters).flatMap(([key, value]) => {
      const bare = key.startsWith(`${linstorDriver}/`) ? key.slice(linstorDriver.length + 1) : key;
      return names.includes(bare.toLowerCase()) ? [value] : [];
    });
  if (named('nodelist', 'clientlist').length > 0) return unreadable('a class that names its nodes');
  if (named('placementpolicy').some((policy) => String(policy).toLowerCase() === 'manual')) {
    return unreadable('a class that is placed by hand');
  }
  const counts = new Set(named('placementcount', 'autoplace').map((text) => (text === '' ? '1' : text)));
  const [count = '1', other] = counts;
  if (other !== undefined) return unreadable(`both ${String(count)} and ${String(other)}`);
  return typeof count === 'string' && /^[1-9]\d{0,2}$/.test(count) ? Number(count) : unreadable(count);
}

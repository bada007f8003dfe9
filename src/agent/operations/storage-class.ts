import { at, clusterOf, isMap, textAt } from '../../facts/kube.ts';
import { classPlaceOf, storageClasses } from '../../facts/storage-class.ts';
import { type KubeObject, kindOf, type Raw } from '../../kernel/raw.ts';
import { classesDirectory, type Operation } from '../instruction.ts';
import { failed, type Result, refused } from './result.ts';

const volumes = 'v1/PersistentVolume';
const driver = 'linstor.csi.linbit.com';

/** Sees to it that the class of a volume asks for at least so many copies; why it does not. A volume without a class
 *  of LINSTOR's has nothing to see to.
 *
 *  The parameters of a class cannot be changed, so it is deleted and made anew under its name, into the same resource group: without
 *  that name LINSTOR would make the next volumes in a new group (linstor.md §3.5). In between there is no class, and new claims
 *  wait; what it has to become is on this disk before it goes, so that whoever comes back can finish. */
export function* raiseClass(resource: string, group: string | undefined, place: number): Operation<Result | undefined> {
  const name = yield* classNameOf(resource);
  if (name === undefined) return undefined;
  if (typeof name !== 'string') return refused(name.says);
  const kept = `${classesDirectory}/${name}.json`;
  const found = yield* lookAtClass(resource, name);
  if ('says' in found) return refused(found.says);
  if (found.object === undefined) return yield* anew(resource, name, kept, place);
  if (found.asks === undefined) return undefined;
  if (typeof found.asks !== 'number') return failed(`how many copies the class ${name} asks for cannot be read`);
  if (found.asks >= place) {
    // Left by somebody who died with the class made: it must not come back when people delete it some day.
    if ((yield { do: 'read', path: kept }).kind === 'text') yield { do: 'remove', path: kept };
    return undefined;
  }
  const next = raised(found.object, group, place);
  const wrote = yield { do: 'write', path: kept, text: JSON.stringify(next) };
  if (wrote.kind !== 'done') return failed(`what class ${name} has to become could not be kept, so it was left alone`);
  yield { do: 'api', call: { verb: 'delete', kind: storageClasses, name, ...versionOf(found.object) } };
  return yield* anew(resource, name, kept, place);
}

function* anew(resource: string, name: string, kept: string, place: number): Operation<Result | undefined> {
  const why = yield* makeAnew(resource, name, kept, place);
  return why === undefined ? undefined : failed(why);
}

/** Makes what the kept file says, and looks. A class that is there is never made over. */
function* makeAnew(resource: string, name: string, kept: string, place: number): Operation<string | undefined> {
  const held = yield { do: 'read', path: kept };
  if (held.kind === 'missing') return undefined; // it was gone before us: nobody reconciles volumes with it
  const object = held.kind === 'text' ? classIn(held.text, name) : undefined;
  if (object === undefined) return `what class ${name} has to become could not be read from ${kept}`;
  yield { do: 'api', call: { verb: 'create', object } };
  const found = yield* lookAtClass(resource, name);
  if ('says' in found) return found.says;
  if (typeof found.asks !== 'number' || found.asks < place) return `class ${name} does not ask for ${place} copies`;
  yield { do: 'remove', path: kept };
  return undefined;
}

interface Found {
  /** Undefined: there is no such class. */
  readonly object: KubeObject | undefined;
  readonly asks: unknown;
}

function* lookAtClass(resource: string, name: string): Operation<Found | { readonly says: string }> {
  const found: Raw[] = [];
  for (const kind of [volumes, storageClasses]) {
    const answer = yield { do: 'api', call: { verb: 'list', kind } };
    if (answer.kind !== 'objects') return { says: `${kind} could not be listed` };
    found.push({ from: 'list', at: 0, kind });
    for (const object of answer.objects) if (isMap(object)) found.push({ from: 'object', at: 0, object });
  }
  const cluster = clusterOf(found);
  const own = cluster.kind(volumes).all.find(({ object }) => isOf(object, resource));
  const raw = found.find(
    (one) =>
      one.from === 'object' && kindOf(one.object) === storageClasses && textAt(one.object, 'metadata', 'name') === name,
  );
  const object = raw?.from === 'object' ? raw.object : undefined;
  return { object, asks: own === undefined ? undefined : classPlaceOf(own, cluster)?.place };
}

function* classNameOf(resource: string): Operation<string | { readonly says: string } | undefined> {
  const answer = yield { do: 'api', call: { verb: 'list', kind: volumes } };
  if (answer.kind !== 'objects') return { says: `${volumes} could not be listed` };
  const own = answer.objects.find((object) => isOf(object, resource));
  const annotated = textAt(own, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class');
  const name = annotated ?? textAt(own, 'spec', 'storageClassName') ?? '';
  if (name === '') return undefined;
  return /^[a-z0-9][a-z0-9.-]{0,252}$/.test(name) ? name : { says: 'its class has a name that is none' };
}

function isOf(object: unknown, resource: string): boolean {
  return (
    at(object, 'kind') === 'PersistentVolume' &&
    textAt(object, 'spec', 'csi', 'driver') === driver &&
    textAt(object, 'spec', 'csi', 'volumeHandle') === resource
  );
}

/** The same class, asking for more, with what only the API server gives left out. */
function raised(object: KubeObject, group: string | undefined, place: number): KubeObject {
  const { name, labels, annotations } = object.metadata;
  const parameters: Record<string, unknown> = {};
  let hasGroup = false;
  for (const [key, value] of Object.entries(isMap(object.parameters) ? object.parameters : {})) {
    const bare = key.replace(`${driver}/`, '').toLowerCase();
    hasGroup ||= bare === 'resourcegroup';
    if (bare !== 'placementcount' && bare !== 'autoplace') parameters[key] = value;
  }
  parameters[`${driver}/placementCount`] = String(place);
  if (!hasGroup && group !== undefined) parameters[`${driver}/resourceGroup`] = group;
  const metadata = { name, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return { ...object, metadata, parameters };
}

function versionOf({ metadata }: KubeObject): { readonly resourceVersion?: string } {
  const version = metadata.resourceVersion;
  return typeof version === 'string' ? { resourceVersion: version } : {};
}

function classIn(text: string, name: string): KubeObject | undefined {
  try {
    const json = JSON.parse(text) as unknown;
    const isOurs = at(json, 'kind') === 'StorageClass' && textAt(json, 'metadata', 'name') === name;
    return isOurs ? (json as KubeObject) : undefined;
  } catch {
    return undefined;
  }
}

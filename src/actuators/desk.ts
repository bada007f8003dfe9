import type { Answer, ApiCall, Operation } from '../agent/instruction.ts';
import { versionOf } from '../crd/version.ts';
import type { KubeObject } from '../kernel/raw.ts';

/** What actuators know between two writes: the objects as they were last seen, and whether we still lead. */
export interface Desk {
  find(kind: string, name: string, namespace?: string): KubeObject | undefined;
  /** An answer of the API server: newer than whatever was known of the object. */
  took(object: KubeObject): void;
  /** Nobody knows how it stands now: it is looked at again before anything else is decided. */
  doubt(kind: string, name: string, namespace?: string): void;
  /** Whether we lead at this moment, by our own clock. Asked before each write: time passes between any two. */
  leads(): boolean;
}

/** Why a write stopped what came after it. `newer`: somebody else is further than we are. `unheard` may have been done. */
export type StopWhy = 'conflict' | 'unheard' | 'refused' | 'missing' | 'newer' | 'foreign' | 'not-leading';

export interface Stopped {
  readonly kind: 'stopped';
  readonly at: 'audit' | 'status' | 'lock' | 'order';
  readonly why: StopWhy;
  /** The object, or the file. */
  readonly about: string;
  readonly says?: string;
}

/** One write of an object that was read before. What was answered goes back to the desk; what was not leaves a doubt there. */
export function* writeObject(
  desk: Desk,
  at: Stopped['at'],
  verb: 'update' | 'update-status',
  object: KubeObject,
): Operation<Stopped | undefined> {
  const { apiVersion, kind, metadata } = object;
  const about = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
  const stop = (why: StopWhy, says?: string): Stopped => ({
    kind: 'stopped',
    at,
    why,
    about: `${kind} ${about}`,
    ...(says === undefined ? {} : { says }),
  });
  // An update without a version replaces whatever stands there, unseen.
  if (versionOf(object) === undefined) return stop('foreign', 'has no resourceVersion');
  if (!desk.leads()) return stop('not-leading');
  const call: ApiCall = { verb, object };
  const answer: Answer = yield { do: 'api', call };
  if (answer.kind === 'object') {
    desk.took(answer.object);
    return undefined;
  }
  desk.doubt(`${apiVersion}/${kind}`, metadata.name, metadata.namespace);
  switch (answer.kind) {
    case 'conflict':
    case 'unheard':
    case 'missing':
      return stop(answer.kind);
    case 'refused':
      return stop('refused', answer.why);
    default:
      return stop('unheard', `was answered with «${answer.kind}»`);
  }
}

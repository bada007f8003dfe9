import type { ApiCall } from '../agent/instruction.ts';
import { apiVersion } from '../crd/workflow-object.ts';
import type { KubeObject } from '../kernel/raw.ts';
import type { Asked } from './runner.ts';

export function writes(call: ApiCall): boolean {
  return call.verb !== 'get' && call.verb !== 'list';
}

/** What nobody in the world watches: it is between us and the API server. */
export function isOurs({ apiVersion: version }: KubeObject): boolean {
  return version === apiVersion || version.startsWith('coordination.k8s.io/');
}

const reads = new Set(['ping', 'find', 'cat', 'ls', 'kairos-agent']);

/** Whether an instruction may leave something behind. Between two of these a death changes nothing that anybody could see, so
 *  deaths are counted by them. */
export function changes(instruction: Asked): boolean {
  switch (instruction.do) {
    case 'write':
    case 'append':
    case 'record':
    case 'remove':
    case 'arm':
    case 'disarm':
      return true;
    case 'api':
      return writes(instruction.call);
    case 'linstor':
      return instruction.method !== 'GET';
    case 'run': {
      const [program = '', ...words] = instruction.argv;
      if (reads.has(program)) return false;
      if (program === 'drbdsetup') return words[0] !== 'status';
      return program !== 'ip' || instruction.stdin !== undefined;
    }
    case 'read':
    case 'sleep':
    case 'second-opinion':
      return false;
  }
}

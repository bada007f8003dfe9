import { expect, test } from 'vitest';
import { backends, operatingSystems } from '../../../src/kernel/capability.ts';
import { isLasting } from '../../../src/kernel/vocabulary.ts';

// What each can do stands in the contract; a capability that goes missing here would refuse packs that are right.
test.each<[string, readonly string[], string, boolean]>([
  ['piraeus', backends.piraeus, 'SupportsReplication', true],
  ['piraeus', backends.piraeus, 'SupportsQuorum', true],
  ['local-path', backends['local-path'], 'SupportsReplication', false],
  ['kairos', operatingSystems.kairos, 'ImageFallback', true],
  ['ubuntu', operatingSystems.ubuntu, 'KernelTuning', true],
  ['ubuntu', operatingSystems.ubuntu, 'ImageFallback', false],
])('%s, which declares %j: %s is %j', (_, declared, capability, has) => {
  expect(declared.includes(capability)).toBe(has);
});

test.each([
  ['replica.kind', true],
  ['param.storage', true],
  ['replica.disk', false],
  ['x.param.', false],
])('%s says what something is, not how it does: %j', (fact, lasting) => {
  expect(isLasting(fact)).toBe(lasting);
});

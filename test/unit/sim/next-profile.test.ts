import { expect, test } from 'vitest';
import { digestOfText } from '../../../src/kernel/digest.ts';
import { nextProfileOf } from '../../../src/sim/next-profile.ts';
import { shippedProfile } from '../../support/kept-runs.ts';

const kind = 'BondModeFlipPlan';
const profile = shippedProfile();

test('the next version of a profile is a document of its own that says the same rules', () => {
  const next = nextProfileOf(profile);
  expect(next.digest).not.toBe(profile.digest);
  expect(digestOfText(next.bundle?.() ?? '')).toBe(next.digest);
  expect(next.machineOf(kind)?.machine.digest).toBe(profile.machineOf(kind)?.machine.digest);
  expect(JSON.parse(next.bundle?.() ?? '')).toMatchObject({ profile: { spec: { version: '1.0.1' } } });
});

test('of one without a document only the digest is another, and another profile is itself', () => {
  const { bundle: _, ...bare } = profile;
  const next = nextProfileOf(bare);
  expect(next.digest).not.toBe(profile.digest);
  expect(next.bundle).toBeUndefined();
  const other = shippedProfile('profiles/two-node');
  expect(nextProfileOf(profile, other)).toBe(other);
});

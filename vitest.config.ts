import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Property tests draw new cases every run and print the seed of a failure; NW_SEED repeats one.
    testTimeout: 120_000,
    pool: 'threads',
    // Without it one core is left idle: on a machine of two, half of them.
    maxWorkers: '100%',
  },
});

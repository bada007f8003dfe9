import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Property tests draw new cases every run and print the seed of a failure; NW_SEED repeats one.
    // The slowest without a limit of its own take under a minute on two cores: what hangs is told from what runs on a slower machine.
    testTimeout: 300_000,
    pool: 'threads',
    // Without it one core is left idle: on a machine of two, half of them.
    maxWorkers: '100%',
  },
});

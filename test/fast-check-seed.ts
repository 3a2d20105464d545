import fc from 'fast-check';

/** Property tests use the same cases on every run; `FAIRGROUND_TEST_SEED=7` selects others. */
fc.configureGlobal({ seed: Number(process.env.FAIRGROUND_TEST_SEED ?? 20_260_101) });

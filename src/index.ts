/** Fairground as a library: simulate a cluster, run policies, read results. The command `simulate` is made of the same parts. */

export { run } from './lab/run/node/run.js';
export type { RunSpec } from './lab/run/run-spec.js';
export * from './model/index.js';
export * from './policies/index.js';

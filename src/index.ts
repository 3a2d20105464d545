/** Fairground as a library: simulate a cluster, run policies, read results. The command `simulate` is made of the same parts. */

export { run } from './lab/run/node/run.js';
export type { RunSpec } from './lab/run/run-spec.js';
export * from './model/index.js';
// Both modules have these names; a policy's are those of the contract.
export { TaskState } from './model/index.js';
export type {
  DeviceMask,
  FrameworkId,
  JobId,
  MachineId,
  MachineState,
  Micros,
  Refusal,
  TaskClassId,
  TaskId,
} from './policies/contract.js';
export * from './policies/index.js';

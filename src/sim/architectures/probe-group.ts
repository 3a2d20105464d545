import type { JobId, TaskId } from '../../model/index.js';

/** Tasks of one job that ask for workers together, and what they have out. Any of them may take the room that a probe finds. */
export interface ProbeGroup {
  readonly job: JobId;
  /** Tasks that wait, in the order of their coming. */
  readonly tasks: TaskId[];
  /** Probes that stand in queues of workers. */
  probes: number;
}

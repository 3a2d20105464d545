/**
 * How an attempt of a task can end: an outcome of the task, a cause of a kill, `running` if it did not end before the end of the run, or `waiting` of a
 * job that never started. Their places are in reports, so new ones are added at the end.
 */
export const ATTEMPT_ENDS = [
  'finished',
  'running',
  'waiting',
  'timed-out',
  'lost',
  'killed',
  'abandoned',
  'rejected',
  'not-run',
  'preempted',
  'failed',
  'restarted',
  'revoked',
  'interrupted',
  'gang',
] as const;

/** See ATTEMPT_ENDS. */
export type AttemptEnd = (typeof ATTEMPT_ENDS)[number];

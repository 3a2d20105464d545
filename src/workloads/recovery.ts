import type { Micros } from '../model/index.js';

/** What a framework does when the master has lost sight of a machine that has tasks of it. */
export interface RecoveryTerms {
  /**
   * How long it waits for the machine before the tasks are started again elsewhere. Without a wait they are lost at once, as those of a
   * framework that is not partition-aware.
   */
  readonly wait: Micros;
  /** When the machine is back in time: its dead tasks start there again (their volume is there), or anywhere. */
  readonly restart: 'anywhere' | 'in-place';
  /** Which tasks begin anew when one is lost: it alone, or all that run of its job (a gang that goes back to its checkpoint). */
  readonly scope: 'task' | 'job';
}

/** Lost at once, started again wherever the policy likes. */
export const RESTART_ELSEWHERE: RecoveryTerms = { wait: 0, restart: 'anywhere', scope: 'task' };

/** What a service needs after a loss until it serves again, and when it counts as down. */
export interface ServiceTerms extends RecoveryTerms {
  /** It is down when less than this share of its instances serves, and degraded when not all do. */
  readonly minimum: number;
  /** From the start of an instance until it serves. */
  readonly startup: Micros;
  /** On top of it, on another machine than before: copying its data, alone. Instances that copy at one time share `data.copyRate`. */
  readonly rebuild: Micros;
  /** Working off what came in since the last checkpoint; undefined for a service that keeps no place in a stream. */
  readonly replay: Replay | undefined;
  /** Of a service that keeps copies of its data. */
  readonly data: ReplicatedData | undefined;
}

/** Data of which each instance holds copies. */
export interface ReplicatedData {
  /** Copies of each piece, each on another instance. */
  readonly replicas: number;
  /** Pieces in all: partitions, ranges, blocks. */
  readonly pieces: number;
  /** How fast the data of lost instances are copied, all together, bytes per second. */
  readonly copyRate: number;
  /** Instances that send them. */
  readonly senders: number;
  /** What sending takes of each of these: a share of what it can move, from 0 to 1. */
  readonly senderShare: number;
}

/** A stream that is read again from its last checkpoint. */
export interface Replay {
  /** From one checkpoint to the next. */
  readonly every: Micros;
  /** How much faster than it comes in it can be read: 0.5 for one and a half times. */
  readonly headroom: number;
}

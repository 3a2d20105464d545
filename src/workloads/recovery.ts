import type { Micros } from '../model/index.js';

/** Reaction of a framework when the master cannot reach a machine with its tasks. */
export interface RecoveryTerms {
  /**
   * How long it waits for the machine before it restarts the tasks elsewhere. Without a wait they are lost at once, as
   * in frameworks that are not partition-aware.
   */
  readonly wait: Micros;
  /**
   * When the wait begins: when the master detects that the machine is gone; or with the last heartbeat of the task to its own
   * framework, which is when the machine stops. The tasks are not lost before the master has detected it in either case.
   */
  readonly waitFrom: 'detection' | 'last-heartbeat';
  /** If the machine returns in time, its lost tasks restart in place (their volume is there) or anywhere. */
  readonly restart: 'anywhere' | 'in-place';
  /**
   * Tasks that restart when one is lost: only that task, or all running tasks of its job (a gang restarts from its
   * checkpoint).
   */
  readonly scope: 'task' | 'job';
}

/** Tasks are lost at once and restart where the policy chooses. */
export const RESTART_ELSEWHERE: RecoveryTerms = {
  wait: 0,
  waitFrom: 'detection',
  restart: 'anywhere',
  scope: 'task',
};

/** Recovery of a service: the times until it serves again, and the limit below which it is down. */
export interface ServiceTerms extends RecoveryTerms {
  /** The service is down when less than this share of its instances serves. It is degraded when not all of them serve. */
  readonly minimum: number;
  /** Time from the start of an instance until it serves. */
  readonly startup: Micros;
  /**
   * Additional time on another machine to copy the data, without other copies. Instances that copy at the same time
   * share `data.copyRate`.
   */
  readonly rebuild: Micros;
  /** Processing of the input since the last checkpoint; undefined for a service that does not read a stream. */
  readonly replay: Replay | undefined;
  /** Replicated data of a service; undefined if it has none. */
  readonly data: ReplicatedData | undefined;
}

/** Data of which each instance holds copies. */
export interface ReplicatedData {
  /** Copies of each piece, each on a different instance. */
  readonly replicas: number;
  /** Total number of pieces: partitions, ranges, blocks. */
  readonly pieces: number;
  /** Total rate at which the data of lost instances are copied, bytes per second. */
  readonly copyRate: number;
  /** Number of instances that send the data. */
  readonly senders: number;
  /** Share of a sender's bandwidth that sending needs, from 0 to 1. */
  readonly senderShare: number;
}

/** Reading a stream again from the last checkpoint. */
export interface Replay {
  /** Time between two checkpoints. */
  readonly every: Micros;
  /** How much faster the stream can be read than it arrives: 0.5 means one and a half times as fast. */
  readonly headroom: number;
}

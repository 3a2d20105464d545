import type { TaskClassId } from './task-classes.js';

/** What an application that scales needs, and has: numbers of instances. */
export interface Provision {
  /** All of its instances ask for the same. */
  readonly taskClass: TaskClassId;
  /** Instances that its load would keep fully busy. */
  readonly load: number;
  /** Instances that its load needs at the target utilization. */
  readonly needed: number;
  /** Instances that its controller asks for. */
  readonly wanted: number;
  /** Instances that have room on a machine. */
  readonly started: number;
  /** Of these, those that take load. */
  readonly serving: number;
  /** Those that serve are busier than the tolerance of the controller allows. */
  readonly isShort: boolean;
}

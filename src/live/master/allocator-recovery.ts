import { MINUTE, type Micros } from '../../model/index.js';
import type { MasterState } from './state.js';

/** The part of the known agents that must be back, and the longest wait for them (Mesos, hierarchical allocator, recover). */
const ENOUGH_AGENTS = 0.8;
const LONGEST_WAIT: Micros = 10 * MINUTE;

/**
 * After a restart a master with quota knows too little to keep it: what roles consume comes back with the agents. Until most
 * are there nothing is offered.
 */
export class AllocatorRecovery {
  private readonly state: MasterState;
  private readonly expected: number;
  private isWaiting: boolean;

  constructor(state: MasterState) {
    this.state = state;
    this.expected = state.recovering.size;
    this.isWaiting = state.quotas.size > 0 && this.expected > 0;
    if (this.isWaiting) state.host.pause();
  }

  /** Lets the allocator go on when enough agents are back, or the wait was long enough. */
  check(): void {
    if (!this.isWaiting) return;
    const { host, recovering, clock, started } = this.state;
    const isEnough = recovering.size <= this.expected * (1 - ENOUGH_AGENTS);
    if (!isEnough && clock.now() - started < LONGEST_WAIT) return;
    this.isWaiting = false;
    host.resume();
  }
}

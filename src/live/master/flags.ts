import { fromSeconds, MINUTE, type Micros } from '../../model/index.js';

/** How a master behaves in time; the defaults are those of Mesos (docs/configuration/master.md). */
export interface MasterFlags {
  readonly allocationInterval: Micros;
  /** An offer is taken back after so long; FOREVER for never. */
  readonly offerTimeout: Micros;
  readonly heartbeatInterval: Micros;
  readonly agentPingTimeout: Micros;
  readonly maxAgentPingTimeouts: number;
  readonly agentReregisterTimeout: Micros;
}

/** What Mesos does when it is told nothing. */
export const MASTER_FLAG_DEFAULTS: MasterFlags = {
  allocationInterval: fromSeconds(1),
  offerTimeout: Number.POSITIVE_INFINITY,
  heartbeatInterval: fromSeconds(15),
  agentPingTimeout: fromSeconds(15),
  maxAgentPingTimeouts: 5,
  agentReregisterTimeout: 10 * MINUTE,
};

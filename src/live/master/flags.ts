import { fromSeconds, MINUTE, type Micros } from '../../model/index.js';

/** Timing flags of a master; defaults as in Mesos (docs/configuration/master.md). */
export interface MasterFlags {
  /** With 0, every change that frees or admits resources causes an allocation. */
  readonly allocationInterval: Micros;
  /** Outstanding offers are rescinded after this time; FOREVER for never. */
  readonly offerTimeout: Micros;
  readonly heartbeatInterval: Micros;
  readonly agentPingTimeout: Micros;
  readonly maxAgentPingTimeouts: number;
  readonly agentReregisterTimeout: Micros;
}

/** The defaults of Mesos. */
export const MASTER_FLAG_DEFAULTS: MasterFlags = {
  allocationInterval: fromSeconds(1),
  offerTimeout: Number.POSITIVE_INFINITY,
  heartbeatInterval: fromSeconds(15),
  agentPingTimeout: fromSeconds(15),
  maxAgentPingTimeouts: 5,
  agentReregisterTimeout: 10 * MINUTE,
};

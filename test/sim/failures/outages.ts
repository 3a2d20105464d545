import { FOREVER, fromSeconds } from '../../../src/model/index.js';
import type { Detection } from '../../../src/sim/failures/detection.js';
import type { Failures } from '../../../src/sim/failures/fleet.js';
import type { Outage } from '../../../src/sim/failures/outage.js';
import { RESTART_ELSEWHERE, type RecoveryTerms } from '../../../src/workloads/recovery.js';

/** The defaults of the Mesos master. */
export const MESOS: Detection = {
  pingInterval: fromSeconds(15),
  pingTimeouts: 5,
  removalGap: 0,
  reregisterTimeout: fromSeconds(600),
};

/** One outage, in seconds; permanent without an end. */
export function outage(
  kind: Outage['kind'],
  machines: readonly number[],
  start: number,
  end = FOREVER,
  notice = start,
): Outage {
  return {
    kind,
    cause: 'script',
    machines,
    start: fromSeconds(start),
    end: fromSeconds(end),
    notice: fromSeconds(notice),
  };
}

/** Pings at multiples of 15 s, and machines that register with a new master within a second. */
export function failuresOf(
  outages: readonly Outage[],
  terms: RecoveryTerms = RESTART_ELSEWHERE,
  detection: Partial<Detection> = {},
): Failures {
  return {
    outages,
    detection: { ...MESOS, ...detection },
    recovery: () => terms,
    pingPhase: () => 0,
    registrationDelay: () => fromSeconds(1),
  };
}

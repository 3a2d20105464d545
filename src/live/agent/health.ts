import { fromSeconds, type Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import type { CheckInfo, HealthCheck } from '../wire/messages.js';
import { checkProbe, healthProbe, type Probe } from '../wire/probe.js';
import { type ProbeAnswer, type ProbePlace, runProbe } from './run-probe.js';

/** Default timings of checks, in seconds (mesos.proto, HealthCheck and CheckInfo). */
const DELAY = 15;
const INTERVAL = 10;
const TIMEOUT = 20;
const GRACE_PERIOD = 10;
const CONSECUTIVE_FAILURES = 3;

/** Result of a health check. */
export type Verdict = 'healthy' | 'unhealthy' | 'to be killed';

/** Environment in which the checks of a task run. */
export type CheckPlace = Pick<ProbeSchedule, 'clock' | 'place'>;

/**
 * Checks the health of a task. Reports the first success, the first success after a failure, and every failure that
 * counts. Failures in the grace period do not count before the first success (Mesos, checks/health_checker.cpp).
 */
export function watchHealth(check: HealthCheck, place: CheckPlace, told: (verdict: Verdict) => void): Cancel {
  const probe = healthProbe(check);
  if (typeof probe === 'string') return () => undefined;
  const { clock } = place;
  const graceEnd = clock.now() + fromSeconds(check.grace_period_seconds ?? GRACE_PERIOD);
  const most = check.consecutive_failures ?? CONSECUTIVE_FAILURES;
  let failures = 0;
  let wasWell = false;
  return repeatProbe(probe, { ...place, ...times(check) }, ({ isSuccess }) => {
    if (isSuccess) {
      if (!wasWell || failures > 0) told('healthy');
      wasWell = true;
      failures = 0;
      return;
    }
    if (!wasWell && clock.now() <= graceEnd) return;
    failures++;
    told(failures >= most ? 'to be killed' : 'unhealthy');
  });
}

/** The result of a check in a status (mesos.proto, CheckStatusInfo). */
export type CheckStatus = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The status before the first check, so that frameworks see that a check is defined. */
export function checkUnknown(check: CheckInfo): CheckStatus {
  const probe = checkProbe(check);
  return typeof probe === 'string' ? { type: 'UNKNOWN' } : checkStatus(probe, undefined);
}

/** Runs the check of a task and reports every changed result (Mesos, checks/checker.cpp). */
export function watchCheck(check: CheckInfo, place: CheckPlace, told: (status: CheckStatus) => void): Cancel {
  const probe = checkProbe(check);
  if (typeof probe === 'string') return () => undefined;
  let last = JSON.stringify(checkStatus(probe, undefined));
  return repeatProbe(probe, { ...place, ...times(check) }, (answer) => {
    const status = checkStatus(probe, answer);
    const text = JSON.stringify(status);
    if (text === last) return;
    last = text;
    told(status);
  });
}

function checkStatus({ kind }: Probe, answer: ProbeAnswer | undefined): CheckStatus {
  const number = answer?.number;
  switch (kind) {
    case 'command':
      return { type: 'COMMAND', command: number === undefined ? {} : { exit_code: number } };
    case 'http':
      return { type: 'HTTP', http: number === undefined ? {} : { status_code: number } };
    case 'tcp':
      return { type: 'TCP', tcp: answer === undefined ? {} : { succeeded: answer.isSuccess } };
  }
}

function times(check: CheckInfo): Pick<ProbeSchedule, 'delay' | 'interval' | 'timeout'> {
  const { timeout_seconds = TIMEOUT } = check;
  return {
    delay: fromSeconds(check.delay_seconds ?? DELAY),
    interval: fromSeconds(check.interval_seconds ?? INTERVAL),
    // Timeout 0 means no timeout (Mesos, checks/checker_process.cpp).
    timeout: timeout_seconds === 0 ? Number.POSITIVE_INFINITY : fromSeconds(timeout_seconds),
  };
}

/** Schedule and environment of a probe. */
export interface ProbeSchedule {
  readonly clock: Clock;
  readonly place: ProbePlace;
  /** Delay before the first run. */
  readonly delay: Micros;
  /** Time from the end of one run to the start of the next. */
  readonly interval: Micros;
  readonly timeout: Micros;
}

/** Repeats a probe until cancelled; never runs two at once. */
function repeatProbe(probe: Probe, schedule: ProbeSchedule, answered: (answer: ProbeAnswer) => void): Cancel {
  const { clock, place, delay, interval, timeout } = schedule;
  let cancel = clock.after(delay, ask);
  function ask(): void {
    cancel = runProbe(probe, {
      clock,
      place,
      timeout,
      answered: (answer) => {
        cancel = clock.after(interval, ask);
        answered(answer);
      },
    });
  }
  return () => cancel();
}

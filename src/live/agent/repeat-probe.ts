import type { Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import type { Probe } from '../wire/probe.js';
import { type ProbeAnswer, type ProbePlace, runProbe } from './run-probe.js';

/** When a probe is run, and where. */
export interface ProbeSchedule {
  readonly clock: Clock;
  readonly place: ProbePlace;
  /** Before the first one. */
  readonly delay: Micros;
  /** From the answer of one to the start of the next. */
  readonly interval: Micros;
  readonly timeout: Micros;
}

/** Runs a probe again and again, never two at a time, until it is cancelled. */
export function repeatProbe(
  probe: Probe,
  schedule: ProbeSchedule,
  answered: (answer: ProbeAnswer) => void,
): Cancel {
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

import { FOREVER, fromSeconds, type ScalingTerms } from '../../../src/model/index.js';
import { writtenCurve } from '../../../src/workloads/load-curve.js';
import type { ScaledApplication } from '../../../src/workloads/scaled-application.js';
import { PLAIN_ROW, type Trace } from '../../../src/workloads/trace.js';
import { CPUS_MEM } from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';

/** Scaling settings of the tests: target utilization 0.5, an evaluation every 90 s, 25 s startup, 60 s cooldown. Durations in seconds. */
const TERMS: ScalingTerms = {
  rule: 'target',
  target: 0.5,
  tolerance: 0.1,
  every: fromSeconds(90),
  coolDownOut: 0,
  coolDownIn: fromSeconds(60),
  stabilizationOut: 0,
  stabilizationIn: 0,
  least: 1,
  most: 100,
  readyAfter: fromSeconds(25),
  lead: fromSeconds(300),
  schedule: [],
};

/** One application with instances of 1 core and 1 MiB. Its load has each of these values for a number of seconds. */
export function applicationOf(
  load: readonly number[],
  stepSeconds: number,
  terms: Partial<ScalingTerms> = {},
): ScaledApplication {
  return {
    name: 'app',
    instance: {
      ...PLAIN_ROW,
      job: '',
      framework: 0,
      submit: 0,
      demand: CPUS_MEM.quanta({ cpus: 1, mem: 1 }),
      duration: FOREVER,
      usage: [1, 1],
      curve: 1,
    },
    load: { step: fromSeconds(stepSeconds), values: Float64Array.from(load) },
    usage: writtenCurve(),
    terms: { ...TERMS, ...terms },
  };
}

/** A workload with this application, and with these rows. */
export function traceWith(application: ScaledApplication, rows: readonly RowSketch[] = []): Trace {
  const trace = traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), { frameworks: [{ name: 'web' }] });
  return { ...trace, curves: [undefined, application.usage], applications: [application] };
}

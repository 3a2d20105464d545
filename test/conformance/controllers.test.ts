import { describe, expect, test } from 'vitest';
import { restartingController } from '../../src/conformance/restarts.js';
import { DAY, FOREVER, fromSeconds, HOUR, MINUTE, ParameterValues } from '../../src/model/index.js';
import type { Controller } from '../../src/policies/contract-control.js';
import { CloudPool } from '../../src/policies/controllers/cloud-pool.js';
import { HorizontalScaler } from '../../src/policies/controllers/horizontal/horizontal-scaler.js';
import {
  VERTICAL_PARAMETERS,
  verticalTerms,
} from '../../src/policies/controllers/vertical/vertical-parameters.js';
import { VerticalScaler } from '../../src/policies/controllers/vertical/vertical-scaler.js';
import { ScaledServices } from '../../src/sim/elasticity/scaled-services.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { applicationOf, traceWith } from '../sim/elasticity/scaled.js';
import { CPUS_MEM, listParts, machinesOf, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const OWN = machinesOf(CPUS_MEM, [{ cpus: 10, mem: 100 }]);
const MACHINES = machinesOf(CPUS_MEM, [{ cpus: 100, mem: 100 }]);
const CURVE = { step: 20 * MINUTE, values: Float64Array.of(1, 3, 0.5, 2, 0.2, 1.5) };

const DAY_OF_LOAD = [5, 12, 3, 30, 8, 17];
const predicting = applicationOf(
  [1, 1.3, 0.7].flatMap((factor) => DAY_OF_LOAD.map((load) => factor * load)),
  4 * 3600,
  { rule: 'predictive', every: 10 * MINUTE, lead: 2 * HOUR },
);
const cooling = applicationOf([5, 12, 3, 30, 8, 17], 200, {
  coolDownOut: fromSeconds(300),
  coolDownIn: fromSeconds(500),
  stabilizationOut: fromSeconds(250),
  stabilizationIn: fromSeconds(400),
});

function scaled(application: typeof predicting, until: number) {
  return {
    make: (): Controller => new HorizontalScaler(0, 'app', application.terms),
    run: (controller: Controller) =>
      simulate({
        space: CPUS_MEM,
        machines: MACHINES,
        trace: traceWith(application),
        parts: listParts(),
        controls: { controllers: [controller], services: new ScaledServices([application]) },
        until,
      }),
  };
}

const SERVICE: RowSketch = { needs: { cpus: 10, mem: 10 }, runs: FOREVER };
const BATCH = { framework: 1, tasks: 4, needs: { cpus: 5, mem: 10 }, runs: 300 };
const CLOUD_TERMS = {
  startup: fromSeconds(97),
  interval: fromSeconds(10),
  growAfter: fromSeconds(30),
  idleAfter: fromSeconds(600),
  notice: fromSeconds(20),
  lifetime: () => FOREVER,
};

const VERTICAL = verticalTerms(
  new ParameterValues(VERTICAL_PARAMETERS, {
    cpu: 'peak',
    mem: 'percentile',
    warmUp: 10 * MINUTE,
    window: HOUR,
  }),
  CPUS_MEM.names,
  5 * MINUTE,
);

interface Case {
  readonly name: string;
  make(): Controller;
  run(controller: Controller): ReturnType<typeof simulate>;
}

const CASES: readonly Case[] = [
  { name: 'the horizontal scaler with cool-downs', ...scaled(cooling, 2400) },
  { name: 'the horizontal scaler with a forecast', ...scaled(predicting, (2.5 * DAY) / 1e6) },
  {
    name: 'the cloud pool',
    make: () => new CloudPool(CLOUD_TERMS),
    run: (controller) =>
      simulate({
        space: CPUS_MEM,
        machines: [
          ...OWN,
          ...[0, 1, 2].map((i) => ({
            name: `cloud-${i}`,
            capacity: CPUS_MEM.quanta({ cpus: 10, mem: 100 }),
            supply: 'rented' as const,
          })),
        ],
        trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, [SERVICE, { ...BATCH, at: 100 }, { ...BATCH, at: 900 }]), {
          frameworks: [{ name: 'service' }, { name: 'batch' }],
        }),
        parts: listParts(),
        controls: { controllers: [controller], cloud: CLOUD_TERMS },
        until: 4000,
      }),
  },
  {
    name: 'the vertical scaler',
    make: () => new VerticalScaler(VERTICAL),
    run: (controller) =>
      simulate({
        space: CPUS_MEM,
        machines: OWN,
        trace: traceOf(
          CPUS_MEM,
          rowsOf(CPUS_MEM, [
            { needs: { cpus: 8, mem: 40 }, runs: FOREVER, usage: [0.25, 0.3], curve: 1 },
            ...[0, 1, 2, 3, 4, 5].map((i) => ({ ...BATCH, tasks: 1, at: i * 900 })),
          ]),
          { frameworks: [{ name: 'kafka' }, { name: 'batch' }], curves: [undefined, CURVE] },
        ),
        parts: listParts(),
        controls: { controllers: [controller], mayResize: (framework) => framework === 0 },
        until: 3 * 3600,
      }),
  },
];

/** The events of the run, with a control loop that is built anew at a third of its calls. */
async function restarted({ make, run }: Case, adapt = (controller: Controller) => controller) {
  const random = new RandomStreams(1).stream('restarts');
  let restarts = 0;
  const build = () => adapt(make());
  const controller = restartingController(build(), build, { random, restarted: () => restarts++ });
  const { log } = await run(controller);
  expect(restarts).toBeGreaterThan(5);
  return log;
}

describe.each(CASES)('$name', (one) => {
  test('does the same when it is restarted again and again', async () => {
    expect(await restarted(one)).toEqual((await one.run(one.make())).log);
  });

  test('would do something else if nothing were remembered', async () => {
    const forgetful = (controller: Controller): Controller => ({
      name: controller.name,
      ...(controller.needs !== undefined && { needs: controller.needs }),
      begin: (view) =>
        controller.begin?.({ now: view.now, recall: () => undefined } as unknown as typeof view) ?? view.now,
      control: (view, act) => controller.control(view, act),
    });
    expect(await restarted(one, forgetful)).not.toEqual((await one.run(one.make())).log);
  });
});

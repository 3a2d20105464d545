import { FOREVER, fromSeconds } from '../../src/model/index.js';
import { simulate } from '../simulate.js';
import type { Host } from './host.js';
import { machinesOfScenario, SCENARIO_SPACE, traceOfScenario } from './scenario.js';

/** The simulator as a host of policies. */
export const simulatedHost: Host = {
  name: 'the simulator',
  async run(scenario, parts, observers) {
    await simulate({
      space: SCENARIO_SPACE,
      machines: machinesOfScenario(scenario),
      trace: traceOfScenario(scenario),
      parts,
      thinks: {
        perJob: fromSeconds(scenario.thinks.perJob),
        perTask: fromSeconds(scenario.thinks.perTask),
      },
      machineEvents: scenario.machineEvents.map((event) => ({ ...event, time: fromSeconds(event.time) })),
      until: scenario.until,
      patience: scenario.patience ?? FOREVER,
      seed: scenario.seed,
      observers,
      withLog: false,
    });
  },
};

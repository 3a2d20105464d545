import { ObserverGroup } from '../metrics/observer-group.js';
import { Recorder } from '../metrics/recorder.js';
import { Cluster, FOREVER, fromSeconds } from '../model/index.js';
import { makeArchitecture } from '../sim/architectures/make-architecture.js';
import { RandomStreams } from '../sim/random-streams.js';
import { Simulation } from '../sim/simulation.js';
import type { Host } from './host.js';
import { machinesOfScenario, SCENARIO_SPACE, traceOfScenario } from './scenario.js';

/** The simulator as a host of policies, with all metrics on. */
export const simulatedHost: Host = {
  name: 'the simulator',
  async run(scenario, parts, observers) {
    const cluster = new Cluster(SCENARIO_SPACE);
    for (const machine of machinesOfScenario(scenario)) cluster.addMachine(machine);
    const random = new RandomStreams(scenario.seed).stream('policy');
    const { perJob, perTask } = scenario.decisionTime;
    const decisionTimes = { perJob: fromSeconds(perJob), perTask: fromSeconds(perTask) };
    await new Simulation({
      cluster,
      trace: traceOfScenario(scenario),
      observer: new ObserverGroup([new Recorder(cluster), ...observers(cluster)]),
      architecture: (execution) => makeArchitecture(parts, execution, { decisionTimes, random }),
      horizon: fromSeconds(scenario.until),
      startsAt: 'zero',
      patience: fromSeconds(scenario.patience ?? FOREVER),
      machineEvents: scenario.machineEvents.map((event) => ({ ...event, time: fromSeconds(event.time) })),
    }).run();
  },
};

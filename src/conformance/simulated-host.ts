import { ObserverGroup } from '../metrics/observer-group.js';
import { Recorder } from '../metrics/recorder.js';
import { Cluster, FOREVER, fromSeconds } from '../model/index.js';
import type { PolicyParts } from '../policies/policy.js';
import { makeArchitecture } from '../sim/architectures/make-architecture.js';
import { ScaledServices } from '../sim/elasticity/scaled-services.js';
import { RandomStreams } from '../sim/random-streams.js';
import { Simulation } from '../sim/simulation.js';
import type { Host } from './host.js';
import {
  machineChangesOfScenario,
  machinesOfScenario,
  SCENARIO_SPACE,
  type Scenario,
  serviceOfScenario,
  traceOfScenario,
} from './scenario.js';

/** The simulator as a host of policies, with all metrics on. */
export const simulatedHost: Host = {
  name: 'the simulator',
  async run(scenario, parts, observers) {
    const cluster = new Cluster(SCENARIO_SPACE);
    for (const machine of machinesOfScenario(scenario)) cluster.addMachine(machine);
    const streams = new RandomStreams(scenario.seed);
    const random = streams.stream('policy');
    const { perJob, perTask } = scenario.decisionTime;
    const decisionTimes = { perJob: fromSeconds(perJob), perTask: fromSeconds(perTask) };
    const { controllers = [] } = parts;
    const applications = applicationsOf(scenario, parts);
    const services = new ScaledServices(applications);
    const trace = traceOfScenario(scenario);
    await new Simulation({
      cluster,
      trace:
        applications.length === 0
          ? trace
          : { ...trace, applications, curves: [undefined, ...applications.map(({ usage }) => usage)] },
      observer: new ObserverGroup([new Recorder(cluster), services.observer, ...observers(cluster)]),
      architecture: (execution) => makeArchitecture(parts, execution, { decisionTimes, random }),
      horizon: fromSeconds(scenario.until),
      startsAt: 'zero',
      patience: fromSeconds(scenario.patience ?? FOREVER),
      machineEvents: scenario.machineEvents.map((event) => ({ ...event, time: fromSeconds(event.time) })),
      machineChanges: machineChangesOfScenario(scenario),
      controls: { controllers, services, random: (name) => streams.stream(`controllers/${name}`) },
    }).run();
  },
};

/** A scenario has a service only for a policy that scales services, because nothing else would start its instances. */
function applicationsOf(scenario: Scenario, { controllers = [] }: PolicyParts) {
  return controllers.some(({ needs }) => needs?.includes('scale')) ? [serviceOfScenario(scenario)] : [];
}

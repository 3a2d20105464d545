import { SMACK_SERVICES } from '../../workloads/smack.js';
import { type DataCentre, waitObjectives } from './data-centre.js';

/** Machines that each service of the default workload needs on average: where a search begins, no more. */
const MEAN_MACHINES: Readonly<Record<string, number>> = {
  kafka: 20,
  cassandra: 30,
  elasticsearch: 20,
  web: 70,
  spark: 70,
};

/** Within so many seconds 95 % of Spark's tasks start (proposal). */
const BATCH_WAIT = 1800;

/** The default workload on the machines of the default data centre. */
export function smackCentre(): DataCentre {
  const isBatch = (name: string) => name === 'spark';
  return {
    frameworks: SMACK_SERVICES.map((service) => service.name),
    shape: '16cpu/64GiB/4TiBdisk',
    meanMachines: (names) => names.reduce((sum, name) => sum + MEAN_MACHINES[name], 0),
    spec: (names, seed) => ({
      workload: { kind: 'generated', name: 'smack', services: names },
      set: {},
      seed,
    }),
    objectives: (names) => waitObjectives(names, isBatch, BATCH_WAIT, false),
    isBatch,
  };
}

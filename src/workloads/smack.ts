import { DAY, type Micros } from '../model/index.js';
import type { ServiceUse } from './composition.js';
import { cassandra } from './services/cassandra.js';
import { elasticsearch } from './services/elasticsearch.js';
import { kafka } from './services/kafka.js';
import type { Service } from './services/service.js';
import { spark } from './services/spark.js';
import { web } from './services/web.js';

/**
 * The services of the default workload, in the order in which their frameworks join: Kafka, Cassandra, Elasticsearch,
 * web applications and Spark of one data centre.
 */
export const SMACK_SERVICES: readonly Service[] = [kafka, cassandra, elasticsearch, web, spark];

/**
 * The cluster for which the default sizes are chosen. About two thirds of it are allocated over the day, so that a policy decides what
 * waits: on twice as many machines nearly all tasks start at once, under any policy.
 */
export const SMACK_MACHINES = '240x16cpu/64GiB/4TiBdisk';

/** One period of every daily wave. */
export const SMACK_HORIZON: Micros = DAY;

/** Resources that its tasks request. */
export const SMACK_RESOURCES: readonly string[] = ['cpus', 'mem', 'disk'];

/** Resources that services may request if machines have them: network for external volumes, whole disks for exclusive ones. */
export const SERVICE_RESOURCES: readonly string[] = [...SMACK_RESOURCES, 'network', 'disks'];

/** The default workload. */
export const SMACK: readonly ServiceUse[] = SMACK_SERVICES.map((service) => ({
  name: service.name,
  service,
}));

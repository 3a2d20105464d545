import { SMACK_SERVICES } from '../smack.js';
import { akka } from './akka.js';
import { diurnal } from './diurnal.js';
import { hdfs } from './hdfs.js';
import type { Service } from './service.js';
import { streaming } from './streaming.js';

/** All services of which a workload can consist. */
export const SERVICES: readonly Service[] = [...SMACK_SERVICES, hdfs, streaming, akka, diurnal];

import { SMACK_SERVICES } from '../smack.js';
import { akka } from './akka.js';
import { diurnal } from './diurnal.js';
import { hdfs } from './hdfs.js';
import type { Service } from './service.js';
import { streaming } from './streaming.js';

/** Every service that a workload can be composed of. */
export const SERVICES: readonly Service[] = [...SMACK_SERVICES, hdfs, streaming, akka, diurnal];

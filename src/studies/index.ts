import { drfStudy } from './drf/drf.js';
import { mesosStudy } from './mesos/mesos.js';
import { mesosNsdiStudy } from './mesos-nsdi/mesos-nsdi.js';
import { omegaStudy } from './omega/omega.js';
import { openbStudy } from './openb/openb.js';
import { queueingStudy } from './queueing/queueing.js';
import { silosStudy } from './silos/silos.js';
import type { Study } from './study.js';
import { swfStudy } from './swf/swf.js';

/** All studies of `simulate reproduce NAME`. */
export const STUDIES: readonly Study[] = [
  queueingStudy,
  drfStudy,
  swfStudy,
  omegaStudy,
  openbStudy,
  mesosStudy,
  mesosNsdiStudy,
  silosStudy,
];

import { drfStudy } from './drf.js';
import { mesosStudy } from './mesos.js';
import { mesosNsdiStudy } from './mesos-nsdi.js';
import { omegaStudy } from './omega.js';
import { openbStudy } from './openb.js';
import { queueingStudy } from './queueing.js';
import { silosStudy } from './silos.js';
import type { Study } from './study.js';
import { swfStudy } from './swf.js';

/** Every study that `simulate reproduce NAME` knows. */
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

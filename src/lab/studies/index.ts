import { omegaStudy } from './omega.js';
import { openbStudy } from './openb.js';
import type { Study } from './study.js';
import { swfStudy } from './swf.js';

/** Every study that `simulate reproduce NAME` knows. */
export const STUDIES: readonly Study[] = [swfStudy, omegaStudy, openbStudy];

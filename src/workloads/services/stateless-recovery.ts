import { fromSeconds } from '../../model/index.js';
import { RESTART_ELSEWHERE } from '../recovery.js';
import type { ServiceRecovery } from './service.js';

/** A lost instance starts anywhere else, and serves once it is installed. `minimum` is the default of the share it needs. */
export function statelessRecovery(minimum: number): ServiceRecovery {
  return {
    parameters: [
      {
        kind: 'number',
        name: 'minimum',
        default: minimum,
        min: 0,
        max: 1,
        about: 'Share of the instances below which it is down.',
      },
      // Borg, EuroSys 2015: the median startup of a task takes 25 s, most of it installing packages.
      { kind: 'duration', name: 'startup', default: fromSeconds(25), about: 'From a start until it serves.' },
    ],
    terms: (values) => ({
      ...RESTART_ELSEWHERE,
      minimum: values.number('minimum'),
      startup: values.number('startup'),
      rebuild: 0,
      replay: undefined,
      data: undefined,
    }),
  };
}

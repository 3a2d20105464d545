import { fromSeconds, type Micros, type ParameterValues } from '../../model/index.js';
import { RESTART_ELSEWHERE, type ServiceTerms } from '../recovery.js';
import { minimum, startup } from './recovery-parameters.js';
import type { ServiceRecovery } from './service.js';

/** A lost instance starts elsewhere and serves after its startup. `least` is the default of the parameter `minimum`. */
export function statelessRecovery(least: number): ServiceRecovery {
  return {
    parameters: [
      minimum(least, 'instances'),
      // Borg, EuroSys 2015: the median startup of a task takes 25 s, most of it installing packages.
      startup(fromSeconds(25)),
    ],
    terms: (values) => elsewhereTerms(values, 0),
  };
}

/** Recovery terms of an instance without local data. `rebuild` is the time it needs elsewhere in addition to its startup. */
export function elsewhereTerms(values: ParameterValues, rebuild: Micros): ServiceTerms {
  return {
    ...RESTART_ELSEWHERE,
    minimum: values.number('minimum'),
    startup: values.number('startup'),
    rebuild,
    replay: undefined,
    data: undefined,
  };
}

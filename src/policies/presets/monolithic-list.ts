import type { Policy } from '../policy.js';
import { type ListDefaults, listNeedsTaskMix, listOf, listParameters } from './list-parameters.js';
import { preemptionOf, preemptionParameters } from './preemption-parameters.js';
import { RESERVATION_PARAMETERS, reservationsOf } from './reservation-parameters.js';

/** One list scheduler over one queue and the whole cluster: the shape of several presets. */
export function monolithicList(
  name: string,
  defaults: ListDefaults & { readonly preempts?: boolean },
): Policy {
  return {
    name,
    parameters: [
      ...listParameters(defaults),
      ...preemptionParameters(defaults.preempts === true),
      ...RESERVATION_PARAMETERS,
    ],
    needsTaskMix: listNeedsTaskMix,
    // Reservations name frameworks, and a misspelt name must be told.
    needsForecast: (settings) => settings.text('reservations') !== '',
    build: (settings, context) => ({
      architecture: 'monolithic',
      scheduler: listOf(name, settings, context, {
        preemption: preemptionOf(settings),
        limits: reservationsOf(settings, context),
      }),
    }),
  };
}

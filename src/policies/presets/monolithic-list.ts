import type { Policy } from '../policy.js';
import { type ListDefaults, listNeedsTaskMix, listOf, listParameters } from './list-parameters.js';

/** One list scheduler over one queue and the whole cluster: the shape of several presets. */
export function monolithicList(name: string, defaults: ListDefaults): Policy {
  return {
    name,
    parameters: listParameters(defaults),
    needsTaskMix: listNeedsTaskMix,
    build: (settings, context) => ({
      architecture: 'monolithic',
      scheduler: listOf(name, settings, context),
    }),
  };
}

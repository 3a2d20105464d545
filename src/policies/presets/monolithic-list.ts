import { placementNamed } from '../placement/index.js';
import type { Policy } from '../policy.js';
import { listScheduler } from '../schedulers/list-scheduler.js';
import { blockedParameter, placementParameter } from './list-parameters.js';

/** One list scheduler over one queue and the whole cluster: the shape of several presets. */
export function monolithicList(name: string, placement: string, whenBlocked: 'wait' | 'skip'): Policy {
  return {
    name,
    parameters: [placementParameter(placement), blockedParameter(whenBlocked)],
    build: (settings) => ({
      architecture: 'monolithic',
      scheduler: listScheduler({
        name,
        placement: placementNamed(settings.text('placement')),
        whenBlocked: settings.text('blocked') as 'wait' | 'skip',
      }),
    }),
  };
}

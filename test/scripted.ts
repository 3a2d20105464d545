import type { Feature, PlacementSink, SchedulingView } from '../src/policies/contract.js';
import type { MonolithicParts } from '../src/policies/policy.js';

/** What a scheduler does, call by call, from call 0. */
export type Script = (view: SchedulingView, act: PlacementSink, call: number) => void;

/** A scheduler for the whole cluster that does what the test says. */
export function scriptedParts(script: Script, needs: readonly Feature[] = []): MonolithicParts {
  let call = 0;
  return {
    architecture: 'monolithic',
    scheduler: { name: 'scripted', needs, schedule: (view, act) => script(view, act, call++) },
  };
}

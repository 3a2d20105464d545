import { FOREVER, MACHINE_ATTRIBUTE } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import type { ServiceContext } from './service.js';

/** A service that runs the same number of instances from beginning to end. */
export interface FixedInstances {
  readonly job: string;
  readonly instances: number;
  /** Per instance, in units. */
  readonly amounts: Readonly<Record<string, number>>;
  /** Shares of the demand that are used. */
  readonly used: Readonly<Record<string, number>>;
  readonly curve: number;
  /** At most so many instances on a machine and in a rack; 0 for any number. */
  readonly perMachine?: number;
  readonly perRack?: number;
  /** Starts whole or not at all. */
  readonly gang?: boolean;
}

/** One job, all of its instances submitted at 0. */
export function* fixedInstances(service: FixedInstances, context: ServiceContext): Iterable<TaskRow> {
  if (service.instances === 0) return;
  yield {
    ...PLAIN_ROW,
    job: service.job,
    framework: context.framework,
    submit: 0,
    tasks: service.instances,
    demand: context.demand(service.amounts),
    duration: FOREVER,
    usage: context.usage(service.used),
    curve: service.curve,
    gang: service.gang ?? false,
    rule: spreadRule(service, context),
  };
}

function spreadRule({ perMachine = 0, perRack = 0 }: FixedInstances, context: ServiceContext): number {
  const spread = [
    { attribute: MACHINE_ATTRIBUTE, atMost: perMachine },
    { attribute: 'rack', atMost: perRack },
  ].filter(({ atMost }) => atMost > 0);
  if (spread.length === 0) return 0;
  return context.addRule({ spread, together: [], avoid: [], beside: [], prefers: [] });
}

import type { Attribute, Dimension, MachineSight, Space, TaskClassId } from '../contract.js';

/**
 * Why a job cannot stand: the first necessary condition that fails.
 *
 * - places: the machines have fewer places for tasks of a class than the job has such tasks.
 * - spread: spread rules leave fewer places than the job has tasks.
 * - together: no single domain of the attributes has room for the job.
 * - volume: its tasks need more of a resource than is free on all machines that they may use.
 * - packing: each condition holds, but no placing of all tasks exists.
 */
export type Impossible =
  | {
      readonly kind: 'places';
      readonly taskClass: TaskClassId;
      readonly tasks: number;
      readonly places: number;
    }
  | { readonly kind: 'spread'; readonly tasks: number; readonly places: number }
  | { readonly kind: 'together'; readonly attributes: readonly Attribute[]; readonly tasks: number }
  | {
      readonly kind: 'volume';
      readonly dimension: Dimension;
      /** Quanta that the tasks need together, and that are free. */
      readonly demand: number;
      readonly free: number;
    }
  | { readonly kind: 'packing'; readonly tasks: number };

/** The constraints and rules of a job, in words. */
export interface RuleWords {
  /** The attributes that tasks of a class require, such as `rack=r1;cores>=8`; empty for none. */
  requires(taskClass: TaskClassId): string;
  /** Such as `at most 1 per rack`. */
  readonly limits: string;
  /** The attributes that its machines must share, such as `rack`. */
  readonly together: string;
}

/** The reason in words, such as `needs room for 5 tasks of 2 gpus each, there is room for 3`. */
export function inWords(why: Impossible, machines: MachineSight, rules: RuleWords): string {
  const { space } = machines;
  switch (why.kind) {
    case 'places': {
      const demand = demandText(why.taskClass, machines);
      const [needs, has] = [counted(why.tasks, 'task'), why.places === 0 ? 'for none' : `for ${why.places}`];
      const requires = rules.requires(why.taskClass);
      const where = requires === '' ? '' : ` on machines with ${requires}`;
      return `needs room for ${needs} of ${demand}${why.tasks === 1 ? '' : ' each'}${where}, there is room ${has}`;
    }
    case 'spread':
      return `needs room for ${counted(why.tasks, 'task')}, its rules leave room for ${why.places || 'none'}: ${rules.limits}`;
    case 'together':
      return `needs room for ${counted(why.tasks, 'task')} together, no single value of ${rules.together} has it`;
    case 'volume': {
      const [needs, has] = [amount(why.demand, why.dimension, space), amount(why.free, why.dimension, space)];
      return `needs ${needs} ${space.name(why.dimension)} in all, its machines have ${has}`;
    }
    case 'packing':
      return `its ${counted(why.tasks, 'task')} do not fit on the machines together`;
  }
}

function demandText(taskClass: TaskClassId, machines: MachineSight): string {
  const { space } = machines;
  const parts = space.dimensions
    .filter((d) => machines.demand(taskClass, d) > 0)
    .map((d) => `${amount(machines.demand(taskClass, d), d, space)} ${space.name(d)}`);
  const devices = machines.deviceCount(taskClass);
  if (devices > 0) parts.push(`${devices} x ${machines.deviceShare(taskClass) / 1000} GPU devices`);
  return parts.length === 0 ? 'no resources' : parts.join(', ');
}

function amount(quanta: number, dimension: Dimension, space: Space): string {
  return String(quanta / space.quantaPerUnit(dimension));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import {
  type Cluster,
  constraintsText,
  type JobId,
  MACHINE_ATTRIBUTE,
  type MachineId,
  type PlacementRule,
  type TaskClassId,
  type TaskId,
  UNCONSTRAINED,
} from '../model/index.js';
import type { RuleWords } from '../policies/planner/impossible.js';

/** The constraints and rules of a job, in words. */
export function ruleWords(cluster: Cluster, job: JobId): RuleWords {
  const { jobs, rules, frameworks } = cluster;
  const { spread, together, avoid } = rules.rule(jobs.rule[job]);
  const limits = spread.map(({ attribute, atMost }) => `at most ${atMost} per ${attribute}`);
  const { name } = frameworks[jobs.framework[job]];
  if (avoid.includes(name))
    limits.push(`at most 1 per machine, because it avoids ${name}, its own framework`);
  return {
    requires: (taskClass) => requiredText(cluster, taskClass),
    limits: limits.join('; '),
    together: together.join(' and '),
  };
}

/** The attributes that tasks of a class require, in the form of traces; empty for none. */
export function requiredText({ classes, constraints }: Cluster, taskClass: TaskClassId): string {
  return constraintsText(constraints.conjunction(classes.constraint[taskClass]));
}

/**
 * Why none of these machines can satisfy the constraint of a member or the job's rule, even when it is empty; undefined if the
 * planner must decide. The usual cause is a misspelt attribute, which no machine has.
 */
export function whyNoMachine(
  cluster: Cluster,
  job: JobId,
  members: readonly TaskId[],
  mayUse: (machine: MachineId) => boolean,
): string | undefined {
  for (const taskClass of new Set(members.map((task) => cluster.tasks.taskClass[task])))
    if (!hasAllowed(cluster, taskClass, mayUse))
      return `requires ${requiredText(cluster, taskClass)}, and no machine that it may use satisfies this`;
  const { spread, together } = cluster.rules.rule(cluster.jobs.rule[job]);
  const named = [
    ...spread.map(({ attribute }) => ({ rule: 'spread', attribute })),
    ...together.map((attribute) => ({ rule: 'together', attribute })),
  ];
  for (const { rule, attribute } of named)
    if (!hasAttribute(cluster, attribute, mayUse))
      return `its rule ${rule} needs machines with the attribute ${attribute}, and no machine that it may use has it`;
  return undefined;
}

/** Why no task can ever be beside those of the job's rule; undefined if one of these frameworks exists. */
export function whyNoNeighbour(
  { beside }: PlacementRule,
  frameworks: readonly { readonly name: string }[],
): string | undefined {
  if (beside.length === 0 || frameworks.some(({ name }) => beside.includes(name))) return undefined;
  return `must start beside a task of ${beside.join(' or ')}, and the workload has no such framework`;
}

function hasAllowed(
  { classes, constraints, machines }: Cluster,
  taskClass: TaskClassId,
  mayUse: (machine: MachineId) => boolean,
): boolean {
  const constraint = classes.constraint[taskClass];
  if (constraint === UNCONSTRAINED) return true;
  for (let machine = 0; machine < machines.count; machine++)
    if (constraints.allows(constraint, machine) && mayUse(machine)) return true;
  return false;
}

function hasAttribute(
  { attributes, machines }: Cluster,
  attribute: string,
  mayUse: (machine: MachineId) => boolean,
): boolean {
  if (attribute === MACHINE_ATTRIBUTE) return true;
  const id = attributes.intern(attribute);
  for (let machine = 0; machine < machines.count; machine++)
    if (attributes.domainOf(machine, id) >= 0 && mayUse(machine)) return true;
  return false;
}

import { type Constraint, constraintsText, type ResourceSpace, WHOLE_DEVICE } from '../../model/index.js';
import type { MixedShape, TaskMix } from '../policy.js';

/** A shape of the target workload of FGD, with the probability that the next task has it. */
export interface TypicalTask {
  readonly cpuMilli: number;
  readonly gpuCount: number;
  readonly gpuMilliEach: number;
  readonly constraint: readonly Constraint[];
  /** The probabilities of a list add up to 1. */
  readonly probability: number;
}

/** The most frequent shapes are taken until they cover this share of the tasks. */
const COVERAGE = 0.95;

/**
 * The typical tasks of a mix: the most frequent CPU and GPU shapes, until they cover 95 % of the tasks. Memory does not count.
 * Among equally frequent shapes, the larger comes first. Order and divisions are as published, because the sums over them are
 * rounded, and rounding can change a score that is truncated to an integer.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 4; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export function typicalTasks(mix: TaskMix, space: ResourceSpace): readonly TypicalTask[] {
  const counted = countShapes(mix, space.dimensionOf('cpus')).sort(mostFrequentFirst);
  const total = counted.reduce((sum, { tasks }) => sum + tasks, 0);
  let covered = 0;
  const taken = counted.filter(({ tasks }) => {
    if (covered >= COVERAGE * total) return false;
    covered += tasks;
    return true;
  });
  return taken.map(({ shape, tasks }) => ({ ...shape, probability: tasks / total / (covered / total) }));
}

interface CountedShape {
  readonly shape: Omit<TypicalTask, 'probability'>;
  /** Its constraint as text, for comparison. */
  readonly type: string;
  tasks: number;
}

function countShapes(mix: TaskMix, cpuDimension: number): CountedShape[] {
  const counted = new Map<string, CountedShape>();
  for (const mixed of mix) {
    const shape = shapeOf(mixed, cpuDimension);
    const type = constraintsText(shape.constraint);
    const key = JSON.stringify([shape.cpuMilli, shape.gpuMilliEach, shape.gpuCount, shape.constraint]);
    const known = counted.get(key);
    if (known === undefined) counted.set(key, { shape, type, tasks: mixed.tasks });
    else known.tasks += mixed.tasks;
  }
  return [...counted.values()];
}

function shapeOf(mixed: MixedShape, cpuDimension: number): Omit<TypicalTask, 'probability'> {
  return {
    cpuMilli: cpuDimension < 0 ? 0 : mixed.demand[cpuDimension],
    gpuCount: mixed.gpuCount,
    gpuMilliEach: mixed.gpuCount === 0 ? 0 : Math.min(mixed.gpuMilliEach, WHOLE_DEVICE),
    constraint: mixed.gpuCount === 0 ? [] : mixed.constraint,
  };
}

function mostFrequentFirst(a: CountedShape, b: CountedShape): number {
  return (
    b.tasks - a.tasks ||
    b.shape.cpuMilli - a.shape.cpuMilli ||
    b.shape.gpuMilliEach - a.shape.gpuMilliEach ||
    b.shape.gpuCount - a.shape.gpuCount ||
    (b.type > a.type ? 1 : b.type < a.type ? -1 : 0)
  );
}

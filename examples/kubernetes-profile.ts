import {
  listScheduler,
  type Placement,
  type PolicyFile,
  type Score,
  type Space,
  type WeightedScore,
} from 'fairground/policies';

/**
 * The default profile of kube-scheduler, as far as it concerns resources and preferred nodes: pods of the highest priority first,
 * and the node with the highest weighted sum of LeastAllocated, BalancedAllocation and NodeAffinity, each a whole number from 0 to
 * 100. Ties are random.
 *
 * Complexity: the fitting machines, per decision, because scores are summed. Known limits: it looks at every node instead of a
 * sample; no preemption; a pod that does not fit waits without a back-off; affinities to
 * other pods are the placement rules of jobs.
 * Source: Kubernetes 1.30, pkg/scheduler/framework/plugins: noderesources (least_allocated.go, balanced_allocation.go), nodeaffinity;
 * the default weights are those of apis/config/v1/default_plugins.go.
 */
export default {
  parameters: [
    { kind: 'number', name: 'least', default: 1, min: 0, about: 'Weight of LeastAllocated.' },
    { kind: 'number', name: 'balanced', default: 1, min: 0, about: 'Weight of BalancedAllocation.' },
    { kind: 'number', name: 'affinity', default: 2, min: 0, about: 'Weight of NodeAffinity.' },
    {
      kind: 'choice',
      name: 'ties',
      default: 'random',
      choices: ['random', 'lowest-rank'],
      about: 'Which node wins among equal sums.',
    },
  ],
  build(settings) {
    const score: WeightedScore[] = [
      { score: leastAllocated, weight: settings.number('least'), whole: true },
      { score: balancedAllocation, weight: settings.number('balanced'), whole: true },
      { score: nodeAffinity, weight: settings.number('affinity'), normalise: 'max', whole: true },
    ];
    const ties = settings.text('ties') as 'random' | 'lowest-rank';
    const placement: Placement = {
      name: 'kubernetes-profile',
      weighsPreferences: true,
      prepare: ({ machines }, where) =>
        machines.prepare({ score, ties, ...(where !== undefined && { where }) }),
    };
    return {
      architecture: 'monolithic',
      scheduler: listScheduler({
        name: 'kubernetes-profile',
        order: { name: 'PrioritySort', key: (view, task) => -view.tasks.priority(task) },
        placement,
        backfill: 'any',
      }),
    };
  },
} satisfies PolicyFile;

/** The resources that the two plugins weigh by default, if the run has them. */
function weighed(space: Space) {
  return ['cpus', 'mem'].filter((name) => space.has(name)).map((name) => space.dimension(name));
}

/** The mean over cpu and memory of the free share after the pod, times 100. */
const leastAllocated: Score = {
  name: 'LeastAllocated',
  reads: [],
  anonymous: true,
  make(see) {
    const dimensions = weighed(see.space);
    return (machine, taskClass) => {
      let sum = 0;
      for (const d of dimensions) {
        const capacity = see.capacity(machine, d);
        const left = see.free(machine, d) - see.demand(taskClass, d);
        sum += capacity === 0 ? 0 : Math.floor((left * 100) / capacity);
      }
      return Math.floor(sum / dimensions.length);
    };
  },
};

/** 100 x (1 - standard deviation of the used shares after the pod). */
const balancedAllocation: Score = {
  name: 'BalancedAllocation',
  reads: [],
  anonymous: true,
  make(see) {
    const dimensions = weighed(see.space);
    return (machine, taskClass) => {
      let [sum, squares] = [0, 0];
      for (const d of dimensions) {
        const capacity = see.capacity(machine, d);
        const left = see.free(machine, d) - see.demand(taskClass, d);
        const used = capacity === 0 ? 1 : 1 - left / capacity;
        sum += used;
        squares += used * used;
      }
      const mean = sum / dimensions.length;
      const variance = Math.max(0, squares / dimensions.length - mean * mean);
      return (1 - Math.sqrt(variance)) * 100;
    };
  },
};

/** Sum of the weights of those preferences of the pod that the node meets (preferredDuringSchedulingIgnoredDuringExecution). */
const nodeAffinity: Score<'job'> = {
  name: 'NodeAffinity',
  reads: ['job'],
  make:
    ({ job: { rules } }) =>
    (machine, _taskClass, task) =>
      rules.preference(task, machine),
};

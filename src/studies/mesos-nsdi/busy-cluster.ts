import { type Micros, ResourceSpace } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';

// The cluster of the Mesos paper's scale and failover experiments: agents that 200 frameworks keep full.

/** Agents have slots, and nothing else that tasks ask for. */
export const AGENT_SPACE = new ResourceSpace(['slots']);

/** Of the Mesos paper: "at most 2 per agent" (Hindman et al., NSDI 2011, on scalability). */
export const TASKS_PER_AGENT = 2;

/** Frameworks that launch tasks all the time. */
export const FRAMEWORKS = 200;

/** Agents of two slots. */
export function agents(count: number): { name: string; capacity: number[] }[] {
  return Array.from({ length: count }, (_, i) => ({ name: `agent-${i}`, capacity: [TASKS_PER_AGENT] }));
}

/** Names `framework-0` …, and those of any others. */
export function frameworks(...others: readonly string[]): { name: string }[] {
  return [...Array.from({ length: FRAMEWORKS }, (_, i) => `framework-${i}`), ...others].map((name) => ({
    name,
  }));
}

/** Enough tasks, submitted at 0, to keep every agent busy for so long; `length` draws how long each runs. */
export function* backlog(
  agentCount: number,
  mean: Micros,
  until: Micros,
  length: () => Micros,
): Iterable<TaskRow> {
  const rounds = Math.ceil(until / mean) + 2;
  for (let task = 0; task < rounds * agentCount * TASKS_PER_AGENT; task++) {
    const framework = task % FRAMEWORKS;
    yield { ...PLAIN_ROW, job: task, framework, submit: 0, demand: [1], duration: length() };
  }
}

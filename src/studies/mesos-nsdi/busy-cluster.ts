import { type Micros, ResourceSpace } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';

// The cluster of the scale and failover experiments in the Mesos paper: 200 frameworks keep all agents busy.

/** The only resource of an agent is its slots. */
export const AGENT_SPACE = new ResourceSpace(['slots']);

/** Of the Mesos paper: "at most 2 per agent" (Hindman et al., NSDI 2011, on scalability). */
export const TASKS_PER_AGENT = 2;

/** Number of frameworks that launch tasks continuously. */
export const FRAMEWORKS = 200;

/** Agents with two slots each. */
export function agents(count: number): { name: string; capacity: number[] }[] {
  return Array.from({ length: count }, (_, i) => ({ name: `agent-${i}`, capacity: [TASKS_PER_AGENT] }));
}

/** Frameworks `framework-0` …, followed by the given others. */
export function frameworks(...others: readonly string[]): { name: string }[] {
  return [...Array.from({ length: FRAMEWORKS }, (_, i) => `framework-${i}`), ...others].map((name) => ({
    name,
  }));
}

/** Enough tasks, submitted at 0, to keep every agent busy until `until`. `length` draws the run time of each. */
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

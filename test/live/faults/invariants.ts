import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TERMINAL_STATES } from '../../../src/live/wire/messages.js';
import type { Event } from '../scheduler-client.js';
import { hasEnded, type Journal } from './journal.js';
import { tasksWithProcesses } from './machine.js';

/** The state of a cluster at rest, from three sources. */
export interface Findings {
  readonly journal: Journal;
  /** GET /state of the master. */
  readonly state: Event;
  /** Work-dirs of the agents. */
  readonly workDirs: readonly string[];
}

/** Violations in a cluster at rest; empty if the framework, the master and the machine agree. */
export function disagreements({ journal, state, workDirs }: Findings): readonly string[] {
  const { frameworkId } = journal;
  const problems: string[] = [];
  const framework = state.frameworks.find(({ id }: Event) => id === frameworkId);
  const inLedger = new Set<string>(
    (framework?.tasks ?? [])
      .filter((task: Event) => !TERMINAL_STATES.has(task.state))
      .map(({ id }: Event) => id),
  );
  const running = tasksWithProcesses(frameworkId);
  for (const [id, task] of journal.tasks) {
    if (task.finalStates.size > 1) problems.push(`${id} has the final states ${[...task.finalStates]}`);
    if (task.finalIds.size > 1) problems.push(`${id} ended ${task.finalIds.size} times`);
    const isAlive = !hasEnded(task);
    if (isAlive !== inLedger.has(id))
      problems.push(
        `${id}: framework heard ${task.lastState}, ledger ${inLedger.has(id) ? 'has' : 'lacks'} it`,
      );
    if (isAlive !== running.has(id))
      problems.push(`${id}: framework heard ${task.lastState}, ${running.has(id) ? 'a' : 'no'} process runs`);
    const starts = workDirs.flatMap((workDir) => startsOf(workDir, frameworkId, id));
    if (starts.length > 1) problems.push(`${id} was started ${starts.length} times`);
  }
  for (const id of new Set([...inLedger, ...running]))
    if (!journal.tasks.has(id)) problems.push(`${id} was never launched`);
  return [...problems, ...ledgerProblems(state)];
}

/** Checks that the used resources of the agents are those of their tasks, and that used plus offered resources do not exceed the total. */
function ledgerProblems(state: Event): readonly string[] {
  const tasks = state.frameworks.flatMap((framework: Event) => framework.tasks);
  return state.slaves.flatMap((agent: Event) => {
    const held = tasks
      .filter((task: Event) => task.slave_id === agent.id && !TERMINAL_STATES.has(task.state))
      .reduce((sum: number, { resources }: Event) => sum + resources.cpus, 0);
    const used = agent.used_resources.cpus ?? 0;
    const offered = agent.offered_resources.cpus ?? 0;
    return [
      ...(Math.abs(held - used) > 1e-6 ? [`${agent.id}: tasks hold ${held} cpus, ledger says ${used}`] : []),
      ...(used + offered > agent.resources.cpus + 1e-6 ? [`${agent.id} is overcommitted`] : []),
    ];
  });
}

function startsOf(workDir: string, frameworkId: string, taskId: string): readonly string[] {
  const file = join(workDir, 'sandboxes', frameworkId, taskId, 'starts');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

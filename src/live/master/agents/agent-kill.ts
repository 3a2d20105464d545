import type { AgentRecord } from '../state.js';

/** Sends an agent the KILL event for a task. */
export function sendKill(
  agent: AgentRecord,
  frameworkId: string,
  taskId: string,
  graceSeconds: number | undefined,
): void {
  agent.stream?.send({
    type: 'KILL',
    framework_id: frameworkId,
    task_id: taskId,
    ...(graceSeconds !== undefined && { grace_seconds: graceSeconds }),
  });
}

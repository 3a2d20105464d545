import { userInfo } from 'node:os';
import type { TaskInfo } from '../wire/messages.js';

/** Nothing of the agent's own environment reaches a task but the way to its programs. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of a task: what its framework says, and where it is (Mesos, docs/sandbox.md). */
export function taskEnvironment(
  frameworkId: string,
  { command, task_id }: TaskInfo,
  sandbox: string,
): Readonly<Record<string, string>> {
  const variables = command?.environment?.variables ?? [];
  return {
    PATH: process.env.PATH ?? PATH,
    ...Object.fromEntries(variables.map(({ name, value }) => [name, value ?? ''])),
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    MESOS_FRAMEWORK_ID: frameworkId,
    MESOS_TASK_ID: task_id.value,
  };
}

/** Commands run as the agent's own user; a task that asks for another is not run as somebody it does not expect. */
export function taskUserProblem({ command }: TaskInfo): string | undefined {
  const { username } = userInfo();
  return command?.user === undefined || command.user === username
    ? undefined
    : `Commands run as ${username} here, not as ${command.user.slice(0, 60)}`;
}

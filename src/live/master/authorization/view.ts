import type { FrameworkInfo, TaskInfo } from '../../wire/messages.js';

/** What a principal may look at; the rest is left out of what it is told (Mesos, docs/authorization.md, view_frameworks). */
export interface View {
  readonly principal: string | undefined;
  role(role: string): boolean;
  quota(role: string): boolean;
  framework(framework: { readonly info: FrameworkInfo }): boolean;
  /** Of a framework that may be seen. */
  task(task: { readonly info: TaskInfo; readonly frameworkId: string }): boolean;
}

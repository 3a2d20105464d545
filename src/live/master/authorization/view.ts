import type { FrameworkInfo, TaskInfo } from '../../wire/messages.js';

/** What a principal may see; answers omit the rest (Mesos, docs/authorization.md, view_frameworks). */
export interface View {
  readonly principal: string | undefined;
  role(role: string): boolean;
  quota(role: string): boolean;
  framework(framework: { readonly info: FrameworkInfo }): boolean;
  /** Only for tasks of visible frameworks. */
  task(task: { readonly info: TaskInfo; readonly frameworkId: string }): boolean;
}

import type { Principal } from '../../http/credentials.js';
import type { MasterState } from '../state.js';
import { type Action, isAllowed } from './acls.js';
import type { View } from './view.js';

/** The view of a principal under the ACLs. */
export function viewOf(state: MasterState, { name }: Principal): View {
  const may = (action: Action, object: string | undefined) => isAllowed(state.acls, action, name, object);
  const userOf = (frameworkId: string) =>
    (state.frameworks.get(frameworkId)?.info ?? state.completedFrameworks.get(frameworkId))?.user;
  return {
    principal: name,
    role: (role) => may('view_roles', role),
    quota: (role) => may('get_quotas', role),
    framework: ({ info }) => may('view_frameworks', info.user),
    task: ({ info, frameworkId }) => {
      const user = userOf(frameworkId);
      return may('view_frameworks', user) && may('view_tasks', info.command?.user ?? user);
    },
  };
}

import { isFolderName } from '../../wire/folder-name.js';
import { frameworkProblem, rolesOfFramework } from '../../wire/framework-info.js';
import type { FrameworkInfo } from '../../wire/messages.js';
import type { ValidCall } from '../../wire/validate-call.js';
import { isAllowed } from '../authorization/acls.js';
import type { MasterState } from '../state.js';

/** What forbids a subscription, or undefined; asked before anything is written. */
export function subscriptionProblem(
  state: MasterState,
  call: ValidCall,
  principal: string | undefined,
): string | undefined {
  const { framework_info: info, suppressed_roles = [] } = call.subscribe as NonNullable<
    ValidCall['subscribe']
  >;
  const id = info.id?.value;
  if (id !== undefined && state.completedFrameworks.has(id)) return 'Framework has been removed';
  if (id !== undefined && !(isFolderName(id) && /^[\w.-]+$/.test(id))) return 'Framework ID is not valid';
  const known = state.frameworks.get(id ?? '');
  if (known !== undefined && known.principal !== principal)
    return `Changing framework's principal is not allowed`;
  return frameworkProblem(info, suppressed_roles) ?? rolesProblem(state, info, principal);
}

/** The role, if any, that a framework may not be in. */
export function rolesProblem(
  { acls }: MasterState,
  info: FrameworkInfo,
  principal: string | undefined,
): string | undefined {
  const who = principal ?? info.principal;
  const refused = rolesOfFramework(info).find((role) => !isAllowed(acls, 'register_frameworks', who, role));
  return refused === undefined ? undefined : `Not authorized to use role '${refused}'`;
}

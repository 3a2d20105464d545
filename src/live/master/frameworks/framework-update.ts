import { capabilitiesOf, frameworkProblem, rolesOfFramework } from '../../wire/framework-info.js';
import { HttpError } from '../../wire/http-error.js';
import type { FrameworkInfo } from '../../wire/messages.js';
import { offersOf, rescind, withAllocation } from '../offers/offers.js';
import type { FrameworkRecord, MasterState } from '../state.js';
import { arrivalOf, publishFramework } from './frameworks.js';

/** The content of an UPDATE_FRAMEWORK call. */
export interface FrameworkUpdate {
  readonly info: FrameworkInfo;
  readonly suppressed: readonly string[];
}

/**
 * UPDATE_FRAMEWORK: changes the FrameworkInfo without a new subscription. Offers in abandoned roles are rescinded; the next
 * batch makes offers in new roles (Mesos, Master::updateFramework).
 * @throws HttpError 400
 */
export async function updateFramework(
  state: MasterState,
  framework: FrameworkRecord,
  { info, suppressed }: FrameworkUpdate,
): Promise<void> {
  const problem = updateProblem(framework, info) ?? frameworkProblem(info, suppressed);
  if (problem !== undefined) throw new HttpError(400, `'UpdateFramework' is not valid: ${problem}`);
  const { id, principal } = framework;
  const kept = { ...info, ...(principal !== undefined && { principal }) };
  await state.store.put(`framework/${id}`, { id, info: kept, principal });
  if (state.frameworks.get(id) !== framework) throw new HttpError(400, 'Framework cannot be found');
  framework.info = kept;
  framework.roles = rolesOfFramework(info);
  framework.capabilities = capabilitiesOf(info);
  withAllocation(state, () => {
    for (const offer of offersOf(state, { frameworkId: id }))
      if (!framework.roles.includes(offer.role)) rescind(state, offer);
    state.host.updateFramework(id, arrivalOf(framework, suppressed));
  });
  publishFramework(state, 'FRAMEWORK_UPDATED', framework);
}

/** Checks the fields that may not change while subscribed. */
function updateProblem({ id, info, principal }: FrameworkRecord, wanted: FrameworkInfo): string | undefined {
  if (wanted.id?.value !== id) return "'framework_info.id' must be the same as 'framework_id'";
  if (wanted.principal !== undefined && wanted.principal !== principal && wanted.principal !== info.principal)
    return "Changing framework's principal is not allowed";
  if (wanted.user !== info.user) return "Updating 'FrameworkInfo.user' is unsupported";
  if ((wanted.checkpoint ?? false) !== (info.checkpoint ?? false))
    return "Updating 'FrameworkInfo.checkpoint' is unsupported";
  return undefined;
}

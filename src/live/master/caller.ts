import { HttpError } from '../wire/http-error.js';
import type { ValidCall } from '../wire/validate-call.js';
import type { FrameworkRecord, MasterState } from './state.js';

/** Who says that he calls. */
export interface Caller {
  readonly principal: string | undefined;
  /** The Mesos-Stream-Id header. */
  readonly streamId: string | undefined;
}

/** The framework a call comes from, when it may call. @throws HttpError in the order of checks of Mesos. */
export function callerOf(
  state: MasterState,
  call: ValidCall,
  { principal, streamId }: Caller,
): FrameworkRecord {
  const framework = state.frameworks.get(call.framework_id?.value ?? '');
  if (framework === undefined) throw new HttpError(400, 'Framework cannot be found');
  if (framework.principal !== principal)
    throw new HttpError(400, 'Authenticated principal does not match the principal of the framework');
  if (framework.stream === undefined) throw new HttpError(403, 'Framework is not subscribed');
  if (streamId === undefined)
    throw new HttpError(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
  if (streamId !== framework.stream.id)
    throw new HttpError(
      400,
      "The stream ID included in this request didn't match the stream ID currently associated with the framework",
    );
  return framework;
}

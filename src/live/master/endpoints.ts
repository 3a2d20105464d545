import { headerOf, readJsonMessage, readMessage } from '../http/request-body.js';
import { openEventStream } from '../http/response-stream.js';
import { type Exchange, type Routes, sendJson } from '../http/server.js';
import { agentCallSchema } from '../wire/agent-messages.js';
import { encodingOf, JSON_ENCODING } from '../wire/encoding.js';
import { HttpError } from '../wire/http-error.js';
import { acceptedMediaType } from '../wire/media-type.js';
import { type ValidCall, validateCall } from '../wire/validate-call.js';
import { isAllowed } from './authorization/acls.js';
import { viewOf } from './authorization/view-of.js';
import type { Master } from './master.js';
import { operationStatuses } from './offers/operations.js';
import { operatorEndpoint } from './operator/endpoint.js';
import { metricsSnapshot, prometheusText } from './operator/metrics.js';
import { stateReport } from './operator/state-report.js';
import type { FrameworkRecord, MasterState } from './state.js';

const STREAM_ID = 'mesos-stream-id';

/** The HTTP endpoints of a master (Mesos, docs/endpoints). */
export function masterRoutes(master: Master): Routes {
  return {
    '/api/v1/scheduler': (exchange) => schedulerCall(master, exchange),
    '/api/v1/agent': (exchange) => agentCall(master, exchange),
    '/api/v1': (exchange) => operatorEndpoint(master, exchange),
    '/state': ({ response, principal }) =>
      sendJson(response, stateReport(master, viewOf(master.state, principal))),
    '/master/state': ({ response, principal }) =>
      sendJson(response, stateReport(master, viewOf(master.state, principal))),
    '/health': ({ response }) => void response.writeHead(200).end(),
    '/metrics/snapshot': (exchange) => {
      requireEndpoint(master, exchange);
      sendJson(exchange.response, metricsSnapshot(master));
    },
    '/metrics': async (exchange) => {
      requireEndpoint(master, exchange);
      const { type, text } = await prometheusText(master);
      exchange.response.writeHead(200, { 'Content-Type': type }).end(text);
    },
  };
}

/** @throws HttpError 403 */
function requireEndpoint({ state }: Master, { url, principal }: Exchange): void {
  if (!isAllowed(state.acls, 'get_endpoints', principal.name, url.pathname))
    throw new HttpError(403, `Not authorized: get_endpoints of ${url.pathname}`);
}

async function schedulerCall(master: Master, { request, response, principal }: Exchange): Promise<void> {
  const call = validateCall(await readMessage(request, 'scheduler.Call'));
  await master.rateLimiter.turn(principal.name ?? claimedPrincipal(master, call));
  const streamId = headerOf(request, STREAM_ID);
  if (call.type !== 'SUBSCRIBE') {
    const framework = callerOf(master.state, call, { principal: principal.name, streamId });
    if (call.type === 'RECONCILE_OPERATIONS')
      answerOperations(master, framework, call, { request, response });
    else {
      await master.call(framework, call);
      response.writeHead(call.type === 'UPDATE_FRAMEWORK' ? 200 : 202).end();
    }
    return;
  }
  const encoding = encodingOf(acceptedMediaType(request.headers.accept), 'scheduler.Event');
  if (streamId !== undefined)
    throw new HttpError(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
  const said = call.subscribe?.framework_info.principal;
  if (principal.name !== undefined && said !== undefined && said !== principal.name)
    throw new HttpError(400, 'Authenticated principal does not match FrameworkInfo.principal');
  const stream = openEventStream(response, encoding, (closed) => master.streamClosed(closed));
  await master.subscribe(call, principal.name, stream);
}

/** Without authentication, the rate limit applies to FrameworkInfo.principal (mesos.proto). */
function claimedPrincipal({ state }: Master, { subscribe, framework_id }: ValidCall): string | undefined {
  const known = state.frameworks.get(framework_id?.value ?? '');
  return (subscribe?.framework_info ?? known?.info)?.principal;
}

function answerOperations(
  { state }: Master,
  framework: FrameworkRecord,
  { reconcile_operations }: ValidCall,
  { request, response }: Pick<Exchange, 'request' | 'response'>,
): void {
  const mediaType = acceptedMediaType(request.headers.accept);
  const asked = (reconcile_operations?.operations ?? []).map(({ operation_id, agent_id }) => ({
    operationId: operation_id.value,
    agentId: agent_id?.value,
  }));
  const body = encodingOf(mediaType, 'scheduler.Response').encode({
    type: 'RECONCILE_OPERATIONS',
    reconcile_operations: { operation_statuses: operationStatuses(state, framework, asked) },
  });
  response.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': body.length }).end(body);
}

async function agentCall(master: Master, { request, response, principal }: Exchange): Promise<void> {
  const parsed = agentCallSchema.safeParse(await readJsonMessage(request));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HttpError(400, `Failed to parse agent call: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const call = parsed.data;
  if (!isAllowed(master.state.acls, 'register_agents', principal.name, undefined))
    throw new HttpError(403, 'Not authorized: register_agents');
  if (call.type === 'SUBSCRIBE') {
    await master.subscribeAgent(call, () =>
      openEventStream(response, JSON_ENCODING, (closed) => master.streamClosed(closed)),
    );
    return;
  }
  master.agentCall(call, headerOf(request, STREAM_ID));
  response.writeHead(202).end();
}

/** The sender of a call, as identified by its headers. */
export interface Caller {
  readonly principal: string | undefined;
  /** The Mesos-Stream-Id header. */
  readonly streamId: string | undefined;
}

/** The framework that sent a call. @throws HttpError when it may not; checks are in the order of Mesos. */
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

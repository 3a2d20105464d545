import { toSeconds } from '../../../model/index.js';
import { every } from '../../clock.js';
import { readMessage } from '../../http/request-body.js';
import { openEventStream } from '../../http/response-stream.js';
import type { Exchange } from '../../http/server.js';
import { encodingOf } from '../../wire/encoding.js';
import { acceptedMediaType } from '../../wire/media-type.js';
import { readOperatorCall } from '../../wire/operator-call.js';
import { viewOf } from '../authorization/view-of.js';
import type { Master } from '../master.js';
import { ANSWERS, stateAnswer } from './answers.js';
import { performWrite } from './writes.js';

/** Answers one call of the operator API (Mesos, docs/operator-http-api.md). @throws HttpError */
export async function operatorEndpoint(master: Master, exchange: Exchange): Promise<void> {
  const { request, response, principal } = exchange;
  const call = readOperatorCall(await readMessage(request, 'master.Call'));
  if ('said' in call) {
    response.writeHead(await performWrite(master.state, principal.name, call)).end();
    return;
  }
  const mediaType = acceptedMediaType(request.headers.accept);
  if (call.type === 'SUBSCRIBE') {
    subscribe(master, exchange);
    return;
  }
  const { type } = call;
  const body = encodingOf(mediaType, 'master.Response').encode({
    type,
    [type.toLowerCase()]: ANSWERS[type](master, viewOf(master.state, principal)),
  });
  response.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': body.length }).end(body);
}

function subscribe(master: Master, { request, response, principal }: Exchange): void {
  const { state } = master;
  const view = viewOf(master.state, principal);
  const encoding = encodingOf(acceptedMediaType(request.headers.accept), 'master.Event');
  const stream = openEventStream(response, encoding, (closed) => state.subscribers.drop(closed));
  const { heartbeatInterval } = state.flags;
  const subscribed = {
    get_state: stateAnswer(state, view),
    heartbeat_interval_seconds: toSeconds(heartbeatInterval),
  };
  stream.send({ type: 'SUBSCRIBED', subscribed });
  state.subscribers.add(
    stream,
    view,
    every(state.clock, heartbeatInterval, () => stream.send({ type: 'HEARTBEAT' })),
  );
}

import { toSeconds } from '../../../model/index.js';
import { readMessage } from '../../http/request-body.js';
import { openEventStream } from '../../http/response-stream.js';
import type { Exchange } from '../../http/server.js';
import { encodingOf } from '../../wire/encoding.js';
import { acceptedMediaType } from '../../wire/media-type.js';
import { readOperatorCall } from '../../wire/operator-call.js';
import type { Master } from '../master.js';
import { ANSWERS, stateAnswer } from './answers.js';
import { performWrite } from './writes.js';

/** Answers one call of the operator API (Mesos, docs/operator-http-api.md). @throws HttpError */
export async function operatorEndpoint(master: Master, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const call = readOperatorCall(await readMessage(request, 'master.Call'));
  if ('said' in call) {
    response.writeHead(await performWrite(master.state, call)).end();
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
    [type.toLowerCase()]: ANSWERS[type](master),
  });
  response.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': body.length }).end(body);
}

function subscribe({ state }: Master, { request, response }: Exchange): void {
  const encoding = encodingOf(acceptedMediaType(request.headers.accept), 'master.Event');
  const stream = openEventStream(response, encoding, (closed) => state.subscribers.drop(closed));
  const { heartbeatInterval } = state.flags;
  const subscribed = {
    get_state: stateAnswer(state),
    heartbeat_interval_seconds: toSeconds(heartbeatInterval),
  };
  state.subscribers.add(stream, { type: 'SUBSCRIBED', subscribed }, state.clock, heartbeatInterval);
}

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MasterLink } from '../../src/live/agent/master-link.js';
import { encodeRecord } from '../../src/live/wire/record-io.js';
import { fromSeconds } from '../../src/model/index.js';
import { closeAll, closing } from './live-cluster.js';
import { ManualClock } from './manual-clock.js';

afterEach(closeAll);

/** A master that takes registrations and says nothing to them by itself. */
async function silentMaster(): Promise<{ url: URL; waiting: ServerResponse[] }> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => void waiting.push(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(server, () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), waiting };
}

function linkTo(master: URL, clock: ManualClock, received: object[] = []): MasterLink {
  const problems: string[] = [];
  const link = new MasterLink({
    clock,
    master,
    authorization: undefined,
    registration: () => ({ type: 'SUBSCRIBE' }),
    received: (event) => received.push(event),
    refused: (error) => problems.push(error.message),
    report: () => undefined,
  });
  closing(link, () => link.close());
  link.connect();
  return link;
}

/** The link sees a broken connection in its own time; then its wait before the next try is moved over. */
async function untilTriedAgain(
  clock: ManualClock,
  waiting: readonly unknown[],
  times: number,
): Promise<void> {
  await expect
    .poll(
      () => {
        clock.advance(fromSeconds(1));
        return waiting.length;
      },
      { timeout: 20_000 },
    )
    .toBe(times);
}

describe('the link of an agent to its master', () => {
  it('is made anew when a registration is not answered, as on a half-open connection', async () => {
    const { url, waiting } = await silentMaster();
    const clock = new ManualClock();
    linkTo(url, clock);
    await expect.poll(() => waiting.length).toBe(1);
    clock.advance(fromSeconds(59.9));
    expect(waiting.length).toBe(1);
    await untilTriedAgain(clock, waiting, 2);
  });

  it('is made anew after more silence than there may be', async () => {
    const { url, waiting } = await silentMaster();
    const clock = new ManualClock();
    const received: object[] = [];
    const link = linkTo(url, clock, received);
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.writeHead(200, { 'Mesos-Stream-Id': 's' });
    waiting[0]?.write(encodeRecord(Buffer.from('{"type":"PING"}')));
    await expect.poll(() => received.length).toBe(1);
    link.expectEvery(fromSeconds(75));
    clock.advance(fromSeconds(74));
    expect(waiting.length).toBe(1);
    await untilTriedAgain(clock, waiting, 2);
  });

  it('is tried again when a master that cannot serve breaks off its answer', async () => {
    const { url, waiting } = await silentMaster();
    const clock = new ManualClock();
    linkTo(url, clock);
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.writeHead(503, { 'Content-Length': 100 });
    waiting[0]?.write('not ');
    await new Promise((resolve) => setTimeout(resolve, 50));
    waiting[0]?.destroy();
    await untilTriedAgain(clock, waiting, 2);
  });
});

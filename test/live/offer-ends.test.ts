import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { masterPolicy } from '../../src/lab/policy-file/master-policy.js';
import { replayDecisions } from '../../src/lab/replay/replay-decisions.js';
import { DECISION_LOG_FORM, type DecisionRecord } from '../../src/live/decisions/decision-log.js';
import { recordText } from '../../src/live/decisions/record-text.js';
import { MASTER_FLAG_DEFAULTS } from '../../src/live/master/flags.js';
import { LEDGER_NAMES } from '../../src/live/wire/resources.js';
import { fromSeconds, toSeconds } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { closeAll, startAgent, startMaster } from './live-cluster.js';
import { SchedulerClient } from './scheduler-client.js';

afterEach(closeAll);

/** A policy file with this body of `allocate`. */
function policyFile(body: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-offer-ends-')), 'mine.mjs');
  const allocator = `{ name: 'mine', allocate(view, offers) { ${body} } }`;
  const parts = `architecture: 'two-level', allocator: ${allocator}, scheduler: () => ({ name: 'none', schedule() {} }),
    terms: { interval: 1e5, hold: 0, refuse: 5e6, timeout: Infinity },`;
  writeFileSync(path, `export default { name: 'mine', build: () => ({ ${parts} }) };\n`);
  return path;
}

/** One agent, and one framework. The decisions of the master are replayed at the end. */
async function rescinded(body: string): Promise<void> {
  const policy = await masterPolicy(policyFile(body));
  const lines: string[] = [];
  const decisions = { write: (record: DecisionRecord) => void lines.push(recordText(record)) };
  decisions.write({
    log: DECISION_LOG_FORM,
    at: 0,
    policy: { use: policy.use, digest: policy.digest },
    seed: '7',
    interval: toSeconds(policy.terms.interval),
    names: LEDGER_NAMES,
  });
  const { url, stop } = await startMaster({
    flags: { ...MASTER_FLAG_DEFAULTS, allocationInterval: fromSeconds(0.1) },
    allocator: policy.allocator,
    policy,
    random: new RandomStreams('7').stream('allocator'),
    decisions,
  });
  await startAgent(url, 'cpus:2;mem:256');
  const client = await new SchedulerClient(url).subscribe({ name: 'web' });
  const first = await client.offer();
  const event = await client.next(({ type }) => type === 'RESCIND');
  expect(event.rescind.offer_id).toEqual(first.id);
  // All of it is free again.
  const second = await client.offer();
  expect(second.resources).toEqual(first.resources);
  client.close();
  await stop();
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-offer-ends-')), 'decisions.log');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const replay = await replayDecisions(path);
  expect(replay.difference).toBeUndefined();
  expect(replay.offers).toBeGreaterThanOrEqual(2);
}

it('a master rescinds an offer at the end that its allocator gave it', { timeout: 60_000 }, async () => {
  await rescinded(
    'if (view.candidateCount > 0) offers.offer(0, view.candidate(0), undefined, view.now + 3e5);',
  );
});

it('a master rescinds the offers that its allocator takes back', { timeout: 60_000 }, async () => {
  await rescinded(`if (view.frameworks.length === 0 || view.candidateCount === 0) return;
    const since = Number(view.recall('since') ?? NaN);
    if (offers.offer(0, view.candidate(0)) === 'done') offers.remember('since', String(view.now));
    else if (view.now - since >= 3e5) offers.rescind(0, view.candidate(0));`);
});

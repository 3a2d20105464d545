import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { masterPolicy } from '../../src/lab/policy-file/master-policy.js';
import { replayDecisions } from '../../src/lab/replay/replay-decisions.js';
import {
  DECISION_LOG_FORM,
  type DecisionLog,
  type DecisionRecord,
} from '../../src/live/decisions/decision-log.js';
import { recordText } from '../../src/live/decisions/record-text.js';
import { MASTER_FLAG_DEFAULTS } from '../../src/live/master/flags.js';
import { LEDGER_NAMES } from '../../src/live/wire/resources.js';
import { toSeconds } from '../../src/model/index.js';
import { POLICIES } from '../../src/policies/registry.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { closeAll, startAgent, startMaster } from './live-cluster.js';
import { SchedulerClient, send } from './scheduler-client.js';

const SEED = '7';
const TASKS = 4;
const MINE = `export default {
  name: 'mine',
  build: () => ({
    architecture: 'two-level',
    allocator: {
      name: 'mine',
      allocate(view, offers) {
        for (let i = view.candidateCount - 1; i >= 0; i--)
          for (let f = 0; f < view.frameworks.length; f++) if (offers.offer(f, view.candidate(i)) === 'done') break;
      },
    },
    scheduler: () => ({ name: 'none', schedule() {} }),
    terms: { interval: 1e5, hold: 0, refuse: 5e6, timeout: Infinity },
  }),
};
`;

function policyFile(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-hosted-')), 'mine.mjs');
  writeFileSync(path, MINE);
  return path;
}

/** A framework that runs a few short commands, each on an offer of its own, and declines nothing else. */
async function runTasks(url: string, name: string): Promise<readonly string[]> {
  const client = await new SchedulerClient(url).subscribe({ name });
  const agents: string[] = [];
  for (let task = 0; task < TASKS; task++) {
    const offer = await client.offer();
    agents.push(offer.agent_id.value);
    await client.launch(offer, { [`${name}-${task}`]: 'true' });
    await client.follow(`${name}-${task}`, 'TASK_FINISHED');
    await client.call('REVIVE');
  }
  await client.call('TEARDOWN');
  client.close();
  return agents;
}

afterEach(closeAll);

/** Settings without which a policy cannot run on a master. */
const NEEDED: Readonly<Record<string, string>> = { silos: "silos(partitions='web:2,batch:1')" };

/** The policies of the registry that a master hosts. */
async function hosted(): Promise<readonly string[]> {
  const texts = POLICIES.map(({ name }) => NEEDED[name] ?? name);
  const isHosted = await Promise.all(
    texts.map((text) =>
      masterPolicy(text).then(
        () => true,
        () => false,
      ),
    ),
  );
  return texts.filter((_, i) => isHosted[i]);
}

/** More of them, with other settings and from a file. */
const OTHERS = [
  'drf(interval=100ms)',
  'drf(interval=100ms,roleSorter=random,frameworkSorter=random,machineOrder=random)',
  policyFile(),
];

describe('every policy that a master hosts', { timeout: 60_000 }, async () => {
  const texts = await hosted();

  it('is one with an allocator of offers', () => {
    expect(texts).toEqual(expect.arrayContaining(['drf', 'lottery', NEEDED.silos]));
  });

  it.each([...texts, ...OTHERS])('decides on three real agents as in virtual time: %s', async (text) => {
    const policy = await masterPolicy(text);
    const lines: string[] = [];
    const decisions: DecisionLog = { write: (record: DecisionRecord) => void lines.push(recordText(record)) };
    decisions.write({
      log: DECISION_LOG_FORM,
      at: 0,
      policy: { use: policy.use, digest: policy.digest },
      seed: SEED,
      interval: toSeconds(policy.terms.interval),
      names: LEDGER_NAMES,
    });
    const { url, stop } = await startMaster({
      flags: { ...MASTER_FLAG_DEFAULTS, allocationInterval: policy.terms.interval },
      allocator: policy.allocator,
      policy,
      random: new RandomStreams(SEED).stream('allocator'),
      decisions,
    });
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await startAgent(url, 'cpus:2;mem:256')).id);
    const state = JSON.parse((await send(url, '/state', undefined)).text);
    expect(state.policy).toEqual({ name: policy.name, digest: policy.digest });
    const [web, batch] = await Promise.all([runTasks(url, 'web'), runTasks(url, 'batch')]);
    await stop();
    if (policy.name === 'silos') {
      expect(ids.slice(0, 2)).toEqual(expect.arrayContaining([...web]));
      expect(new Set(batch)).toEqual(new Set([ids[2]]));
    }
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-hosted-')), 'decisions.log');
    writeFileSync(path, `${lines.join('\n')}\n`);
    const replay = await replayDecisions(path);
    expect(replay.difference).toBeUndefined();
    expect(replay.offers).toBeGreaterThanOrEqual(2 * TASKS);
  });
});

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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
import { rememberedTexts } from '../../src/live/master/allocator-memory.js';
import { openStore } from '../../src/live/store.js';
import { LEDGER_NAMES } from '../../src/live/wire/resources.js';
import { toSeconds } from '../../src/model/index.js';
import { PROJECT } from '../cli/simulate-command.js';
import { closeAll, closing, folder, startAgent, startMaster } from './live-cluster.js';
import { SchedulerClient } from './scheduler-client.js';

afterEach(closeAll);

const PATIENCE = { timeout: 20_000, interval: 50 };

/** The n-th task of all processes starts on machine n, modulo the number of machines. */
const IN_TURN = `export default () => ({
  name: 'in-turn',
  needs: ['memory'],
  schedule(view, act) {
    for (let task = view.queue.first; task >= 0; ) {
      const next = view.queue.next(task);
      const turn = Number(view.recall('turn') ?? '0');
      if (act.start(task, turn % view.machines.count) === 'done') act.remember('turn', String(turn + 1));
      task = next;
    }
  },
});
`;

/** Offers each machine to the next framework in turn. */
const OFFERS_IN_TURN = `export default {
  name: 'offers-in-turn',
  build: () => ({
    architecture: 'two-level',
    allocator: {
      name: 'offers-in-turn',
      needs: ['memory'],
      allocate(view, offers) {
        for (let i = 0; i < view.candidateCount; i++) {
          const turn = Number(view.recall('turn') ?? '0');
          if (offers.offer(turn % 2, view.candidate(i)) === 'done') offers.remember('turn', String(turn + 1));
        }
      },
    },
    scheduler: () => ({ name: 'none', schedule() {} }),
    terms: { interval: 1e5, hold: 0, refuse: 5e6, timeout: Infinity },
  }),
};
`;

function fileOf(name: string, text: string): string {
  const path = join(folder('memory'), name);
  writeFileSync(path, text);
  return path;
}

function submit(url: string, policy: string, more: readonly string[]) {
  const work = fileOf('work.yaml', 'jobs: { long: { command: sleep 1000, cpus: 1, mem: 32 } }\n');
  const command = ['dist/cli.js', 'submit', work, '--master', url, '--policy', policy, ...more];
  const child = spawn(process.execPath, command, { cwd: PROJECT, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<string>((resolve) => child.once('exit', () => resolve(errors)));
  closing(child, () => void child.kill('SIGKILL'));
  return { child, ended };
}

describe('a framework that is killed and started anew', { timeout: 60_000 }, () => {
  it('decides as before, because its policy remembers', async () => {
    const { master, url } = await startMaster();
    const ids = [(await startAgent(url)).id, (await startAgent(url)).id];
    const policy = fileOf('in-turn.mjs', IN_TURN);
    const state = join(folder('memory'), 'new-folder', 'state.json');
    const agents = () => [...master.state.tasks.values()].map(({ agentId }) => agentId);
    for (const expected of [1, 2]) {
      const { child, ended } = submit(url, policy, ['--state', state]);
      await expect.poll(() => agents().length, PATIENCE).toBe(expected);
      child.kill('SIGKILL');
      await ended;
      expect(JSON.parse(readFileSync(state, 'utf8')).texts).toEqual([['turn', String(expected)]]);
    }
    expect(new Set(agents())).toEqual(new Set(ids));
  });

  it('refuses a policy that needs memory without a file, and the file of another policy', async () => {
    const policy = fileOf('in-turn.mjs', IN_TURN);
    const url = 'http://127.0.0.1:9';
    expect(await submit(url, policy, []).ended).toContain(
      'in-turn needs the feature memory, which a framework of a master without --state does not have',
    );
    const state = fileOf('state.json', '{"form":"fairground/memory@1","policy":"fcfs","texts":[]}');
    expect(await submit(url, policy, ['--state', state]).ended).toContain(
      `${state}: policy: found "fcfs", expected in-turn, the policy that runs`,
    );
    const other = fileOf('state.json', '{"form":"fairground/memory@0"}');
    expect(await submit(url, policy, ['--state', other]).ended).toContain('is not a state file');
  });
});

describe('a master that starts anew', { timeout: 60_000 }, () => {
  it('offers as before, because its allocator remembers, and its log is replayed with that memory', async () => {
    const policy = await masterPolicy(fileOf('offers-in-turn.mjs', OFFERS_IN_TURN));
    const workDir = folder('memory');
    const logs: string[] = [];
    const offered: string[] = [];
    for (const life of [0, 1]) {
      const store = await openStore(join(workDir, 'registry'));
      const memory = await rememberedTexts(store, policy.name);
      const lines: string[] = [];
      const decisions: DecisionLog = {
        write: (record: DecisionRecord) => void lines.push(recordText(record)),
      };
      decisions.write({
        log: DECISION_LOG_FORM,
        at: 0,
        policy: { use: policy.use, digest: policy.digest },
        seed: '1',
        interval: toSeconds(policy.terms.interval),
        names: LEDGER_NAMES,
        ...(memory.length > 0 && { memory }),
      });
      const { url, stop } = await startMaster({ allocator: policy.allocator, policy, store, decisions });
      const clients = [await new SchedulerClient(url).subscribe({ name: 'a' })];
      clients.push(await new SchedulerClient(url).subscribe({ name: 'b' }));
      await startAgent(url);
      await clients[life]?.offer();
      offered.push(life === 0 ? 'a' : 'b');
      // b first, so that it does not get the machine of a.
      for (const client of clients.reverse()) {
        await client.call('TEARDOWN');
        client.close();
      }
      await stop();
      logs.push(`${lines.join('\n')}\n`);
    }
    // The first agent went to a in the first life. Without memory, it would go to a again.
    expect(offered).toEqual(['a', 'b']);
    const second = logs[1] as string;
    expect(second).toContain('"memory":[["turn",');
    expect((await replayDecisions(fileOf('decisions.log', second))).difference).toBeUndefined();
    const forgetful = second.replace(/,"memory":\[\[.*?\]\]/, '');
    expect((await replayDecisions(fileOf('decisions.log', forgetful))).difference).toBeDefined();
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { replayDecisions } from '../../../src/lab/replay/replay-decisions.js';
import { DrivenMaster } from '../../live/driven-master.js';

let lines: readonly string[] = [];

beforeAll(async () => {
  const master = await new DrivenMaster('replay').start();
  await master.drive(10_000);
  await master.close();
  lines = master.lines;
}, 60_000);

function logOf(text: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-replay-')), 'decisions.log');
  writeFileSync(path, `${text.join('\n')}\n`);
  return path;
}

/** Line of the n-th turn that made offers, counted from 0. */
function deciding(n: number): number {
  const found = lines.flatMap((line, i) => (line.includes('"offers":[{') ? [i] : []));
  return found[n] as number;
}

function changed(at: number, change: (record: Record<string, unknown>) => void): string[] {
  const record = JSON.parse(lines[at] as string) as Record<string, unknown>;
  change(record);
  return lines.map((line, i) => (i === at ? JSON.stringify(record) : line));
}

describe('the replay of a decision log', () => {
  it('decides 10,000 times as a busy master with failures did', async () => {
    for (const input of [
      'removeAgent',
      'deactivateFramework',
      'activateFramework',
      'convert',
      'suppress',
      'revive',
    ])
      expect(
        lines.some((line) => line.includes(`["${input}"`)),
        input,
      ).toBe(true);
    const replay = await replayDecisions(logOf(lines));
    expect(replay.difference).toBeUndefined();
    expect(replay.offers).toBeGreaterThanOrEqual(10_000);
    expect(replay.lives).toBe(1);
  });

  it('finds the offer that was changed, and the line it stands on', async () => {
    const at = deciding(3000);
    const tampered = changed(at, (record) => {
      const [offer] = record.offers as { parcels: { amount: number }[] }[];
      (offer?.parcels[0] as { amount: number }).amount += 1000;
    });
    const { difference } = await replayDecisions(logOf(tampered));
    expect(difference?.line).toBe(at + 1);
    expect(difference?.place).toBe(0);
    expect(difference?.logged[0]).not.toBe(difference?.replayed[0]);
    expect(difference?.before).toHaveLength(4);
  });

  it('finds an input that was left out by the decisions that needed it', async () => {
    const at = lines.findIndex((line, i) => i > 500 && line.includes('["recover"'));
    const { difference } = await replayDecisions(logOf(lines.filter((_, i) => i !== at)));
    expect(difference?.line).toBeGreaterThan(at);
  });

  it('finds an offer that is not in the log', async () => {
    const at = deciding(100);
    const tampered = changed(at, (record) => (record.offers as unknown[]).pop());
    const { difference } = await replayDecisions(logOf(tampered));
    expect(difference?.line).toBe(at + 1);
    expect(difference?.logged[difference.place]).toBeUndefined();
  });

  it('reads a log that still grows to its last complete record and notes this; takes several lives one after the other', async () => {
    const half = lines.slice(0, 2000);
    const notes: string[] = [];
    const path = logOf([...half, ...half, (lines[2000] as string).slice(0, 20)]);
    const replay = await replayDecisions(path, (text) => notes.push(text));
    expect(replay.difference).toBeUndefined();
    expect(replay.lives).toBe(2);
    expect(notes).toEqual([
      `note: ${path}: the record in line 4001 is incomplete; the log is read up to the record before it`,
    ]);
  });

  it.each([
    ['{"at":1,"inputs":[],"offers":[]}', /decisions\.log:1: is not a decision log/],
    ['{"log":"fairground/decisions@9"}', /decisions\.log:1: log: /],
  ])('refuses what is none: %s', async (line, message) => {
    await expect(replayDecisions(logOf([line]))).rejects.toThrow(message);
  });

  it('names the line and the field of a record that cannot be', async () => {
    const [header] = lines as [string];
    const input = '{"at":1,"inputs":[["explode"]]}';
    await expect(replayDecisions(logOf([header, input]))).rejects.toThrow(
      /decisions\.log:2: inputs\.0: expected the name of an input/,
    );
    await expect(replayDecisions(logOf([header, 'nonsense', input]))).rejects.toThrow(
      /decisions\.log:2: found "nonsense"/,
    );
    const unknown = '{"at":1,"inputs":[["allocateAgent","nobody"]],"offers":[]}';
    await expect(replayDecisions(logOf([header, unknown]))).rejects.toThrow(
      /decisions\.log:2: allocateAgent: is not a possible input/,
    );
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { InputError } from '../../src/model/index.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-fuzz-'));

const SWF = `; MaxProcs: 8
; Note: a small log
1 0 -1 100 4 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1
2 10 -1 50 8 -1 -1 8 60 -1 1 2 1 -1 1 -1 -1 -1
3 10 -1 50.5 -1 -1 -1 2 -1 -1 0 2 1 -1 1 -1 -1 -1
4 500 -1 0 1 -1 -1 1 10 -1 5 3 1 -1 1 -1 -1 -1
`;

const CSV = `job_id,framework,submit,duration,tasks,cpus,mem,gpus,gang,constraint,used.cpus
a,spark,0,10.5,3,1,1024,0,0,,0.5
b,"web, front",1,20,1,0.5,100,0,0,rack=rack-0,
c,spark,2,5,2,2,10,1,1,,1
`;

const OPENB = `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
p0,12000,16384,1,1000,,LS,Running,0,12537,0
p1,6000,12288,1,460,T4|P100,LS,Running,427,12902,427
p2,6000,12288,0,0,,BE,Pending,428,12902,
`;

const SEEDS = [
  { name: 'log.swf', text: SWF, machines: undefined },
  { name: 'trace.csv', text: CSV, machines: '2x8cpu/8GiB/2gpu' },
  { name: 'pods.csv', text: OPENB, machines: '2x64cpu/64GiB/2gpu/9slots' },
];

type Bytes = Uint8Array<ArrayBufferLike>;

/** Things that happen to files: bytes change, parts go missing, come twice, or are something else altogether. */
const damage = fc.oneof(
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 4 })).map(
    ([at, bytes]) =>
      (file: Bytes) =>
        splice(file, at, 1, bytes),
  ),
  fc.tuple(fc.nat(), fc.nat(40)).map(
    ([at, length]) =>
      (file: Bytes) =>
        splice(file, at, length, new Uint8Array(0)),
  ),
  fc.nat().map((at) => (file: Bytes) => file.slice(0, at % (file.length + 1))),
  fc.tuple(fc.nat(), fc.nat(60)).map(
    ([at, length]) =>
      (file: Bytes) =>
        splice(file, at, 0, file.slice(at % file.length, (at % file.length) + length)),
  ),
  fc
    .tuple(
      fc.nat(),
      fc.constantFrom(
        '-1',
        '-7',
        '1e999',
        'NaN',
        '',
        '"',
        ',',
        '\n',
        '9'.repeat(30),
        '0x10',
        ' ',
        '\t',
        ';',
        'forever',
        '1e5',
        '.',
        '🦊',
      ),
    )
    .map(
      ([at, text]) =>
        (file: Bytes) =>
          splice(file, at, 1, new TextEncoder().encode(text)),
    ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => () => bytes),
);

function splice(file: Bytes, at: number, remove: number, insert: Bytes): Bytes {
  const place = file.length === 0 ? 0 : at % file.length;
  return new Uint8Array([...file.slice(0, place), ...insert, ...file.slice(place + remove)]);
}

describe('damaged traces', () => {
  it.each(SEEDS)(
    '$name, damaged in any way, is read or refused in one line, and never breaks the ledger',
    async ({ name, text, machines }) => {
      let cases = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(damage, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (damages, isPacked) => {
            const bytes = damages.reduce<Bytes>(
              (file, change) => change(file),
              new TextEncoder().encode(text),
            );
            const path = join(folder, `${cases++}-${isPacked ? `${name}.gz` : name}`);
            writeFileSync(path, isPacked ? gzipSync(bytes) : bytes);
            const outcome = await run({
              policy: 'bin-packing',
              workload: { kind: 'trace', path },
              ...(machines !== undefined && { machines }),
              seed: '1',
              until: 1e12,
              set: {},
            }).catch((error: Error) => error);
            if (!(outcome instanceof Error)) {
              expect(outcome.summary.tasks.submitted).toBeGreaterThanOrEqual(0);
              return;
            }
            expect(outcome, outcome.stack).toBeInstanceOf(InputError);
            expect([...outcome.message].every((character) => character >= ' ')).toBe(true);
            expect(outcome.message.length).toBeLessThan(500);
          },
        ),
        { numRuns: 200, seed: 20261121 },
      );
      expect(cases).toBeGreaterThanOrEqual(200);
    },
  );
});

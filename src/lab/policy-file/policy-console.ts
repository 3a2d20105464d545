import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STDERR = 2;

const sink = new Writable({
  decodeStrings: false,
  write(text: string, _encoding, done) {
    writeAll(Buffer.from(text));
    done();
  },
});

/**
 * The console that a policy gets during its calls. What it prints goes to stderr, because stdout is the result of the command. Each
 * line is written at once: a stream is written between events, and a run may end its thread before the next one.
 */
export const policyConsole: Console = new Console({ stdout: sink, stderr: sink });

/** A pipe whose reader is slow takes a part, or nothing yet (EAGAIN). Without a reader (EPIPE), the text is dropped. */
function writeAll(bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(STDERR, bytes, from);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

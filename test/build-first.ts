import { execFileSync } from 'node:child_process';

/** Tests that spawn the command, or load policies from files, use the build: it is made when a source has changed. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-changed'], { stdio: 'inherit' });
}

import type { RunRecord } from '../metrics/run-record.js';
export function reportHtml(records: readonly RunRecord[]): string {
  return `<p>${records.length}</p>`;
}

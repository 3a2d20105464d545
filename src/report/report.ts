import { createHash } from 'node:crypto';
import type { RunRecord } from '../metrics/run-record.js';
import { clientBundle } from './client-bundle.js';
import { reportData } from './make-report-data.js';
import { DATA_ELEMENT_ID } from './report-data.js';
import { scriptJson } from './script-json.js';

/**
 * One HTML file that shows the runs and needs nothing else: it loads nothing, and may not (its content security policy
 * admits only the script that is in it). The same records give the same bytes.
 */
export function reportHtml(records: readonly RunRecord[]): string {
  const { script, style } = clientBundle();
  const hash = createHash('sha256').update(script).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>Fairground report</title>
<style>${style}</style>
</head>
<body>
<noscript>This report is drawn by a script that is inside this file. Allow scripts to see it.</noscript>
<script type="application/json" id="${DATA_ELEMENT_ID}">${scriptJson(reportData(records))}</script>
<script>${script}</script>
</body>
</html>
`;
}

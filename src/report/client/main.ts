import './palette.css';
import './base.css';
import './components.css';
import './figures.css';
import './experiment.css';
import './explanations.css';
import './media.css';
import { INTERACTIVE_ELEMENT_ID, type Interactive } from '../experiment.js';
import { DATA_ELEMENT_ID, type ReportData } from '../report-data.js';
import { SWEEP_ELEMENT_ID, type SweepData } from '../sweep/sweep-data.js';
import { experimentPanel } from './experiment-panel.js';
import { showReport, showSweep } from './report-view.js';

const sweep = textOf(SWEEP_ELEMENT_ID);
const interactive = textOf(INTERACTIVE_ELEMENT_ID);
if (sweep !== undefined) showSweep(JSON.parse(sweep) as SweepData);
else if (interactive === undefined) showReport(runsData());
else {
  let end = () => {};
  const panel = experimentPanel(JSON.parse(interactive) as Interactive, (next) => {
    end();
    end = showReport(next, [panel]);
  });
  end = showReport(runsData(), [panel]);
}

function runsData(): ReportData {
  return JSON.parse(textOf(DATA_ELEMENT_ID) ?? '') as ReportData;
}

function textOf(id: string): string | undefined {
  return document.getElementById(id)?.textContent ?? undefined;
}

import './palette.css';
import './base.css';
import './components.css';
import './figures.css';
import './experiment.css';
import './explanations.css';
import './media.css';
import { INTERACTIVE_ELEMENT_ID, type Interactive } from '../experiment.js';
import { DATA_ELEMENT_ID, type ReportData } from '../report-data.js';
import { experimentPanel } from './experiment-panel.js';
import { showReport } from './report-view.js';

const data = JSON.parse(textOf(DATA_ELEMENT_ID) ?? '') as ReportData;
const interactive = textOf(INTERACTIVE_ELEMENT_ID);
if (interactive === undefined) showReport(data);
else {
  let end = () => {};
  const panel = experimentPanel(JSON.parse(interactive) as Interactive, (next) => {
    end();
    end = showReport(next, [panel]);
  });
  end = showReport(data, [panel]);
}

function textOf(id: string): string | undefined {
  return document.getElementById(id)?.textContent ?? undefined;
}

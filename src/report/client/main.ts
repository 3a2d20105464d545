import './palette.css';
import './base.css';
import './components.css';
import './figures.css';
import './media.css';
import { DATA_ELEMENT_ID, type ReportData } from '../report-data.js';
import { page } from './page.js';

/** Minimum width for drawing, because a hidden page has width 0. */
const LEAST_WIDTH = 240;

/** Text width of a printed page. */
const PRINT_WIDTH = 680;

const data = JSON.parse(document.getElementById(DATA_ELEMENT_ID)?.textContent ?? '') as ReportData;
const { elements, main, timeFigures, otherFigures, view } = page(data, () => drawAll(drawnWidth));

document.title = data.title;
document.body.append(...elements);

let drawnWidth = 0;
let isPrinting = false;
let isWaiting = false;

function drawAll(width: number): void {
  drawnWidth = width;
  for (const figure of [...timeFigures, ...otherFigures]) figure.draw(width);
}

function draw(width: number): void {
  if (width !== drawnWidth && width >= LEAST_WIDTH) drawAll(width);
}

draw(main.clientWidth);
new ResizeObserver(() => {
  if (!isPrinting) draw(main.clientWidth);
}).observe(main);

// Several changes within a frame are one drawing.
view.onChange(() => {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    for (const figure of timeFigures) figure.draw(drawnWidth);
    view.moveCursor(view.cursor);
  });
});

const opened: HTMLDetailsElement[] = [];

addEventListener('beforeprint', () => {
  isPrinting = true;
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
    details.open = true;
    opened.push(details);
  }
  draw(PRINT_WIDTH);
});

addEventListener('afterprint', () => {
  isPrinting = false;
  for (const details of opened.splice(0)) details.open = false;
  draw(main.clientWidth);
});

import type { ReportData } from '../report-data.js';
import type { SweepData } from '../sweep/sweep-data.js';
import { type Page, page } from './page.js';
import { sweepPage } from './sweep/sweep-page.js';

/** Minimum width for drawing, because a hidden page has width 0. */
const LEAST_WIDTH = 240;

/** Text width of a printed page. */
const PRINT_WIDTH = 680;

/**
 * Shows a report in place of what the page shows, with `panel` between its contents and its sections. Returns a function that ends the
 * report's listeners; the next report replaces its elements.
 */
export function showReport(data: ReportData, panel: readonly HTMLElement[] = []): () => void {
  return showPage(data.title, (redraw) => page(data, redraw), panel);
}

/** Shows the page of a sweep. */
export function showSweep(data: SweepData): void {
  showPage(
    data.title,
    (redraw) => {
      const { figures, ...parts } = sweepPage(data, redraw);
      return { ...parts, timeFigures: [], otherFigures: figures };
    },
    [],
  );
}

/** A page without time charts has no view of the time. */
type AnyPage = Omit<Page, 'view'> & Partial<Pick<Page, 'view'>>;

function showPage(
  title: string,
  make: (redraw: () => void) => AnyPage,
  panel: readonly HTMLElement[],
): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const { elements, main, timeFigures, otherFigures, view } = make(() => drawAll(drawnWidth));
  document.title = title;
  const shown = elements.flatMap((one) => (one === main ? [...panel, one] : [one]));
  for (const old of document.querySelectorAll('body > :not(script)'))
    if (!panel.includes(old as HTMLElement)) old.remove();
  document.body.append(...shown);

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
  const observer = new ResizeObserver(() => {
    if (!isPrinting) draw(main.clientWidth);
  });
  observer.observe(main);
  signal.addEventListener('abort', () => observer.disconnect());

  // Several changes within a frame are one drawing.
  view?.onChange(() => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      if (signal.aborted) return;
      for (const figure of timeFigures) figure.draw(drawnWidth);
      view.moveCursor(view.cursor);
    });
  });

  const opened: HTMLDetailsElement[] = [];
  addEventListener(
    'beforeprint',
    () => {
      isPrinting = true;
      for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
        details.open = true;
        opened.push(details);
      }
      draw(PRINT_WIDTH);
    },
    { signal },
  );
  addEventListener(
    'afterprint',
    () => {
      isPrinting = false;
      for (const details of opened.splice(0)) details.open = false;
      draw(main.clientWidth);
    },
    { signal },
  );
  return () => ending.abort();
}

import { type ReportData, WAIT_LIMITS } from '../report-data.js';
import { dataTable } from './data-table.js';
import { element } from './element.js';
import { type Figure, figure } from './figure.js';
import { numberText, percentText, secondsText } from './number-text.js';
import { policyStyle } from './palette.js';
import { type WaitCurve, waitCurve } from './wait-curve.js';
import { waitPlot } from './wait-plot.js';

const ALL = 'all';

/** Waits of tasks, for all frameworks or for a selected one. */
export function waitFigure(data: ReportData): Figure {
  const { policies } = data;
  const choice = frameworkChoice(data);
  const table = element('div');
  const curves = () => policies.map(({ waits }) => waitCurve(chosen(waits, choice.value)));
  let width = 0;
  const drawn = figure({
    name: 'wait',
    title: 'Waits: share of the tasks that waited longer than a time',
    caption: () => captionOf(data),
    legend: () =>
      curves().map((curve, i) => ({ label: `${policies[i].name}${zeroText(curve)}`, line: policyStyle(i) })),
    panels: () => [
      {
        title: '',
        draw: (panelWidth) =>
          waitPlot(
            data.policies.map(({ name }) => name),
            curves(),
            panelWidth,
          ),
      },
    ],
    panelWidth: 0,
    rows: () => [
      ['policy', 'wait_seconds', 'share_waiting_longer'],
      ...curves().flatMap(({ corners }, i) =>
        corners.map(({ seconds, share }) => [policies[i].name, seconds, share]),
      ),
    ],
    controls: element('label', { class: 'choice' }, 'Framework ', choice),
    table,
  });
  const draw = () => {
    drawn.draw(width);
    table.replaceChildren(
      waitTable(
        policies.map(({ name }) => name),
        curves(),
      ),
    );
  };
  choice.addEventListener('change', draw);
  return {
    element: drawn.element,
    draw: (newWidth) => {
      width = newWidth;
      draw();
    },
  };
}

function frameworkChoice({ frameworks }: ReportData): HTMLSelectElement {
  return element(
    'select',
    {},
    element('option', { value: ALL }, 'all frameworks'),
    ...frameworks.map(({ label }, i) => element('option', { value: `${i}` }, label)),
  );
}

function chosen<T>(waits: readonly T[], choice: string): readonly T[] {
  return choice === ALL ? waits : [waits[Number(choice)]];
}

function captionOf({ policies }: ReportData): string {
  const pending = policies.some(({ pendingAtEnd }) => pendingAtEnd > 0);
  return [
    'Share of the tasks that waited longer than a time for their first start (complementary distribution, both axes logarithmic). A logarithmic axis cannot show waits of 0 s: the legend gives their share.',
    ...(policies.some(({ seeds }) => seeds.length > 1) ? ['All seeds are combined.'] : []),
    ...(pending ? ['Tasks that never started are excluded.'] : []),
  ].join(' ');
}

function zeroText({ tasks, zero }: WaitCurve): string {
  return tasks === 0 ? ' (no task started)' : ` (${percentText(zero / tasks)} waited 0 s)`;
}

/** A table of the tasks that waited 0 s, which a logarithmic axis cannot show, and of those that waited longer than round times. */
function waitTable(names: readonly string[], curves: readonly WaitCurve[]): HTMLElement {
  return dataTable({
    caption: 'Tasks by wait',
    columns: ['tasks started', 'waited 0 s', ...WAIT_LIMITS.map((limit) => `over ${secondsText(limit)}`)],
    rows: curves.map(({ tasks, zero, longer }, i) => {
      const share = (count: number) => (tasks === 0 ? '–' : percentText(count / tasks));
      return [names[i], numberText(tasks), share(zero), ...longer.map(share)];
    }),
  });
}
